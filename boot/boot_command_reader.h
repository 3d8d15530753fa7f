#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "boot/boot_command.h"

namespace kiln::boot {

/// Reads a boot command item by item. The grammar is a PEG with ordered choice: each rule either
/// takes its text or leaves the position where it was. Throws what `parse_boot_command` throws.
class BootCommandReader {
  public:
    struct Token {
        Item item;
        std::size_t begin = 0;
        std::size_t end = 0;
        bool is_token = false;  ///< false: a character as it stands
    };

    explicit BootCommandReader(std::string_view text) : text_(text) {}

    /// Nothing at the end.
    std::optional<Token> next();
    /// Where a byte stands, for people.
    std::string place(std::size_t at) const;

  private:
    std::optional<Item> wait();
    std::optional<Item> wait_for_screen(std::size_t start);
    std::optional<std::string> quoted(char quote);
    std::optional<Duration> wait_time(std::size_t start);
    bool duration_part();
    std::string_view integer();
    std::optional<Item> character_toggle();
    std::optional<Item> special();
    Item literal();
    std::optional<KeyAction> on_or_off();

    bool at_end() const { return position_ == text_.size(); }
    bool take(std::string_view token);
    bool take_blanks();
    char32_t code_point();
    void check_utf8(std::size_t begin, std::size_t end);
    void check_typable(char32_t character, std::size_t at) const;

    std::string_view text_;
    std::size_t position_ = 0;
};

}  // namespace kiln::boot
