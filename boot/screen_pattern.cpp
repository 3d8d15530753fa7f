#include "boot/screen_pattern.h"

#include <algorithm>

#include <re2/re2.h>

#include "base/error.h"

namespace kiln::boot {
namespace {

constexpr std::size_t screen_columns = 80;

std::size_t characters_in(std::string_view utf8);

}  // namespace

ScreenPattern ScreenPattern::text(std::string text) {
    if (text.empty()) throw Error("there is no text to wait for between the quotes");
    return {std::move(text), nullptr};
}

ScreenPattern ScreenPattern::regex(std::string expression) {
    if (expression.empty()) throw Error("there is no expression to wait for between the slashes");
    RE2::Options options;
    options.set_log_errors(false);
    auto compiled = std::make_shared<const RE2>("(?m)" + expression, options);
    if (!compiled->ok()) {
        throw Error(fmt::format("/{}/ is not a regular expression", expression))
            .because(compiled->error())
            .with_hint("The syntax is that of RE2; a slash inside is written as \\/.");
    }
    return {std::move(expression), std::move(compiled)};
}

bool ScreenPattern::matches(const ScreenText& screen) const {
    std::string by_row;
    std::string unwrapped;
    for (const std::string& row : screen.rows) {
        by_row += row + '\n';
        unwrapped += row;
        if (characters_in(row) < screen_columns) unwrapped += '\n';
    }
    return found_in(by_row) || (unwrapped.size() != by_row.size() && found_in(unwrapped));
}

bool ScreenPattern::found_in(std::string_view text) const {
    if (regex_ == nullptr) return text.find(source_) != std::string_view::npos;
    return RE2::PartialMatch(text, *regex_);
}

std::string ScreenPattern::to_string() const {
    return regex_ == nullptr ? fmt::format("\"{}\"", source_) : fmt::format("/{}/", source_);
}

namespace {

std::size_t characters_in(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace
}  // namespace kiln::boot
