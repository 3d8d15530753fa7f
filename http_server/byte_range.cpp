#include "http_server/byte_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace kiln::http {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace

ByteRange parse_range(std::string_view header, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    if (!header.starts_with(unit)) return {};
    header.remove_prefix(unit.size());
    const auto dash = header.find('-');
    if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) return {};
    const auto first_text = header.substr(0, dash);
    const auto last_text = header.substr(dash + 1);
    const auto first = parse_number(first_text);
    const auto last = parse_number(last_text);

    if (first_text.empty()) {
        if (!last) return {};
        const std::uint64_t length = std::min(*last, size);
        if (length == 0) return {ByteRange::Kind::Unsatisfiable};
        return {ByteRange::Kind::Part, size - length, length};
    }
    if (!first || (!last && !last_text.empty()) || (last && *last < *first)) return {};
    if (*first >= size) return {ByteRange::Kind::Unsatisfiable};
    const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
    return {ByteRange::Kind::Part, *first, end - *first + 1};
}

namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace
}  // namespace kiln::http
