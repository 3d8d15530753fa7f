#include "lsp/uri.h"

#include <charconv>

#include <fmt/format.h>

namespace kiln::lsp {
namespace {

constexpr std::string_view scheme = "file://";

bool is_plain(char c);

}  // namespace

std::optional<std::filesystem::path> path_of_uri(std::string_view uri) {
    if (!uri.starts_with(scheme)) return std::nullopt;
    uri.remove_prefix(scheme.size());
    if (uri.starts_with("localhost/")) uri.remove_prefix(std::string_view("localhost").size());
    if (!uri.starts_with('/')) return std::nullopt;
    std::string path;
    for (std::size_t i = 0; i < uri.size(); ++i) {
        if (uri[i] != '%') {
            path += uri[i];
            continue;
        }
        unsigned char byte = 0;
        const char* const start = uri.data() + i + 1;
        if (i + 2 >= uri.size()) return std::nullopt;
        const auto [end, failure] = std::from_chars(start, start + 2, byte, 16);
        if (failure != std::errc() || end != start + 2 || byte == 0) return std::nullopt;
        path += static_cast<char>(byte);
        i += 2;
    }
    return std::filesystem::path(path).lexically_normal();
}

std::string uri_of_path(const std::filesystem::path& path) {
    std::string uri(scheme);
    for (const char c : path.string()) {
        if (is_plain(c)) {
            uri += c;
        } else {
            uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return uri;
}

namespace {

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/-._~").find(c) != std::string_view::npos;
}

}  // namespace
}  // namespace kiln::lsp
