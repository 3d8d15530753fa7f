#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/suggest.h"
#include "boot/ascii.h"
#include "boot/boot_command.h"
#include "boot/boot_command_reader.h"

namespace kiln::boot {
namespace {

constexpr std::size_t longest_word = 40;

std::optional<std::string> complaint(std::string_view text);
std::string_view word_in_brackets(std::string_view text);
std::string meant_key(std::string_view word);
bool near(std::string_view word, std::string_view name);

// Names that people write for keys which boot commands call otherwise.
constexpr auto other_names = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"alt", "leftAlt"},         {"backspace", "bs"},      {"cmd", "leftCommand"},
    {"command", "leftCommand"}, {"control", "leftCtrl"},  {"ctrl", "leftCtrl"},
    {"delete", "del"},          {"escape", "esc"},        {"ins", "insert"},
    {"option", "leftOption"},   {"pgdn", "pageDown"},     {"pgdown", "pageDown"},
    {"pgup", "pageUp"},         {"ret", "return"},        {"shift", "leftShift"},
    {"space", "spacebar"},      {"spc", "spacebar"},      {"super", "leftSuper"},
    {"win", "leftSuper"},       {"windows", "leftSuper"},
});

// Names of keys that there is no token for.
constexpr auto missing_keys = std::to_array<std::string_view>(
    {"capslock", "numlock", "scrolllock", "print", "printscreen", "pause", "break", "f13", "f14"});

}  // namespace

std::vector<std::string> boot_command_warnings(std::string_view text) {
    std::vector<std::string> warnings;
    try {
        BootCommandReader reader(text);
        while (const auto token = reader.next()) {
            if (token->is_token || text[token->begin] != '<') continue;
            if (const auto found = complaint(text.substr(token->begin))) {
                warnings.push_back(
                    fmt::format("boot_command, {}: {}", reader.place(token->begin), *found));
            }
        }
    } catch (const Error&) {
        return {};  // the parser tells it
    }
    return warnings;
}

namespace {

// What is wrong with a text that begins with a literal `<`, if it looks like a mistake.
std::optional<std::string> complaint(std::string_view text) {
    if (starts_ignoring_case(text, "<wait")) {
        const std::size_t end = std::min(text.find('>'), std::min(text.size(), longest_word));
        return fmt::format(
            "`{}` is typed literally, because it is not a wait; waits are written as <wait>, "
            "<wait5>, <wait1m20s>, <wait \"text\"> or <wait /expression/ 2m>",
            text.substr(0, end < text.size() && text[end] == '>' ? end + 1 : end));
    }
    const std::string_view word = word_in_brackets(text);
    if (!word.empty()) {
        if (std::ranges::find(missing_keys, ascii_lower(word)) != missing_keys.end()) {
            return fmt::format("`<{}>` is typed literally; boot commands have no such key", word);
        }
        const std::string meant = meant_key(word);
        if (meant.empty()) return std::nullopt;
        return fmt::format("`<{}>` is typed literally; did you mean `<{}>`?", word, meant);
    }
    const std::string_view rest = text.substr(1);
    for (const Special& special : specials) {
        if (special.name.size() < 3 || !starts_ignoring_case(rest, special.name)) continue;
        const std::string_view after = rest.substr(special.name.size());
        if (after.empty() || after.front() == '<') {
            return fmt::format("`<{}` is typed literally; its `>` is missing",
                               rest.substr(0, special.name.size()));
        }
    }
    return std::nullopt;
}

// `word` of `<word>`: letters, digits, blanks and signs that may stand in a misspelt name.
std::string_view word_in_brackets(std::string_view text) {
    const std::size_t end = text.find('>');
    if (end == std::string_view::npos || end < 2 || end > longest_word) return {};
    const std::string_view word = text.substr(1, end - 1);
    const bool plain = std::ranges::all_of(word, [](char c) {
        return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') ||
               c == ' ' || c == '-' || c == '_';
    });
    return plain ? word : std::string_view{};
}

std::string meant_key(std::string_view word) {
    const std::size_t time = word.find_first_of("0123456789");
    if (time != std::string_view::npos && near(ascii_lower(word.substr(0, time)), "wait")) {
        return fmt::format("wait{}", word.substr(time));
    }
    std::string name = ascii_lower(word);
    std::erase_if(name, [](char c) { return c == ' ' || c == '-' || c == '_'; });
    std::string suffix;
    const auto meant = [&](std::string_view candidate) -> std::string_view {
        for (const auto& [other, known] : other_names) {
            if (candidate == other) return known;
        }
        for (const Special& special : specials) {
            if (equal_ignoring_case(special.name, candidate)) return special.name;
        }
        for (const Special& special : specials) {
            if (near(candidate, ascii_lower(special.name))) return special.name;
        }
        return {};
    };
    for (const std::string_view end : {"on", "off"}) {
        if (!name.ends_with(end) || name.size() < end.size() + 2) continue;
        const std::string_view found =
            meant(std::string_view(name).substr(0, name.size() - end.size()));
        if (!found.empty()) return std::string(found) + (end == "on" ? "On" : "Off");
    }
    return std::string(meant(name));
}

// One slip of the finger in a short word, two in a long one; two swapped letters are one slip.
bool near(std::string_view word, std::string_view name) {
    if (name.size() < 3 || word.size() < 3) return false;
    const std::size_t distance = edit_distance(word, name);
    if (distance <= (name.size() >= 6 ? 2U : 1U)) return true;
    if (distance != 2 || word.size() != name.size()) return false;
    const auto [a, b] = std::ranges::mismatch(word, name);
    return a + 1 != word.end() && a[0] == b[1] && a[1] == b[0];
}

}  // namespace
}  // namespace kiln::boot
