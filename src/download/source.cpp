#include "download/source.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/file.h"
#include "download/archive.h"

namespace kiln::download {
namespace {

/// Beginnings of texts that Packer fetches by programs or clouds' own clients.
constexpr std::array<std::string_view, 12> other_schemes{
    "git", "hg", "smb", "gcs", "s3", "ssh", "gs", "ftp", "sftp", "scp", "bitbucket", "github"};

struct Query {
    std::string rest;  ///< what remains for the server, without `?`
    std::string checksum;
    std::optional<std::string> archive;
};

Source parse_local(std::string_view text);
Source parse_file_url(std::string_view text);
Source parse_http(std::string_view text);
Error not_supported(std::string_view scheme, std::string_view text);
std::string scheme_of(std::string_view text);
std::string_view take_query(std::string_view& text);
Query parse_query(std::string_view query);
std::string decode_percent(std::string_view text);
void choose_archive(Source& source, const std::optional<std::string>& wanted,
                    std::string_view text);

}  // namespace

Source parse_source(std::string_view text) {
    if (text.empty()) throw Error("an empty URL cannot be fetched");
    const auto forced = text.find("::");
    if (forced != std::string_view::npos && text.find('/') > forced) {
        const auto getter = text.substr(0, forced);
        if (getter != "http" && getter != "https" && getter != "file") {
            throw not_supported(getter, text);
        }
        return parse_source(text.substr(forced + 2));
    }
    const std::string scheme = scheme_of(text);
    if (scheme == "http" || scheme == "https") return parse_http(text);
    if (scheme == "file") return parse_file_url(text);
    if (!scheme.empty()) throw not_supported(scheme, text);
    return parse_local(text);
}

std::string Source::display() const {
    return kind == Kind::Local ? path.string() : without_credentials(url);
}

std::string Source::name_path() const {
    const std::string shown = display();
    return kind == Kind::Local ? shown : shown.substr(0, shown.find_first_of("?#"));
}

std::string without_credentials(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return std::string(url);
    const auto begin = scheme + 3;
    const auto authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
    const auto at = authority.rfind('@');
    if (at == std::string_view::npos) return std::string(url);
    return fmt::format("{}{}", url.substr(0, begin), url.substr(begin + at + 1));
}

namespace {

Source parse_http(std::string_view text) {
    const auto query = parse_query(take_query(text));
    Source source;
    source.kind = Source::Kind::Http;
    const auto authority = text.substr(text.find("://") + 3);
    if (authority.empty() || authority.front() == '/') {
        throw Error(fmt::format("{} names no host", text));
    }
    for (const char c : text) source.url += c == ' ' ? std::string("%20") : std::string(1, c);
    if (!query.rest.empty()) source.url += "?" + query.rest;
    source.checksum = query.checksum;
    choose_archive(source, query.archive, text);
    return source;
}

Source parse_file_url(std::string_view text) {
    const auto query = parse_query(take_query(text));
    std::string_view rest = text.substr(text.find(':') + 1);
    if (rest.starts_with("//")) {
        rest.remove_prefix(2);
        if (rest.starts_with("localhost/"))
            rest.remove_prefix(std::string_view("localhost").size());
        // `file://./x` and `file://x` are relative paths to Packer, though no URL says so.
    }
    Source source = parse_local(decode_percent(rest));
    source.checksum = query.checksum;
    choose_archive(source, query.archive, source.path.string());
    return source;
}

/// A plain path may hold any character, `?` too, so that only known parameters are taken off.
Source parse_local(std::string_view text) {
    std::string_view path = text;
    const auto query = parse_query(take_query(path));
    const bool steers = query.rest.empty() && (!query.checksum.empty() || query.archive);
    if (!steers) path = text;
    Source source;
    source.path = std::filesystem::absolute(expand_home(path)).lexically_normal();
    if (!steers) {
        choose_archive(source, std::nullopt, source.path.string());
        return source;
    }
    source.checksum = query.checksum;
    choose_archive(source, query.archive, source.path.string());
    return source;
}

Error not_supported(std::string_view scheme, std::string_view text) {
    return Error(fmt::format("{}: fetching from \"{}\" is not supported", without_credentials(text),
                             scheme))
        .with_hint("Use a local path, file:, http: or https:, or fetch the file beforehand.");
}

/// `http` of `http://...`; also of `s3:...`, but not of a path with a colon in it.
std::string scheme_of(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon < 2) return {};
    std::string scheme(text.substr(0, colon));
    for (char& c : scheme) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (scheme.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") != std::string::npos) {
        return {};
    }
    const bool known = scheme == "file" || std::find(other_schemes.begin(), other_schemes.end(),
                                                     scheme) != other_schemes.end();
    return known || text.substr(colon).starts_with("://") ? scheme : std::string();
}

std::string_view take_query(std::string_view& text) {
    text = text.substr(0, text.find('#'));
    const auto mark = text.find('?');
    if (mark == std::string_view::npos) return {};
    const auto query = text.substr(mark + 1);
    text = text.substr(0, mark);
    return query;
}

Query parse_query(std::string_view query) {
    Query parsed;
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto part = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        const auto equals = part.find('=');
        const auto name = part.substr(0, equals);
        const auto value = equals == std::string_view::npos ? "" : part.substr(equals + 1);
        if (name == "checksum") {
            parsed.checksum = decode_percent(value);
        } else if (name == "archive") {
            parsed.archive = decode_percent(value);
        } else {
            if (!parsed.rest.empty()) parsed.rest += '&';
            parsed.rest += part;
        }
    }
    return parsed;
}

/// A `%` that begins no escape stands for itself.
std::string decode_percent(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const auto high = digits.find(text[i + 1]);
            const auto low = digits.find(text[i + 2]);
            if (high != std::string_view::npos && low != std::string_view::npos) {
                out += static_cast<char>(high % 16 * 16 + low % 16);
                i += 2;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

void choose_archive(Source& source, const std::optional<std::string>& wanted,
                    std::string_view text) {
    if (!wanted) {
        source.archive = archive_suffix(text);
        return;
    }
    if (*wanted == "false" || *wanted == "0") {
        source.archive.clear();
        return;
    }
    if (!is_archive_suffix(*wanted)) {
        throw Error(fmt::format("archive={} in {}: kiln cannot unpack this form", *wanted,
                                without_credentials(text)))
            .with_hint(
                "It is one of gz, xz, bz2, zst, zip, tar, tar.gz, tar.xz, tar.bz2, tar.zst, "
                "tgz, txz, tbz2, tzst, or false.");
    }
    source.archive = wanted->starts_with('.') ? *wanted : "." + *wanted;
}

}  // namespace
}  // namespace kiln::download
