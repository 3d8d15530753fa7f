#include "hcl/eval/references.h"

#include <gtest/gtest.h>

#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

ExpressionPtr parse(std::string_view text) {
    Diagnostics diagnostics;
    ExpressionPtr expression = parse_expression(text, "test", diagnostics);
    EXPECT_FALSE(diagnostics.has_errors()) << text;
    return expression;
}

std::vector<std::string> names_in(std::string_view text) {
    std::vector<std::string> names;
    for (const Traversal& found : references(*parse(text))) names.push_back(found.to_string());
    return names;
}

using Names = std::vector<std::string>;

TEST(References, AreFoundInSourceOrder) {
    EXPECT_EQ(names_in("b.c + a[0].d[\"e\"]"), (Names{"b.c", "a[0].d[\"e\"]"}));
    EXPECT_EQ(names_in("\"${x}-%{ if y }${z}%{ endif }\""), (Names{"x", "y", "z"}));
    EXPECT_EQ(names_in("a.b[c.d].e"), (Names{"a.b", "c.d"}));
    EXPECT_EQ(names_in("a.b[*].c"), (Names{"a.b"}));
    EXPECT_EQ(names_in("f(a, {k = b, (c) = d, \"${e}\" = 1})"), (Names{"a", "b", "c", "d", "e"}));
    EXPECT_EQ(names_in("!a ? -b : (c)"), (Names{"a", "b", "c"}));
}

TEST(References, NamesBoundByALoopAreNone) {
    EXPECT_EQ(names_in("[for k, v in v : k + v + w if v]"), (Names{"v", "w"}));
    EXPECT_EQ(names_in("{for x in xs : x => [for y in x : y + x + z]}"), (Names{"xs", "z"}));
}

TEST(StaticReading, TellsShapesApart) {
    EXPECT_EQ(as_traversal(*parse("a.b[0]"))->to_string(), "a.b[0]");
    EXPECT_FALSE(as_traversal(*parse("a.b[c]")));
    EXPECT_FALSE(as_traversal(*parse("a.*.b")));
    EXPECT_EQ(as_keyword(*parse("foo")), "foo");
    EXPECT_EQ(as_keyword(*parse("true")), "true");
    EXPECT_EQ(as_keyword(*parse("null")), "null");
    EXPECT_EQ(as_keyword(*parse("a.b")), "");
    EXPECT_EQ(as_keyword(*parse("\"a\"")), "");
    const auto call = as_call(*parse("f(1, x)"));
    ASSERT_TRUE(call);
    EXPECT_EQ(call->name, "f");
    EXPECT_EQ(call->arguments.size(), 2U);
    EXPECT_FALSE(as_call(*parse("f")));
    EXPECT_EQ(as_list(*parse("[1, 2]"))->size(), 2U);
    EXPECT_FALSE(as_list(*parse("a")));
    EXPECT_EQ(as_map(*parse("{a = 1, \"b\" = 2}"))->size(), 2U);
    EXPECT_FALSE(as_map(*parse("[]")));
}

}  // namespace
}  // namespace kiln::hcl
