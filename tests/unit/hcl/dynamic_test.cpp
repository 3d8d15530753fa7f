#include "hcl/eval/dynamic.h"

#include <gtest/gtest.h>

#include "hcl/eval/references.h"
#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

using testing::summaries;

/// The body's blocks after expansion, each as `type(labels){attributes;blocks}`.
std::string outline(const Body& body, const EvalScope& scope) {
    std::string out;
    for (const auto& [name, attribute] : body.attributes) {
        Diagnostics diagnostics;
        out += name + "=" + print_for_console(evaluate(*attribute.expression, scope, diagnostics));
        if (diagnostics.has_errors()) out += summaries(diagnostics);
        out += ";";
    }
    for (const Block& block : body.blocks) {
        out += block.type;
        for (const Label& label : block.labels) out += " " + label.text;
        out += "{" + outline(block.body, scope) + "}";
    }
    return out;
}

std::string expanded(std::string_view text, const NestedBlockSchema& schema,
                     std::map<std::string, Value> variables = {}) {
    Diagnostics diagnostics;
    const Body body = parse_file(text, "test", nullptr, diagnostics);
    const EvalScope scope = testing::scope_with(std::move(variables));
    const Body result = expand_dynamic_blocks(body, scope, schema, diagnostics);
    return diagnostics.has_errors() ? summaries(diagnostics) : outline(result, scope);
}

const NestedBlockSchema kDisks{{{{"disk", {}}, {{{{"part", {"name"}}, {}}}}}}};

TEST(DynamicBlocks, StandInPlaceBetweenStaticBlocks) {
    EXPECT_EQ(
        expanded("disk {\n a = 0\n}\ndynamic \"disk\" {\n for_each = [\"x\", \"y\"]\n content "
                 "{\n a = disk.value\n k = disk.key\n }\n}\ndisk {}\n",
                 kDisks),
        "disk{a=0;}disk{a=x;k=0;}disk{a=y;k=1;}disk{}");
}

TEST(DynamicBlocks, NestAndKeepOuterIterators) {
    const char* text =
        "dynamic \"disk\" {\n for_each = {p = [1], q = [2, 3]}\n iterator = d\n content {\n"
        "  n = d.key\n"
        "  dynamic \"part\" {\n   for_each = d.value\n   labels = [\"l${part.value}\"]\n"
        "   content {\n    v = \"${d.key}${part.value}\"\n   }\n  }\n }\n}\n";
    EXPECT_EQ(expanded(text, kDisks),
              "disk{n=p;part l1{v=p1;}}disk{n=q;part l2{v=q2;}part l3{v=q3;}}");
    EXPECT_EQ(expanded(text, NestedBlockSchema::anything()),
              "disk{n=p;part l1{v=p1;}}disk{n=q;part l2{v=q2;}part l3{v=q3;}}");
}

TEST(DynamicBlocks, TheInnermostOfEqualIteratorsWins) {
    EXPECT_EQ(expanded("dynamic \"disk\" {\n for_each = [[1, 2]]\n iterator = i\n content {\n"
                       "  dynamic \"part\" {\n   for_each = i.value\n   iterator = i\n"
                       "   labels = [i.value]\n   content {\n    v = i.value\n   }\n  }\n }\n}\n",
                       kDisks),
              "disk{part 1{v=1;}part 2{v=2;}}");
}

TEST(DynamicBlocks, OverASetTheKeyIsTheValue) {
    EXPECT_EQ(expanded("dynamic \"disk\" {\n for_each = convert([\"b\", \"a\"], set(string))\n "
                       "content {\n a = \"${disk.key}${disk.value}\"\n }\n}\n",
                       kDisks),
              "disk{a=aa;}disk{a=bb;}");
}

TEST(DynamicBlocks, OverAnUnknownCollectionAllIsUnknown) {
    EXPECT_EQ(expanded("dynamic \"disk\" {\n for_each = u\n content {\n a = 1\n }\n}\n", kDisks,
                       {{"u", Value::unknown_of(Type::list(Type::string()))}}),
              "disk{a=<unknown>;}");
}

TEST(DynamicBlocks, TellWhatIsWrong) {
    struct Case {
        const char* text;
        const char* expected;
    };
    const std::vector<Case> cases = {
        {"dynamic \"disc\" {\n for_each = []\n content {}\n}\n", "ERR [Unsupported block type]"},
        {"dynamic {\n for_each = []\n content {}\n}\n", "ERR [Missing type for dynamic]"},
        {"dynamic \"disk\" {\n content {}\n}\n", "ERR [Missing required argument]"},
        {"dynamic \"disk\" {\n for_each = null\n content {}\n}\n",
         "ERR [Invalid dynamic for_each value]"},
        {"dynamic \"disk\" {\n for_each = 1\n content {}\n}\n",
         "ERR [Invalid dynamic for_each value]"},
        {"dynamic \"disk\" {\n for_each = []\n}\n", "ERR [Missing dynamic content block]"},
        {"dynamic \"disk\" {\n for_each = []\n content {}\n content {}\n}\n",
         "ERR [Extraneous dynamic content block]"},
        {"dynamic \"disk\" {\n for_each = []\n labels = []\n content {}\n}\n",
         "ERR [Unsupported argument]"},
        {"dynamic \"disk\" {\n for_each = []\n iterator = \"x\"\n content {}\n}\n",
         "ERR [Invalid dynamic iterator name]"},
        {"disk {\n dynamic \"part\" {\n for_each = [1]\n content {}\n}\n}\n",
         "ERR [Missing required argument]"},
        {"disk {\n dynamic \"part\" {\n for_each = [1]\n labels = [null]\n content {}\n}\n}\n",
         "ERR [Invalid dynamic block label]"},
        {"disk {\n dynamic \"part\" {\n for_each = [1]\n labels = [\"a\", \"b\"]\n content "
         "{}\n}\n}\n",
         "ERR [Extraneous dynamic block label]"},
        {"disk {\n dynamic \"part\" {\n for_each = [1]\n labels = 1\n content {}\n}\n}\n",
         "ERR [Invalid expression]"},
    };
    for (const Case& item : cases)
        EXPECT_EQ(expanded(item.text, kDisks), item.expected) << item.text;
}

TEST(DynamicBlocks, NameTheReferencesThatExpansionNeeds) {
    Diagnostics diagnostics;
    const Body body = parse_file(
        "a = local.no\ndynamic \"disk\" {\n for_each = var.disks\n content {\n  b = local.no\n  "
        "dynamic \"part\" {\n   for_each = disk.value\n   labels = [var.label, part.key]\n   "
        "content {}\n  }\n }\n}\n",
        "test", nullptr, diagnostics);
    std::vector<std::string> names;
    for (const Traversal& found : dynamic_references(body)) names.push_back(found.to_string());
    EXPECT_EQ(names, (std::vector<std::string>{"var.disks", "var.label"}));
}

}  // namespace
}  // namespace kiln::hcl
