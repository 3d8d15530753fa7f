#include "boot/key_table.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace kiln::boot {
namespace {

TEST(KeyTable, HasAKeyForEveryPrintableCharacter) {
    for (char32_t c = 0x20; c < 0x7f; ++c) EXPECT_TRUE(find_character(c)) << std::uint32_t(c);
    for (const char32_t c : {U'\0', U'\x1b', U'\x7f', U'\u00e9', U'\u20ac', U'\u00c9'}) {
        EXPECT_FALSE(find_character(c)) << std::uint32_t(c);
    }
}

TEST(KeyTable, ShiftsUppercaseLettersAndTheSignsAboveTheDigits) {
    const std::u32string_view shifted = U"~!@#$%^&*()_+{}|:\"<>?";
    for (char32_t c = 0x20; c < 0x7f; ++c) {
        const bool needs_shift =
            (c >= U'A' && c <= U'Z') || shifted.find(c) != std::u32string_view::npos;
        EXPECT_EQ(find_character(c)->shift, needs_shift) << std::uint32_t(c);
    }
}

TEST(KeyTable, TypesLineEndsAsEnterAndTabAsTab) {
    EXPECT_EQ(find_character(U'\n')->key->code, "ret");
    EXPECT_EQ(find_character(U'\r')->key->code, "ret");
    EXPECT_EQ(find_character(U'\t')->key->code, "tab");
}

TEST(KeyTable, EachPhysicalKeyStandsOnce) {
    std::set<KeyCode> codes;
    std::set<int> scancodes;
    std::set<int> usages;
    for (const Key& key : keys) {
        EXPECT_TRUE(codes.insert(key.code).second) << key.code;
        EXPECT_TRUE(scancodes.insert(key.scancode).second) << key.code;
        EXPECT_TRUE(usages.insert(key.hid).second) << key.code;
    }
}

TEST(KeyTable, CharactersAreTheirOwnKeysym) {
    for (const Key& key : keys) {
        if (key.character == 0) continue;
        EXPECT_EQ(key.keysym, key.character) << key.code;
    }
}

TEST(KeyTable, EverySpecialNameHasAKey) {
    for (const Special& special : specials) {
        ASSERT_NE(find_key(special.code), nullptr) << special.name;
        EXPECT_EQ(find_special(special.name), &special);
    }
    EXPECT_EQ(find_key("menu"), nullptr);
    EXPECT_EQ(find_special("capslock"), nullptr);
}

TEST(KeyTable, NoNameHidesALongerOneBehindIt) {
    for (std::size_t i = 0; i < specials.size(); ++i) {
        for (std::size_t j = i + 1; j < specials.size(); ++j) {
            EXPECT_FALSE(specials[j].name.starts_with(specials[i].name))
                << specials[j].name << " is never reached behind " << specials[i].name;
        }
    }
}

TEST(KeyTable, KnowsTheCodesThatAreEasyToGetWrong) {
    EXPECT_EQ(find_special("MENU")->code, "compose");
    EXPECT_EQ(find_special("leftCommand")->code, "meta_l");
    EXPECT_EQ(find_special("leftCommand")->keysym, 0xffe9);
    EXPECT_EQ(find_key("delete")->scancode, 0xe053);
    EXPECT_EQ(find_key("backslash")->hid, 0x31);
    EXPECT_EQ(find_key("f12")->scancode, 0x58);
}

}  // namespace
}  // namespace kiln::boot
