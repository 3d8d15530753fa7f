#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "http_server/url_path.h"

namespace kiln::http {

/// The parts of a request that an answer depends on. Empty headers: not sent.
struct SiteRequest {
    UrlPath path;
    std::string range;
    std::string if_range;
    std::string if_none_match;
    std::string if_modified_since;
};

/// An answer: its body is `text`, or `length` bytes of `file` from `offset` when a file is set.
struct Reply {
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string text;
    std::shared_ptr<UniqueFd> file;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// What a server serves. `answer` is called from several threads at a time.
class Site {
  public:
    virtual ~Site() = default;
    virtual Reply answer(const SiteRequest& request) const = 0;
};

/// `http_content`: texts by path. Throws Error for a key that does not begin with `/`.
std::unique_ptr<Site> make_content_site(std::map<std::string, std::string> content);

/// `http_directory`: a tree of files, opened once, so that a later rename of the directory changes
/// nothing. Throws Error when it cannot be opened. Names are resolved by the kernel beneath that
/// directory: a symbolic link that leaves it, or is absolute, is 403, like anything that is neither
/// a file nor a directory.
std::unique_ptr<Site> make_directory_site(const std::filesystem::path& directory);

}  // namespace kiln::http
