#include "formats/ova/xml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "formats/ova/ovf.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& text) {
    try {
        parse_xml(text);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(Xml, IsReadAsItStands) {
    const XmlElement root = parse_xml(
        "\xef\xbb\xbf<?xml version='1.0'?>\r\n<!-- a -- comment --><a x = 'it&apos;s' "
        "ovf:y=\"&lt;&#65;&#x42;"
        "&#x1F600;\n\"><b/>one<![CDATA[<&]]> two<!-- > --> <c >&amp;\r\n</c><?pi ?></a>\n<!---->");
    EXPECT_EQ(root.name, "a");
    EXPECT_EQ(*root.attribute("x"), "it's");
    EXPECT_EQ(*root.attribute("y"), "<AB\xf0\x9f\x98\x80 ");
    EXPECT_EQ(root.attribute("z"), nullptr);
    EXPECT_EQ(root.text, "one<& two ");
    ASSERT_EQ(root.children.size(), 2U);
    EXPECT_EQ(root.child("c")->text, "&\n");
    EXPECT_EQ(root.child("d"), nullptr);
}

TEST(Xml, ComesBackAsItWasWritten) {
    XmlElement root;
    root.name = "r";
    root.set("a", "<tab\t line\n \"quoted\" 'single' & > \xc3\xa9");
    root.add_text("t", "<a> & \"b\"\n\t]]> \xe2\x82\xac");
    root.add("empty");
    const XmlElement back = parse_xml(to_xml(root));
    EXPECT_EQ(*back.attribute("a"), root.attributes[0].second);
    EXPECT_EQ(back.child("t")->text, root.children[0].text);
    EXPECT_EQ(to_xml(root).substr(to_xml(root).find("  <empty")), "  <empty />\n</r>\n");
    root.set("b", "\x01");
    EXPECT_THROW(to_xml(root), Error);
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "no element"},
        {"text", "no element"},
        {"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "DOCTYPE"},
        {"<a><!DOCTYPE b></a>", "DOCTYPE"},
        {"<a>&e;</a>", "entity"},
        {"<a>&</a>", "reference"},
        {"<a>& b;</a>", "entity"},
        {"<a>&#0;</a>", "not valid"},
        {"<a>&#xd800;</a>", "not valid"},
        {"<a>&#x110000;</a>", "not valid"},
        {"<a>&#99999999;</a>", "not valid"},
        {"<a>&#;</a>", "not valid"},
        {"<a>&#1f;</a>", "not valid"},
        {"<a", "no space"},
        {"<a>", "not closed"},
        {"<a></b>", "another name"},
        {"<a></a", "no >"},
        {"<a></a><b/>", "behind the root"},
        {"<a/>text", "behind the root"},
        {"< a/>", "no name"},
        {"<1/>", "no name"},
        {"<a b/>", "no ="},
        {"<a b=c/>", "quotes"},
        {"<a b='c/>", "no end"},
        {"<a b='<'/>", "no end"},
        {"<a b='1'c='2'/>", "no space"},
        {"<a b='1' b='2'/>", "twice"},
        {"<a><!-- </a>", "no end"},
        {"<a><![CDATA[ </a>", "no end"},
        {"<?xml ", "no end"},
        {"<a>\xff</a>", "UTF-8"},
        {"<a>\xc0\x80</a>", "UTF-8"},
        {"<a>\xe0\x80\x80</a>", "not allowed"},
        {"<a>\xed\xa0\x80</a>", "not allowed"},
        {"<a>\xf4\x90\x80\x80</a>", "not allowed"},
        {"<a>\xe2\x82", "UTF-8"},
        {"<a>\x01</a>", "not allowed"},
        {std::string("<a>\0</a>", 8), "UTF-8"},
    };
    for (const auto& [text, reason] : cases) {
        EXPECT_THAT(refusal(text), HasSubstr(reason)) << text;
    }
    EXPECT_THAT(refusal("<a>\n\n<b>\n</a>"), HasSubstr("line 4"));
}

TEST(Xml, IsLimited) {
    std::string deep;
    for (unsigned i = 0; i < 100'000; ++i) deep += "<a>";
    EXPECT_THAT(refusal(deep), HasSubstr("nested too deeply"));
    std::string many = "<a>";
    for (unsigned i = 0; i < 30'000; ++i) many += "<b/>";
    EXPECT_THAT(refusal(many + "</a>"), HasSubstr("too many elements"));
    std::string attributes = "<a";
    for (unsigned i = 0; i < 100; ++i) attributes += fmt::format(" b{}='x'", i);
    EXPECT_THAT(refusal(attributes + "/>"), HasSubstr("too many attributes"));
}

TEST(Xml, SurvivesEveryTruncation) {
    const std::string whole = to_ovf(
        [] {
            OvfMachine machine;
            machine.name = "vm";
            machine.annotation = "\xe2\x82\xac & more";
            return machine;
        }(),
        {{"vm-disk1.vmdk", 1 << 30, 4096, 4096}});
    EXPECT_EQ(refusal(whole), "");
    for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
        EXPECT_NE(refusal(whole.substr(0, length)), "") << length;
    }
}

}  // namespace
}  // namespace kiln::formats
