#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/cancel.h"

/// A language server over standard input and output (`kiln lsp`).
namespace kiln::lsp {

/// Cuts a stream into the messages of the language server protocol: header lines, of which
/// `Content-Length` counts, an empty line, and that many bytes. Headers are limited to 4 KiB and
/// messages to 64 MiB. For one thread.
class MessageReader {
  public:
    /// `fd` stays open and belongs to the caller.
    MessageReader(int fd, CancelToken cancel) : fd_(fd), cancel_(std::move(cancel)) {}

    enum class Status { Message, Timeout, End };

    /// Waits for a whole message, at most for `limit` when there is one, and stores its content.
    /// `End` is the end of the stream or a cancellation. Throws Error when what comes is no message
    /// or is too large: where the next one begins cannot be known then.
    Status read(std::optional<std::chrono::milliseconds> limit, std::string& content);

  private:
    bool take(std::string& content);
    /// Adds to what was received; `Message` means that there may be one now.
    Status receive(std::optional<std::chrono::milliseconds> limit);

    int fd_;
    CancelToken cancel_;
    std::string buffer_;
};

/// The content with its header in front.
std::string frame(std::string_view content);

}  // namespace kiln::lsp
