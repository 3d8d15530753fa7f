#include "boot/screen_pattern.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace kiln::boot {
namespace {

ScreenText screen(std::vector<std::string> rows) {
    return ScreenText{std::move(rows)};
}

TEST(ScreenPattern, FindsTextInARow) {
    EXPECT_TRUE(ScreenPattern::text("boot:").matches(screen({"ISOLINUX", "", "boot: "})));
    EXPECT_FALSE(ScreenPattern::text("Boot:").matches(screen({"boot:"})));
    EXPECT_FALSE(ScreenPattern::text("ab").matches(screen({"a", "b"})));
}

TEST(ScreenPattern, AnExpressionSeesTheEndsOfRows) {
    const auto pattern = ScreenPattern::regex("^login:$");
    EXPECT_TRUE(pattern.matches(screen({"Debian", "login:"})));
    EXPECT_FALSE(pattern.matches(screen({"host login:"})));
}

TEST(ScreenPattern, FindsTextThatWrapsAtTheLastColumn) {
    const std::string full = std::string(76, '.') + "inst";
    EXPECT_TRUE(ScreenPattern::text("installed").matches(screen({full, "alled"})));
    EXPECT_TRUE(ScreenPattern::regex("inst.lled").matches(screen({full, "alled"})));
    EXPECT_FALSE(ScreenPattern::text("installed").matches(screen({full.substr(1), "alled"})));
}

TEST(ScreenPattern, CountsColumnsInCharacters) {
    std::string full;
    for (int i = 0; i < 79; ++i) full += "─";
    EXPECT_TRUE(ScreenPattern::text("ab").matches(screen({full + "a", "b"})));
}

TEST(ScreenPattern, PrintsItselfAsBootCommandsHaveIt) {
    EXPECT_EQ(ScreenPattern::text("a").to_string(), "\"a\"");
    EXPECT_EQ(ScreenPattern::regex("a+").to_string(), "/a+/");
}

TEST(ScreenPattern, TextAndExpressionAreNotTheSame) {
    EXPECT_EQ(ScreenPattern::text("a"), ScreenPattern::text("a"));
    EXPECT_NE(ScreenPattern::text("a"), ScreenPattern::regex("a"));
    EXPECT_NE(ScreenPattern::text("a"), ScreenPattern::text("b"));
}

TEST(ScreenPattern, RefusesWhatIsNoExpression) {
    EXPECT_THROW(ScreenPattern::regex("["), Error);
}

TEST(ScreenTextToString, LeavesOutTheEmptyRowsAtTheEnd) {
    EXPECT_EQ(screen({"", "a", "", "b", "", ""}).to_string(), "\na\n\nb");
    EXPECT_EQ(screen({"", ""}).to_string(), "");
}

}  // namespace
}  // namespace kiln::boot
