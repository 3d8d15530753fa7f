#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/process.h"
#include "communicator/ssh_config.h"

namespace kiln::test {

/// The user these tests run as, under whose name sshd lets them in.
std::string current_user();

/// A loopback port that was free a moment ago.
int free_port();

/// A real sshd on a loopback port, with keys and configuration of its own, for the current user.
/// Needs the Debian package openssh-server; no privileges.
class Sshd {
  public:
    /// Nothing when this machine has no sshd, or the user no login shell.
    static bool available();

    /// Starts it and waits until it listens. `extra` lines go to its configuration.
    explicit Sshd(const std::string& extra = "");

    int port() const { return port_; }
    const std::filesystem::path& directory() const { return directory_.path(); }
    const std::filesystem::path& private_key() const { return key_; }
    /// A configuration that gets in with the private key.
    SshConfig config() const;

    /// Ends the listener and all its connections, as a guest that goes down.
    void stop();
    void start();

  private:
    TempDir directory_;
    std::filesystem::path key_;
    int port_ = 0;
    std::optional<Process> process_;
};

}  // namespace kiln::test
