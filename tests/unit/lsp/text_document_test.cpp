#include "lsp/text_document.h"

#include <gtest/gtest.h>

namespace kiln::lsp {
namespace {

TEST(TextDocument, CountsUtf16Units) {
    const TextDocument document("a😀é = 1\nb\n");
    EXPECT_EQ(document.position(0), (Position{0, 0}));
    EXPECT_EQ(document.position(1), (Position{0, 1}));
    EXPECT_EQ(document.position(5), (Position{0, 3}));
    EXPECT_EQ(document.position(7), (Position{0, 4}));
    EXPECT_EQ(document.offset({0, 1}), 1U);
    EXPECT_EQ(document.offset({0, 3}), 5U);
    EXPECT_EQ(document.offset({0, 4}), 7U);
    EXPECT_EQ(document.offset({1, 1}), 13U);
}

TEST(TextDocument, TakesPlacesInsideACharacterForItsStart) {
    const TextDocument document("a😀b");
    EXPECT_EQ(document.offset({0, 2}), 1U);
    EXPECT_EQ(document.position(3), (Position{0, 1}));
}

TEST(TextDocument, TakesPlacesOutsideForTheNearestInside) {
    const TextDocument document("ab\r\nc");
    EXPECT_EQ(document.offset({0, 99}), 2U);
    EXPECT_EQ(document.offset({9, 0}), 5U);
    EXPECT_EQ(document.position(99), (Position{1, 1}));
    EXPECT_EQ(document.position(3), (Position{0, 2}));
}

TEST(TextDocument, KnowsEveryLineEnd) {
    const TextDocument document("a\nb\r\nc\rd");
    EXPECT_EQ(document.offset({1, 0}), 2U);
    EXPECT_EQ(document.offset({2, 0}), 5U);
    EXPECT_EQ(document.offset({3, 0}), 7U);
    EXPECT_EQ(document.position(8), (Position{3, 1}));
}

TEST(TextDocument, GoesThereAndBackForEveryCharacter) {
    const std::string text = "x = \"é😀\"\r\n\n# 日本\nend";
    const TextDocument document(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool starts_character = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
        const bool inside_line_end = text[i] == '\n' && i > 0 && text[i - 1] == '\r';
        if (!starts_character || inside_line_end) continue;
        EXPECT_EQ(document.offset(document.position(i)), i) << i;
    }
}

TEST(TextDocument, SurvivesBytesThatAreNotUtf8) {
    const TextDocument document(
        "a\xFF\xFE"
        "b");
    EXPECT_EQ(document.position(3), (Position{0, 3}));
    EXPECT_EQ(document.offset({0, 3}), 3U);
}

TEST(TextDocument, ReplacesRanges) {
    TextDocument document("a = 1\nb = 2\n");
    document.replace({{0, 4}, {0, 5}}, "10");
    EXPECT_EQ(document.text(), "a = 10\nb = 2\n");
    document.replace({{0, 6}, {1, 5}}, "");
    EXPECT_EQ(document.text(), "a = 10\n");
    document.replace({{1, 0}, {1, 0}}, "c = 3\n");
    EXPECT_EQ(document.text(), "a = 10\nc = 3\n");
    document.replace({{0, 5}, {0, 1}}, "!");
    EXPECT_EQ(document.text(), "a = 1!0\nc = 3\n");
    EXPECT_EQ(document.position(8), (Position{1, 0}));
}

}  // namespace
}  // namespace kiln::lsp
