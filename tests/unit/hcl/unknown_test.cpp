#include <gtest/gtest.h>

#include "tests/unit/hcl/support.h"

/// Unknown values and marks, and what they do to results.
namespace kiln::hcl {
namespace {

EvalScope scope() {
    return testing::scope_with({
        {"us", Value::unknown_of(Type::string())},
        {"un", Value::unknown_of(Type::number())},
        {"ub", Value::unknown_of(Type::boolean())},
        {"ul", Value::unknown_of(Type::list(Type::string()))},
        {"um", Value::unknown_of(Type::map(Type::number()))},
        {"uo", Value::unknown_of(Type::object({{"a", Type::number()}}))},
        {"ut", Value::unknown_of(Type::tuple({Type::number(), Type::string()}))},
        {"ud", Value::dynamic_unknown()},
        {"secret", Value::string("s3").with_mark(kSensitiveMark)},
        {"list", Value::list(Type::string(),
                             {Value::string("a"), Value::string("b").with_mark(kSensitiveMark)})},
        {"hidden", Value::tuple({Value::number(1)}).with_mark(kSensitiveMark)},
    });
}

/// `type`, or the summaries of the errors; a value that is known is shown.
std::string result_of(std::string_view text) {
    Diagnostics diagnostics;
    const Value value = testing::value_of(text, scope(), diagnostics);
    if (diagnostics.has_errors()) return testing::summaries(diagnostics);
    return value.is_wholly_known() ? print_for_console(value)
                                   : "unknown " + value.type().to_constraint();
}

TEST(Unknown, GivesUnknownsOfTheTypeTheResultWouldHave) {
    const std::vector<testing::ConsoleCase> cases = {
        {"un + 1", "unknown number"},
        {"un < 1", "unknown bool"},
        {"!ub", "unknown bool"},
        {"-un", "unknown number"},
        {"us == \"a\"", "unknown bool"},
        {"un == \"a\"", "false"},
        {"[us] == [1]", "false"},
        {"[us, 1] == [\"a\", 2]", "false"},
        {"us == null", "unknown bool"},
        {"\"a${us}\" == null", "false"},
        {"\"a${us}\"", "unknown string"},
        {"\"${us}\"", "unknown string"},
        {"ub && true", "unknown bool"},
        {"ub && false", "false"},
        {"false && ub", "false"},
        {"true || ub", "true"},
        {"ub ? 1 : \"a\"", "unknown string"},
        {"ub ? null : null", "null"},
        {"true ? 1 : ud", "1"},
        {"ul[0]", "unknown string"},
        {"um.k", "unknown number"},
        {"um[us]", "unknown number"},
        {"uo.a", "unknown number"},
        {"uo.b", "ERR [Unsupported attribute]"},
        {"ut[1]", "unknown string"},
        {"ut[2]", "ERR [Invalid index]"},
        {"ud.a.b[0]", "unknown any"},
        {"[1, 2][un]", "unknown any"},
        {"[1][us]", "unknown any"},
        {"{a = us}.a", "unknown string"},
        {"{(us) = 1}", "unknown any"},
        {"ul[*]", "unknown list(string)"},
        {"[uo][*].a", "unknown tuple([number])"},
        {"us[*]", "unknown any"},
        {"[for x in ul : x]", "unknown any"},
        {"[for x in [1] : x if ub]", "unknown any"},
        {"{for x in [us] : x => 1}", "unknown any"},
        {"[for x in [us] : x]", "unknown tuple([string])"},
        {"upper(us)", "unknown string"},
        {"length(us)", "unknown number"},
        {"length([us])", "1"},
        {"keys({a = us})", "[\n  \"a\",\n]"},
        {"contains([us, \"a\"], \"a\")", "true"},
        {"contains([us], \"a\")", "unknown bool"},
        {"upper(ud)", "unknown string"},
        {"values(ud)", "unknown any"},
        {"max(ul...)", "unknown any"},
        {"can(us)", "unknown bool"},
        {"can(us + nope)", "false"},
        {"try(us, 1)", "unknown any"},
        {"ul + 1", "ERR [Invalid operand]"},
        {"\"${ul}x\"", "ERR [Invalid template interpolation value]"},
        {"jsonencode([us])", "unknown string"},
        {"convert([us], set(string))", "unknown set(string)"},
    };
    for (const auto& item : cases)
        EXPECT_EQ(result_of(item.expression), item.expected) << item.expression;
}

bool marked(std::string_view text) {
    Diagnostics diagnostics;
    const Value value = testing::value_of(text, scope(), diagnostics);
    EXPECT_FALSE(diagnostics.has_errors()) << text << testing::summaries(diagnostics);
    return value.has_mark(kSensitiveMark);
}

TEST(Marks, TravelToWhateverIsDerived) {
    for (const char* text : {"secret",
                             "\"${secret}\"",
                             "\"a${secret}\"",
                             "secret == \"x\"",
                             "upper(secret)",
                             "true ? 1 : secret == \"a\" ? 1 : 2",
                             "secret == \"s3\" ? 1 : 2",
                             "hidden[0]",
                             "hidden[*]",
                             "[for x in hidden : x]",
                             "{for x in [secret] : x => 1}",
                             "[for x in [1] : x if secret == \"s3\"]",
                             "list[1]",
                             "length(secret)",
                             "[1, 2][secret == \"\" ? 0 : 1]",
                             "join(\",\", list)",
                             "convert(secret, string)",
                             "!(secret == \"\")",
                             "{(secret) = 1}",
                             "try(secret, 1)",
                             "\"%{ for x in hidden }${x}%{ endfor }\""}) {
        EXPECT_TRUE(marked(text)) << text;
    }
    for (const char* text : {"list[0]", "list", "[secret]", "{a = secret}", "{s3 = 1}[secret]",
                             "[for x in list : x]"}) {
        EXPECT_FALSE(marked(text)) << text;
    }
}

TEST(Marks, AreNoPartOfTheValue) {
    EXPECT_EQ(result_of("secret == \"s3\""), "true");
    EXPECT_EQ(result_of("upper(secret)"), "S3");
}

TEST(Diagnostics, ShowReferencesButNothingMarkedOrUnknown) {
    Diagnostics diagnostics;
    const EvalScope with_values = testing::scope_with({
        {"a", Value::object({{"n", Value::number(5)},
                             {"s", Value::string("x\ny")},
                             {"l", Value::list(Type::string(), {Value::string("q")})},
                             {"z", Value()}})},
        {"secret", Value::string("s3").with_mark(kSensitiveMark)},
        {"u", Value::unknown_of(Type::string())},
    });
    testing::value_of("max([a.n, a.s, a.l, a.z, secret, u, nope], a.n)", with_values, diagnostics);
    ASSERT_TRUE(diagnostics.has_errors());
    EXPECT_EQ(diagnostics[0].summary, "Unknown variable");
    EXPECT_EQ(diagnostics[1].summary, "Invalid function argument");
    EXPECT_EQ(diagnostics[1].with,
              (std::vector<std::string>{"a.l as list of string with 1 element", "a.n as 5",
                                        "a.s as \"x\\ny\"", "a.z set to null"}));
}

TEST(Diagnostics, ShowTheLoopVariableOfTheFailingIteration) {
    Diagnostics diagnostics;
    testing::value_of("[for i, x in [1, \"a\"] : x + 1]", testing::scope_with(), diagnostics);
    ASSERT_EQ(diagnostics.size(), 1U);
    EXPECT_EQ(diagnostics[0].with, (std::vector<std::string>{"x as \"a\""}));
}

TEST(Diagnostics, SuggestWhatWasMeant) {
    const EvalScope scope =
        testing::scope_with({{"var", Value::object({{"disk_size", Value::number(1)}})},
                             {"local", Value::object({{"image", Value::string("x")}})},
                             {"build", Value::object({{"Host", Value::string("h")}})},
                             {"other", Value::object({{"memory", Value::number(1)}})}});
    const auto said = [&](const char* text) { return testing::console_or_details(text, scope); };
    EXPECT_EQ(said("var.disksize"),
              "!There is no variable named \"disksize\". Did you mean \"disk_size\"? ");
    EXPECT_EQ(said("disk_size"),
              "!There is no variable named \"disk_size\". Did you mean \"var.disk_size\"? ");
    EXPECT_EQ(said("imagee"),
              "!There is no variable named \"imagee\". Did you mean \"local.image\"? ");
    EXPECT_EQ(said("loacl.image"),
              "!There is no variable named \"loacl\". Did you mean \"local\"? ");
    EXPECT_EQ(said("build.Hots"),
              "!There is no build value named \"Hots\". Did you mean \"Host\"? ");
    EXPECT_EQ(
        said("other.memroy"),
        "!The object has no attribute \"memroy\". Did you mean \"memory\"? ");
    EXPECT_EQ(said("tonumber(\"1\")"),
              "!There is no function named \"tonumber\". Write convert(VALUE, number). ");
}

TEST(Diagnostics, ScopesWithoutVariablesOrFunctionsSaySo) {
    EXPECT_EQ(testing::console("foo", EvalScope()), "ERR [Variables not allowed]");
    EXPECT_EQ(testing::console("foo()", EvalScope()), "ERR [Function calls not allowed]");
}

}  // namespace
}  // namespace kiln::hcl
