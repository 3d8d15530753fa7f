#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/error.h"

namespace kiln {

/// Exit status of a command whose connection broke before it ended (spec/components.md, 1.2).
constexpr int exit_status_disconnected = 2300218;

/// Handlers for a remote command's output, called on the calling thread for each line as it comes:
/// trailing white space removed, text before the last carriage return dropped.
struct OutputHandlers {
    std::function<void(std::string_view line)> on_stdout;
    std::function<void(std::string_view line)> on_stderr;
};

/// Called while a file is sent or fetched; `total` is 0 when it is not known.
using TransferProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// A way into a running guest. One thread at a time. Every call throws Error with the reason, and
/// Cancelled when its token is cancelled.
class Communicator {
  public:
    virtual ~Communicator() = default;

    /// Runs a command to its end and returns its exit status: 128 + signal number when a signal
    /// ended it, `exit_status_disconnected` when the connection broke.
    virtual int run(const std::string& command, const OutputHandlers& handlers,
                    const CancelToken& cancel) = 0;

    /// Sends a local file; the mode is kept.
    virtual void upload_file(const std::filesystem::path& local, const std::string& remote,
                             const TransferProgress& progress, const CancelToken& cancel) = 0;
    /// Sends bytes as a file with mode 0644.
    virtual void upload_bytes(std::string_view bytes, const std::string& remote,
                              const CancelToken& cancel) = 0;
    /// Sends a directory. With a trailing slash on `local` its contents go into `remote`, otherwise
    /// the directory itself does. Symbolic links are followed.
    virtual void upload_directory(const std::string& local, const std::string& remote,
                                  const CancelToken& cancel) = 0;
    virtual void download_file(const std::string& remote, const std::filesystem::path& local,
                               const TransferProgress& progress, const CancelToken& cancel) = 0;
    /// Fetches a directory; the remote top directory's name is created below `local`.
    virtual void download_directory(const std::string& remote, const std::filesystem::path& local,
                                    const CancelToken& cancel) = 0;
};

}  // namespace kiln
