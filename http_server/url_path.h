#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kiln::http {

/// The path a request asks for, decoded once and made canonical.
struct UrlPath {
    /// Begins with `/`; no empty, `.` or `..` segment; no trailing slash except for `/` itself.
    std::string clean;
    /// Decoded only; for content keys that are not clean themselves.
    std::string decoded;
    bool trailing_slash = false;
};

/// Reads a request target: `/path?query` or `http://host/path?query`. Nothing for what no honest
/// client sends: broken escapes, encoded slashes or backslashes, control characters, other forms.
/// `..` never climbs above the root.
std::optional<UrlPath> parse_target(std::string_view target);

/// Percent-encodes all but unreserved characters, for one path segment in a link.
std::string encode_segment(std::string_view name);
/// Escapes the five characters that mean something in HTML.
std::string escape_html(std::string_view text);

}  // namespace kiln::http
