#include "lsp/cursor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fixture.h"

namespace kiln::lsp {
namespace {

/// `place blocks attribute header path [word]`, as far as there is something to say.
std::string describe(const Cursor& cursor) {
    std::string text;
    switch (cursor.place) {
        case Cursor::Place::Nowhere:
            return "nowhere";
        case Cursor::Place::Item:
            text = "item";
            break;
        case Cursor::Place::Label:
            text = fmt::format("label of {}({})", cursor.header.type,
                               fmt::join(cursor.header.labels, ","));
            break;
        case Cursor::Place::Value:
            text = "value of " + cursor.attribute;
            break;
    }
    for (const OpenBlock& block : cursor.blocks) {
        text += fmt::format(" in {}({})", block.type, fmt::join(block.labels, ","));
    }
    if (cursor.in_string) text += " quoted";
    if (!cursor.path.empty()) text += fmt::format(" behind {}", fmt::join(cursor.path, "."));
    if (!cursor.word.empty()) text += fmt::format(" [{}]", cursor.word);
    return text;
}

std::string at(const std::string& marked) {
    const Marked place(marked);
    return describe(find_cursor(place.text, place.at));
}

TEST(Cursor, KnowsWhereItemsBegin) {
    EXPECT_EQ(at("|"), "item");
    EXPECT_EQ(at("so|"), "item [so]");
    EXPECT_EQ(at("a = 1\n|"), "item");
    EXPECT_EQ(at("a = 1\nb|"), "item [b]");
    EXPECT_EQ(at("build {\n  |\n}\n"), "item in build()");
    EXPECT_EQ(at("build {\n  na|\n}\n"), "item in build() [na]");
    EXPECT_EQ(at("build {\n  na|me = 1\n}\n"), "item in build() [name]");
    EXPECT_EQ(at("source \"vm\" \"x\" {\n |"), "item in source(vm,x)");
    EXPECT_EQ(at("source vm x {\n |"), "item in source(vm,x)");
    EXPECT_EQ(at("build {\n provisioner \"shell\" {\n  a = [1]\n  |"),
              "item in build() in provisioner(shell)");
    EXPECT_EQ(at("b {\n a = {\n x = 1\n }\n |\n}"), "item in b()");
    EXPECT_EQ(at("b {}\n|"), "item");
    EXPECT_EQ(at("b { a = 1 }\n|"), "item");
    EXPECT_EQ(at("b { |"), "item in b()");
    EXPECT_EQ(at("# c\n|"), "item");
    EXPECT_EQ(at("b { # c\n|"), "item in b()");
}

TEST(Cursor, KnowsLabels) {
    EXPECT_EQ(at("source |"), "label of source()");
    EXPECT_EQ(at("source \"|\""), "label of source() quoted");
    EXPECT_EQ(at("source \"|"), "label of source() quoted");
    EXPECT_EQ(at("source \"v|m\" \"x\" {}"), "label of source() quoted [vm]");
    EXPECT_EQ(at("source \"vm\" \"|\""), "label of source(vm) quoted");
    EXPECT_EQ(at("build {\n provisioner \"|"), "label of provisioner() in build() quoted");
}

TEST(Cursor, KnowsValues) {
    EXPECT_EQ(at("a = |"), "value of a");
    EXPECT_EQ(at("a = |\n"), "value of a");
    EXPECT_EQ(at("a = va|"), "value of a [va]");
    EXPECT_EQ(at("a = var.|"), "value of a behind var");
    EXPECT_EQ(at("a = var.x|"), "value of a behind var [x]");
    EXPECT_EQ(at("a = data.t.n.|\n"), "value of a behind data.t.n");
    EXPECT_EQ(at("a = [\n  var.|\n]"), "value of a behind var");
    EXPECT_EQ(at("a = f(\n  |"), "value of a");
    EXPECT_EQ(at("a = {\n  b = var.|"), "value of a behind var");
    EXPECT_EQ(at("a = \"x${var.|"), "value of a behind var");
    EXPECT_EQ(at("a = \"x${var.|}\""), "value of a behind var");
    EXPECT_EQ(at("a = \"x|y\""), "value of a quoted [xy]");
    EXPECT_EQ(at("a = <<E\n ${local.|}\nE\n"), "value of a behind local");
    EXPECT_EQ(at("b {\n  a = 1 + |\n}"), "value of a in b()");
    EXPECT_EQ(at("b { a = | }"), "value of a in b()");
    EXPECT_EQ(at("sources = [\"|\"]"), "value of sources quoted");
}

TEST(Cursor, SaysNothingWhereNothingCanBeSaid) {
    EXPECT_EQ(at("# com|ment\n"), "nowhere");
    EXPECT_EQ(at("a = 1 # com|ment"), "nowhere");
    EXPECT_EQ(at("/* a| */"), "nowhere");
    EXPECT_EQ(at("a = <<E\n te|xt\nE\n"), "nowhere");
    EXPECT_EQ(at("a = 12|"), "nowhere");
    EXPECT_EQ(at("a = f().|"), "nowhere");
    EXPECT_EQ(at("a = x[0].|"), "nowhere");
    EXPECT_EQ(at("a = =|= 1"), "nowhere");
}

TEST(Cursor, FindsItsWayThroughBrokenText) {
    EXPECT_EQ(at("b {\n  a = [1,\n}\n|"), "item");
    EXPECT_EQ(at("b {\n  a = (\n}\nc {\n |"), "item in c()");
    EXPECT_EQ(at("}\n}\n|"), "item");
    EXPECT_EQ(at("= 1\n|"), "item");
    EXPECT_EQ(at("b {\n  a\n  |"), "item in b()");
    EXPECT_EQ(at("a = \"x\n|"), "value of a quoted");
}

TEST(Cursor, SurvivesEveryPlaceOfAnyText) {
    const std::string text =
        "b \"l\" {\n a = [f(\"${x.y[0]}\", <<E\nt ${u}\nE\n)]\n /* c */ d {} # e\n}\n";
    for (std::size_t end = 0; end <= text.size(); ++end) {
        for (std::size_t place = 0; place <= end + 1; ++place) {
            const std::string part = text.substr(0, end);
            const Cursor cursor = find_cursor(part, place);
            EXPECT_LE(cursor.word_start, cursor.word_end);
            EXPECT_LE(cursor.word_end, part.size());
            find_word(part, place);
        }
    }
}

TEST(Cursor, FindsTheWordAndWhatFollows) {
    const Marked place("a = data.ht|tp.x.body[0]");
    const Cursor cursor = find_word(place.text, place.at);
    EXPECT_EQ(describe(cursor), "value of a behind data [http]");
    EXPECT_EQ(cursor.prefix, "http");
    EXPECT_THAT(cursor.rest, ::testing::ElementsAre("x", "body"));
}

}  // namespace
}  // namespace kiln::lsp
