#include "boot/boot_command.h"

#include <algorithm>
#include <charconv>

#include <utf8proc.h>

#include "base/error.h"
#include "boot/ascii.h"
#include "boot/boot_command_reader.h"

namespace kiln::boot {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::vector<Item> parse_boot_command(std::string_view text) {
    std::vector<Item> items;
    BootCommandReader reader(text);
    while (auto item = reader.next()) items.push_back(std::move(item->item));
    return items;
}

std::optional<BootCommandReader::Token> BootCommandReader::next() {
    if (position_ == text_.size()) return std::nullopt;
    const std::size_t start = position_;
    auto item = wait();
    if (!item) item = character_toggle();
    if (!item) item = special();
    const bool is_token = item.has_value();
    if (!item) item = literal();
    return Token{std::move(*item), start, position_, is_token};
}

std::optional<Item> BootCommandReader::wait() {
    const std::size_t start = position_;
    if (!take("<wait")) return std::nullopt;
    if (auto item = wait_for_screen(start)) return item;
    const auto duration = wait_time(start);
    if (take(">")) return Wait{duration.value_or(std::chrono::seconds(1))};
    position_ = start;
    return std::nullopt;
}

// After `<wait`: a quoted text or an expression between slashes, and maybe a limit. Leaves the
// position alone when it is something else.
std::optional<Item> BootCommandReader::wait_for_screen(std::size_t start) {
    const std::size_t before = position_;
    const auto no = [&]() -> std::optional<Item> {
        position_ = before;
        return std::nullopt;
    };
    if (!take_blanks() || at_end()) return no();
    const char quote = text_[position_];
    if (quote != '"' && quote != '/') return no();
    const auto pattern = quoted(quote);
    if (!pattern) return no();
    std::optional<Duration> limit;
    if (take_blanks()) {
        limit = wait_time(start);
        if (!limit) return no();
    }
    if (!take(">")) return no();
    try {
        return WaitFor{
            quote == '"' ? ScreenPattern::text(*pattern) : ScreenPattern::regex(*pattern), limit};
    } catch (const Error& error) {
        throw Error(fmt::format("boot_command, {}: {}", place(start), error.message()))
            .because(error.causes().empty() ? "" : error.causes().front())
            .with_hint(error.hint());
    }
}

// From one quote to the next. A backslash takes away the meaning of a quote, and in a text of
// another backslash; in an expression it stays before everything else.
std::optional<std::string> BootCommandReader::quoted(char quote) {
    std::string content;
    for (std::size_t i = position_ + 1; i < text_.size(); ++i) {
        const char c = text_[i];
        if (c == quote) {
            check_utf8(position_, i);
            position_ = i + 1;
            return content;
        }
        if (c == '\\' && i + 1 < text_.size()) {
            const char escaped = text_[++i];
            const bool drop = escaped == quote || (quote == '"' && escaped == '\\');
            if (!drop) content += c;
            content += escaped;
            continue;
        }
        content += c;
    }
    return std::nullopt;
}

// duration / integer. Nothing when there is neither; a lone 0 counts as not given, as in Packer.
std::optional<Duration> BootCommandReader::wait_time(std::size_t start) {
    const std::size_t begin = position_;
    while (duration_part()) {
    }
    std::string written;
    if (position_ != begin) {
        written = std::string(text_.substr(begin, position_ - begin));
    } else {
        const std::string_view digits = integer();
        if (digits.empty() || digits == "0") return std::nullopt;
        written = std::string(digits) + "s";
    }
    const auto duration = parse_duration(written);
    if (!duration) {
        throw Error(fmt::format("boot_command, {}: {} is not a length of time that can be waited",
                                place(start), written));
    }
    if (*duration <= Duration::zero()) {
        throw Error(fmt::format("boot_command, {}: a wait must be longer than nothing, not {}",
                                place(start), written))
            .with_hint("Leave the wait out, or give it a time such as <wait500ms>.");
    }
    return duration;
}

bool BootCommandReader::duration_part() {
    const std::size_t begin = position_;
    take("-");
    bool good = !integer().empty();
    if (good && take(".")) {
        const std::size_t fraction = position_;
        while (!at_end() && is_digit(text_[position_])) ++position_;
        good = position_ != fraction;
    }
    if (good) {
        for (const std::string_view unit : {"ns", "us", "\u00b5s", "ms", "s", "m", "h"}) {
            if (take(unit)) return true;
        }
    }
    position_ = begin;
    return false;
}

std::string_view BootCommandReader::integer() {
    if (at_end() || !is_digit(text_[position_])) return {};
    const std::size_t begin = position_;
    if (text_[position_] == '0') {
        ++position_;
    } else {
        while (!at_end() && is_digit(text_[position_])) ++position_;
    }
    return text_.substr(begin, position_ - begin);
}

std::optional<Item> BootCommandReader::character_toggle() {
    const std::size_t start = position_;
    if (!take("<") || at_end()) {
        position_ = start;
        return std::nullopt;
    }
    const std::size_t at = position_;
    const char32_t character = code_point();
    const auto action = on_or_off();
    if (!action || !take(">")) {
        position_ = start;
        return std::nullopt;
    }
    check_typable(character, at);
    return Character{character, *action};
}

std::optional<Item> BootCommandReader::special() {
    const std::size_t start = position_;
    if (!take("<")) return std::nullopt;
    const std::string_view rest = text_.substr(position_);
    const auto found = std::ranges::find_if(
        specials, [&](const Special& key) { return starts_ignoring_case(rest, key.name); });
    if (found != specials.end()) {
        position_ += found->name.size();
        const auto action = on_or_off();
        if (take(">")) return SpecialKey{&*found, action.value_or(KeyAction::Press)};
    }
    position_ = start;
    return std::nullopt;
}

Item BootCommandReader::literal() {
    const std::size_t at = position_;
    const char32_t character = code_point();
    // A line end of two characters is one press of Enter.
    if (character == U'\r' && take("\n")) return Character{U'\n'};
    check_typable(character, at);
    return Character{character};
}

std::optional<KeyAction> BootCommandReader::on_or_off() {
    const std::string_view rest = text_.substr(position_);
    if (starts_ignoring_case(rest, "on")) {
        position_ += 2;
        return KeyAction::Down;
    }
    if (starts_ignoring_case(rest, "off")) {
        position_ += 3;
        return KeyAction::Up;
    }
    return std::nullopt;
}

bool BootCommandReader::take(std::string_view token) {
    if (!text_.substr(position_).starts_with(token)) return false;
    position_ += token.size();
    return true;
}

bool BootCommandReader::take_blanks() {
    const std::size_t begin = position_;
    while (!at_end() && text_[position_] == ' ') ++position_;
    return position_ != begin;
}

char32_t BootCommandReader::code_point() {
    utf8proc_int32_t value = -1;
    const auto rest = text_.substr(position_);
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(rest.data()),
                                       static_cast<utf8proc_ssize_t>(rest.size()), &value);
    if (size <= 0) {
        throw Error(fmt::format("boot_command, {}: the text is not UTF-8", place(position_)))
            .with_hint("Save the template as UTF-8.");
    }
    position_ += static_cast<std::size_t>(size);
    return static_cast<char32_t>(value);
}

void BootCommandReader::check_utf8(std::size_t begin, std::size_t end) {
    position_ = begin;
    while (position_ < end) code_point();
}

void BootCommandReader::check_typable(char32_t character, std::size_t at) const {
    if (find_character(character)) return;
    std::size_t size = 1;
    while (at + size < text_.size() && (text_[at + size] & 0xc0) == 0x80) ++size;
    const bool printable = character >= 0xa0;
    const std::string shown =
        printable ? std::string(text_.substr(at, size))
                  : fmt::format("the character U+{:04X}", static_cast<std::uint32_t>(character));
    throw Error(
        fmt::format("boot_command, {}: {} cannot be typed on a US keyboard", place(at), shown))
        .with_hint("Boot commands are typed key by key; use the characters of a US keyboard.");
}

std::string BootCommandReader::place(std::size_t at) const {
    const std::string_view before = text_.substr(0, at);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    const auto column = 1 + std::ranges::count_if(before.substr(line_start),
                                                  [](char c) { return (c & 0xc0) != 0x80; });
    if (line == 1) return fmt::format("character {}", column);
    return fmt::format("line {}, character {}", line, column);
}

}  // namespace kiln::boot
