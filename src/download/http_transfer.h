#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/cancel.h"
#include "base/duration.h"
#include "download/archive.h"

namespace kiln::download {

/// Limits and listeners of one transfer.
struct TransferOptions {
    CancelToken cancel;                                 ///< stops it within a fraction of a second
    Duration stall_timeout = std::chrono::minutes(30);  ///< gives up when no byte came for so long
    ProgressFunction progress;                          ///< may be empty
    std::optional<std::uint64_t> max_bytes;             ///< refuses larger answers
};

/// What a HEAD request told.
struct RemoteInfo {
    long status = 0;
    std::optional<std::uint64_t> size;
    std::string etag;
    std::optional<std::int64_t> modified;  ///< seconds since the epoch
    bool accepts_ranges = false;
};

/// Asks for the headers of `url`, following redirects. Throws Error when there was no answer.
RemoteInfo http_head(const std::string& url, const TransferOptions& options);

/// Transfers `url` into `part`, which stays when the transfer fails, so that the next call goes on
/// where it ended. Beside it lies `<part>.meta`, two lines: the URL (without credentials) and the
/// server's validator (a strong ETag or Last-Modified). Bytes are only ever added to a part under
/// If-Range with that validator, or, when `verified_later` is set, on the server's word, because
/// the caller will check the digest and start over if need be.
///
/// HTTP and HTTPS; redirects (10 at most), netrc, and the proxy variables of the environment are
/// honoured. Interrupted transfers are resumed by themselves while they make progress. Throws Error
/// for any status but 200 and 206, for a body that is too short, and for a full disk.
struct TransferResult {
    bool resumed = false;                  ///< part of the file came from an earlier call
    std::optional<std::int64_t> modified;  ///< Last-Modified
};
TransferResult http_transfer(const std::string& url, const std::filesystem::path& part,
                             bool verified_later, const TransferOptions& options);

/// Removes a part and its meta file.
void remove_part(const std::filesystem::path& part);

}  // namespace kiln::download
