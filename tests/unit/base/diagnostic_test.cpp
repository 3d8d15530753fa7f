#include "base/diagnostic.h"

#include <gtest/gtest.h>

namespace kiln {
namespace {

SourceRange range(std::size_t line, std::size_t column, std::size_t byte, std::size_t length) {
    return {"a.pkr.hcl", {byte, line, column}, {byte + length, line, column + length}};
}

SourceMap sample() {
    SourceMap sources;
    sources.add_file("a.pkr.hcl", "locals {\n  a = 1 +\n\n}\n");
    sources.add_block("a.pkr.hcl", {{"a.pkr.hcl", {0, 1, 1}, {21, 4, 2}}, "locals"});
    return sources;
}

TEST(Diagnostic, ShowsPlaceSourceAndDetail) {
    const auto diagnostic =
        Diagnostic::error("Invalid expression", "Expected a term.", range(2, 7, 15, 1));
    EXPECT_EQ(format_diagnostic(diagnostic, sample(), false),
              "Error: Invalid expression\n\n  on a.pkr.hcl line 2, in locals:\n   2:   a = 1 +\n   "
              "         ^\n\n"
              "Expected a term.\n\n");
}

TEST(Diagnostic, NeverShowsEmptyLines) {
    auto diagnostic = Diagnostic::error("S", "D", range(2, 7, 15, 1));
    diagnostic.context = SourceRange{"a.pkr.hcl", {0, 1, 1}, {21, 4, 2}};
    const auto text = format_diagnostic(diagnostic, sample(), false);
    EXPECT_NE(text.find("   2:   a = 1 +\n            ^\n   4: }\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("   3:"), std::string::npos);
}

TEST(Diagnostic, PointsAtTheSubjectWhateverStandsBeforeIt) {
    SourceMap sources;
    sources.add_file("a.pkr.hcl", "\t\"\u00fc\" + abc\n");
    const auto pointed = [&](std::size_t byte, std::size_t length) {
        const auto text = format_diagnostic(Diagnostic::error("S", "D", range(1, 1, byte, length)),
                                            sources, false);
        const std::size_t line = text.find('\n', text.find("   1: ")) + 1;
        return text.substr(line, text.find('\n', line) - line);
    };
    EXPECT_EQ(pointed(8, 3), "      \t      ^^^");
    EXPECT_EQ(pointed(1, 4), "      \t^^^");
    EXPECT_EQ(pointed(11, 1), "      \t         ^") << "the end of the line";
}

TEST(Diagnostic, ShowsOfAnOverlongLineWhatStandsAroundTheSubject) {
    SourceMap sources;
    sources.add_file("a.pkr.hcl", std::string(5000, 'a') + "HERE" + std::string(5000, 'b'));
    const auto text =
        format_diagnostic(Diagnostic::error("S", "D", range(1, 1, 5000, 4)), sources, false);
    EXPECT_LT(text.size(), 600u);
    EXPECT_NE(text.find("\u2026aaa"), std::string::npos);
    EXPECT_NE(text.find("aHEREb"), std::string::npos);
    const std::size_t line = text.find("   1: ");
    const std::size_t column = text.find("HERE") - line - 2;  // the ellipsis is three bytes
    EXPECT_NE(text.find("\n" + std::string(column, ' ') + "^^^^\n"), std::string::npos) << text;
}

TEST(Diagnostic, ATemplateDoesNotWriteOnTheTerminalByItself) {
    SourceMap sources;
    sources.add_file("a.pkr.hcl", "a = \"\x1b[2J\" + b");
    const auto text =
        format_diagnostic(Diagnostic::error("S", "D", range(1, 1, 13, 1)), sources, false);
    EXPECT_NE(text.find("a = \"\uFFFD[2J\" + b\n                   ^\n"), std::string::npos)
        << text;
}

TEST(Diagnostics, InReadingOrderEachStandsOnce) {
    Diagnostics found;
    found.add(Diagnostic::error("no place", ""));
    found.add(Diagnostic::error("later", "", range(4, 1, 20, 1)));
    found.add(Diagnostic::warning("earlier", "", range(2, 3, 11, 1)));
    found.add(Diagnostic::error("later", "", range(4, 1, 20, 1)));
    found.add(Diagnostic::error("too", "", range(4, 1, 20, 1)));
    std::vector<std::string> summaries;
    for (const Diagnostic& item : found.in_reading_order()) summaries.push_back(item.summary);
    EXPECT_EQ(summaries, (std::vector<std::string>{"earlier", "later", "too", "no place"}));
}

TEST(Diagnostic, SaysWhenTheSourceIsNotAtHand) {
    const auto diagnostic = Diagnostic::warning("S", "D", SourceRange{"<console-input>", {}, {}});
    EXPECT_EQ(format_diagnostic(diagnostic, SourceMap(), false),
              "Warning: S\n\n  on <console-input> line 1:\n  (source code not available)\n\nD\n\n");
}

TEST(Diagnostic, ListsTheValuesOfTheExpression) {
    auto diagnostic = Diagnostic::error("S", "D", range(2, 7, 15, 1));
    diagnostic.with = {"a.b as \"x\"", "c as 5"};
    EXPECT_NE(format_diagnostic(diagnostic, sample(), false)
                  .find("\nwith a.b as \"x\",\n     c as 5.\n\nD\n"),
              std::string::npos);
}

TEST(Diagnostic, WrapsTheDetailAtEightyColumnsAndKeepsItsLines) {
    const std::string word(30, 'x');
    const auto diagnostic = Diagnostic::error("S", word + " " + word + " " + word + "\nend");
    EXPECT_EQ(format_diagnostic(diagnostic, SourceMap(), false),
              "Error: S\n\n" + word + " " + word + "\n" + word + "\nend\n\n");
}

TEST(Diagnostic, UnderlinesTheSubjectInColour) {
    const auto diagnostic = Diagnostic::error("S", "D", range(2, 3, 11, 1));
    const auto text = format_diagnostic(diagnostic, sample(), true);
    EXPECT_NE(text.find("\x1b[31mError\x1b[0m: S"), std::string::npos);
    EXPECT_NE(text.find("  \x1b[1;4ma\x1b[0m = 1 +"), std::string::npos) << text;
}

TEST(SourceRange, PrintsOneAndSeveralLines) {
    EXPECT_EQ(range(2, 3, 11, 4).to_string(), "a.pkr.hcl:2,3-7");
    const SourceRange several{"f", {0, 1, 2}, {9, 3, 4}};
    EXPECT_EQ(several.to_string(), "f:1,2-3,4");
}

TEST(SourceRange, CoversBothRanges) {
    const auto both = SourceRange::between(range(2, 3, 11, 1), range(2, 7, 15, 2));
    EXPECT_EQ(both.start.byte, 11u);
    EXPECT_EQ(both.end.byte, 17u);
}

}  // namespace
}  // namespace kiln
