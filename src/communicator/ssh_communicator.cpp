#include "communicator/ssh_communicator.h"

#include "communicator/local_tree.h"
#include "communicator/scp.h"
#include "communicator/sftp_client.h"
#include "communicator/sftp_transfer.h"
#include "communicator/ssh_connector.h"

namespace kiln {
namespace {

constexpr mode_t default_file_mode = 0644;

struct RemotePath {
    std::string directory;
    std::string name;
};

RemotePath split(const std::string& path);
std::string sftp_path(const std::string& path);

}  // namespace

SshCommunicator::SshCommunicator(std::unique_ptr<SshConnector> connector,
                                 std::unique_ptr<SshSession> session)
    : connector_(std::move(connector)), session_(std::move(session)) {}

SshCommunicator::~SshCommunicator() = default;

int SshCommunicator::run(const std::string& command, const OutputHandlers& handlers,
                         const CancelToken& cancel) {
    const SshConfig& config = connector_->config();
    const auto channel = open_channel(cancel, [&](SshChannel& fresh) {
        if (config.agent_forwarding) fresh.request_agent_forwarding();
        if (config.pty) fresh.request_terminal();
    });
    try {
        channel->execute(command + "\n");
        channel->finish();
    } catch (const ConnectionLost&) {
        // The guest may have begun it: what it said is handed on, and nothing is done twice.
    }
    return channel->run_to_end(handlers);
}

void SshCommunicator::upload_file(const std::filesystem::path& local, const std::string& remote,
                                  const TransferProgress& progress, const CancelToken& cancel) {
    LocalFile file(local);
    const std::string target = remote.ends_with('/') ? remote + file.name() : remote;
    const std::string what = fmt::format("cannot send {} to {}", local.string(), target);
    if (uses_sftp()) {
        return by_sftp(what, cancel, [&](SftpClient& client) {
            sftp_send_file(client, file, sftp_path(target), progress);
        });
    }
    const RemotePath path = split(target);
    by_scp(what, scp_take_file_command(path.directory), cancel, [&](ByteStream& stream) {
        const auto source = [&](std::size_t size) { return file.read(size); };
        scp_send_file(stream, path.name, file.mode(), file.size(), source, progress);
    });
}

void SshCommunicator::upload_bytes(std::string_view bytes, const std::string& remote,
                                   const CancelToken& cancel) {
    const std::string what = fmt::format("cannot write {} in the guest", remote);
    const RemotePath path = split(remote);
    if (path.name.empty()) throw Error(what).because("it is not a file's path");
    if (uses_sftp()) {
        return by_sftp(what, cancel, [&](SftpClient& client) {
            sftp_send_bytes(client, bytes, sftp_path(remote));
        });
    }
    by_scp(what, scp_take_file_command(path.directory), cancel, [&](ByteStream& stream) {
        std::string_view rest = bytes;
        const auto source = [&rest](std::size_t size) {
            const std::string part(rest.substr(0, size));
            rest.remove_prefix(part.size());
            return part;
        };
        scp_send_file(stream, path.name, default_file_mode, bytes.size(), source, {});
    });
}

void SshCommunicator::upload_directory(const std::string& local, const std::string& remote,
                                       const CancelToken& cancel) {
    const LocalTree tree(local);
    const std::string what = fmt::format("cannot send {} to {}", local, remote);
    if (uses_sftp()) {
        return by_sftp(what, cancel, [&](SftpClient& client) {
            sftp_send_tree(client, tree, sftp_path(remote));
        });
    }
    by_scp(what, scp_take_tree_command(remote, tree.content_only()), cancel,
           [&](ByteStream& stream) { scp_send_tree(stream, tree); });
}

void SshCommunicator::download_file(const std::string& remote, const std::filesystem::path& local,
                                    const TransferProgress& progress, const CancelToken& cancel) {
    const std::string what = fmt::format("cannot fetch {} to {}", remote, local.string());
    if (uses_sftp()) {
        return by_sftp(what, cancel, [&](SftpClient& client) {
            sftp_receive_file(client, sftp_path(remote), local, progress);
        });
    }
    by_scp(what, scp_give_command(remote, false), cancel,
           [&](ByteStream& stream) { scp_receive_file(stream, local, progress); });
}

void SshCommunicator::download_directory(const std::string& remote,
                                         const std::filesystem::path& local,
                                         const CancelToken& cancel) {
    const std::string what = fmt::format("cannot fetch {} to {}", remote, local.string());
    const bool wildcards = remote.find_first_of("*?[") != std::string::npos;
    if (uses_sftp() && !wildcards) {
        return by_sftp(what, cancel, [&](SftpClient& client) {
            sftp_receive_tree(client, sftp_path(remote), local);
        });
    }
    by_scp(what, scp_give_command(remote, true), cancel,
           [&](ByteStream& stream) { scp_receive_tree(stream, local, remote); });
}

void SshCommunicator::disconnect() {
    session_.reset();
}

bool SshCommunicator::uses_sftp() const {
    return connector_->config().file_transfer_method == SshConfig::TransferMethod::Sftp;
}

std::unique_ptr<SshChannel> SshCommunicator::open_channel(
    const CancelToken& cancel, const std::function<void(SshChannel&)>& prepare) {
    const auto open = [&] {
        auto channel = std::make_unique<SshChannel>(*session_, cancel);
        if (prepare) prepare(*channel);
        return channel;
    };
    if (session_) {
        try {
            return open();
        } catch (const ConnectionLost&) {
            session_.reset();
        } catch (const Cancelled&) {
            // A channel that is half open would stay so.
            session_.reset();
            throw;
        }
    }
    session_ = connector_->connect(cancel, connector_->config().reconnect_timeout);
    return open();
}

void SshCommunicator::by_scp(const std::string& what, const std::string& command,
                             const CancelToken& cancel,
                             const std::function<void(ByteStream&)>& transfer) {
    const auto channel = open_channel(cancel);
    try {
        channel->execute(command);
        run_scp(*channel, [&] { transfer(*channel); });
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        throw Error(what).because(error);
    }
}

void SshCommunicator::by_sftp(const std::string& what, const CancelToken& cancel,
                              const std::function<void(SftpClient&)>& transfer) {
    const auto channel = open_channel(cancel);
    try {
        try {
            channel->start_subsystem("sftp");
        } catch (const ConnectionLost&) {
            throw;
        } catch (const Error& error) {
            throw Error(error.message())
                .with_hint(
                    "Install an SFTP server in the guest (openssh-sftp-server), or set "
                    "ssh_file_transfer_method = \"scp\".");
        }
        SftpClient client(*channel);
        transfer(client);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        throw Error(what).because(error);
    }
}

namespace {

RemotePath split(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return {".", path};
    return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

/// SFTP has no shell that knows `~`, but its relative paths begin at home.
std::string sftp_path(const std::string& path) {
    if (path == "~" || path == "~/") return ".";
    return path.starts_with("~/") ? path.substr(2) : path;
}

}  // namespace
}  // namespace kiln
