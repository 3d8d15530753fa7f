#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "boot/keyboard.h"

namespace kiln::boot {

/// One physical key of a US keyboard, with its names in every code that a back end may speak.
struct Key {
    KeyCode code;            ///< QEMU key code name (`qcode`)
    char32_t character;      ///< what it types, or 0
    char32_t shifted;        ///< what it types with Shift, or 0
    std::uint16_t scancode;  ///< PS/2 set 1 make code; 0xe0xx is the two bytes e0 xx
    std::uint16_t keysym;    ///< X11 keysym without Shift, as RFB has it
    std::uint8_t hid;        ///< USB HID usage on the keyboard page
};

/// A name that boot commands have for a key. Two names may mean one key.
struct Special {
    std::string_view name;  ///< as documentation spells it; matched without regard to case
    KeyCode code;
    std::uint16_t keysym;  ///< what VNC clients send; the Apple names differ from their key's own
};

// clang-format off
/// spec/boot-command.md, sections 7 and 8.
inline constexpr auto keys = std::to_array<Key>({
    {"1",             U'1',   U'!',  0x02, 0x0031, 30},
    {"2",             U'2',   U'@',  0x03, 0x0032, 31},
    {"3",             U'3',   U'#',  0x04, 0x0033, 32},
    {"4",             U'4',   U'$',  0x05, 0x0034, 33},
    {"5",             U'5',   U'%',  0x06, 0x0035, 34},
    {"6",             U'6',   U'^',  0x07, 0x0036, 35},
    {"7",             U'7',   U'&',  0x08, 0x0037, 36},
    {"8",             U'8',   U'*',  0x09, 0x0038, 37},
    {"9",             U'9',   U'(',  0x0a, 0x0039, 38},
    {"0",             U'0',   U')',  0x0b, 0x0030, 39},
    {"minus",         U'-',   U'_',  0x0c, 0x002d, 45},
    {"equal",         U'=',   U'+',  0x0d, 0x003d, 46},
    {"q",             U'q',   U'Q',  0x10, 0x0071, 20},
    {"w",             U'w',   U'W',  0x11, 0x0077, 26},
    {"e",             U'e',   U'E',  0x12, 0x0065, 8},
    {"r",             U'r',   U'R',  0x13, 0x0072, 21},
    {"t",             U't',   U'T',  0x14, 0x0074, 23},
    {"y",             U'y',   U'Y',  0x15, 0x0079, 28},
    {"u",             U'u',   U'U',  0x16, 0x0075, 24},
    {"i",             U'i',   U'I',  0x17, 0x0069, 12},
    {"o",             U'o',   U'O',  0x18, 0x006f, 18},
    {"p",             U'p',   U'P',  0x19, 0x0070, 19},
    {"bracket_left",  U'[',   U'{',  0x1a, 0x005b, 47},
    {"bracket_right", U']',   U'}',  0x1b, 0x005d, 48},
    {"a",             U'a',   U'A',  0x1e, 0x0061, 4},
    {"s",             U's',   U'S',  0x1f, 0x0073, 22},
    {"d",             U'd',   U'D',  0x20, 0x0064, 7},
    {"f",             U'f',   U'F',  0x21, 0x0066, 9},
    {"g",             U'g',   U'G',  0x22, 0x0067, 10},
    {"h",             U'h',   U'H',  0x23, 0x0068, 11},
    {"j",             U'j',   U'J',  0x24, 0x006a, 13},
    {"k",             U'k',   U'K',  0x25, 0x006b, 14},
    {"l",             U'l',   U'L',  0x26, 0x006c, 15},
    {"semicolon",     U';',   U':',  0x27, 0x003b, 51},
    {"apostrophe",    U'\'',  U'"',  0x28, 0x0027, 52},
    {"grave_accent",  U'`',   U'~',  0x29, 0x0060, 53},
    {"backslash",     U'\\',  U'|',  0x2b, 0x005c, 49},
    {"z",             U'z',   U'Z',  0x2c, 0x007a, 29},
    {"x",             U'x',   U'X',  0x2d, 0x0078, 27},
    {"c",             U'c',   U'C',  0x2e, 0x0063, 6},
    {"v",             U'v',   U'V',  0x2f, 0x0076, 25},
    {"b",             U'b',   U'B',  0x30, 0x0062, 5},
    {"n",             U'n',   U'N',  0x31, 0x006e, 17},
    {"m",             U'm',   U'M',  0x32, 0x006d, 16},
    {"comma",         U',',   U'<',  0x33, 0x002c, 54},
    {"dot",           U'.',   U'>',  0x34, 0x002e, 55},
    {"slash",         U'/',   U'?',  0x35, 0x002f, 56},
    {"spc",           U' ',   0,     0x39, 0x0020, 44},
    {"backspace",     0,      0,     0x0e, 0xff08, 42},
    {"delete",        0,      0,     0xe053, 0xffff, 76},
    {"ret",           0,      0,     0x1c, 0xff0d, 40},
    {"esc",           0,      0,     0x01, 0xff1b, 41},
    {"tab",           0,      0,     0x0f, 0xff09, 43},
    {"insert",        0,      0,     0xe052, 0xff63, 73},
    {"home",          0,      0,     0xe047, 0xff50, 74},
    {"end",           0,      0,     0xe04f, 0xff57, 77},
    {"pgup",          0,      0,     0xe049, 0xff55, 75},
    {"pgdn",          0,      0,     0xe051, 0xff56, 78},
    {"up",            0,      0,     0xe048, 0xff52, 82},
    {"down",          0,      0,     0xe050, 0xff54, 81},
    {"left",          0,      0,     0xe04b, 0xff51, 80},
    {"right",         0,      0,     0xe04d, 0xff53, 79},
    {"f1",            0,      0,     0x3b, 0xffbe, 58},
    {"f2",            0,      0,     0x3c, 0xffbf, 59},
    {"f3",            0,      0,     0x3d, 0xffc0, 60},
    {"f4",            0,      0,     0x3e, 0xffc1, 61},
    {"f5",            0,      0,     0x3f, 0xffc2, 62},
    {"f6",            0,      0,     0x40, 0xffc3, 63},
    {"f7",            0,      0,     0x41, 0xffc4, 64},
    {"f8",            0,      0,     0x42, 0xffc5, 65},
    {"f9",            0,      0,     0x43, 0xffc6, 66},
    {"f10",           0,      0,     0x44, 0xffc7, 67},
    {"f11",           0,      0,     0x57, 0xffc8, 68},
    {"f12",           0,      0,     0x58, 0xffc9, 69},
    {"shift",         0,      0,     0x2a, 0xffe1, 225},
    {"shift_r",       0,      0,     0x36, 0xffe2, 229},
    {"ctrl",          0,      0,     0x1d, 0xffe3, 224},
    {"ctrl_r",        0,      0,     0xe01d, 0xffe4, 228},
    {"alt",           0,      0,     0x38, 0xffe9, 226},
    {"alt_r",         0,      0,     0xe038, 0xffea, 230},
    {"meta_l",        0,      0,     0xe05b, 0xffeb, 227},
    {"meta_r",        0,      0,     0xe05c, 0xffec, 231},
    {"compose",       0,      0,     0xe05d, 0xff67, 101},
});

/// In the order in which the grammar tries them: a name comes before its own prefixes.
inline constexpr auto specials = std::to_array<Special>({
    {"bs",            "backspace",  0xff08},
    {"del",           "delete",     0xffff},
    {"enter",         "ret",        0xff0d},
    {"esc",           "esc",        0xff1b},
    {"f10",           "f10",        0xffc7},
    {"f11",           "f11",        0xffc8},
    {"f12",           "f12",        0xffc9},
    {"f1",            "f1",         0xffbe},
    {"f2",            "f2",         0xffbf},
    {"f3",            "f3",         0xffc0},
    {"f4",            "f4",         0xffc1},
    {"f5",            "f5",         0xffc2},
    {"f6",            "f6",         0xffc3},
    {"f7",            "f7",         0xffc4},
    {"f8",            "f8",         0xffc5},
    {"f9",            "f9",         0xffc6},
    {"return",        "ret",        0xff0d},
    {"tab",           "tab",        0xff09},
    {"up",            "up",         0xff52},
    {"down",          "down",       0xff54},
    {"spacebar",      "spc",        0x0020},
    {"insert",        "insert",     0xff63},
    {"home",          "home",       0xff50},
    {"end",           "end",        0xff57},
    {"pageUp",        "pgup",       0xff55},
    {"pageDown",      "pgdn",       0xff56},
    {"leftAlt",       "alt",        0xffe9},
    {"leftCtrl",      "ctrl",       0xffe3},
    {"leftShift",     "shift",      0xffe1},
    {"rightAlt",      "alt_r",      0xffea},
    {"rightCtrl",     "ctrl_r",     0xffe4},
    {"rightShift",    "shift_r",    0xffe2},
    {"leftSuper",     "meta_l",     0xffeb},
    {"rightSuper",    "meta_r",     0xffec},
    {"leftCommand",   "meta_l",     0xffe9},
    {"rightCommand",  "meta_r",     0xffea},
    {"leftOption",    "alt",        0xffe7},
    {"rightOption",   "alt_r",      0xffe8},
    {"left",          "left",       0xff51},
    {"right",         "right",      0xff53},
    {"menu",          "compose",    0xff67},
});
// clang-format on

/// A key with or without Shift.
struct Stroke {
    const Key* key;
    bool shift;
};

/// The key with this code, or nullptr.
const Key* find_key(KeyCode code);
/// How a character is typed on a US keyboard: the printable ASCII characters, line feed and
/// carriage return (the Enter key) and tab. Nothing for all others.
std::optional<Stroke> find_character(char32_t character);
/// The special key with this name in any case, or nullptr.
const Special* find_special(std::string_view name);

}  // namespace kiln::boot
