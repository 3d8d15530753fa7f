#include "fault_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "communicator/ssh_key.h"

namespace kiln::test {
namespace {

struct SessionFree {
    void operator()(ssh_session session) const {
        ssh_disconnect(session);
        ssh_free(session);
    }
};
struct BindFree {
    void operator()(ssh_bind bind) const { ssh_bind_free(bind); }
};
struct MessageFree {
    void operator()(ssh_message message) const { ssh_message_free(message); }
};
using Message = std::unique_ptr<ssh_message_struct, MessageFree>;

// The plain reading of a password from its message is deprecated in favour of callbacks, which
// would hide the order of things that these tests are about.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

}  // namespace

TcpServer::TcpServer(Handler handler)
    : handler_(std::move(handler)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_.get(), raw, size) != 0 || listen(listener_.get(), 16) != 0 ||
        getsockname(listener_.get(), raw, &size) != 0) {
        throw system_error("cannot listen", errno);
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_loop(); });
}

TcpServer::~TcpServer() {
    shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const auto& socket : sockets_) shutdown(socket.get(), SHUT_RDWR);
    }
    for (auto& worker : workers_) worker.join();
}

void TcpServer::accept_loop() {
    for (;;) {
        UniqueFd socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket) return;
        ++accepted_;
        const int fd = socket.get();
        const std::lock_guard lock(mutex_);
        sockets_.push_back(std::move(socket));
        workers_.emplace_back([this, fd] {
            handler_(fd);
            shutdown(fd, SHUT_RDWR);
        });
    }
}

void Command::print(std::string_view bytes) {
    ssh_channel_write(channel_, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
}

int Command::read_byte() {
    unsigned char byte = 0;
    const int got = ssh_channel_read_timeout(channel_, &byte, 1, 0, 10000);
    return got == 1 ? byte : -1;
}

void Command::exit(int status) {
    ssh_channel_request_send_exit_status(channel_, status);
    close();
}

void Command::exit_by_signal(const char* name) {
    ssh_channel_request_send_exit_signal(channel_, name, 0, "", "");
    close();
}

void Command::close() {
    ssh_channel_send_eof(channel_);
    ssh_channel_close(channel_);
}

void Command::drop_connection() {
    shutdown(ssh_get_fd(session_), SHUT_RDWR);
}

FaultServer::FaultServer(Behaviour behaviour)
    : behaviour_(std::move(behaviour)),
      host_key_(generate_key_pair().private_key),
      server_([this](int socket) { serve(socket); }) {}

SshConfig FaultServer::config() const {
    SshConfig config;
    config.host = "127.0.0.1";
    config.port = port();
    config.username = "builder";
    config.password = behaviour_.password;
    config.timeout = std::chrono::seconds(20);
    config.handshake_attempts = 2;
    config.reconnect_timeout = std::chrono::seconds(5);
    return config;
}

void FaultServer::serve(int socket) {
    const std::unique_ptr<ssh_session_struct, SessionFree> session(ssh_new());
    {
        const std::lock_guard lock(mutex_);
        const std::unique_ptr<ssh_bind_struct, BindFree> bind(ssh_bind_new());
        const bool no = false;
        ssh_bind_options_set(bind.get(), SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
        ssh_key key = nullptr;
        ssh_pki_import_privkey_base64(host_key_.c_str(), "", nullptr, nullptr, &key);
        // The bind owns the key from here on.
        ssh_bind_options_set(bind.get(), SSH_BIND_OPTIONS_IMPORT_KEY, key);
        const int own = fcntl(socket, F_DUPFD_CLOEXEC, 0);
        if (ssh_bind_accept_fd(bind.get(), session.get(), own) != SSH_OK) return;
    }
    if (ssh_handle_key_exchange(session.get()) != SSH_OK) return;
    if (authenticate(session.get())) run_commands(session.get());
}

bool FaultServer::authenticate(ssh_session session) {
    const int methods = (behaviour_.offers_password ? SSH_AUTH_METHOD_PASSWORD : 0) |
                        (behaviour_.offers_keyboard_interactive ? SSH_AUTH_METHOD_INTERACTIVE : 0);
    const std::vector<const char*> prompts(static_cast<std::size_t>(behaviour_.questions),
                                           "Password:");
    std::vector<char> echo(prompts.size(), 0);
    int refused = 0;
    while (const Message message{ssh_message_get(session)}) {
        const int type = ssh_message_type(message.get());
        const int subtype = ssh_message_subtype(message.get());
        bool right = false;
        if (type == SSH_REQUEST_AUTH && (subtype & methods) != 0) {
            if (subtype == SSH_AUTH_METHOD_PASSWORD) {
                right = behaviour_.password == ssh_message_auth_password(message.get());
            } else if (ssh_message_auth_kbdint_is_response(message.get()) == 0) {
                ssh_message_auth_interactive_request(
                    message.get(), "", "", static_cast<unsigned>(prompts.size()),
                    const_cast<const char**>(prompts.data()), echo.data());
                continue;
            } else {
                right = ssh_userauth_kbdint_getnanswers(session) == behaviour_.questions;
                for (int i = 0; right && i < behaviour_.questions; ++i) {
                    right = behaviour_.password ==
                            ssh_userauth_kbdint_getanswer(session, static_cast<unsigned>(i));
                }
            }
            if (right) {
                ssh_message_auth_reply_success(message.get(), 0);
                return true;
            }
            ++refused_;
            if (++refused == behaviour_.refusals_to_hang_up) return false;
        }
        if (type == SSH_REQUEST_AUTH) ssh_message_auth_set_methods(message.get(), methods);
        ssh_message_reply_default(message.get());
    }
    return false;
}

void FaultServer::run_commands(ssh_session session) {
    ssh_channel channel = nullptr;
    while (const Message message{ssh_message_get(session)}) {
        const int type = ssh_message_type(message.get());
        const int subtype = ssh_message_subtype(message.get());
        if (type == SSH_REQUEST_CHANNEL_OPEN && subtype == SSH_CHANNEL_SESSION) {
            channel = ssh_message_channel_request_open_reply_accept(message.get());
        } else if (type == SSH_REQUEST_CHANNEL && subtype == SSH_CHANNEL_REQUEST_EXEC) {
            Command command(session, channel, ssh_message_channel_request_command(message.get()));
            ssh_message_channel_request_reply_success(message.get());
            behaviour_.on_command(command);
        } else {
            ssh_message_reply_default(message.get());
        }
    }
}

}  // namespace kiln::test
