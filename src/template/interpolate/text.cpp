#include "template/interpolate/text.h"

#include <array>
#include <chrono>

#include <fmt/format.h>
#include <sys/random.h>
#include <utf8proc.h>

#include "base/error.h"
#include "template/interpolate/quoted.h"

namespace kiln::interpolation {
namespace {

constexpr std::size_t kLongestResult = std::size_t{16} << 20;

std::string map_case(const std::string& text, utf8proc_int32_t (*change)(utf8proc_int32_t));
utf8proc_int32_t upper_code_point(utf8proc_int32_t code_point);

}  // namespace

std::string lower_case(const std::string& text) {
    return map_case(text, utf8proc_tolower);
}

std::string upper_case(const std::string& text) {
    return map_case(text, upper_code_point);
}

std::string replace_text(const std::string& text, const std::string& from, const std::string& to,
                         std::int64_t limit) {
    std::string out;
    const auto emit = [&out](std::string_view part) {
        if (out.size() + part.size() > kLongestResult) throw Error("the result is too long");
        out += part;
    };
    std::string_view rest = text;
    bool first = true;
    for (std::int64_t done = 0; limit < 0 || done < limit; ++done) {
        if (from.empty()) {
            if (!first) {
                if (rest.empty()) break;
                std::string_view before = rest;
                take_code_point(rest);
                emit(before.substr(0, before.size() - rest.size()));
            }
            emit(to);
            first = false;
            continue;
        }
        const std::size_t at = rest.find(from);
        if (at == std::string_view::npos) break;
        emit(rest.substr(0, at));
        emit(to);
        rest.remove_prefix(at + from.size());
    }
    emit(rest);
    return out;
}

std::vector<std::string> split_text(const std::string& text, const std::string& separator) {
    std::vector<std::string> parts;
    std::string_view rest = text;
    if (separator.empty()) {
        while (!rest.empty()) {
            const std::string_view before = rest;
            take_code_point(rest);
            parts.emplace_back(before.substr(0, before.size() - rest.size()));
        }
        return parts;
    }
    while (true) {
        const std::size_t at = rest.find(separator);
        parts.emplace_back(rest.substr(0, at));
        if (at == std::string_view::npos) return parts;
        rest.remove_prefix(at + separator.size());
    }
}

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '\0':
                out += "\xEF\xBF\xBD";
                break;
            case '"':
                out += "&#34;";
                break;
            case '\'':
                out += "&#39;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string escape_js(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view before = text;
        const CodePoint point = take_code_point(text);
        const auto code = static_cast<unsigned>(point.value);
        if (code == '\\' || code == '\'' || code == '"')
            (out += '\\') += static_cast<char>(code);
        else if (code < 0x20 || code == '<' || code == '>' || code == '&' || code == '=')
            out += fmt::format("\\u{:04X}", code);
        else if (code < 0x80 || is_printable(point.value))
            out += before.substr(0, before.size() - text.size());
        else
            out += fmt::format("\\u{:04X}", code);
    }
    return out;
}

std::string escape_url(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain)
            out += c;
        else if (c == ' ')
            out += '+';
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

// Seconds since 1970 and then random bits, so that later identifiers sort after earlier ones.
std::string time_ordered_uuid() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    std::array<unsigned char, 12> random{};
    if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
        throw Error("no random numbers are to be had");
    }
    std::string out = fmt::format("{:08x}", static_cast<std::uint32_t>(seconds));
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i % 2 == 0 && i < 8) out += '-';
        out += fmt::format("{:02x}", random[i]);
    }
    return out;
}

namespace {

std::string map_case(const std::string& text, utf8proc_int32_t (*change)(utf8proc_int32_t)) {
    std::string out;
    out.reserve(text.size());
    std::string_view rest = text;
    while (!rest.empty()) {
        const CodePoint point = take_code_point(rest);
        append_utf8(out, static_cast<char32_t>(change(static_cast<utf8proc_int32_t>(point.value))));
    }
    return out;
}

// The simple mapping: a sharp s has no capital in it.
utf8proc_int32_t upper_code_point(utf8proc_int32_t code_point) {
    return code_point == 0xDF ? code_point : utf8proc_toupper(code_point);
}

}  // namespace
}  // namespace kiln::interpolation
