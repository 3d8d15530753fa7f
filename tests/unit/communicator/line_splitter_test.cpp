#include "communicator/line_splitter.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kiln {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines_of(const std::vector<std::string>& pieces) {
    std::vector<std::string> lines;
    LineSplitter splitter([&](std::string_view line) { lines.emplace_back(line); });
    for (const auto& piece : pieces) splitter.feed(piece);
    splitter.finish();
    return lines;
}

TEST(LineSplitter, CutsAtNewlinesWhereverThePiecesEnd) {
    EXPECT_THAT(lines_of({"one\ntwo\n"}), ElementsAre("one", "two"));
    EXPECT_THAT(lines_of({"o", "ne\nt", "wo", "\n"}), ElementsAre("one", "two"));
}

TEST(LineSplitter, CountsALastLineWithoutNewline) {
    EXPECT_THAT(lines_of({"one\ntwo"}), ElementsAre("one", "two"));
    EXPECT_THAT(lines_of({"one\n"}), ElementsAre("one"));
    EXPECT_THAT(lines_of({""}), ElementsAre());
}

TEST(LineSplitter, KeepsEmptyLines) {
    EXPECT_THAT(lines_of({"\n\na\n"}), ElementsAre("", "", "a"));
}

TEST(LineSplitter, TrimsTrailingWhiteSpace) {
    EXPECT_THAT(lines_of({"  a \t\r\n"}), ElementsAre("  a"));
}

TEST(LineSplitter, DropsWhatStandsBeforeTheLastCarriageReturn) {
    EXPECT_THAT(lines_of({"10%\r50%\r100%\n"}), ElementsAre("100%"));
    EXPECT_THAT(lines_of({"10%\r50%\r\n"}), ElementsAre("50%"));
}

TEST(LineSplitter, CutsALineThatNeverEnds) {
    std::size_t count = 0;
    std::size_t bytes = 0;
    LineSplitter splitter([&](std::string_view line) {
        ++count;
        bytes += line.size();
    });
    const std::string piece(100'000, 'x');
    for (int i = 0; i < 30; ++i) splitter.feed(piece);
    splitter.finish();
    EXPECT_EQ(bytes, 3'000'000U);
    EXPECT_EQ(count, 3U);
}

}  // namespace
}  // namespace kiln
