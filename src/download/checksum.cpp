#include "download/checksum.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace kiln::download {
namespace {

constexpr std::array types{DigestType::Md5, DigestType::Sha1, DigestType::Sha256,
                           DigestType::Sha512};

/// One line of a checksum file.
struct Line {
    Checksum checksum;
    std::string name;
    bool name_known = true;
};

std::string lower(std::string_view text);
bool is_hex(std::string_view text);
std::optional<DigestType> type_by_name(std::string_view name);
std::optional<Checksum> checksum_of_hex(std::string_view hex);
Error bad_checksum(std::string_view reason, std::string_view text);
std::vector<std::string_view> fields_of(std::string_view line);
std::optional<Line> parse_line(std::string_view line);
std::vector<Line> parse_lines(std::string_view text);
bool names_input(const Line& line, std::string_view input, std::string_view checksum_file);
bool is_part_of(const Line& line, std::string_view input);
std::string_view base_name(std::string_view path);
std::string_view path_part(std::string_view url);

}  // namespace

std::string Checksum::to_string() const {
    return fmt::format("{}:{}", digest_name(type), hex);
}

std::optional<Checksum> parse_checksum(std::string_view text) {
    if (text == "none") return std::nullopt;
    if (text.empty()) {
        throw Error("A checksum must be specified")
            .with_hint("Give iso_checksum, or \"none\" to do without one.");
    }
    if (lower(text).ends_with(".iso")) {
        throw bad_checksum("a checksum is expected, not an image", text);
    }
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        if (!is_hex(text)) throw bad_checksum("not hexadecimal", text);
        auto checksum = checksum_of_hex(text);
        if (!checksum) throw bad_checksum("no checksum has this length", text);
        return checksum;
    }
    const auto type = type_by_name(text.substr(0, colon));
    if (!type) throw bad_checksum("unknown checksum type", text);
    const auto hex = text.substr(colon + 1);
    if (!is_hex(hex)) throw bad_checksum("not hexadecimal", text);
    if (hex.size() != 2 * digest_size(*type)) {
        throw bad_checksum(fmt::format("{} has {} hexadecimal digits, not {}", digest_name(*type),
                                       2 * digest_size(*type), hex.size()),
                           text);
    }
    return Checksum{*type, lower(hex)};
}

std::optional<Checksum> find_checksum(std::string_view text, std::string_view input,
                                      std::string_view checksum_file) {
    const std::vector<Line> lines = parse_lines(text);
    for (const Line& line : lines) {
        if (line.name_known && names_input(line, input, checksum_file)) return line.checksum;
    }
    for (const Line& line : lines) {
        if (line.name_known && is_part_of(line, input)) return line.checksum;
    }
    for (const Line& line : lines) {
        if (!line.name_known) return line.checksum;
    }
    return std::nullopt;
}

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

bool is_hex(std::string_view text) {
    return !text.empty() &&
           text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::optional<DigestType> type_by_name(std::string_view name) {
    const std::string wanted = lower(name);
    for (const DigestType type : types) {
        if (wanted == digest_name(type)) return type;
    }
    return std::nullopt;
}

std::optional<Checksum> checksum_of_hex(std::string_view hex) {
    if (!is_hex(hex)) return std::nullopt;
    for (const DigestType type : types) {
        if (hex.size() == 2 * digest_size(type)) return Checksum{type, lower(hex)};
    }
    return std::nullopt;
}

Error bad_checksum(std::string_view reason, std::string_view text) {
    return Error(fmt::format("{} in \"{}\"", reason, text))
        .with_hint(
            "A checksum is HEX, TYPE:HEX with TYPE md5, sha1, sha256 or sha512, file:PATH-or-URL, "
            "or "
            "none.");
}

std::vector<Line> parse_lines(std::string_view text) {
    std::vector<Line> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (auto line = parse_line(text.substr(0, end))) lines.push_back(std::move(*line));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::optional<Line> parse_line(std::string_view line) {
    if (line.empty() || line[0] == '#' || line[0] == '/' || line[0] == '-') return std::nullopt;
    const auto fields = fields_of(line);
    if (fields.empty()) return std::nullopt;
    const auto open = line.find('(');
    const auto close = line.rfind(") = ");
    if (open != std::string_view::npos && close != std::string_view::npos && open < close) {
        const auto type = type_by_name(fields[0]);
        const auto checksum = checksum_of_hex(fields.back());
        if (!type || !checksum || checksum->type != *type) return std::nullopt;
        return Line{*checksum, std::string(line.substr(open + 1, close - open - 1))};
    }
    const auto checksum = checksum_of_hex(fields[0]);
    if (!checksum) return std::nullopt;
    if (fields.size() == 2) return Line{*checksum, std::string(fields[1])};
    return Line{*checksum, {}, false};
}

std::vector<std::string_view> fields_of(std::string_view line) {
    constexpr std::string_view space = " \t\r\v\f";
    std::vector<std::string_view> fields;
    while (true) {
        const auto begin = line.find_first_not_of(space);
        if (begin == std::string_view::npos) return fields;
        line.remove_prefix(begin);
        const auto end = line.find_first_of(space);
        fields.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end, line.size()));
    }
}

bool names_input(const Line& line, std::string_view input, std::string_view checksum_file) {
    const std::string_view name = line.name;
    const auto base = base_name(input);
    if (name == base || name == input || name == path_part(input)) return true;
    if ((name.starts_with('*') || name.starts_with('?')) && name.substr(1) == base) return true;
    const auto folder = checksum_file.substr(0, checksum_file.rfind('/') + 1);
    if (folder.empty() || !input.starts_with(folder)) return false;
    const auto relative = input.substr(folder.size());
    return name == relative || (name.starts_with("./") && name.substr(2) == relative);
}

bool is_part_of(const Line& line, std::string_view input) {
    const auto begin = line.name.find_first_not_of("./");
    if (begin == std::string::npos) return false;
    return input.find(std::string_view(line.name).substr(begin)) != std::string_view::npos;
}

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

std::string_view path_part(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return url;
    const auto slash = url.find('/', scheme + 3);
    return slash == std::string_view::npos ? std::string_view{} : url.substr(slash);
}

}  // namespace
}  // namespace kiln::download
