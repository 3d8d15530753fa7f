#include <gtest/gtest.h>

#include "hcl/syntax/token.h"

namespace kiln::hcl {
namespace {

std::vector<TokenType> types_of(std::string_view text) {
    std::vector<TokenType> types;
    for (const Token& token : tokenize(text, {}, LexMode::Normal)) types.push_back(token.type);
    return types;
}

TEST(Lexer, TokensPutTheSourceTogetherAgain) {
    const std::string text =
        "\xEF\xBB\xBF# c\r\na \"l${1}\" {\n\tb = <<-E\n  x ${ {a=1}.a } %{~ if true }y%{ endif }\n"
        "\n  E\n  c=[1,2...]/* z\n */ // end\n}\nd = \"\\\"$${x} %%{y}\" ; ' ` \xff é‿";
    std::string rebuilt;
    std::size_t last_end = 0;
    for (const Token& token : tokenize(text, {}, LexMode::Normal)) {
        ASSERT_GE(token.start.byte, last_end);
        const std::string gap = text.substr(last_end, token.start.byte - last_end);
        EXPECT_EQ(gap.find_first_not_of(" \t\xEF\xBB\xBF"), std::string::npos) << gap;
        EXPECT_EQ(token.end.byte, token.start.byte + token.text.size());
        rebuilt += gap + std::string(token.text);
        last_end = token.end.byte;
    }
    EXPECT_EQ(rebuilt, text);
}

TEST(Lexer, ColumnsAreGraphemeClusters) {
    const auto tokens =
        tokenize("é = \"👨‍👩‍👧\" + e\u0301 + z\n  q", {}, LexMode::Normal);
    EXPECT_EQ(tokens[1].start.column, 3U);   // =
    EXPECT_EQ(tokens[3].start.column, 6U);   // the family
    EXPECT_EQ(tokens[4].start.column, 7U);   // closing quote
    EXPECT_EQ(tokens[6].start.column, 11U);  // e with accent
    EXPECT_EQ(tokens[8].start.column, 15U);  // z
    EXPECT_EQ(tokens[10].start.line, 2U);
    EXPECT_EQ(tokens[10].start.column, 3U);
}

TEST(Lexer, ADotNeverEndsANumber) {
    using enum TokenType;
    EXPECT_EQ(types_of("1."), (std::vector{Number, Dot, EndOfFile}));
    EXPECT_EQ(types_of("1..."), (std::vector{Number, Ellipsis, EndOfFile}));
    EXPECT_EQ(types_of("1.2.3"), (std::vector{Number, EndOfFile}));
    EXPECT_EQ(types_of("1e"), (std::vector{Number, Identifier, EndOfFile}));
    EXPECT_EQ(types_of("0x10"), (std::vector{Number, Identifier, EndOfFile}));
    EXPECT_EQ(types_of("1.5E+3"), (std::vector{Number, EndOfFile}));
}

TEST(Lexer, BracesInsideAnInterpolationDoNotEndIt) {
    using enum TokenType;
    EXPECT_EQ(types_of("\"${ {} }\""), (std::vector{OpenQuote, Interpolation, OpenBrace, CloseBrace,
                                                    TemplateEnd, CloseQuote, EndOfFile}));
}

TEST(Lexer, AnUnclosedCommentIsReadAsOperators) {
    using enum TokenType;
    EXPECT_EQ(types_of("/* a"), (std::vector{Slash, Star, Identifier, EndOfFile}));
}

TEST(Lexer, RepeatedComplaintsAreLimited) {
    Diagnostics diagnostics;
    report_invalid_tokens(tokenize("&\n&\n&\n&\n&\n;\n;\n'\n'\n'\n'\n'\n", {}, LexMode::Normal),
                          "f", diagnostics);
    EXPECT_EQ(diagnostics.size(), 4U + 1U + 2U);
    diagnostics.clear();
    report_invalid_tokens(tokenize("a & b ; 'c' \u201cd\u201d", {}, LexMode::Normal), "f",
                          diagnostics);
    EXPECT_EQ(diagnostics.size(), 1U);
}

TEST(Lexer, WrongEncodingIsToldOnce) {
    Diagnostics diagnostics;
    report_invalid_tokens(tokenize("a = \"\xff\" \xfe # ok", {}, LexMode::Normal), "f",
                          diagnostics);
    ASSERT_EQ(diagnostics.size(), 1U);
    EXPECT_EQ(diagnostics[0].summary, "Invalid character encoding");
}

}  // namespace
}  // namespace kiln::hcl
