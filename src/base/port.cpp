#include "base/port.h"

#include <cerrno>
#include <random>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace kiln {
namespace {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Address parse_address(const std::string& text, std::uint16_t port);
UniqueFd try_listen(const std::string& address, std::uint16_t port);

}  // namespace

PortLease lease_port(const std::string& address, int min, int max,
                     const std::filesystem::path& lock_directory, std::string_view what) {
    if (min < 1 || max > 65535 || min > max) {
        throw Error(fmt::format("{}: {}-{} is not a port range", what, min, max));
    }
    std::filesystem::create_directories(lock_directory);
    const int count = max - min + 1;
    const int first = std::uniform_int_distribution<int>(0, count - 1)(*[] {
        thread_local std::mt19937 generator(std::random_device{}());
        return &generator;
    }());
    for (int i = 0; i < count; ++i) {
        const auto port = static_cast<std::uint16_t>(min + (first + i) % count);
        auto lock = FileLock::try_acquire(lock_directory / std::to_string(port));
        if (!lock) continue;
        if (UniqueFd socket = try_listen(address, port)) {
            return {port, std::move(socket), std::move(*lock)};
        }
    }
    throw Error(fmt::format("{}: no free port from {} to {} on {}", what, min, max, address))
        .with_hint(
            "Widen the port range in the template, or end what uses these ports "
            "(`ss -ltnp` shows it).");
}

std::size_t remove_stale_port_locks(const std::filesystem::path& lock_directory) {
    std::size_t removed = 0;
    std::error_code ignored;
    for (const auto& file : std::filesystem::directory_iterator(lock_directory, ignored)) {
        // A lock that can be taken is nobody's; letting it go removes its file.
        if (FileLock::try_acquire(file.path())) ++removed;
    }
    return removed;
}

namespace {

UniqueFd try_listen(const std::string& address, std::uint16_t port) {
    const Address where = parse_address(address, port);
    UniqueFd fd(socket(where.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) throw system_error("cannot create a socket", errno);
    const int on = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto* generic = reinterpret_cast<const sockaddr*>(&where.storage);
    if (bind(fd.get(), generic, where.size) != 0) {
        if (errno == EADDRINUSE || errno == EACCES) return {};
        throw system_error(fmt::format("cannot bind {}", address), errno)
            .with_hint("The bind address must be an address of this host.");
    }
    if (listen(fd.get(), SOMAXCONN) != 0) return {};
    return fd;
}

Address parse_address(const std::string& text, std::uint16_t port) {
    Address address;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        address.size = sizeof(sockaddr_in);
        return address;
    }
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        address.size = sizeof(sockaddr_in6);
        return address;
    }
    throw Error(fmt::format("{} is not a numeric IP address", text));
}

}  // namespace
}  // namespace kiln
