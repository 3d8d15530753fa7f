#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file.h"
#include "communicator/ssh_config.h"

struct ssh_session_struct;
struct ssh_channel_struct;

namespace kiln::test {

/// A TCP listener on a loopback port whose connections are each handled by a function on a thread
/// of its own. Destruction cuts all connections.
class TcpServer {
  public:
    using Handler = std::function<void(int socket)>;

    explicit TcpServer(Handler handler);
    ~TcpServer();
    TcpServer(const TcpServer&) = delete;
    TcpServer& operator=(const TcpServer&) = delete;

    int port() const { return port_; }
    int connections() const { return accepted_; }

  private:
    void accept_loop();

    Handler handler_;
    int port_ = 0;
    std::atomic<int> accepted_ = 0;
    UniqueFd listener_;
    std::mutex mutex_;
    std::list<UniqueFd> sockets_;
    std::vector<std::thread> workers_;
    std::thread acceptor_;
};

/// The command side of a FaultServer: what the guest's program does.
class Command {
  public:
    Command(ssh_session_struct* session, ssh_channel_struct* channel, std::string line)
        : session_(session), channel_(channel), line_(std::move(line)) {}

    const std::string& line() const { return line_; }
    void print(std::string_view bytes);
    /// One byte from the client; -1 at the end.
    int read_byte();
    void exit(int status);
    void exit_by_signal(const char* name);
    /// Ends the channel without a status.
    void close();
    /// Cuts the TCP connection.
    void drop_connection();

  private:
    ssh_session_struct* session_;
    ssh_channel_struct* channel_;
    std::string line_;
};

/// An SSH server made of libssh, which misbehaves as a test wants: it knows one user with a
/// password, and hands each command to a function.
class FaultServer {
  public:
    struct Behaviour {
        std::string password = "s3cret";
        bool offers_password = true;
        bool offers_keyboard_interactive = false;
        int questions = 1;            ///< per keyboard-interactive round
        int refusals_to_hang_up = 0;  ///< hang up after so many refusals; 0: never
        std::function<void(Command&)> on_command = [](Command& command) { command.exit(0); };
    };

    explicit FaultServer(Behaviour behaviour);

    int port() const { return server_.port(); }
    int logins_refused() const { return refused_; }
    SshConfig config() const;

  private:
    void serve(int socket);
    bool authenticate(ssh_session_struct* session);
    void run_commands(ssh_session_struct* session);

    Behaviour behaviour_;
    std::string host_key_;
    std::mutex mutex_;
    std::atomic<int> refused_ = 0;
    TcpServer server_;  // last: its threads use the rest
};

}  // namespace kiln::test
