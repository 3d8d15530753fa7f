#include <gtest/gtest.h>

#include "hcl/eval/body.h"
#include "hcl/eval/dynamic.h"
#include "hcl/eval/references.h"
#include "hcl/eval/type_constraint.h"
#include "hcl/json/expression.h"
#include "hcl/json/parser.h"
#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

using testing::ConsoleCase;
using testing::summaries;

Body parse(std::string_view text, Diagnostics& diagnostics, const std::string& name = "t.json") {
    return parse_json_file(text, name, nullptr, diagnostics);
}

/// What the body holds for the schema: `name=value;` and `type label{…}`, blocks read with the same
/// schema again.
std::string outline(const Body& body, const BodySchema& schema, const EvalScope& scope,
                    Diagnostics& diagnostics) {
    const BodyContent content = read_body(body, schema, diagnostics);
    std::string out;
    for (const auto& [name, attribute] : content.attributes) {
        out += name + "=" + print_for_console(evaluate(*attribute.expression, scope, diagnostics)) +
               ";";
    }
    for (const Block& block : content.blocks) {
        out += block.header() + "{" + outline(block.body, schema, scope, diagnostics) + "}";
    }
    return out;
}

const BodySchema kSchema{{{"a"}, {"b"}},
                         {{"plain", {}}, {"one", {"name"}}, {"two", {"type", "name"}}}};

std::string content(std::string_view text) {
    Diagnostics diagnostics;
    const Body body = parse(text, diagnostics);
    const std::string out = outline(body, kSchema, testing::scope_with(), diagnostics);
    return diagnostics.has_errors() ? summaries(diagnostics) : out;
}

const ConsoleCase kBodies[] = {
    {R"x({})x", ""},
    {R"x([])x", ""},
    {R"x([{}])x", ""},
    {R"x({"a": 1})x", "a=1;"},
    {R"x({"a": null})x", "a=null;"},
    {R"x([{"a": 1}, {"b": 2}])x", "a=1;b=2;"},
    {R"x([{"a": 1}, null, {"b": 2}])x", "a=1;b=2;"},
    {R"x([{"a": 1}, {"a": 2}])x", "ERR [Duplicate argument]"},
    {R"x({"a": 1, "a": 2})x", "ERR [Duplicate argument]"},
    {R"x({"//": "no", "//": 2, "a": 1})x", "a=1;"},
    {R"x({"c": 1})x", "ERR [Extraneous JSON object property]"},
    {R"x("x")x", "ERR [Root value must be object]"},
    {R"x(1)x", "ERR [Root value must be object]"},
    {R"x(null)x", "ERR [Root value must be object]"},
    {R"x([[]])x", "ERR [Incorrect JSON value type]"},
    {R"x([1])x", "ERR [Incorrect JSON value type]"},
    {R"x({"a": 1,})x", "ERR [Trailing comma in object]"},
    // blocks without labels
    {R"x({"plain": {}})x", "plain{}"},
    {R"x({"plain": {"a": 1}})x", "plain{a=1;}"},
    {R"x({"plain": [{"a": 1}, {"a": 2}]})x", "plain{a=1;}plain{a=2;}"},
    {R"x({"plain": []})x", ""},
    {R"x({"plain": null})x", ""},
    {R"x({"plain": [null, {"a": 1}]})x", "plain{a=1;}"},
    {R"x({"plain": 1})x", "ERR [Incorrect JSON value type]"},
    {R"x({"plain": "x"})x", "ERR [Incorrect JSON value type]"},
    {R"x({"plain": [1]})x", "ERR [Incorrect JSON value type]"},
    {R"x({"plain": [[{"a": 1}, {"b": 2}]]})x", "plain{a=1;b=2;}"},
    {R"x({"plain": {"a": 1}, "plain": {"a": 2}})x", "plain{a=1;}plain{a=2;}"},
    {R"x({"plain": {"//": "c", "plain": {"a": 1}}})x", "plain{plain{a=1;}}"},
    {R"x({"plain": {"x": 1}})x", "ERR [Extraneous JSON object property]"},
    // one label
    {R"x({"one": {"x": {"a": 1}}})x", "one \"x\"{a=1;}"},
    {R"x({"one": {"x": {}, "y": {}}})x", "one \"x\"{}one \"y\"{}"},
    {R"x({"one": [{"x": {}}, {"y": {}}, {"x": {}}]})x", "one \"x\"{}one \"y\"{}one \"x\"{}"},
    {R"x({"one": {"x": [{"a": 1}, {"a": 2}]}})x", "one \"x\"{a=1;}one \"x\"{a=2;}"},
    {R"x({"one": {"x": null}})x", ""},
    {R"x({"one": {"x": []}})x", ""},
    {R"x({"one": null})x", ""},
    {R"x({"one": {}})x", "ERR [Missing block label]"},
    {R"x({"one": []})x", "ERR [Missing block label]"},
    {R"x({"one": [{}]})x", "ERR [Missing block label]"},
    {R"x({"one": 1})x", "ERR [Incorrect JSON value type]"},
    {R"x({"one": {"x": 1}})x", "ERR [Incorrect JSON value type]"},
    {R"x({"one": ["x"]})x", "ERR [Incorrect JSON value type]"},
    {R"x({"one": {"//": {}}})x", "one \"//\"{}"},
    // two labels
    {R"x({"two": {"t": {"n": {"a": 1}}}})x", "two \"t\" \"n\"{a=1;}"},
    {R"x({"two": {"t": {"n": {}, "m": {}}, "u": {"n": {}}}})x",
     "two \"t\" \"n\"{}two \"t\" \"m\"{}two \"u\" \"n\"{}"},
    {R"x({"two": [{"t": [{"n": [{}, {}]}, {"m": {}}]}]})x",
     "two \"t\" \"n\"{}two \"t\" \"n\"{}two \"t\" \"m\"{}"},
    {R"x({"two": {"t": null}})x", ""},
    {R"x({"two": {"t": {}}})x", "ERR [Missing block label]"},
    {R"x({"two": {"t": {"n": null}}})x", ""},
    // order
    {R"x({"one": {"x": {}}, "plain": {}, "a": 1, "one": {"y": {}}})x",
     "a=1;one \"x\"{}plain{}one \"y\"{}"},
};

TEST(JsonBody, IsReadAsTheSchemaTells) {
    for (const ConsoleCase& item : kBodies) {
        EXPECT_EQ(content(item.expression), item.expected) << item.expression;
    }
}

std::string value_of_json(const std::string& text, const EvalScope& scope) {
    Diagnostics diagnostics;
    const Body body = parse("{\"x\": " + text + "}", diagnostics);
    const auto attributes = read_attributes(body, diagnostics);
    if (diagnostics.has_errors()) return summaries(diagnostics);
    const Value value = evaluate(*attributes.at("x").expression, scope, diagnostics);
    return diagnostics.has_errors() ? summaries(diagnostics)
                                    : value.type().to_constraint() + " " + print_for_console(value);
}

const ConsoleCase kExpressions[] = {
    {R"x("a")x", "string a"},
    {R"x("")x", "string "},
    {R"x("${1 + 1}")x", "number 2"},
    {R"x("n${1 + 1}")x", "string n2"},
    {R"x("$${x}")x", "string ${x}"},
    {R"x("%%{x}")x", "string %{x}"},
    {R"x("$x $$ 100% %%")x", "string $x $$ 100% %%"},
    {R"x("a\nb")x", "string a\nb"},
    // No escapes but JSON's own: the backslashes reach the template as they are.
    {R"x("a\\nb${1}")x", "string a\\nb1"},
    {R"x("${\"q\"}")x", "string q"},
    {R"x("${\"a\\nb\"}")x", "string a\nb"},
    {R"x("${var.z}")x", "ERR [Unsupported attribute]"},
    {R"x("${upper(\"x\")}!")x", "string X!"},
    {R"x("%{ if true }y%{ else }n%{ endif }")x", "string y"},
    {R"x("%{ for v in [1, 2] }${v},%{ endfor }")x", "string 1,2,"},
    {R"x("a\n  ${~ 1 ~}  \nb")x", "string a\n1b"},
    {R"x("${[1, \"a\"]}")x", "tuple([number,string]) [\n  1,\n  \"a\",\n]"},
    {R"x("${null}")x", "any null"},
    {R"x("${")x", "ERR [Missing expression]"},
    {R"x("${1 2}")x", "ERR [Extra characters after interpolation expression]"},
    {R"x("${nope}")x", "ERR [Unknown variable]"},
    {R"x("x${null}")x", "ERR [Invalid template interpolation value]"},
    {R"x("e\u0301")x", "string é"},
    {R"x(1.50)x", "number 1.5"},
    {R"x(-0)x", "number 0"},
    {R"x(12345678901234567890123)x", "number 1.2345678901234568e+22"},
    {R"x(1e3)x", "number 1000"},
    {R"x(true)x", "bool true"},
    {R"x(null)x", "any null"},
    {R"x([])x", "tuple([]) []"},
    {R"x([1, "a", null])x", "tuple([number,string,any]) [\n  1,\n  \"a\",\n  null,\n]"},
    {R"x({})x", "object({}) {}"},
    {R"x({"b": 1, "a": [true]})x",
     "object({a=tuple([bool]),b=number}) {\n  \"a\" = [\n    true,\n  ]\n  \"b\" = 1\n}"},
    {R"x({"//": 1})x", "object({//=number}) {\n  \"//\" = 1\n}"},
    {R"x({"k${1}": 1})x", "object({k1=number}) {\n  \"k1\" = 1\n}"},
    {R"x({"${2}": 1})x", "object({2=number}) {\n  \"2\" = 1\n}"},
    {R"x({"${null}": 1})x", "ERR [Null value as key]"},
    {R"x({"${[]}": 1})x", "ERR [Incorrect key type]"},
    {R"x({"a": 1, "a": 2})x", "ERR [Duplicate object attribute]"},
    {R"x({"a": 1, "${\"a\"}": 2})x", "ERR [Duplicate object attribute]"},
    {R"x({"true": 1, "var": 2})x",
     "object({true=number,var=number}) {\n  \"true\" = 1\n  \"var\" = 2\n}"},
};

TEST(JsonExpression, IsATemplateInStringsAndNames) {
    const EvalScope scope = testing::scope_with();
    for (const ConsoleCase& item : kExpressions) {
        EXPECT_EQ(value_of_json(item.expression, scope), item.expected) << item.expression;
    }
}

TEST(JsonExpression, IsLiteralWhereNothingHasAName) {
    const EvalScope nothing;
    EXPECT_EQ(value_of_json(R"x("a ${b} %{")x", nothing), "string a ${b} %{");
    EXPECT_EQ(value_of_json(R"x({"${k}": ["${v}"]})x", nothing),
              "object({${k}=tuple([string])}) {\n  \"${k}\" = [\n    \"${v}\",\n  ]\n}");
    EXPECT_EQ(value_of_json("1.5", nothing), "number 1.5");
    EXPECT_EQ(value_of_json("null", nothing), "any null");
}

TEST(JsonExpression, GivesLiteralValuesWithoutEvaluation) {
    Diagnostics diagnostics;
    const auto document =
        json::read_json(R"x({"a": ["${x}", 1.50, true, null], "a": 2})x", "t", diagnostics);
    const Value value = json_value(*document, document->root, diagnostics);
    EXPECT_EQ(summaries(diagnostics), "ERR [Duplicate object attribute]");
    EXPECT_EQ(print_for_console(value),
              "{\n  \"a\" = [\n    \"${x}\",\n    1.5,\n    true,\n    null,\n  ]\n}");
}

ExpressionPtr expression_of(const std::string& text) {
    Diagnostics diagnostics;
    const Body body = parse("{\"x\": " + text + "}", diagnostics);
    return read_attributes(body, diagnostics).at("x").expression;
}

const ConsoleCase kTypes[] = {
    {R"x("string")x", "string"},
    {R"x("list(string)")x", "list(string)"},
    {R"x("object({a = string, b = optional(number, 3)})")x",
     "object({a=string,b=optional(number)})"},
    {R"x("any")x", "any"},
    {R"x("tuple([string, bool])")x", "tuple([string,bool])"},
    {R"x("\u0073tring")x", "string"},
    {R"x("list")x", "ERR [Invalid type specification]"},
    {R"x("nope")x", "ERR [Invalid type specification]"},
    {R"x("list(")x", "ERR [Invalid type specification]"},
    {R"x("${string}")x", "ERR [Invalid type specification]"},
    {R"x("\"string\"")x", "ERR [Invalid type specification]"},
    {R"x(["string"])x", "ERR [Invalid type specification]"},
    {R"x({"a": "string"})x", "ERR [Invalid type specification]"},
    {R"x(1)x", "ERR [Invalid type specification]"},
    {R"x(null)x", "ERR [Invalid type specification]"},
};

TEST(JsonExpression, HoldsTypeConstraintsInStrings) {
    for (const ConsoleCase& item : kTypes) {
        Diagnostics diagnostics;
        const auto type = parse_type_constraint(*expression_of(item.expression), diagnostics);
        EXPECT_EQ(diagnostics.has_errors() ? summaries(diagnostics) : type.type.to_constraint(),
                  item.expected)
            << item.expression;
    }
}

TEST(JsonExpression, HoldsReferencesAndCallsInStrings) {
    const auto traversal = [](const std::string& text) {
        const auto found = as_traversal(*expression_of(text));
        return found ? found->to_string() : "none";
    };
    EXPECT_EQ(traversal(R"x("a.b[0][\"c\"]")x"), "a.b[0][\"c\"]");
    EXPECT_EQ(traversal(R"x("a")x"), "a");
    EXPECT_EQ(traversal(R"x("${a.b}")x"), "none");
    EXPECT_EQ(traversal(R"x("a b")x"), "none");
    EXPECT_EQ(traversal(R"x(["a"])x"), "none");
    EXPECT_EQ(as_keyword(*expression_of(R"x("it")x")), "it");
    EXPECT_EQ(as_keyword(*expression_of(R"x("a.b")x")), "");
    EXPECT_EQ(as_call(*expression_of(R"x("f(x, 1)")x"))->arguments.size(), 2U);
    EXPECT_FALSE(as_call(*expression_of(R"x("f")x")));
    EXPECT_EQ(as_list(*expression_of(R"x(["a", 1])x"))->size(), 2U);
    EXPECT_EQ(as_map(*expression_of(R"x({"a": 1})x"))->size(), 1U);
    EXPECT_FALSE(as_list(*expression_of(R"x("[1]")x")));
}

TEST(JsonExpression, KnowsItsReferences) {
    Diagnostics diagnostics;
    const Body body = parse(
        R"x({"a": "${var.x} ${local.y}", "b": {"${var.k}": ["${data.t.n.v[0]}"]}, "c": "var.z"})x",
        diagnostics);
    std::string found;
    for (const Traversal& reference : references(body)) found += reference.to_string() + " ";
    EXPECT_EQ(found, "var.x local.y var.k data.t.n.v[0] ");
}

TEST(JsonExpression, PointsIntoTheString) {
    const auto place = [](const std::string& text) {
        Diagnostics diagnostics;
        evaluate(*expression_of(text), testing::scope_with(), diagnostics);
        return diagnostics[0].subject->to_string();
    };
    // `{"x": ` is six columns wide.
    EXPECT_EQ(place(R"x("${nope}")x"), "t.json:1,10-14");
    EXPECT_EQ(place(R"x("a\n${nope}")x"), "t.json:1,13-17");
    EXPECT_EQ(place(R"x("\u00e9\ud83d\ude00\"${nope}")x"), "t.json:1,30-34");
    EXPECT_EQ(place(R"x("é${nope}")x"), "t.json:1,11-15");
    EXPECT_EQ(place(R"x("${\"x\" + nope}")x"), "t.json:1,18-22");
    EXPECT_EQ(place("[\n\t\"${1 nope}\"]"), "t.json:2,8-12");
}

TEST(JsonExpression, TellsOfBrokenTemplatesOnlyWhenEvaluated) {
    Diagnostics diagnostics;
    const Body body = parse(R"x({"x": "${"})x", diagnostics);
    EXPECT_TRUE(diagnostics.empty());
    const auto attributes = read_attributes(body, diagnostics);
    EXPECT_TRUE(diagnostics.empty());
    const Expression& expression = *attributes.at("x").expression;
    EXPECT_EQ(evaluate(expression, EvalScope(), diagnostics), Value::string("${"));
    EXPECT_TRUE(diagnostics.empty());
    EXPECT_FALSE(evaluate(expression, testing::scope_with(), diagnostics).is_known());
    EXPECT_TRUE(diagnostics.has_errors());
}

TEST(JsonBody, NamesWhatItDoesNotKnow) {
    Diagnostics diagnostics;
    read_body(parse(R"x({"plian": {}, "//": 1})x", diagnostics), kSchema, diagnostics);
    ASSERT_EQ(diagnostics.size(), 1U);
    EXPECT_EQ(diagnostics[0].detail,
              "No argument or block type is named \"plian\". Did you mean \"plain\"?");
    EXPECT_EQ(diagnostics[0].subject->to_string(), "t.json:1,2-9");
}

TEST(JsonBody, PointsAtItsEndWhenSomethingIsMissing) {
    const auto place = [](std::string_view text) {
        Diagnostics diagnostics;
        read_body(parse(text, diagnostics), {{{"a", true}}, {}}, diagnostics);
        EXPECT_EQ(diagnostics[0].summary, "Missing required argument");
        return diagnostics[0].subject->to_string();
    };
    EXPECT_EQ(place("{ }"), "t.json:1,3-4");
    EXPECT_EQ(place("[{}]"), "t.json:1,1-1");
}

TEST(JsonBody, LeavesTheRestForAnotherSchema) {
    Diagnostics diagnostics;
    const Body body = parse(R"x({"a": 1, "b": 2, "one": {"x": {}}, "plain": {}})x", diagnostics);
    Body rest;
    const BodyContent first =
        read_body_partially(body, {{{"a"}}, {{"plain", {}}}}, rest, diagnostics);
    EXPECT_EQ(first.attributes.size(), 1U);
    EXPECT_EQ(first.blocks_of("plain").size(), 1U);
    const BodyContent second = read_body(rest, {{{"b"}}, {{"one", {"n"}}}}, diagnostics);
    EXPECT_NE(second.find("b"), nullptr);
    EXPECT_EQ(second.blocks[0].labels[0].text, "x");
    EXPECT_TRUE(diagnostics.empty());
}

TEST(JsonBody, OfAttributesAloneIsOneObject) {
    const auto names = [](std::string_view text) {
        Diagnostics diagnostics;
        std::string out;
        for (const auto& [name, attribute] : read_attributes(parse(text, diagnostics), diagnostics))
            out += name + " ";
        return diagnostics.has_errors() ? summaries(diagnostics) : out;
    };
    EXPECT_EQ(names(R"x({"a": 1, "b": {}, "//": "c"})x"), "a b ");
    EXPECT_EQ(names(R"x({"a": 1, "a": 2})x"), "ERR [Duplicate attribute definition]");
    EXPECT_EQ(names(R"x([{"a": 1}])x"), "ERR [Incorrect JSON value type]");
    Diagnostics diagnostics;
    const Body body = parse(R"x({"plain": [{"p": 1}, {"q": 2}, [{"r": 3}]]})x", diagnostics);
    const BodyContent content = read_body(body, kSchema, diagnostics);
    ASSERT_EQ(content.blocks.size(), 3U);
    EXPECT_TRUE(read_attributes(content.blocks[1].body, diagnostics).contains("q"));
    EXPECT_TRUE(diagnostics.empty());
    read_attributes(content.blocks[2].body, diagnostics);
    EXPECT_EQ(summaries(diagnostics), "ERR [Incorrect JSON value type]");
}

TEST(JsonBody, MergesWithNativeBodies) {
    Diagnostics diagnostics;
    const Body native = parse_file("a = 1\nplain {\n}\n", "n.hcl", nullptr, diagnostics);
    const Body merged = merge_bodies(
        {native, parse(R"x({"b": "${1 + 1}", "plain": {"a": 3}})x", diagnostics)}, diagnostics);
    EXPECT_EQ(outline(merged, kSchema, testing::scope_with(), diagnostics),
              "a=1;b=2;plain{}plain{a=3;}");
    EXPECT_TRUE(diagnostics.empty());
    const Body twice =
        merge_bodies({native, parse(R"x({"a": 2})x", diagnostics, "u.json")}, diagnostics);
    read_body(twice, kSchema, diagnostics);
    ASSERT_EQ(summaries(diagnostics), "ERR [Duplicate argument]");
    EXPECT_EQ(diagnostics[0].subject->filename, "u.json");
}

const NestedBlockSchema kDisks{{{{"plain", {}}, {{{{"one", {"name"}}, {}}}}}}};

std::string expanded(std::string_view text, std::map<std::string, Value> variables = {}) {
    Diagnostics diagnostics;
    const EvalScope scope = testing::scope_with(std::move(variables));
    const Body body = expand_dynamic_blocks(parse(text, diagnostics), scope, kDisks, diagnostics);
    const std::string out = outline(body, kSchema, scope, diagnostics);
    return diagnostics.has_errors() ? summaries(diagnostics) : out;
}

TEST(JsonBody, ExpandsDynamicBlocksInPlace) {
    EXPECT_EQ(expanded(R"x({"plain": {"a": 0}, "a": 9, "dynamic": {"plain": {
                  "for_each": ["x", "y"], "content": {"a": "${plain.value}", "b": "${plain.key}"}}},
                  "plain": {}})x"),
              "a=9;plain{a=0;}plain{a=x;b=0;}plain{a=y;b=1;}plain{}");
    EXPECT_EQ(expanded(R"x({"dynamic": [{"plain": {"for_each": [1], "content": {}}},
                                       {"plain": {"for_each": "${[1, 2]}", "content": {}}}]})x"),
              "plain{}plain{}plain{}");
    EXPECT_EQ(expanded(R"x({"dynamic": {"plain": {"for_each": {"p": [1], "q": [2, 3]},
                  "iterator": "d", "content": {"a": "${d.key}", "dynamic": {"one": {
                  "for_each": "${d.value}", "labels": ["l${one.value}"],
                  "content": {"b": "${d.key}${one.value}"}}}, "one": {"s": {"a": "${d.key}"}}}}}})x"),
              "plain{a=p;one \"l1\"{b=p1;}one \"s\"{a=p;}}"
              "plain{a=q;one \"l2\"{b=q2;}one \"l3\"{b=q3;}one \"s\"{a=q;}}");
}

TEST(JsonBody, RefusesBrokenDynamicBlocks) {
    EXPECT_EQ(expanded(R"x({"dynamic": {"nope": {"for_each": [], "content": {}}}})x"),
              "ERR [Unsupported block type]");
    EXPECT_EQ(expanded(R"x({"dynamic": {"plain": {"for_each": null, "content": {}}}})x"),
              "ERR [Invalid dynamic for_each value]");
    EXPECT_EQ(expanded(R"x({"dynamic": {"plain": {"content": {}}}})x"),
              "ERR [Missing required argument]");
    EXPECT_EQ(expanded(R"x({"dynamic": {"plain": {"for_each": []}}})x"),
              "ERR [Missing dynamic content block]");
    EXPECT_EQ(expanded(R"x({"dynamic": {"plain": {"for_each": [], "content": [{}, {}]}}})x"),
              "ERR [Extraneous dynamic content block]");
    EXPECT_EQ(
        expanded(R"x({"dynamic": {"plain": {"for_each": [], "iterator": "a b", "content": {}}}})x"),
        "ERR [Invalid dynamic iterator name]");
    EXPECT_EQ(
        expanded(R"x({"dynamic": {"plain": {"for_each": [], "labels": ["x"], "content": {}}}})x"),
        "ERR [Extraneous JSON object property]");
    EXPECT_EQ(expanded(R"x({"dynamic": {}})x"), "ERR [Missing block label]");
}

TEST(JsonBody, OverAnUnknownCollectionIsUnknown) {
    Diagnostics diagnostics;
    const EvalScope scope = testing::scope_with({{"u", Value::dynamic_unknown()}});
    const Body body = expand_dynamic_blocks(
        parse(R"x({"dynamic": {"plain": {"for_each": "${u}", "content": {"a": "k",
                  "one": {"x": {"b": 1}}}}}})x",
              diagnostics),
        scope, kDisks, diagnostics);
    EXPECT_EQ(outline(body, kSchema, scope, diagnostics),
              "plain{a=<unknown>;one \"x\"{b=<unknown>;}}");
    EXPECT_TRUE(diagnostics.empty());
}

TEST(JsonBody, KnowsWhatItsDynamicBlocksReferTo) {
    Diagnostics diagnostics;
    const Body body = parse(R"x({"dynamic": {"plain": {"for_each": "${var.list}", "content": {
        "a": "${local.no}", "dynamic": {"one": {"for_each": "${plain.value}",
        "labels": ["${local.l}${one.key}"], "content": {}}}}}},
        "plain": {"dynamic": {"one": {"for_each": "${data.d}", "content": {}}}}})x",
                            diagnostics);
    std::string found;
    for (const Traversal& reference : dynamic_references(body)) {
        found += reference.to_string() + " ";
    }
    EXPECT_EQ(found, "var.list local.l data.d ");
}

TEST(JsonFile, TellsDiagnosticsThePathOfAPlace) {
    Diagnostics diagnostics;
    SourceMap sources;
    const std::string text =
        R"x({"variable": {"v": {"default": [1, {"x": 2}]}}, "locals": [{"a": 1}]})x";
    parse_json_file(text, "t.json", &sources, diagnostics);
    EXPECT_EQ(sources.block_at("t.json", text.find("\"default")), "variable.v");
    EXPECT_EQ(sources.block_at("t.json", text.find("\"x")), "variable.v.default[1]");
    EXPECT_EQ(sources.block_at("t.json", text.find("\"a")), "locals[0]");
    EXPECT_EQ(sources.block_at("t.json", text.find("\"locals")), "");
    ASSERT_NE(sources.text("t.json"), nullptr);
}

TEST(JsonFile, KeepsPathsOfHostileNamesSmall) {
    std::string text = "{\"" + std::string(100000, 'n') + "\": [";
    for (int i = 0; i < 20000; ++i) text += "{},";
    text += "{}]}";
    Diagnostics diagnostics;
    SourceMap sources;
    parse_json_file(text, "t.json", &sources, diagnostics);
    EXPECT_TRUE(diagnostics.empty());
    EXPECT_EQ(sources.block_at("t.json", text.size() - 5), "");
}

}  // namespace
}  // namespace kiln::hcl
