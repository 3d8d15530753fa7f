#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/duration.h"
#include "base/event.h"
#include "download/checksum.h"

namespace kiln::download {

/// An input of a build: what it is, where it can come from, and what it must contain.
struct DownloadRequest {
    std::string what = "ISO";       ///< names it in messages: `Retrieving ISO`
    std::vector<std::string> urls;  ///< mirrors, tried in order; paths, file: and http(s)
    /// As in the template: `none`, `HEX`, `TYPE:HEX` or `file:URL-or-path`. `?checksum=` in a URL
    /// overrides it for that URL.
    std::string checksum = "none";
    /// Where to put the download instead of the cache: a file when the last component has an
    /// extension, else a directory. Empty: the cache. Local inputs stay where they are.
    std::filesystem::path target_path;
    std::string extension = "iso";  ///< of the cache file; lower-cased
};

/// What fetching works with. The reporter's sink must outlive the call.
struct DownloadContext {
    std::filesystem::path cache_dir;
    Reporter reporter;
    CancelToken cancel;
    /// Gives up on a server that sends nothing for so long; read_timeout() has the default.
    Duration stall_timeout = std::chrono::minutes(30);
};

/// PACKER_GETTER_READ_TIMEOUT, default 30m. Throws Error when it is no duration.
Duration read_timeout();

/// Fetches the input and returns the path of the file to use.
///
/// A local file is used in place and never changed or removed. A file from the network lies in the
/// cache (or at `target_path`) under a name made from its checksum; it appears there only whole and
/// verified, and is reused without network as long as it has its checksum. Archives are unpacked to
/// the cache, local ones too; the checksum is that of the archive. While a file is being fetched
/// its lock is held; a second kiln that wants the same file waits for the first.
///
/// Throws Error with every mirror's reason when none served, Cancelled when told to stop. May be
/// called from several threads at a time.
std::filesystem::path fetch(const DownloadRequest& request, const DownloadContext& context);

/// Like parse_checksum, and reads the checksum file that `file:` names, to find the line for one of
/// `urls`. Done at validation, so that a template's checksum becomes `type:hex` once.
std::optional<Checksum> resolve_checksum(const std::string& text,
                                         const std::vector<std::string>& urls,
                                         const DownloadContext& context);

/// The URL that a guest's disk controller can read in place (`iso_skip_cache`): the last of `urls`
/// that answers HEAD with success and `Accept-Ranges: bytes`. Throws Error when none does.
std::string find_streamable_url(const std::vector<std::string>& urls,
                                const DownloadContext& context);

}  // namespace kiln::download
