#include <gtest/gtest.h>

#include "hcl/eval/body.h"
#include "hcl/eval/type_constraint.h"
#include "hcl/function/builtin.h"
#include "tests/unit/hcl/support.h"

/// One table for each section of spec/hcl2.md, beside what expression_test.cpp took from the
/// reference console.
namespace kiln::hcl {
namespace {

using testing::check_table;
using testing::ConsoleCase;
using testing::summaries;

/// A whole file: its attributes as `name=value`, its blocks as `type label{…}`; or its errors.
std::string outline(const Body& body, const EvalScope& scope, Diagnostics& diagnostics) {
    std::string out;
    for (const auto& [name, attribute] : body.attributes) {
        out += name + "=" + encode_json(evaluate(*attribute.expression, scope, diagnostics)) + ";";
    }
    for (const Block& block : body.blocks) {
        out += block.header() + "{" + outline(block.body, scope, diagnostics) + "}";
    }
    return out;
}

std::string file(std::string_view text) {
    Diagnostics diagnostics;
    const Body body = parse_file(text, "t", nullptr, diagnostics);
    if (diagnostics.has_errors()) return summaries(diagnostics);
    const std::string out = outline(body, testing::scope_with(), diagnostics);
    return diagnostics.has_errors() ? summaries(diagnostics) : out;
}

template <std::size_t Count>
void check_files(const ConsoleCase (&cases)[Count]) {
    for (const ConsoleCase& item : cases) {
        EXPECT_EQ(file(item.expression), item.expected) << item.expression;
    }
    ::testing::Test::RecordProperty("cases", static_cast<int>(Count));
}

EvalScope rich_scope() {
    const auto strings = [](Value::Elements elements) {
        return Value::list(Type::string(), std::move(elements));
    };
    return testing::scope_with({
        {"list", strings({Value::string("a"), Value::string("b")})},
        {"empty", strings({})},
        {"map", Value::map(Type::number(), {{"k", Value::number(1)}})},
        {"set", Value::set(Type::string(), {Value::string("x"), Value::string("w")})},
        {"objects", Value::list(Type::object({{"n", Type::number()}}),
                                {Value::object({{"n", Value::number(1)}}),
                                 Value::object({{"n", Value::number(2)}})})},
        {"null_list", Value::null_of(Type::list(Type::string()))},
        {"null_string", Value::null_of(Type::string())},
        {"unknown_string", Value::unknown_of(Type::string())},
        {"unknown_list", Value::unknown_of(Type::list(Type::number()))},
        {"unknown", Value::dynamic_unknown()},
    });
}

// clang-format off
const ConsoleCase kSource[] = {
    {"", ""}, {"\n\n", ""}, {"\xEF\xBB\xBFx = 1\n", "x=1;"}, {"x = 1\r\ny = 2\r\n", "x=1;y=2;"}, {"x = 1", "x=1;"}, {"\tx\t=\t1\n", "x=1;"},
    {"x = \"\xFF\"\n", "ERR [Invalid character encoding]"}, {"x = 1\xC2\xA0\n", "ERR [Invalid character]"}, {"x\r= 1\n", "ERR [Invalid character]"},
    {"x = 1\n\xEF\xBB\xBFy = 2\n", "ERR [Invalid character]"}, {"é = 1\n", "é=1;"}, {"x = 1\n\f", "ERR [Invalid character]"},
};
const ConsoleCase kTokens[] = {
    {"a-b = 1\n", "a-b=1;"}, {"foo- = 1\nfoo--bar = 2\n_x = 3\n", "_x=3;foo-=1;foo--bar=2;"}, {"for = 1\nnull = 2\nin = 3\n", "for=1;in=3;null=2;"}, {"-a = 1\n", "ERR [Argument or block definition required]"}, {"1a = 1\n", "ERR [Argument or block definition required]"},
    {"x = 1 # c\ny = 2 // c\nz = 3 /* c */\n", "x=1;y=2;z=3;"}, {"x = 1 /* a\n b */\ny = 2\n", "x=1;y=2;"}, {"# c", ""}, {"x = 1 # c", "x=1;"}, {"x = /* c */ 1\n", "x=1;"}, {"/* a /* b */\nx = 1\n", "x=1;"},
    {"x = \"# no // no /* no */\"\n", "x=\"# no // no /* no */\";"}, {"x = \"${1 /* c */ + 1}\"\n", "x=2;"}, {"x = 1.5E+3\ny = 1.5e-1\n", "x=1500;y=0.15;"}, {"x = \"${ {a = 1}[\"a\"] }\"\ny = \"${\"${\"x\"}\"}\"\n", "x=1;y=\"x\";"},
    {"x = 1;\n", "ERR [Invalid character]"}, {"x = 'a'\n", "ERR [Invalid character]"}, {"x = 1 ** 2\n", "ERR [Invalid expression]"}, {"x = 2 ^ 3\n", "ERR [Unsupported operator]"},
};
const ConsoleCase kStructure[] = {
    {"b {}\n", "b{}"}, {"b { a = 1 }\n", "b{a=1;}"}, {"b {\n a = 1\n}\n", "b{a=1;}"}, {"b {\n}", "b{}"}, {"b \"x\" y \"z\" {}\n", "b \"x\" \"y\" \"z\"{}"}, {"a\"b\"c{}\n", "a \"b\" \"c\"{}"}, {"b { # c\n a = 1\n}\n", "b{a=1;}"}, {"b { // c\n}\n", "b{}"}, {"b {}\nb {}\n", "b{}b{}"}, {"b {\n c {\n  d {}\n }\n}\n", "b{c{d{}}}"}, {"b { a = [\n1,\n2\n] }\n", "b{a=[1,2];}"}, {"b \"$${x}\" \"%%{y}\" \"\\u00e9\" {}\n", "b \"${x}\" \"%{y}\" \"é\"{}"}, {"a = 1\na {}\n", "a=1;a{}"},
    {"b { a = 1, }\n", "ERR [Invalid single-argument block definition]"}, {"b { a = 1, c = 2 }\n", "ERR [Invalid single-argument block definition]"}, {"b { c {} }\n", "ERR [Argument definition required]"}, {"b { a = 1\n}\n", "ERR [Invalid single-argument block definition]"}, {"b {\n a = 1 }\n", "ERR [Missing newline after argument]"}, {"b\n{\n}\n", "ERR [Argument or block definition required]"}, {"b {} c {}\n", "ERR [Missing newline after block definition]"}, {"b /* x */ {\n}\n", "b{}"}, {"b { /* c */\n a = 1\n}\n", "b{a=1;}"},
    {"b \"${x}\" {}\n", "ERR [Invalid string literal]"}, {"\"a\" = 1\n", "ERR [Invalid argument name]"}, {"a: 1\n", "ERR [Argument or block definition required]"}, {"a = 1\na = 2\n", "ERR [Attribute redefined]"}, {"b = {\n", "ERR [Unterminated object constructor expression]"}, {"b {\n", "ERR [Unclosed configuration block]"}, {"b \"x\n\" {}\n", "ERR [Invalid multi-line string]"}, {"a = 1 b = 2\n", "ERR [Missing newline after argument]"}, {"a = 1, b = 2\n", "ERR [Unexpected comma after argument]"}, {"}\n", "ERR [Argument or block definition required]"}, {"b x = 1\n", "ERR [Invalid block definition]"}, {"a\n", "ERR [Argument or block definition required]"},
};
const ConsoleCase kNewlines[] = {
    {"x = 1 +\n2\n", "ERR [Invalid expression]"}, {"x =\n1\n", "ERR [Invalid expression]"}, {"x\n= 1\n", "ERR [Argument or block definition required]"}, {"x = (1 +\n2)\n", "x=3;"}, {"x = (\n1\n)\n", "x=1;"}, {"x = true ?\n1 : 2\n", "ERR [Invalid expression]"}, {"x = (true ?\n1 :\n2)\n", "x=1;"}, {"x = [1\n2]\n", "ERR [Missing item separator]"}, {"x = [\n1,\n\n# c\n2\n,\n3,\n]\n", "x=[1,2,3];"}, {"x = {\na = 1\nb = 2,\nc = 3, d = 4\n}\n", "x={\"a\":1,\"b\":2,\"c\":3,\"d\":4};"}, {"x = {\na = 1\n, b = 2\n}\n", "ERR [Invalid expression]"}, {"x = {\na =\n1\n}\n", "ERR [Invalid expression]"}, {"x = {\na\n= 1\n}\n", "ERR [Missing attribute value]"}, {"x = {a = max(\n1\n)\nb = 2}\n", "x={\"a\":1,\"b\":2};"}, {"x = {\nfor k in [\"a\"] :\nk =>\n1\n}\n", "x={\"a\":1};"}, {"x = [[1,2]\n[0]]\n", "x=[1];"}, {"x = max(\n1,\n2,\n)\n", "x=2;"}, {"x = [1][\n0\n]\n", "x=1;"}, {"x = \"${\n1\n+\n1\n}\"\n", "x=2;"}, {"x = {a = 1}\n.a\n", "ERR [Argument or block definition required]"}, {"x = {\n\n\n}\n", "x={};"}, {"x = {a = (\n1\n), b = [\n2\n]}\n", "x={\"a\":1,\"b\":[2]};"},
};
const ConsoleCase kExpressions[] = {
    {"1 + 2 * 3 - 4 / 2", "5"}, {"(1 + 2) * 3", "9"}, {"1 + 1 == 2 && 3 > 2", "true"}, {"true || false && false", "true"}, {"1 < 2 == true", "true"}, {"10 - 3 - 2", "5"}, {"2 * 3 % 4", "2"}, {"- 1", "-1"}, {"--1", "1"}, {"!!true", "true"}, {"-{a = 5}.a", "-5"}, {"![true][0]", "false"}, {"true ? 1 : true ? 2 : 3", "1"}, {"false ? 1 : false ? 2 : 3", "3"}, {"max (1, 2)", "2"}, {"[1] [0]", "1"}, {"{a = 1} . a", "1"}, {"[{a = 1}][ * ] . a", "[\n  1,\n]"}, {"1 != 2 != true", "false"}, {"(((1)))", "1"},
    {"+1", "!"}, {"2 ** 3", "!"}, {"1 and 2", "!"}, {"not true", "!"}, {"1 in [1]", "!"}, {"1 <> 2", "!"}, {"1 === 1", "!"}, {"1 =< 2", "!"}, {"a ? b", "!"}, {"()", "!"}, {"1 +", "!"}, {"* 1", "!"},
};
const ConsoleCase kValues[] = {
    {"[for k, v in {\"10\" = 1, \"9\" = 2, A = 3, _ = 4, a = 5, z = 6, \"é\" = 7} : k]", "[\n  \"10\",\n  \"9\",\n  \"A\",\n  \"_\",\n  \"a\",\n  \"z\",\n  \"é\",\n]"}, {"jsonencode(convert([true, false, null], set(bool)))", "[false,true,null]"}, {"jsonencode(convert([10, 9, -1, 2.5], set(number)))", "[-1,2.5,9,10]"}, {"jsonencode(convert([\"b\", \"a\", \"B\", \"é\"], set(string)))", "[\"B\",\"a\",\"b\",\"é\"]"}, {"length(convert([1, 1.0, \"1\"], set(number)))", "1"}, {"length(convert([[1], [1], [2]], set(list(number))))", "2"}, {"{z = 1, a = 2}", "{\n  \"a\" = 2\n  \"z\" = 1\n}"}, {"null == null", "true"},
    {"upper([])", "!string required"}, {"upper(convert([1], list(number)))", "!string required"}, {"length(1)", "!"}, {"convert({}, list(string))", "!list of string required"}, {"convert(1, set(number))", "!set of number required"}, {"convert([], map(string))", "!map of string required"}, {"convert(1, object({}))", "!object required"}, {"convert(1, tuple([]))", "!tuple required"}, {"convert(1, list(any))", "!list of any single type required"},
};
const ConsoleCase kNumbers[] = {
    {"0.1 + 0.2 == 0.3", "true"}, {"0.1 + 0.7 == 0.8", "true"}, {"1 - 0.9 == 0.1", "false"}, {"1 / 3 * 3 == 1", "true"}, {"-7 % 3", "-1"}, {"7 % -3", "1"}, {"7.5 % 2", "1.5"}, {"5 % 2.5", "0"}, {"7 % 0", "7"}, {"1 / 0", "+Inf"}, {"-1 / 0", "-Inf"}, {"0 / 0", "!"}, {"1/0 - 1/0", "!"}, {"1/0 * 0", "!"}, {"-0 == 0", "true"}, {"\"x${-0}\"", "x-0"}, {"-0", "0"}, {"1e400 - 1e400", "0"}, {"1e400 > 1e399", "true"}, {"\"x${length([1]) / length([1, 2, 3])}\"", "x0.33333333333333333334"}, {"length(\"x${1 / 3}\")", "158"}, {"endswith(\"${1 / 3}x\", \"335x\")", "true"}, {"startswith(\"x${11 % 5.1}\", \"x0.8000\")", "true"}, {"endswith(\"x${11 % 5.1}\", \"024\")", "true"},
    {"[1e21]", "[\n  1e+21,\n]"}, {"\"x${1e21}\"", "x1000000000000000000000"}, {"\"x${1e-10}\"", "x0.0000000001"}, {"\"x${1.50}\"", "x1.5"}, {"jsonencode(1/0)", "!"}, {"\"x${1/0}${-1/0}\"", "x+Inf-Inf"}, {"[123456.5]", "[\n  123456.5,\n]"}, {"[1234567.5]", "[\n  1.2345675e+06,\n]"}, {"[0.00001]", "[\n  1e-05,\n]"}, {"[1e19]", "[\n  1e+19,\n]"}, {"[9223372036854775807]", "[\n  9223372036854775807,\n]"}, {"[9223372036854775808]", "[\n  9.223372036854776e+18,\n]"},
    {"\".5\" + 0", "0.5"}, {"\"5.\" + 0", "5"}, {"\"-5\" + 0", "-5"}, {"\"+5\" + 0", "5"}, {"\"1e3\" + 0", "1000"}, {"\"Inf\" + 0", "+Inf"}, {"\"-Inf\" + 0", "-Inf"}, {"\"\" + 0", "!a number is required"}, {"\" 1\" + 0", "!"}, {"\"1_0\" + 0", "!"}, {"\"0x1\" + 0", "!"}, {"\"1e\" + 0", "!"}, {"\".\" + 0", "!"},
    {"123456789012345678901234567890 + 1 == 123456789012345678901234567891", "true"}, {"0.1 * 3 == 0.3", "true"}, {"2 * 0.1 == 0.2", "true"},
};
const ConsoleCase kStrings[] = {
    {R"x("e\u0301" == "é")x", "true"}, {R"x("e${"\u0301"}" == "é")x", "true"}, {R"x(length("e\u0301"))x", "1"}, {R"x("\u00e9\U0001F600\n\t\r\"\\")x", "é😀\n\t\r\"\\"}, {R"x("\U0001f600" == "😀")x", "true"}, {R"x({"e\u0301" = 1}["é"])x", "1"}, {R"x("$${x} %%{y} $$ %% $ % $x %x")x", "${x} %{y} $$ %% $ % $x %x"}, {R"x("$$${1}")x", "$${1}"}, {R"x("%%%{if true}")x", "%%{if true}"}, {R"x("\\${1}")x", "\\1"}, {"\"a\tb\"", "a\tb"}, {R"x(length("👨‍👩‍👧"))x", "1"},
    {R"x("\q")x", "!"}, {R"x("\$")x", "!"}, {R"x("\u12")x", "!"}, {R"x("\ud800")x", "!"}, {R"x("\U00110000")x", "!"}, {R"x("\x41")x", "!"}, {R"x("\0")x", "!"}, {"\"a\nb\"", "!"}, {"\"a", "!"},
};
const ConsoleCase kOperators[] = {
    {R"x("5" + 3)x", "8"}, {R"x("10" > 9)x", "true"}, {R"x("a" < "b")x", "!Unsuitable value for left operand: a number is required. Unsuitable value for right operand"}, {"true + 1", "!Unsuitable value for left operand"}, {R"x(-"5")x", "-5"}, {R"x(-"x")x", "!Unsuitable value for unary operand"}, {R"x("true" && true)x", "true"}, {R"x(!"1")x", "false"}, {R"x(!"yes")x", "!"}, {"1 && true", "!"}, {"[] + 1", "!"}, {R"x("a" + "b")x", "!"},
    {"null + 1", "!argument must not be null"}, {"null < 1", "!argument must not be null"}, {"-null", "!argument must not be null"}, {"!null", "!argument must not be null"},
    {"true || nope", "true"}, {"nope || true", "true"}, {"false && nope", "false"}, {"nope && false", "false"}, {"nope && true", "!"}, {"true && nope", "!"}, {"nope || false", "!"}, {"false || nope", "!"}, {"nope || nope", "!"}, {"true || [] ", "!"}, {"true || 1", "!"}, {"true && null", "false"}, {"null && null", "false"}, {"null && true", "false"}, {"false && null", "false"}, {"true || null", "true"}, {"null || true", "true"}, {"null || false", "!"}, {"null || null", "!"},
    {"null_string != null && null_string == \"x\"", "false"}, {"true && {}.a", "!"}, {"false && {}.a", "false"},
};
const ConsoleCase kEquality[] = {
    {"null == null", "true"}, {"null_string == null", "true"}, {"null == 1", "false"}, {"1 == \"1\"", "false"}, {"true == \"true\"", "false"}, {"[1, 2] == convert([1, 2], list(number))", "false"}, {"convert({a = 1}, map(number)) == {a = 1}", "false"}, {"[1] == [\"1\"]", "false"}, {"1 == 1.0", "true"}, {"[1, [2]] == [1, [2]]", "true"}, {"{a = 1, b = 2} == {b = 2, a = 1}", "true"}, {"convert([1, 2], set(number)) == convert([2, 1, 1], set(number))", "true"}, {"{a = null} == {a = null}", "true"}, {"{a = null} == {a = convert(null, string)}", "false"}, {"[null] == [1]", "false"}, {"1 != 1", "false"}, {"\"a\" != \"b\"", "true"}, {"unknown_string == \"x\"", "<unknown>"}, {"unknown_string == null", "<unknown>"}, {"[unknown_string] == [\"x\"]", "<unknown>"}, {"{} == {}", "true"}, {"[] == []", "true"}, {"{} == []", "false"}, {"{a = 1} == {a = 1, b = 2}", "false"},
};
const ConsoleCase kConversions[] = {
    {"jsonencode(convert(1, string))", "\"1\""}, {"jsonencode(convert(true, string))", "\"true\""}, {"convert(\"1.50\", number)", "1.5"}, {"convert(\"x\", number)", "!a number is required"}, {"convert(\"true\", bool)", "true"}, {"convert(\"0\", bool)", "false"}, {"convert(\"True\", bool)", "!"}, {"convert(\"TRUE\", bool)", "!"}, {"convert(1, bool)", "!bool required"}, {"convert(true, number)", "!number required"}, {"jsonencode(convert([1, \"a\"], list(string)))", "[\"1\",\"a\"]"}, {"jsonencode(convert([1, \"a\", true], list(any)))", "[\"1\",\"a\",\"true\"]"}, {"jsonencode(convert([\"a\", \"a\"], set(string)))", "[\"a\"]"}, {"jsonencode(convert(set, list(string)))", "[\"w\",\"x\"]"}, {"jsonencode(convert(list, set(string)))", "[\"a\",\"b\"]"}, {"jsonencode(convert([1, 2], tuple([string, number])))", "[\"1\",2]"}, {"convert([1], tuple([string, number]))", "!tuple required"}, {"convert(list, tuple([string, string]))", "!tuple required"}, {"jsonencode(convert({a = 1, b = \"x\"}, map(string)))", "{\"a\":\"1\",\"b\":\"x\"}"}, {"jsonencode(convert(map, object({k = string})))", "{\"k\":\"1\"}"}, {"convert(map, object({z = string}))", "!attribute \"z\" is required"}, {"jsonencode(convert({a = 1, b = 2}, object({a = number})))", "{\"a\":1}"}, {"convert({}, object({a = number}))", "!attribute \"a\" is required"}, {"convert({}, object({a = number, b = number}))", "!attributes \"a\" and \"b\" are required"}, {"convert({}, object({a = number, b = number, c = number}))", "!attributes \"a\", \"b\", and \"c\" are required"}, {"convert([\"a\"], list(number))", "!element 0: a number is required"}, {"convert({a = \"x\"}, map(number))", "!element \"a\": a number is required"}, {"convert({a = {b = \"x\"}}, object({a = object({b = number})}))", "!attribute \"a\": attribute \"b\": a number is required"}, {"convert([1, [2]], list(any))", "!all list elements must have the same type"}, {"convert({a = 1, b = []}, map(any))", "!all map elements must have the same type"}, {"convert([1, true], set(any))", "!all set elements must have the same type"}, {"jsonencode(convert([], list(any)))", "[]"}, {"convert(null, list(string)) == null", "true"}, {"convert(unknown_string, number)", "<unknown>"}, {"convert(\"a\", list(string))", "!"}, {"convert([], object({}))", "!"}, {"convert({}, tuple([]))", "!"}, {"convert([1], string)", "!string required"},
};
const ConsoleCase kUnification[] = {
    {"jsonencode(convert([null, 1], list(any)))", "[null,1]"}, {"jsonencode(convert([{a = 1}, {b = 2}], list(any)))", "[{\"a\":1},{\"b\":2}]"}, {"convert([{a = 1}, {b = 2}], list(any))[0] == convert({a = 1}, map(number))", "true"}, {"jsonencode(convert([[1], [\"a\"]], list(any)))", "[[\"1\"],[\"a\"]]"}, {"convert([[1], [\"a\"]], list(any))[0] == [\"1\"]", "true"}, {"convert([[1, 2], [\"a\"]], list(any))[0] == convert([\"1\", \"2\"], list(string))", "true"}, {"convert([{a = 1}, {a = \"x\"}], list(any))[0] == {a = \"1\"}", "true"}, {"convert([1, true], list(any))", "!"}, {"jsonencode(convert([\"a\", 1, true], list(any)))", "[\"a\",\"1\",\"true\"]"}, {"convert([map, {a = \"x\"}], list(any))[0] == convert(map, map(string))", "true"}, {"convert([list, [1]], list(any))[1] == convert([\"1\"], list(string))", "true"}, {"convert([{}, []], list(any))", "!"}, {"convert([1, {}], list(any))", "!"}, {"convert([set, [1]], list(any))[1] == convert([\"1\"], set(string))", "true"},
};
const ConsoleCase kConditional[] = {
    {"true ? \"a\" : nope", "a"}, {"false ? nope : 1", "1"}, {"true ? nope : 1", "!"}, {"jsonencode(true ? 1 : \"2\")", "\"1\""}, {"jsonencode(true ? [1] : [\"a\", \"b\"])", "[\"1\"]"}, {"(true ? {a = 1} : {b = 2}) == convert({a = 1}, map(number))", "true"}, {"true ? {a = 1, b = true} : {a = 3}", "!"}, {"true ? null : 1", "null"}, {"false ? null : 1", "1"}, {"true ? 1 : []", "!"}, {"true ? 1 : true", "!"}, {"null ? 1 : 2", "!"}, {"\"true\" ? 1 : 2", "1"}, {"\"1\" ? 1 : 2", "1"}, {"1 ? 1 : 2", "!"}, {"\"yes\" ? 1 : 2", "!"}, {"(unknown_string == \"x\") ? 1 : 2", "<unknown>"}, {"true ? [] : [1]", "[]"}, {"true ? {} : {a = 1}", "{}"}, {"true ? list : []", "[\n  \"a\",\n  \"b\",\n]"}, {"nope ? 1 : 2", "!"}, {"true ? {a = {b = 1}} : {a = {b = []}}", "!"}, {"true ? [1, []] : [1, 2]", "!"},
};
const ConsoleCase kObjects[] = {
    {"[1, 2,]", "[\n  1,\n  2,\n]"}, {"[,]", "!"}, {"[1,,2]", "!"}, {"{a = 1, b : 2}", "{\n  \"a\" = 1\n  \"b\" = 2\n}"}, {"{true = 1, null = 2, 3 = 4}", "{\n  \"3\" = 4\n  \"null\" = 2\n  \"true\" = 1\n}"}, {"{(1 + 1) = \"x\"}", "{\n  \"2\" = \"x\"\n}"}, {"{\"a${1}\" = 2}", "{\n  \"a1\" = 2\n}"}, {"{a.b = 1}", "!"}, {"{(null) = 1}", "!"}, {"{([]) = 1}", "!"}, {"{a = 1, a = 2}", "{\n  \"a\" = 2\n}"}, {"{for = 1}", "!"}, {"[for]", "!"}, {"{\"for\" = 1}", "{\n  \"for\" = 1\n}"}, {"{a = 1, for = 2}.for", "2"}, {"{(unknown_string) = 1}", "<unknown>"}, {"{a = 1 b = 2}", "!"}, {"{a}", "!"}, {"{a = }", "!"}, {"{1.5 = 2}", "{\n  \"1.5\" = 2\n}"}, {"{max(1, 2) = 3}", "{\n  \"2\" = 3\n}"},
};
const ConsoleCase kFor[] = {
    {"jsonencode([for v in [1, 2] : v * 2])", "[2,4]"}, {"jsonencode([for i, v in [\"a\"] : \"${i}${v}\"])", "[\"0a\"]"}, {"jsonencode([for k, v in map : \"${k}${v}\"])", "[\"k1\"]"}, {"jsonencode([for k, v in set : \"${k}${v}\"])", "[\"ww\",\"xx\"]"}, {"jsonencode({for k, v in {b = 1, a = 2} : v => k})", "{\"1\":\"b\",\"2\":\"a\"}"}, {"jsonencode({for v in [\"a\", \"b\", \"a\"] : v => 1...})", "{\"a\":[1,1],\"b\":[1]}"}, {"{for v in [\"a\", \"a\"] : v => 1}", "!"}, {"jsonencode([for v in [1, 2, 3] : v if v != 2])", "[1,3]"}, {"jsonencode([for v in [1] : v if \"true\"])", "[1]"}, {"[for v in [1] : v if null]", "!"}, {"[for v in [] : v if 1]", "!"}, {"[for v in null : v]", "!"}, {"[for v in 5 : v]", "!"}, {"[for v in \"abc\" : v]", "!"}, {"[for v in null_list : v]", "!"}, {"[for v in unknown_list : v]", "<unknown>"}, {"jsonencode([for list in list : list])", "[\"a\",\"b\"]"}, {"jsonencode([for x in [1, 2] : [for y in [3] : x + y]])", "[[4],[5]]"}, {"[for v in [1] : k => v]", "!"}, {"{for v in [1] : v}", "!"}, {"[for v in [1] : v...]", "!"}, {"[for v in [1] : v] == [1]", "true"}, {"[for v in list : v] == list", "false"}, {"{for v in [null] : v => 1}", "!"}, {"[for v, in [1] : v]", "!"}, {"[for 1 in [1] : 1]", "!"}, {"jsonencode([for in in [1] : in])", "[1]"}, {"jsonencode({for k, v in {a = 1} : k => v if v > 1})", "{}"},
};
const ConsoleCase kAccess[] = {
    {"{a = 1}.a", "1"}, {"map.k", "1"}, {"map.z", "!"}, {"map[\"z\"]", "!"}, {"{a = 1}.z", "!"}, {"objects.n", "!"}, {"list[0]", "a"}, {"list[\"1\"]", "b"}, {"list[2]", "!"}, {"list[9]", "!"}, {"list[-1]", "!negative"}, {"list[0.5]", "!whole number"}, {"list[\"x\"]", "!a number is required"}, {"empty[0]", "!"}, {"list[null]", "!null"}, {"null[0]", "!"}, {"null.a", "!"}, {"null_list[0]", "!"}, {"{\"0\" = 1}[0]", "1"}, {"{\"true\" = 1}[true]", "1"}, {"map[true]", "!"}, {"set[0]", "!"}, {"\"abc\"[0]", "!"}, {"5.a", "!"}, {"list.0", "a"}, {"{\"0\" = 1}.0", "1"}, {"[[1]].0.1", "!"}, {"objects.0.n", "1"}, {"unknown.a.b[0]", "<unknown>"}, {"list[unknown]", "<unknown>"}, {"{a = {b = [1, {c = 2}]}}.a.b[1].c", "2"}, {"{a = 1}[\"a\"]", "1"}, {"{a = 1}[[]]", "!"},
};
const ConsoleCase kSplat[] = {
    {"jsonencode(objects[*].n)", "[1,2]"}, {"jsonencode(objects.*.n)", "[1,2]"}, {"objects[*].n == convert([1, 2], list(number))", "true"}, {"[{n = 1}][*].n == [1]", "true"}, {"jsonencode(5[*])", "[5]"}, {"jsonencode(map[*])", "[{\"k\":1}]"}, {"jsonencode({a = 1}[*].a)", "[1]"}, {"jsonencode(null[*])", "[]"}, {"jsonencode(null_string[*])", "[]"}, {"null_list[*]", "!"}, {"jsonencode(empty[*])", "[]"}, {"jsonencode(set[*])", "[\"w\",\"x\"]"}, {"jsonencode([{a = [1, 2]}].*.a[0])", "[1,2]"}, {"jsonencode([{a = [1, 2]}][*].a[0])", "[1]"}, {"[1].*.*", "!"}, {"jsonencode([{a = [{b = 1}]}][*].a[*].b)", "[[1]]"}, {"objects[*].z", "!"}, {"[{a = 1}, {}][*].a", "!"}, {"unknown[*]", "<unknown>"}, {"jsonencode([[1], [2]].*.0)", "[1,2]"}, {"jsonencode([[1], [2]][*][0])", "[1,2]"}, {"jsonencode(list[*])", "[\"a\",\"b\"]"},
};
const ConsoleCase kCalls[] = {
    {"max(1, 2,)", "2"}, {"max([1, 2]...)", "2"}, {"max([1, 2]...,)", "!"}, {"max([1]..., 2)", "!"}, {"max(list...)", "!"}, {"max(null...)", "!"}, {"max(null_list...)", "!"}, {"a::b(1)", "!There are no functions in namespace \"a::\""}, {"a::b::c()", "!namespace"}, {"nope()", "!no function named \"nope\""}, {"uper(\"a\")", "!Did you mean \"upper\"?"}, {"upper(1, 2)", "!expects only 1"}, {"substr(\"a\", 0)", "!Missing value for \"length\""}, {"upper(unknown)", "<unknown>"}, {"upper(unknown_string)", "<unknown>"}, {"upper([unknown_string][0])", "<unknown>"}, {"try(nope, 1)", "1"}, {"can(nope)", "false"}, {"try(upper(, 1)", "!"}, {"max(1 2)", "!"}, {"max(1", "!"}, {"upper((\"a\"))", "A"}, {"convert({}, object({a = optional(string)}))", "!"}, {"upper", "!"},
};
const ConsoleCase kTemplates[] = {
    {R"x("${1}" + 1)x", "2"}, {R"x("${[1]}" == [1])x", "true"}, {R"x("${null}" == null)x", "true"}, {R"x("${"${1}"}" == 1)x", "true"}, {R"x(jsonencode(" ${~ 1 ~} "))x", "\"1\""}, {R"x("a${null}")x", "!null"}, {R"x("a${[]}")x", "!string required"}, {R"x("a${1}${true}")x", "a1true"}, {R"x(jsonencode("%{ if true }1%{ endif }"))x", "\"1\""}, {R"x("%{ if false }a%{ endif }b")x", "b"}, {R"x("%{ if false }a%{ else }c%{ endif }")x", "c"}, {R"x("%{ if true }a%{ else }${nope}%{ endif }")x", "a"}, {R"x("%{ for k, v in {a = 1} }${k}=${v};%{ endfor }")x", "a=1;"}, {R"x("%{ for v in [1, 2] }%{ if v > 1 }${v}%{ endif }%{ endfor }")x", "2"}, {R"x("a   ${~ 1 ~}   b")x", "a1b"}, {R"x("x $ ${~1}")x", "x $1"}, {R"x("a\n ${~ 1}")x", "a1"}, {R"x("a${~ " x " ~}b")x", "a x b"}, {R"x("%{~ if true ~} a %{~ endif ~} b")x", "ab"},
    {R"x("%{ else if true }")x", "!"}, {R"x("%{ endif }")x", "!"}, {R"x("%{ if true }a")x", "!"}, {R"x("%{ for v in [1] }a%{ endif }")x", "!"}, {R"x("%{ iff true }")x", "!Did you mean \"if\"?"}, {R"x("${}")x", "!"}, {R"x("${1 2}")x", "!$${"}, {R"x("${a:-b}")x", "!$${"}, {R"x("${")x", "!"}, {R"x("%{ if null }a%{ endif }")x", "!"}, {R"x("%{ if 1 }a%{ endif }")x", "!"}, {R"x("%{ for v in null }%{ endfor }")x", "!"}, {R"x("x${unknown_string}")x", "<unknown>"}, {R"x("${unknown_list}x")x", "!"},
};
const ConsoleCase kHeredocs[] = {
    {"x = <<E\na\nE\n", "x=\"a\\n\";"}, {"x = <<E\nE\n", "x=\"\";"}, {"x = <<E\na\r\nE\n", "x=\"a\\r\\n\";"}, {"x = <<E\n\\n $${a} %%{b}\nE\n", "x=\"\\\\n ${a} %{b}\\n\";"}, {"x = <<E\n${1}\nE\n", "x=\"1\\n\";"}, {"x = <<-E\n    a\n      b\n\n    c\n  E\n", "x=\"a\\n  b\\n\\nc\\n\";"}, {"x = <<-E\n    a\n  ${1}\n  E\n", "x=\"  a\\n1\\n\";"}, {"x = <<-E\n\ta\n\t\tb\nE\n", "x=\"a\\n\\tb\\n\";"}, {"x = <<-E\n  a\n   \n  b\nE\n", "x=\"a\\n   \\nb\\n\";"}, {"x = <<-E\n${1}\n  a\nE\n", "x=\"1\\n  a\\n\";"}, {"x = <<-E\n    %{ if true ~}\n      a\n    %{ endif ~}\n    b\n  E\n", "x=\"      a\\n    b\\n\";"}, {"x = {\n a = <<E\nb\nE\n c = 1\n}\n", "x={\"a\":\"b\\n\",\"c\":1};"}, {"x = [<<E\na\nE\n, 1]\n", "x=[\"a\\n\",1];"}, {"x = upper(<<E\na\nE\n)\n", "x=\"A\\n\";"}, {"x = <<E\na\n E \ny = 1\n", "x=\"a\\n\";y=1;"}, {"x = <<E\n%{ for v in [1, 2] ~}\n${v}\n%{ endfor ~}\nE\n", "x=\"1\\n2\\n\";"},
    {"x = <<E\na\nE", "ERR [Unterminated template string]"}, {"x = <<E\na\n", "ERR [Unterminated template string]"}, {"x = << E\na\nE\n", "ERR [Invalid expression]"}, {"x = <<\"E\"\na\nE\n", "ERR [Invalid expression]"}, {"x = <<E\na ${1\nE\n", "ERR [Extra characters after interpolation expression]"},
};
const ConsoleCase kUnknownAndNull[] = {
    {"unknown + 1", "<unknown>"}, {"unknown_string + 1", "<unknown>"}, {"unknown_list + 1", "!"}, {"\"a${unknown}\"", "<unknown>"}, {"[unknown, 1]", "<unknown>"}, {"length([unknown, 1])", "2"}, {"{a = unknown}.a", "<unknown>"}, {"{a = unknown, b = 1}.b", "1"}, {"unknown ? 1 : 2", "<unknown>"}, {"unknown && false", "false"}, {"unknown || true", "true"}, {"!unknown", "<unknown>"}, {"-unknown_list", "!"}, {"[for v in unknown : v]", "<unknown>"}, {"unknown == unknown", "<unknown>"}, {"unknown_list[0]", "<unknown>"}, {"unknown_list.x", "!"}, {"jsonencode({a = unknown})", "<unknown>"}, {"try(unknown, 1)", "<unknown>"}, {"can(unknown.a)", "<unknown>"}, {"keys({a = unknown})", "[\n  \"a\",\n]"}, {"convert(unknown, string)", "<unknown>"}, {"length(unknown_list)", "<unknown>"},
};
const ConsoleCase kReferences[] = {
    {"nope", "!There is no variable named \"nope\"."}, {"lisst", "!Did you mean \"list\"?"}, {"obejcts[0]", "!Did you mean \"objects\"?"}, {"var.x", "!"}, {"{abc = 1}.abd", "!Did you mean \"abc\"?"}, {"{memory = 1}.memroy", "!Did you mean \"memory\"?"}, {"list[*].x", "!"},
};
const ConsoleCase kTypes[] = {
    {"string", "string"}, {"number", "number"}, {"bool", "bool"}, {"any", "any"}, {"list(string)", "list(string)"}, {"set(number)", "set(number)"}, {"map(any)", "map(any)"}, {"tuple([string, bool])", "tuple([string,bool])"}, {"tuple([])", "tuple([])"}, {"object({b = number, a : string})", "object({a=string,b=number})"}, {"object({})", "object({})"}, {"list(map(set(string)))", "list(map(set(string)))"}, {"object({a = optional(string)})", "object({a=optional(string)})"}, {"object({a = optional(number, 3)})", "object({a=optional(number)})"}, {"object({a = optional(object({b = optional(string, \"d\")}), {})})", "object({a=optional(object({b=optional(string)}))})"},
    {"string()", "ERR"}, {"any()", "ERR"}, {"list", "ERR"}, {"map", "ERR"}, {"object", "ERR"}, {"tuple", "ERR"}, {"list()", "ERR"}, {"list(a, b)", "ERR"}, {"list(\"string\")", "ERR"}, {"\"string\"", "ERR"}, {"nope", "ERR"}, {"nope(string)", "ERR"}, {"tuple(string)", "ERR"}, {"object([])", "ERR"}, {"object({\"a\" = string})", "ERR"}, {"object({(a) = string})", "ERR"}, {"object({a = string, a = number})", "ERR"}, {"optional(string)", "ERR"}, {"list(optional(string))", "ERR"}, {"object({a = optional()})", "ERR"}, {"object({a = optional(string, 1, 2)})", "ERR"}, {"object({a = optional(number, \"x\")})", "ERR"}, {"object({a = optional(string, var.x)})", "ERR"}, {"object({a = optional(string, upper(\"x\"))})", "ERR"}, {"1", "ERR"}, {"null", "ERR"}, {"list(string)...", "ERR"}, {"a.b", "ERR"},
};
const ConsoleCase kConsole[] = {
    {"\"raw \\\" text\"", "raw \" text"}, {"123456.5", "123456.5"}, {"true", "true"}, {"null", "null"}, {"[]", "[]"}, {"{}", "{}"}, {"[1, \"a\", [null]]", "[\n  1,\n  \"a\",\n  [\n    null,\n  ],\n]"}, {"{b = 1, a = null, c = {}}", "{\n  \"b\" = 1\n  \"c\" = {}\n}"}, {"[\"\\u0007\\u0008\\u000c\\n\\r\\t\\u000b\\\\\\\"\\u007f\\u00a0\\U000e0001é\"]", "[\n  \"\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\\x7f\\u00a0\\U000e0001é\",\n]"}, {"{a = unknown}", "<unknown>"}, {"{\"k\\n\" = 1}", "{\n  \"k\\n\" = 1\n}"}, {"convert([\"b\", \"a\"], set(string))", "[\n  \"a\",\n  \"b\",\n]"},
};
// clang-format on

TEST(Language01SourceText, Table) {
    check_files(kSource);
}
TEST(Language02Tokens, Table) {
    check_files(kTokens);
}
TEST(Language03Structure, Table) {
    check_files(kStructure);
}
TEST(Language04Newlines, Table) {
    check_files(kNewlines);
}
TEST(Language05Expressions, Table) {
    check_table(kExpressions, rich_scope());
}
TEST(Language06Values, Table) {
    check_table(kValues, rich_scope());
}
TEST(Language07Numbers, Table) {
    check_table(kNumbers, rich_scope());
}
TEST(Language08Strings, Table) {
    check_table(kStrings, rich_scope());
}
TEST(Language09Operators, Table) {
    check_table(kOperators, rich_scope());
}
TEST(Language10Equality, Table) {
    check_table(kEquality, rich_scope());
}
TEST(Language11Conversions, Table) {
    check_table(kConversions, rich_scope());
}
TEST(Language12Unification, Table) {
    check_table(kUnification, rich_scope());
}
TEST(Language13Conditional, Table) {
    check_table(kConditional, rich_scope());
}
TEST(Language14Objects, Table) {
    check_table(kObjects, rich_scope());
}
TEST(Language15For, Table) {
    check_table(kFor, rich_scope());
}
TEST(Language16Access, Table) {
    check_table(kAccess, rich_scope());
}
TEST(Language17Splat, Table) {
    check_table(kSplat, rich_scope());
}
TEST(Language18Calls, Table) {
    check_table(kCalls, rich_scope());
}
TEST(Language19Templates, Table) {
    check_table(kTemplates, rich_scope());
}
TEST(Language20Heredocs, Table) {
    check_files(kHeredocs);
}
TEST(Language21UnknownAndNull, Table) {
    check_table(kUnknownAndNull, rich_scope());
}
TEST(Language22References, Table) {
    check_table(kReferences, rich_scope());
}
TEST(Language23TypeConstraints, Table) {
    for (const ConsoleCase& item : kTypes) {
        Diagnostics diagnostics;
        const ExpressionPtr expression = parse_expression(item.expression, "t", diagnostics);
        std::string found = "ERR";
        if (!diagnostics.has_errors()) {
            const auto type = parse_type_constraint(*expression, diagnostics);
            if (!diagnostics.has_errors()) found = type.type.to_constraint();
        }
        EXPECT_EQ(found, item.expected) << item.expression;
    }
    RecordProperty("cases", static_cast<int>(std::size(kTypes)));
}
TEST(Language28Console, Table) {
    check_table(kConsole, rich_scope());
}

/// A body of section 25, read with a schema: what is wrong with it.
struct SchemaCase {
    const char* text;
    BodySchema schema;
    const char* expected;
};

TEST(Language25Bodies, CountsAndNamesAreChecked) {
    BlockSchema none{"b", {}};
    BlockSchema one_needed{"b", {}, 1};
    BlockSchema at_most_one{"b", {}, 0, 1};
    BlockSchema two_or_three{"b", {}, 2, 3};
    const SchemaCase cases[] = {
        {"a = 1\n", {{{"a"}}, {}}, ""},
        {"", {{{"a", true}}, {}}, "Missing required argument"},
        {"c = 1\n", {{{"a"}}, {}}, "Unsupported argument"},
        {"b = 1\n", {{}, {none}}, "Unsupported argument"},
        {"a {}\n", {{{"a"}}, {}}, "Unsupported block type"},
        {"z {}\n", {{}, {none}}, "Unsupported block type"},
        {"b \"x\" {}\n", {{}, {none}}, "Extraneous label for b"},
        {"b {}\n", {{}, {{"b", {"name"}}}}, "Missing name for b"},
        {"b \"x\" {}\n", {{}, {{"b", {"type", "name"}}}}, "Missing name for b"},
        {"b \"x\" \"y\" {}\n", {{}, {{"b", {"name"}}}}, "Extraneous label for b"},
        {"", {{}, {one_needed}}, "Insufficient b blocks"},
        {"b {}\n", {{}, {one_needed}}, ""},
        {"b {}\nb {}\n", {{}, {one_needed}}, ""},
        {"b {}\n", {{}, {at_most_one}}, ""},
        {"b {}\nb {}\n", {{}, {at_most_one}}, "Duplicate b block"},
        {"b {}\n", {{}, {two_or_three}}, "Insufficient b blocks"},
        {"b {}\nb {}\nb {}\n", {{}, {two_or_three}}, ""},
        {"b {}\nb {}\nb {}\nb {}\n", {{}, {two_or_three}}, "Too many b blocks"},
    };
    for (const SchemaCase& item : cases) {
        Diagnostics diagnostics;
        read_body(parse_file(item.text, "t", nullptr, diagnostics), item.schema, diagnostics);
        std::string found;
        for (const Diagnostic& one : diagnostics) found += one.summary;
        EXPECT_EQ(found, item.expected) << item.text;
    }
}

TEST(Language25Bodies, SuggestsWhatWasMeant) {
    const auto detail = [](const char* text) {
        Diagnostics diagnostics;
        const BodySchema schema{{{"iso_url"}}, {{"provisioner", {}}}};
        read_body(parse_file(text, "t", nullptr, diagnostics), schema, diagnostics);
        return diagnostics[0].detail;
    };
    EXPECT_NE(detail("iso_ulr = 1\n").find("Did you mean \"iso_url\"?"), std::string::npos);
    EXPECT_NE(detail("provisoner {}\n").find("Did you mean \"provisioner\"?"), std::string::npos);
    EXPECT_NE(detail("provisioner = 1\n").find("block of type \"provisioner\""), std::string::npos);
    EXPECT_NE(detail("iso_url {}\n").find("argument \"iso_url\""), std::string::npos);
}

}  // namespace
}  // namespace kiln::hcl
