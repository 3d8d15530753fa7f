#pragma once

#include <functional>
#include <memory>

#include "communicator/communicator.h"
#include "communicator/ssh_channel.h"
#include "communicator/ssh_session.h"

namespace kiln {

class SshConnector;

/// A guest reached by SSH; `connect_ssh` makes it. Each command has a channel of its own. When the
/// connection turns out dead before a command or transfer begins (the guest was rebooted), it
/// connects again, for up to `reconnect_timeout`; a command that has begun is never repeated.
/// A cancelled command's channel is closed; the connection stays of use.
class SshCommunicator : public Communicator {
  public:
    SshCommunicator(std::unique_ptr<SshConnector> connector, std::unique_ptr<SshSession> session);
    ~SshCommunicator() override;

    int run(const std::string& command, const OutputHandlers& handlers,
            const CancelToken& cancel) override;
    /// A `remote` that ends in a slash gets the local file's name.
    void upload_file(const std::filesystem::path& local, const std::string& remote,
                     const TransferProgress& progress, const CancelToken& cancel) override;
    void upload_bytes(std::string_view bytes, const std::string& remote,
                      const CancelToken& cancel) override;
    void upload_directory(const std::string& local, const std::string& remote,
                          const CancelToken& cancel) override;
    void download_file(const std::string& remote, const std::filesystem::path& local,
                       const TransferProgress& progress, const CancelToken& cancel) override;
    /// A `remote` with wildcards is fetched by scp even when sftp was chosen: SFTP has none.
    void download_directory(const std::string& remote, const std::filesystem::path& local,
                            const CancelToken& cancel) override;

    /// Ends the connection; the next call makes a new one. For a guest known to be rebooting.
    void disconnect();

  private:
    bool uses_sftp() const;
    /// A channel, `prepare`d before anything runs on it; on a new connection if need be.
    std::unique_ptr<SshChannel> open_channel(const CancelToken& cancel,
                                             const std::function<void(SshChannel&)>& prepare = {});
    void by_scp(const std::string& what, const std::string& command, const CancelToken& cancel,
                const std::function<void(ByteStream&)>& transfer);
    void by_sftp(const std::string& what, const CancelToken& cancel,
                 const std::function<void(class SftpClient&)>& transfer);

    std::unique_ptr<SshConnector> connector_;
    std::unique_ptr<SshSession> session_;
};

}  // namespace kiln
