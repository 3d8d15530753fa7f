#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/lock.h"

namespace kiln {

/// A TCP port that this run has for itself: held by a lock file that other kiln runs respect, and,
/// until `release_socket`, by a listening socket.
class PortLease {
  public:
    std::uint16_t port() const { return port_; }
    /// The listening socket, for a server of kiln's own; -1 after `release_socket`.
    int socket() const { return socket_.get(); }
    /// Hands the listening socket over. The lock stays.
    UniqueFd take_socket() { return std::move(socket_); }
    /// Closes the socket so that another program can bind the port. The lock stays.
    void release_socket() { socket_.reset(); }

  private:
    friend PortLease lease_port(const std::string&, int, int, const std::filesystem::path&,
                                std::string_view);
    PortLease(std::uint16_t port, UniqueFd socket, FileLock lock)
        : port_(port), socket_(std::move(socket)), lock_(std::move(lock)) {}

    std::uint16_t port_;
    UniqueFd socket_;
    FileLock lock_;
};

/// Leases a free port in [min, max], starting at a random one. `address` is a numeric IPv4 or IPv6
/// address; locks are kept in `lock_directory`, which is made. `what` names the user of the port
/// in the Error that says that the range has no free port left.
PortLease lease_port(const std::string& address, int min, int max,
                     const std::filesystem::path& lock_directory, std::string_view what);

/// Removes the lock files that killed runs left (the locks themselves went with them); how many.
std::size_t remove_stale_port_locks(const std::filesystem::path& lock_directory);

}  // namespace kiln
