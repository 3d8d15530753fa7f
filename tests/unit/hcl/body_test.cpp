#include "hcl/eval/body.h"

#include <gtest/gtest.h>

#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

using testing::summaries;

Body parse(std::string_view text, const std::string& name = "test") {
    Diagnostics diagnostics;
    Body body = parse_file(text, name, nullptr, diagnostics);
    EXPECT_FALSE(diagnostics.has_errors()) << text;
    return body;
}

const BodySchema kSchema{{{"name", true}, {"size", false}},
                         {{"disk", {}}, {"source", {"type", "name"}}}};

TEST(Body, GivesAttributesAndBlocksOfTheSchema) {
    Diagnostics diagnostics;
    const BodyContent content = read_body(
        parse("name = \"n\"\ndisk {}\nsource \"a\" \"b\" {}\ndisk {}\n"), kSchema, diagnostics);
    EXPECT_TRUE(diagnostics.empty());
    EXPECT_NE(content.find("name"), nullptr);
    EXPECT_EQ(content.find("size"), nullptr);
    EXPECT_EQ(content.blocks.size(), 3U);
    EXPECT_EQ(content.blocks_of("disk").size(), 2U);
}

TEST(Body, TellsWhatDoesNotBelongThere) {
    struct Case {
        const char* text;
        const char* summary;
        const char* detail;
    };
    const std::vector<Case> cases = {
        {"", "Missing required argument", "The argument \"name\" must be set here."},
        {"name = 1\nsise = 2", "Unsupported argument",
         "An argument named \"sise\" is not expected here. Did you mean \"size\"?"},
        {"name = 1\ndisk = 2", "Unsupported argument",
         "An argument named \"disk\" is not expected here. There is a block of type \"disk\": "
         "write it with braces and without \"=\"."},
        {"name = 1\nzzzzzz = 2", "Unsupported argument",
         "An argument named \"zzzzzz\" is not expected here."},
        {"name = 1\ndisc {}", "Unsupported block type",
         "Blocks of type \"disc\" are not expected here. Did you mean \"disk\"?"},
        {"name = 1\nsize {}", "Unsupported block type",
         "Blocks of type \"size\" are not expected here. There is an argument "
         "\"size\": write it with \"=\"."},
        {"name = 1\ndisk \"x\" {}", "Extraneous label for disk",
         "Blocks of type disk have no labels."},
        {"name = 1\nsource \"a\" \"b\" \"c\" {}", "Extraneous label for source",
         "There are just 2 labels (type, name) for blocks of type source."},
        {"name = 1\nsource \"a\" {}", "Missing name for source",
         "Blocks of type source have 2 labels (type, name)."},
    };
    for (const Case& item : cases) {
        Diagnostics diagnostics;
        read_body(parse(item.text), kSchema, diagnostics);
        ASSERT_EQ(diagnostics.size(), 1U) << item.text;
        EXPECT_EQ(diagnostics[0].summary, item.summary);
        EXPECT_EQ(diagnostics[0].detail, item.detail);
    }
}

TEST(Body, LeavesTheRestForAnotherSchema) {
    Diagnostics diagnostics;
    Body rest;
    read_body_partially(parse("name = 1\nother = 2\nthing {}\n"), kSchema, rest, diagnostics);
    EXPECT_TRUE(diagnostics.empty());
    const BodyContent content = read_body(rest, {{{"other", true}}, {{"thing", {}}}}, diagnostics);
    EXPECT_TRUE(diagnostics.empty());
    EXPECT_EQ(content.blocks.size(), 1U);
}

TEST(Body, AttributesAloneRefuseBlocks) {
    Diagnostics diagnostics;
    const auto attributes = read_attributes(parse("a = 1\nb = 2\nc {}\n"), diagnostics);
    EXPECT_EQ(attributes.size(), 2U);
    EXPECT_EQ(summaries(diagnostics), "ERR [Unexpected \"c\" block]");
}

TEST(Body, SeveralFilesAreOne) {
    Diagnostics diagnostics;
    const Body merged = merge_bodies(
        {parse("a = 1\nx {}\n", "1.hcl"), parse("b = 2\na = 3\nx {}\n", "2.hcl")}, diagnostics);
    EXPECT_EQ(merged.attributes.size(), 2U);
    EXPECT_EQ(merged.blocks.size(), 2U);
    ASSERT_EQ(diagnostics.size(), 1U);
    EXPECT_EQ(diagnostics[0].summary, "Duplicate argument");
    EXPECT_EQ(diagnostics[0].detail, "Argument \"a\" was already set at 1.hcl:1,1-2");
}

TEST(Body, ConvertsAttributesToTheWantedType) {
    Diagnostics diagnostics;
    const Body body = parse("a = \"5\"\nb = [var.z]\n");
    const EvalScope scope =
        testing::scope_with({{"var", Value::object({{"z", Value::number(1)}})}});
    const Value number = evaluate_attribute(*body.find("a"), Type::number(), scope, diagnostics);
    EXPECT_TRUE(diagnostics.empty());
    EXPECT_EQ(number, Value::number(5));
    const Value text = evaluate_attribute(*body.find("b"), Type::string(), scope, diagnostics);
    EXPECT_FALSE(text.is_known());
    ASSERT_EQ(diagnostics.size(), 1U);
    EXPECT_EQ(diagnostics[0].summary, "Incorrect attribute value type");
    EXPECT_EQ(diagnostics[0].detail, "Inappropriate value for attribute \"b\": string required.");
    EXPECT_EQ(diagnostics[0].with, std::vector<std::string>{"var.z as 1"});
}

}  // namespace
}  // namespace kiln::hcl
