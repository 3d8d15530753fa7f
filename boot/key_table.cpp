#include "boot/key_table.h"

#include <algorithm>

#include "boot/ascii.h"

namespace kiln::boot {

const Key* find_key(KeyCode code) {
    const auto found = std::ranges::find(keys, code, &Key::code);
    return found == keys.end() ? nullptr : &*found;
}

std::optional<Stroke> find_character(char32_t character) {
    if (character == U'\n' || character == U'\r') return Stroke{find_key("ret"), false};
    if (character == U'\t') return Stroke{find_key("tab"), false};
    if (character == 0) return std::nullopt;
    for (const Key& key : keys) {
        if (key.character == character) return Stroke{&key, false};
        if (key.shifted == character) return Stroke{&key, true};
        if (character >= U'A' && character <= U'Z' && key.character == character + 0x20) {
            return Stroke{&key, true};
        }
    }
    return std::nullopt;
}

const Special* find_special(std::string_view name) {
    const auto found = std::ranges::find_if(specials, [name](const Special& special) {
        return equal_ignoring_case(special.name, name);
    });
    return found == specials.end() ? nullptr : &*found;
}

}  // namespace kiln::boot
