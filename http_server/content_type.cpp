#include "http_server/content_type.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kiln::http {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

/// Only kinds whose type a guest or a browser acts upon; all other text is sniffed.
constexpr std::array<Entry, 26> types{{
    {".css", "text/css; charset=utf-8"},
    {".deb", "application/vnd.debian.binary-package"},
    {".gif", "image/gif"},
    {".gz", "application/gzip"},
    {".htm", "text/html; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".iso", "application/x-iso9660-image"},
    {".jpeg", "image/jpeg"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".pdf", "application/pdf"},
    {".png", "image/png"},
    {".rpm", "application/x-rpm"},
    {".svg", "image/svg+xml"},
    {".tar", "application/x-tar"},
    {".tgz", "application/gzip"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".webp", "image/webp"},
    {".xml", "text/xml; charset=utf-8"},
    {".xz", "application/x-xz"},
    {".zip", "application/zip"},
    {".zst", "application/zstd"},
}};

std::string lower_extension(std::string_view name);
std::string_view sniff(std::string_view head);
bool begins_with_tag(std::string_view text, std::string_view tag);

}  // namespace

std::string content_type(std::string_view name, std::string_view head) {
    const std::string extension = lower_extension(name);
    const auto* known = std::find_if(types.begin(), types.end(),
                                     [&](const Entry& e) { return e.first == extension; });
    return std::string(known != types.end() ? known->second : sniff(head));
}

namespace {

std::string lower_extension(std::string_view name) {
    const auto dot = name.find_last_of("./");
    if (dot == std::string_view::npos || name[dot] != '.') return {};
    std::string extension(name.substr(dot));
    for (char& c : extension) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return extension;
}

std::string_view sniff(std::string_view head) {
    for (const char c : head) {
        const auto byte = static_cast<unsigned char>(c);
        const bool binary = byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' &&
                            byte != '\f' && byte != 0x1b;
        if (binary) return "application/octet-stream";
    }
    const auto start = head.find_first_not_of(" \t\r\n");
    const auto text = start == std::string_view::npos ? std::string_view{} : head.substr(start);
    if (begins_with_tag(text, "<!doctype html") || begins_with_tag(text, "<html")) {
        return "text/html; charset=utf-8";
    }
    if (begins_with_tag(text, "<?xml")) return "text/xml; charset=utf-8";
    return "text/plain; charset=utf-8";
}

bool begins_with_tag(std::string_view text, std::string_view tag) {
    if (text.size() < tag.size()) return false;
    return std::equal(tag.begin(), tag.end(), text.begin(), [](char expected, char c) {
        return expected == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    });
}

}  // namespace
}  // namespace kiln::http
