#include <gtest/gtest.h>

#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

using testing::file_value;

struct HeredocCase {
    const char* text;
    const char* expected;
};

TEST(Heredoc, GivesTheTextWithItsLastLineEnd) {
    const std::vector<HeredocCase> cases = {
        {"x = <<E\na\nE\n", "a\n"},
        {"x = <<E\nE\n", ""},
        {"x = <<E\n\nE\n", "\n"},
        {"x = <<E\na\r\nb\r\nE\r\n", "a\r\nb\r\n"},
        {"x = <<E\n  a\n  E\n", "  a\n"},
        {"x = <<E\na \\n \"q\" $${x} %%{y} $x %\nE\n", "a \\n \"q\" ${x} %{y} $x %\n"},
        {"x = <<E\n${1}\nE\n", "1\n"},
        {"x = <<E\n${\n1 +\n2\n}\nE\n", "3\n"},
        {"x = <<E\nEE\nE E\n\tE\t\n", "EE\nE E\n"},
        {"x = [<<E\na\nE\n, 1][0]\n", "a\n"},
        {"x = {\na = <<E\nt\nE\nb = 2\n}.a\n", "t\n"},
        {"x = <<E\n%{ for v in [1, 2] ~}\n${v}\n%{ endfor ~}\nE\n", "1\n2\n"},
        {"x = <<E\na\n  ${~ 1}\nE\n", "a\n1\n"},
        {"x = <<E\na\n${~ 1}\nE\n", "a1\n"},
        {"x = <<E\n${1 ~}\n  b\nE\n", "1  b\n"},
    };
    for (const HeredocCase& item : cases)
        EXPECT_EQ(file_value(item.text), item.expected) << item.text;
}

TEST(Heredoc, TheFlushFormRemovesCommonIndentation) {
    const std::vector<HeredocCase> cases = {
        {"x = <<-E\n    a\n      b\n    c\n  E\n", "a\n  b\nc\n"},
        {"x = <<-E\n    a\n\n    c\n  E\n", "a\n\nc\n"},
        {"x = <<-E\n    a\n  \n    c\nE\n", "a\n  \nc\n"},
        {"x = <<-E\n\ta\n\t\tb\nE\n", "a\n\tb\n"},
        {"x = <<-E\n  a\n${1}\nE\n", "  a\n1\n"},
        {"x = <<-E\n  ${1}\n  b\nE\n", "1\nb\n"},
        {"x = <<-E\n  ${\"p\\n q\"}\n  b\nE\n", "p\n q\nb\n"},
        {"x = <<-E\n    %{ if true ~}\n      a\n    %{ endif ~}\n    b\n  E\n", "      a\n    b\n"},
        {"x = <<-E\n  \u2003a\n  \u2003b\nE\n", "a\nb\n"},
    };
    for (const HeredocCase& item : cases)
        EXPECT_EQ(file_value(item.text), item.expected) << item.text;
}

TEST(Heredoc, NeedsItsMarkerOnALineOfItsOwn) {
    EXPECT_EQ(file_value("x = <<E\na\nE"), "ERR [Unterminated template string]");
    EXPECT_EQ(file_value("x = <<E\na\nE + 1\n"), "ERR [Unterminated template string]");
    EXPECT_EQ(file_value("x = << E\na\nE\n"), "ERR [Invalid expression]");
    EXPECT_EQ(file_value("x = <<\"E\"\na\nE\n"), "ERR [Invalid expression]");
}

}  // namespace
}  // namespace kiln::hcl
