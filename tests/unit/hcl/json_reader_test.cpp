#include <gtest/gtest.h>

#include "hcl/json/node.h"
#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

using json::DocumentPtr;
using json::Kind;
using json::Node;
using json::read_json;

std::string positions(const SourcePos& start, const SourcePos& end) {
    return SourceRange{"t", start, end}.to_string();
}

/// The value written again, each with nothing between: what was understood.
std::string understood(const Node& node) {
    std::string out;
    switch (node.kind) {
        case Kind::Null:
            return "null";
        case Kind::Bool:
            return node.boolean ? "true" : "false";
        case Kind::Number:
            return node.text;
        case Kind::String:
            return "'" + node.text + "'";
        case Kind::Array:
            for (const Node& item : node.items) out += understood(item) + " ";
            return "[" + out + "]";
        case Kind::Object:
            for (const auto& property : node.properties) {
                out += property.name.text + "=" + understood(property.value) + " ";
            }
            return "{" + out + "}";
    }
    return out;
}

/// The value, or the summary and place of the error.
std::string read(std::string_view text) {
    Diagnostics diagnostics;
    const DocumentPtr document = read_json(text, "t", diagnostics);
    if (document) {
        EXPECT_TRUE(diagnostics.empty());
        return understood(document->root);
    }
    EXPECT_EQ(diagnostics.size(), 1U) << text;
    return diagnostics[0].summary + " @" + diagnostics[0].subject->to_string();
}

struct JsonCase {
    std::string_view text;
    const char* expected;
};

using namespace std::string_view_literals;

const JsonCase kJsonCases[] = {
    {"null", "null"},
    {"true", "true"},
    {" false ", "false"},
    {"\xEF\xBB\xBFtrue", "true"},
    {"0", "0"},
    {"-0", "-0"},
    {"-0.0e+00", "-0.0e+00"},
    {"10.50", "10.50"},
    {"123456789012345678901234567890.5E-7", "123456789012345678901234567890.5E-7"},
    {"1e400", "1e400"},
    {R"("")", "''"},
    {R"("a\"\\\/\b\f\n\r\t")", "'a\"\\/\b\f\n\r\t'"},
    {R"("\u0041\u00e9\u20AC")", "'Aé€'"},
    {R"("\ud83d\ude00\uD83D\uDE00")", "'😀😀'"},
    {R"("\ud83d")", "'\uFFFD'"},
    {R"("\ude00x")", "'\uFFFDx'"},
    {R"("\ud83d\u0041")", "'\uFFFDA'"},
    {R"("\ud83d\ud83d\ude00")", "'\uFFFD😀'"},
    {"\"é😀\"", "'é😀'"},
    {"\"\x7f\"", "'\x7f'"},
    {"[]", "[]"},
    {"[ ]", "[]"},
    {"{}", "{}"},
    {"[1,[2,{}],\"x\"]", "[1 [2 {} ] 'x' ]"},
    {"{\"b\":1,\"a\":[],\"b\":null}", "{b=1 a=[] b=null }"},
    {"{\"\":1}", "{=1 }"},
    {"{ \"a\" : 1 ,\r\n\t\"b\" : 2 }\r\n", "{a=1 b=2 }"},
    {"", "Missing value @t:1,1-1"},
    {"  \n ", "Missing value @t:2,2-2"},
    {"tru", "Invalid JSON keyword @t:1,1-4"},
    {"True", "Invalid JSON keyword @t:1,1-5"},
    {"NaN", "Invalid JSON keyword @t:1,1-4"},
    {"undefined", "Invalid JSON keyword @t:1,1-10"},
    {"Infinity", "Invalid JSON keyword @t:1,1-9"},
    {"-Infinity", "Invalid JSON number @t:1,1-2"},
    {"01", "Invalid JSON number @t:1,1-3"},
    {"-01", "Invalid JSON number @t:1,1-4"},
    {"+1", "Invalid JSON number @t:1,1-3"},
    {".5", "Invalid JSON number @t:1,1-3"},
    {"5.", "Invalid JSON number @t:1,1-3"},
    {"1e", "Invalid JSON number @t:1,1-3"},
    {"1e+", "Invalid JSON number @t:1,1-4"},
    {"1.2.3", "Invalid JSON number @t:1,1-6"},
    {"--1", "Invalid JSON number @t:1,1-4"},
    {"1e99999999999999999999", "Invalid JSON number @t:1,1-23"},
    {"1e-99999999999999999999", "Invalid JSON number @t:1,1-24"},
    {"-", "Invalid JSON number @t:1,1-2"},
    {"0x10", "Extraneous data after value @t:1,2-3"},
    {"'a'", "Invalid start of value @t:1,1-2"},
    {"\"a", "Invalid JSON string @t:1,1-2"},
    {"\"a\nb\"", "Invalid JSON string @t:1,1-2"},
    {"\"a\tb\"", "Invalid JSON string @t:1,3-4"},
    {"\"é\x01\"", "Invalid JSON string @t:1,3-4"},
    {R"("he\llo")", "Invalid JSON string @t:1,4-6"},
    {R"("\u12")", "Invalid JSON string @t:1,2-4"},
    {R"("\u12g4")", "Invalid JSON string @t:1,2-4"},
    {R"("\'")", "Invalid JSON string @t:1,2-4"},
    {R"("\)", "Invalid JSON string @t:1,1-2"},
    {"\"a\xFF\"", "Invalid character encoding @t:1,1-2"},
    {"\xEF\xBB\xBF\xEF\xBB\xBF"
     "1",
     "Invalid start of value @t:1,1-2"},
    {"[1,]", "Trailing comma in array @t:1,3-4"},
    {"[,1]", "Invalid start of value @t:1,2-3"},
    {"[1,,2]", "Invalid start of value @t:1,4-5"},
    {"[1 2]", "Missing attribute separator comma @t:1,4-5"},
    {"[1", "Unclosed array @t:1,1-2"},
    {"[", "Unclosed array @t:1,1-2"},
    {"[1,", "Unclosed array @t:1,1-2"},
    {"[1}", "Mismatched brackets @t:1,3-4"},
    {"[\"a\":1]", "Invalid array value @t:1,5-6"},
    {"]", "Missing array element value @t:1,1-2"},
    {"}", "Missing JSON value @t:1,1-2"},
    {"{\"a\":1,}", "Trailing comma in object @t:1,7-8"},
    {"{,}", "Invalid object property name @t:1,2-3"},
    {"{a:1}", "Invalid object property name @t:1,2-3"},
    {"{1:1}", "Invalid object property name @t:1,2-3"},
    {"{true:1}", "Invalid object property name @t:1,2-3"},
    {"{'a':1}", "Invalid object property name @t:1,2-3"},
    {"{\"a\"}", "Missing object value @t:1,5-6"},
    {"{\"a\",\"b\"}", "Missing object value @t:1,5-6"},
    {"{\"a\":}", "Missing JSON value @t:1,6-7"},
    {"{\"a\"=1}", "Missing property value colon @t:1,5-6"},
    {"{\"a\" 1}", "Missing property value colon @t:1,6-7"},
    {"{\"a\":1", "Unclosed object @t:1,1-2"},
    {"{", "Unclosed object @t:1,1-2"},
    {"{\"a\":1]", "Mismatched braces @t:1,7-8"},
    {"{\"a\":1 \"b\":2}", "Missing attribute separator comma @t:1,8-9"},
    {"{\"a\":1} x", "Extraneous data after value @t:1,9-10"},
    {"{} {}", "Extraneous data after value @t:1,4-5"},
    {"1 // no", "Extraneous data after value @t:1,3-4"},
    {"// no\n1", "Invalid start of value @t:1,1-2"},
    {"{\"a\":1 /* no */}", "Missing attribute separator comma @t:1,8-9"},
    {"#", "Invalid start of value @t:1,1-2"},
    {"\f1", "Invalid start of value @t:1,1-2"},
    {"\xC2\xA0"
     "1",
     "Invalid start of value @t:1,1-2"},
    {"1\0"sv, "Extraneous data after value @t:1,2-3"},
};

TEST(JsonReader, ReadsWhatIsJsonAndNothingElse) {
    for (const JsonCase& item : kJsonCases) {
        EXPECT_EQ(read(item.text), item.expected) << item.text;
    }
    EXPECT_EQ(read(R"("\u0000")"), std::string("'\0'", 3));
}

TEST(JsonReader, KnowsWhereEverythingStands) {
    Diagnostics diagnostics;
    const DocumentPtr document =
        read_json("{\r\n\t\"é\\n\": [1, \"😀\"],\n  \"b\": {}\n}", "t", diagnostics);
    ASSERT_TRUE(document);
    const Node& root = document->root;
    EXPECT_EQ(positions(root.start, root.end), "t:1,1-4,2");
    const auto& first = root.properties[0];
    // A tab is two columns, a carriage return none.
    EXPECT_EQ(positions(first.name.start, first.name.end), "t:2,3-8");
    EXPECT_EQ(document->raw(first.name), "\"é\\n\"");
    EXPECT_EQ(document->range(first).to_string(), "t:2,3-18");
    EXPECT_EQ(document->range(first.value.items[1]).to_string(), "t:2,14-17");
    EXPECT_EQ(document->open_range(first.value).to_string(), "t:2,10-11");
    EXPECT_EQ(document->close_range(first.value).to_string(), "t:2,17-18");
    EXPECT_EQ(document->range(root.properties[1].value).to_string(), "t:3,8-10");
}

TEST(JsonReader, FindsTheLastOfEqualNames) {
    Diagnostics diagnostics;
    const DocumentPtr document = read_json(R"({"a": 1, "a": 2})", "t", diagnostics);
    EXPECT_EQ(document->root.find("a")->value.text, "2");
    EXPECT_EQ(document->root.find("b"), nullptr);
}

TEST(JsonReader, SaysWhatToDo) {
    const auto detail = [](std::string_view text) {
        Diagnostics diagnostics;
        read_json(text, "t", diagnostics);
        return diagnostics[0].detail;
    };
    EXPECT_NE(detail("// x").find("property named \"//\""), std::string::npos);
    EXPECT_NE(detail("[1 # x\n]").find("property named \"//\""), std::string::npos);
    EXPECT_NE(detail("flase").find("Did you mean \"false\"?"), std::string::npos);
    EXPECT_NE(detail("'x'").find("double quotes"), std::string::npos);
    EXPECT_NE(detail("{\"a\"=1}").find("equals sign"), std::string::npos);
}

TEST(JsonReader, BoundsTheNesting) {
    const auto nested = [](int levels) {
        return std::string(static_cast<std::size_t>(levels), '[') +
               std::string(static_cast<std::size_t>(levels), ']');
    };
    EXPECT_EQ(read(nested(json::kMaxNesting)).substr(0, 2), "[[");
    EXPECT_EQ(read(nested(json::kMaxNesting + 1)), "Nesting too deep @t:1,201-202");
    EXPECT_EQ(read(std::string(1000000, '[')), "Nesting too deep @t:1,201-202");
    std::string objects;
    for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
    EXPECT_EQ(read(objects).substr(0, 16), "Nesting too deep");
}

TEST(JsonReader, SurvivesEveryTruncation) {
    const std::string text =
        "\xEF\xBB\xBF{\"a\\u00e9\\ud83d\\ude00\": [1.5e3, true, null, {\"é\": \"\\n\"}], \"b\": "
        "{}}";
    for (std::size_t length = 0; length < text.size(); ++length) {
        Diagnostics diagnostics;
        EXPECT_EQ(read_json(text.substr(0, length), "t", diagnostics), nullptr) << length;
        EXPECT_EQ(diagnostics.size(), 1U) << length;
    }
    EXPECT_EQ(read(text), "{aé😀=[1.5e3 true null {é='\n' } ] b={} }");
}

}  // namespace
}  // namespace kiln::hcl
