#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/duration.h"
#include "boot/key_table.h"
#include "boot/screen_pattern.h"

namespace kiln::boot {

/// What is done with a key: a press is down and up again.
enum class KeyAction { Press, Down, Up };

/// `<wait>`, `<wait5>`, `<wait1m20s>`: let time pass.
struct Wait {
    Duration duration;
    friend bool operator==(const Wait&, const Wait&) = default;
};

/// `<wait "text">`, `<wait /regex/>`, `<wait "text" 2m>`: wait until the screen shows it. Without a
/// limit of its own the typist's applies.
struct WaitFor {
    ScreenPattern pattern;
    std::optional<Duration> limit;
    friend bool operator==(const WaitFor&, const WaitFor&) = default;
};

/// A character as it stands, or with an action: `<aOn>`, `<aOff>`. It is one of those that
/// `find_character` knows.
struct Character {
    char32_t character;
    KeyAction action = KeyAction::Press;
    friend bool operator==(const Character&, const Character&) = default;
};

/// `<enter>`, `<leftCtrlOn>`, `<leftCtrlOff>`.
struct SpecialKey {
    const Special* special;  ///< an entry of the table of special keys
    KeyAction action = KeyAction::Press;
    friend bool operator==(const SpecialKey&, const SpecialKey&) = default;
};

/// One step of a boot command.
using Item = std::variant<Wait, WaitFor, Character, SpecialKey>;

/// Reads a boot command (all elements of `boot_command` joined without separator): the grammar of
/// spec/boot-command.md section 2, where all that is no token is typed as it stands, and kiln's
/// waits for the screen. Throws Error with the place (line and column, from 1) for a wait that is
/// not positive or does not fit, a bad regular expression, invalid UTF-8, and a character that no
/// key of a US keyboard has.
std::vector<Item> parse_boot_command(std::string_view text);

/// What `parse_boot_command` types literally although it looks like a token: one sentence each,
/// with the place. Empty for text that does not parse.
std::vector<std::string> boot_command_warnings(std::string_view text);

}  // namespace kiln::boot
