#pragma once

#include <string>
#include <string_view>

namespace kiln::http {

/// The Content-Type for a file: by its extension, else by its first bytes. Text of no known kind
/// (kickstart, preseed, autoinstall, `user-data`) is `text/plain; charset=utf-8`, so that it shows
/// in a browser; all else is `application/octet-stream`. `head` is the content's first 512 bytes at
/// most.
std::string content_type(std::string_view name, std::string_view head);

}  // namespace kiln::http
