#include "sshd.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "communicator/ssh_key.h"

namespace kiln::test {
namespace {

constexpr const char* sshd_path = "/usr/sbin/sshd";

bool listens(int port) {
    const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

int free_port() {
    const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw system_error("no free port", errno);
    }
    return ntohs(address.sin_port);
}

std::string current_user() {
    const passwd* entry = getpwuid(getuid());
    return entry == nullptr ? "" : entry->pw_name;
}

bool Sshd::available() {
    const passwd* entry = getpwuid(getuid());
    if (entry == nullptr || access(sshd_path, X_OK) != 0) return false;
    const std::string shell = entry->pw_shell;
    return !shell.ends_with("nologin") && !shell.ends_with("false");
}

Sshd::Sshd(const std::string& extra) : directory_(temp_root()), key_(directory() / "id") {
    // As root, sshd wants this directory for its unprivileged half.
    if (geteuid() == 0) mkdir("/run/sshd", 0755);
    const SshKeyPair host_key = generate_key_pair();
    const SshKeyPair user_key = generate_key_pair();
    write_file_atomically(directory() / "host_key", host_key.private_key, 0600);
    write_file_atomically(key_, user_key.private_key, 0600);
    write_file_atomically(directory() / "authorized_keys", user_key.authorized_key, 0600);
    port_ = free_port();
    const std::string configuration = fmt::format(
        "ListenAddress 127.0.0.1:{}\n"
        "HostKey {}/host_key\n"
        "AuthorizedKeysFile {}/authorized_keys\n"
        "PidFile none\n"
        "StrictModes no\n"
        "UsePAM no\n"
        "PermitRootLogin yes\n"
        "MaxStartups 100\n"
        "{}\n",
        port_, directory().string(), directory().string(), extra);
    const bool own_subsystem = extra.find("Subsystem") != std::string::npos;
    write_file_atomically(directory() / "sshd_config",
                          configuration + (own_subsystem ? "" : "Subsystem sftp internal-sftp\n"));
    start();
}

SshConfig Sshd::config() const {
    SshConfig config;
    config.host = "127.0.0.1";
    config.port = port_;
    config.username = current_user();
    config.private_key_file = key_.string();
    config.timeout = std::chrono::seconds(20);
    return config;
}

void Sshd::start() {
    ProcessSpec spec;
    spec.program = sshd_path;
    spec.arguments = {"-D", "-e", "-f", (directory() / "sshd_config").string()};
    spec.output_file = directory() / "log";
    process_.emplace(Process::start(spec));
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!listens(port_)) {
        if (std::chrono::steady_clock::now() > until || process_->poll()) {
            throw Error("sshd does not start").because(read_file(directory() / "log"));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

void Sshd::stop() {
    // sshd gives each connection a session of its own: the group's end does not reach them.
    const auto pid = process_->pid();
    std::ifstream children(fmt::format("/proc/{}/task/{}/children", pid, pid));
    std::vector<pid_t> connections(std::istream_iterator<pid_t>(children), {});
    process_->kill();
    process_.reset();
    for (const pid_t connection : connections) ::kill(connection, SIGKILL);
}

}  // namespace kiln::test
