#pragma once

#include "communicator/communicator.h"

namespace kiln {

/// `communicator = "none"`: every command does nothing and succeeds, every transfer fails.
class NoneCommunicator : public Communicator {
  public:
    int run(const std::string& command, const OutputHandlers& handlers,
            const CancelToken& cancel) override;
    void upload_file(const std::filesystem::path& local, const std::string& remote,
                     const TransferProgress& progress, const CancelToken& cancel) override;
    void upload_bytes(std::string_view bytes, const std::string& remote,
                      const CancelToken& cancel) override;
    void upload_directory(const std::string& local, const std::string& remote,
                          const CancelToken& cancel) override;
    void download_file(const std::string& remote, const std::filesystem::path& local,
                       const TransferProgress& progress, const CancelToken& cancel) override;
    void download_directory(const std::string& remote, const std::filesystem::path& local,
                            const CancelToken& cancel) override;
};

}  // namespace kiln
