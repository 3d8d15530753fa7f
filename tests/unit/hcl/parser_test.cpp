#include "hcl/syntax/parser.h"

#include <chrono>

#include <gtest/gtest.h>

#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

using testing::ConsoleCase;
using testing::summaries;

struct FileCase {
    const char* text;
    const char* expected;  ///< summaries, or empty for a good file
};

std::string errors_of(std::string_view text) {
    Diagnostics diagnostics;
    parse_file(text, "test", nullptr, diagnostics);
    return diagnostics.empty() ? "" : summaries(diagnostics);
}

TEST(Parser, TellsWhatIsWrongWithAFile) {
    const std::vector<FileCase> cases = {
        {"", ""},
        {"a = 1", ""},
        {"a = 1\n", ""},
        {"b {}", ""},
        {"b { a = 1 }", ""},
        {"b {\n a = 1\n}\n", ""},
        {"b { # c\n a = 1\n}", ""},
        {"b { a = [\n1,\n2] }", ""},
        {"b \"x\" y {}", ""},
        {"a\"b\"c{}", ""},
        {"for = 1\nnull = 1\n", ""},
        {"x = 1 /* a\n b */\n", ""},
        {"x = (1 +\n2)", ""},
        {"x = {a = max(\n1\n)\nb = 2}", ""},
        {"x = {\nfor k in x :\nk =>\n1\n}", ""},
        {"x = [[1,2]\n[0]]", ""},
        {"x = [\n1, # c\n\n2\n,\n]", ""},
        {"x = {a = 1,\nb = 2\n\nc = 3,}", ""},
        {"b {} c {}", "ERR [Missing newline after block definition]"},
        {"b { a = 1, c = 2 }", "ERR [Invalid single-argument block definition]"},
        {"b { a = 1\n}", "ERR [Invalid single-argument block definition]"},
        {"b {\n a = 1 }", "ERR [Missing newline after argument]"},
        {"b { c {} }", "ERR [Argument definition required]"},
        {"b\n{}", "ERR [Argument or block definition required]"},
        {"b \"x\"\n{}", "ERR [Invalid block definition]"},
        {"b \"x\" = 1", "ERR [Invalid block definition]"},
        {"b \"x\" 1", "ERR [Invalid block definition]"},
        {"b {", "ERR [Unclosed configuration block]"},
        {"b {\n a = 1\n", "ERR [Unclosed configuration block]"},
        {"b { a = 1", "ERR [Unclosed configuration block]"},
        {"b \"${x}\" {}", "ERR [Invalid string literal]"},
        {"b \"x", "ERR [Unterminated string literal]"},
        {"\"a\" = 1", "ERR [Invalid argument name]"},
        {"\"a\" {}", "ERR [Argument or block definition required]"},
        {"a: 1", "ERR [Argument or block definition required]"},
        {"1 = 1", "ERR [Argument or block definition required]"},
        {"a = 1\na = 2\n", "ERR [Attribute redefined]"},
        {"a = 1, b = 2", "ERR [Unexpected comma after argument]"},
        {"a = 1 b = 2", "ERR [Missing newline after argument]"},
        {"a = b = 2", "ERR [Missing newline after argument]"},
        {"a = {\n", "ERR [Unterminated object constructor expression]"},
        {"a = [1,\n", "ERR [Unterminated tuple constructor expression]"},
        {"a = f(1", "ERR [Unterminated function call]"},
        {"a = (1", "ERR [Unbalanced parentheses]"},
        {"x = 1 +\n2", "ERR [Invalid expression]"},
        {"x =\n1", "ERR [Invalid expression]"},
        {"x = c ?\na : b", "ERR [Invalid expression]"},
        {"x = y\n.z", "ERR [Argument or block definition required]"},
        {"x = [\n1\n2\n]", "ERR [Missing item separator]"},
        {"x = {\na =\n1\n}", "ERR [Invalid expression]"},
        {"x = {\na\n= 1\n}", "ERR [Missing attribute value]"},
        {"x = {a = 1\n, b = 2}", "ERR [Invalid expression]"},
        {"x = \"a\n", "ERR [Invalid multi-line string]"},
        {"x = \"\\q\"\ny = \"\\z\"", "ERR [Invalid escape sequence] [Invalid escape sequence]"},
        {"a = 1 +\nb = \nc = [\n", "ERR [Invalid expression]"},
        {"}\na = 1", "ERR [Argument or block definition required]"},
        {"x = a::b()", ""},
        {"x = a::()", "ERR [Missing function name]"},
        {"x = a::b", "ERR [Missing open parenthesis]"},
        {"x = \"${\"", "ERR [Unterminated template string]"},
        {"x = \"${1", "ERR [Unclosed template interpolation sequence]"},
    };
    for (const FileCase& item : cases) EXPECT_EQ(errors_of(item.text), item.expected) << item.text;
}

TEST(Parser, ReadsOnBehindAnError) {
    Diagnostics diagnostics;
    const Body body =
        parse_file("a = [1 2]\nb = 3\nc \"l\" {\n  d = +\n}\ne {}\n", "test", nullptr, diagnostics);
    EXPECT_EQ(summaries(diagnostics), "ERR [Missing item separator]");
    EXPECT_NE(body.find("b"), nullptr);
    ASSERT_EQ(body.blocks.size(), 2U);
    EXPECT_EQ(body.blocks[0].header(), "c \"l\"");
    EXPECT_EQ(body.blocks[1].type, "e");
}

TEST(Parser, KeepsBlocksLabelsAndRanges) {
    Diagnostics diagnostics;
    const Body body =
        parse_file("source \"a\\nb\" c {\n  x = 1\n  inner {}\n}\n", "f.hcl", nullptr, diagnostics);
    ASSERT_TRUE(diagnostics.empty());
    const Block& block = body.blocks.at(0);
    EXPECT_EQ(block.labels[0].text, "a\nb");
    EXPECT_EQ(block.labels[1].text, "c");
    EXPECT_EQ(block.header(), "source \"a\\nb\" \"c\"");
    EXPECT_EQ(block.type_range.to_string(), "f.hcl:1,1-7");
    EXPECT_EQ(block.labels[0].range.to_string(), "f.hcl:1,8-14");
    EXPECT_EQ(block.range().to_string(), "f.hcl:1,1-4,2");
    EXPECT_EQ(block.body.find("x")->range.to_string(), "f.hcl:2,3-8");
    EXPECT_EQ(block.body.blocks.at(0).open_brace_range.to_string(), "f.hcl:3,9-10");
}

TEST(Parser, RegistersFilesAndTopLevelBlocksForThePrinter) {
    SourceMap sources;
    Diagnostics diagnostics;
    parse_file("locals {\n  x = [1 2]\n}\n", "f.hcl", &sources, diagnostics);
    ASSERT_EQ(diagnostics.size(), 1U);
    EXPECT_EQ(sources.block_at("f.hcl", 12), "locals");
    const std::string text = format_diagnostic(diagnostics[0], sources, false);
    EXPECT_NE(text.find("  on f.hcl line 2, in locals:\n   2:   x = [1 2]\n"), std::string::npos);
}

/// The one error of a file: its place and its detail.
std::string only_error(std::string_view text) {
    Diagnostics diagnostics;
    parse_file(text, "f", nullptr, diagnostics);
    EXPECT_EQ(diagnostics.size(), 1U) << text;
    return diagnostics[0].subject->to_string() + " " + diagnostics[0].detail;
}

TEST(Parser, TellsOneErrorForOneMistakeAndWhatToDo) {
    EXPECT_EQ(only_error("b {\n  x = \"none\n}\n\nc {\n  y = \"z\"\n}\n").substr(0, 60),
              "f:2,7-8 The string that begins here is not closed on this li");
    EXPECT_EQ(only_error("l {\n  n = \"x-${upper(\"y\")\"\n}\n").substr(0, 9), "f:2,22-23");
    EXPECT_EQ(only_error("x = \u201ca\u201d\n").substr(0, 7), "f:1,5-6");
    EXPECT_NE(only_error("x = 'a'\n").find("double quotes"), std::string::npos);
    EXPECT_NE(only_error("x = true & false\n").find("&&"), std::string::npos);
    EXPECT_NE(only_error("x = true and false\n").find("&&"), std::string::npos);
    EXPECT_NE(only_error("x = true or false\n").find("||"), std::string::npos);
    EXPECT_NE(only_error("x = \"C:\\Windows\\System\"\n").find("\\\\W"), std::string::npos);
    EXPECT_NE(only_error("x = 1\n/* y\n").find("has no end"), std::string::npos);
    EXPECT_NE(only_error("x = <<EOT\na\n EOTT\n").find("holds EOT"), std::string::npos);
    EXPECT_NE(only_error("b {\n communicator \"none\"\n}\n").find("communicator = \"none\""),
              std::string::npos);
}

TEST(Parser, RefusesNestingThatIsTooDeep) {
    for (const char* piece : {"(", "[", "!", "-", "{a=", "f(", "\"${", "a[", "1 ? 1 : "}) {
        std::string text = "x = ";
        for (int i = 0; i < 20000; ++i) text += piece;
        const std::string errors = errors_of(text);
        EXPECT_EQ(errors, "ERR [Nesting too deep]") << piece;
    }
    std::string blocks;
    for (int i = 0; i < 20000; ++i) blocks += "b {\n";
    EXPECT_EQ(errors_of(blocks), "ERR [Nesting too deep]");
    std::string chain = "x = 1";
    for (int i = 0; i < 20000; ++i) chain += " + 1";
    EXPECT_EQ(errors_of(chain), "ERR [Nesting too deep]");
    std::string steps = "x = a";
    for (int i = 0; i < 20000; ++i) steps += ".b";
    EXPECT_EQ(errors_of(steps), "ERR [Nesting too deep]");
    std::string directives = "x = \"";
    for (int i = 0; i < 20000; ++i) directives += "%{ if true }";
    directives += "\"";
    EXPECT_EQ(errors_of(directives), "ERR [Nesting too deep]");
}

TEST(Parser, ReadsLargeFilesInLinearTime) {
    const auto seconds_for = [](std::size_t lines) {
        std::string text;
        for (std::size_t i = 0; i < lines; ++i) {
            text += "a" + std::to_string(i) + " = \"v ${x.y[0]}\" # c\n";
        }
        Diagnostics diagnostics;
        const auto start = std::chrono::steady_clock::now();
        const Body body = parse_file(text, "test", nullptr, diagnostics);
        EXPECT_EQ(body.attributes.size(), lines);
        EXPECT_TRUE(diagnostics.empty());
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    const double small = seconds_for(2000);
    const double large = seconds_for(20000);
    EXPECT_LT(large, 60 * small + 1) << "ten times the text took " << large / small << " times";
}

TEST(Parser, ReadsTraversals) {
    Diagnostics diagnostics;
    const auto traversal = parse_traversal("a.b[0][\"c\"].1", "test", diagnostics);
    ASSERT_TRUE(traversal);
    EXPECT_EQ(traversal->to_string(), "a.b[0][\"c\"][1]");
    for (const char* bad : {"a.b + 1", "a[b]", "1", "a.*", "a b", "\"a\""}) {
        Diagnostics errors;
        EXPECT_FALSE(parse_traversal(bad, "test", errors)) << bad;
        EXPECT_TRUE(errors.has_errors()) << bad;
    }
}

TEST(Parser, KnowsIdentifiers) {
    for (const char* good : {"a", "_a", "a-b", "foo-", "a1", "é", "変数"}) {
        EXPECT_TRUE(is_identifier(good)) << good;
    }
    for (const char* bad : {"", "1a", "-a", "a b", "a.b", "a\xff"}) {
        EXPECT_FALSE(is_identifier(bad)) << bad;
    }
}

}  // namespace
}  // namespace kiln::hcl
