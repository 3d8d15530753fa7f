#include "hcl/eval/type_constraint.h"

#include <gtest/gtest.h>

#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

using testing::summaries;

TypeWithDefaults constraint(std::string_view text, Diagnostics& diagnostics) {
    const ExpressionPtr expression = parse_expression(text, "test", diagnostics);
    return parse_type_constraint(*expression, diagnostics);
}

std::string type_of(std::string_view text) {
    Diagnostics diagnostics;
    const TypeWithDefaults type = constraint(text, diagnostics);
    return diagnostics.has_errors() ? summaries(diagnostics) : type.type.to_constraint();
}

/// The value after defaults and conversion, as JSON-like console text on one line.
std::string applied(std::string_view type_text, std::string_view value_text) {
    Diagnostics diagnostics;
    const TypeWithDefaults type = constraint(type_text, diagnostics);
    const Value value = testing::value_of(value_text, testing::scope_with(), diagnostics);
    EXPECT_FALSE(diagnostics.has_errors()) << type_text << value_text;
    const Conversion result = type.apply(value);
    if (!result) return "ERR " + result.reason;
    EvalScope scope = testing::scope_with({{"v", *result.value}});
    return testing::console("jsonencode(v)", scope);
}

TEST(TypeConstraint, IsReadAndPrinted) {
    for (const char* same :
         {"string", "number", "bool", "any", "list(string)", "set(map(any))",
          "object({a=string,b=number})", "tuple([string,bool])", "object({})", "tuple([])"}) {
        EXPECT_EQ(type_of(same), same);
    }
    EXPECT_EQ(type_of("object({b = number, a : string})"), "object({a=string,b=number})");
    EXPECT_EQ(type_of("object({a = optional(string, \"x\")})"), "object({a=optional(string)})");
}

TEST(TypeConstraint, RefusesWhatIsNone) {
    for (const char* bad : {"string()",
                            "any()",
                            "list",
                            "list(a, b)",
                            "list(\"string\")",
                            "\"string\"",
                            "foo",
                            "foo(1)",
                            "object",
                            "object(string)",
                            "object({a = 1})",
                            "object({(a) = string})",
                            "object({\"a\" = string})",
                            "object({a = string, a = number})",
                            "tuple",
                            "tuple(string)",
                            "optional(string)",
                            "list(optional(string))",
                            "object({a = optional()})",
                            "object({a = optional(string, 1, 2)})",
                            "[string]",
                            "1"}) {
        EXPECT_EQ(type_of(bad), "ERR [Invalid type specification]") << bad;
    }
    EXPECT_EQ(type_of("object({a = optional(number, \"x\")})"),
              "ERR [Invalid default value for optional attribute]");
    EXPECT_EQ(type_of("object({a = optional(number, var.x)})"), "ERR [Variables not allowed]");
}

TEST(TypeConstraint, FillsDefaultsAtEveryDepth) {
    struct Case {
        const char* type;
        const char* value;
        const char* expected;
    };
    const std::vector<Case> cases = {
        {"object({a = optional(object({b = optional(string, \"d\")}), {})})", "{}",
         R"({"a":{"b":"d"}})"},
        {"object({a = optional(object({b = optional(string, \"d\")}))})", "{}", R"({"a":null})"},
        {"object({a = optional(string, \"d\")})", "{a = null}", R"({"a":"d"})"},
        {"object({a = optional(number, \"5\")})", "{}", R"({"a":5})"},
        {"object({a = optional(string)})", "{b = 1}", R"({"a":null})"},
        {"list(object({a = optional(string, \"d\"), b = number}))", "[{b = 1}, {a = \"x\", b = 2}]",
         R"([{"a":"d","b":1},{"a":"x","b":2}])"},
        {"map(object({a = optional(string, \"d\")}))", "{k = {}}", R"({"k":{"a":"d"}})"},
        {"set(object({a = optional(string, \"d\")}))", "[{}, {a = \"d\"}]", R"([{"a":"d"}])"},
        {"tuple([string, object({a = optional(string, \"d\")})])", "[1, {}]", R"(["1",{"a":"d"}])"},
        {"object({a = optional(string, \"d\")})", "null", "null"},
        {"list(any)", "[1, \"a\", true]", R"(["1","a","true"])"},
        {"list(any)", "[null, 1]", "[null,1]"},
        {"any", "{a = [1, \"b\"]}", R"({"a":[1,"b"]})"},
        {"object({a = string})", "{}", "ERR attribute \"a\" is required"},
        {"object({a = string, b = string})", "{}", "ERR attributes \"a\" and \"b\" are required"},
        {"list(number)", "[\"x\"]", "ERR element 0: a number is required"},
        {"map(number)", "{k = \"x\"}", "ERR element \"k\": a number is required"},
        {"object({a = number})", "{a = \"x\"}", "ERR attribute \"a\": a number is required"},
        {"list(string)", "\"x\"", "ERR list of string required"},
        {"list(any)", "[1, [2]]", "ERR all list elements must have the same type"},
        {"tuple([string])", "[1, 2]", "ERR tuple required"},
        {"string", "[]", "ERR string required"},
    };
    for (const Case& item : cases) {
        EXPECT_EQ(applied(item.type, item.value), item.expected) << item.type << " " << item.value;
    }
}

}  // namespace
}  // namespace kiln::hcl
