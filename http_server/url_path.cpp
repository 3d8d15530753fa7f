#include "http_server/url_path.h"

#include <vector>

namespace kiln::http {
namespace {

std::string_view path_of_target(std::string_view target);
std::optional<std::string> decode(std::string_view path);
std::string clean(std::string_view path);
int hex_value(char c);

}  // namespace

std::optional<UrlPath> parse_target(std::string_view target) {
    const std::string_view raw = path_of_target(target);
    if (raw.empty()) return std::nullopt;
    auto decoded = decode(raw);
    if (!decoded) return std::nullopt;
    UrlPath path;
    path.clean = clean(*decoded);
    path.trailing_slash = decoded->back() == '/';
    path.decoded = std::move(*decoded);
    return path;
}

std::string encode_segment(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                                c == '~';
        if (unreserved) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&#34;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

namespace {

/// Empty when the target has none of the two forms.
std::string_view path_of_target(std::string_view target) {
    target = target.substr(0, target.find_first_of("?#"));
    if (target.starts_with('/')) return target;
    constexpr std::string_view scheme = "http://";
    if (!target.starts_with(scheme)) return {};
    target.remove_prefix(scheme.size());
    const auto slash = target.find('/');
    return slash == std::string_view::npos ? "/" : target.substr(slash);
}

std::optional<std::string> decode(std::string_view path) {
    std::string out;
    out.reserve(path.size());
    for (std::size_t i = 0; i < path.size(); ++i) {
        char c = path[i];
        const bool escaped = c == '%';
        if (escaped) {
            if (i + 2 >= path.size()) return std::nullopt;
            const int high = hex_value(path[i + 1]);
            const int low = hex_value(path[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || c == '\\' || (escaped && c == '/')) return std::nullopt;
        out += c;
    }
    return out;
}

std::string clean(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        const auto slash = path.find('/');
        const auto segment = path.substr(0, slash);
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
        if (segment.empty() || segment == ".") continue;
        if (segment != "..") {
            segments.push_back(segment);
        } else if (!segments.empty()) {
            segments.pop_back();
        }
    }
    std::string out;
    for (const auto segment : segments) out.append("/").append(segment);
    return out.empty() ? "/" : out;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace
}  // namespace kiln::http
