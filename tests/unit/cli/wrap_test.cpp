#include "cli/wrap.h"

#include <gtest/gtest.h>

namespace kiln {
namespace {

TEST(WrapText, BreaksLinesAtSpacesAndIndentsThem) {
    EXPECT_EQ(wrap_text("one two three four five six seven eight nine ten", 4, 40),
              "one two three four five six seven\n    eight nine ten");
}

TEST(WrapText, TakesAnySpaceForOne) {
    EXPECT_EQ(wrap_text("a  b\nc ", 0, 80), "a b c");
    EXPECT_EQ(wrap_text("", 0, 80), "");
}

TEST(WrapText, LeavesLongWordsWhole) {
    const std::string word(50, 'x');
    EXPECT_EQ(wrap_text("a " + word + " b", 2, 40), "a\n  " + word + "\n  b");
}

TEST(WrapText, KeepsARoomThatCanBeRead) {
    EXPECT_EQ(wrap_text("twelve words that stand in a room", 70, 80),
              "twelve words that stand in a\n" + std::string(70, ' ') + "room");
}

}  // namespace
}  // namespace kiln
