#include "hcl/value/value.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "hcl/value/convert.h"
#include "hcl/value/unify.h"

namespace kiln::hcl {
namespace {

Number parsed(std::string_view text) {
    return Number::parse(text).value();
}

TEST(Number, KeepsThePrecisionOfItsSource) {
    EXPECT_EQ(parsed("0.1").to_text(), "0.1");
    EXPECT_EQ(divide(Number::from_int(1), Number::from_int(3))->to_text(),
              "0.33333333333333333334");
    EXPECT_EQ(divide(parsed("1"), parsed("3"))->to_text().size(), 157U);
    EXPECT_TRUE(divide(parsed("1"), parsed("3"))->to_text().ends_with("335"));
    EXPECT_EQ(modulo(parsed("11"), parsed("5.1"))->to_text().substr(0, 5), "0.800");
    EXPECT_TRUE(modulo(parsed("11"), parsed("5.1"))->to_text().ends_with("024"));
}

TEST(Number, ReadsOnlyPlainText) {
    for (const char* good : {"0", "-5", "+5", ".5", "5.", "1e3", "1E-3", "Inf", "-Inf"}) {
        EXPECT_TRUE(Number::parse(good)) << good;
    }
    for (const char* bad :
         {"", " 1", "1 ", "1_0", "0x10", "NaN", "1e", ".", "-", "--1", "1e99999999999"}) {
        EXPECT_FALSE(Number::parse(bad)) << bad;
    }
}

TEST(Number, HasNoResultThatIsNotANumber) {
    const Number inf = Number::infinity(false);
    EXPECT_FALSE(subtract(inf, inf));
    EXPECT_FALSE(multiply(inf, parsed("0")));
    EXPECT_FALSE(divide(parsed("0"), parsed("0")));
    EXPECT_TRUE(divide(parsed("-1"), parsed("0"))->is_infinite());
    EXPECT_TRUE(divide(parsed("-1"), parsed("0"))->is_negative());
}

TEST(Number, RefusesToWriteOutWhatNobodyCouldRead) {
    EXPECT_THROW(parsed("1e100000000").to_text(), Error);
    EXPECT_EQ(parsed("1e100000000").to_console_text(), "+Inf");
    EXPECT_FALSE(convert(Value::number(parsed("1e100000000")), Type::string()));
}

TEST(Number, PrintsForConsoleAndDiagnostics) {
    EXPECT_EQ(parsed("123456.5").to_console_text(), "123456.5");
    EXPECT_EQ(parsed("1234567.5").to_console_text(), "1.2345675e+06");
    EXPECT_EQ(parsed("0.00001").to_console_text(), "1e-05");
    EXPECT_EQ(parsed("9223372036854775808").to_console_text(), "9.223372036854776e+18");
    EXPECT_EQ(parsed("12345678901").to_short_text(), "1.23456789e+10");
    EXPECT_EQ(parsed("0.333333333333").to_short_text(), "0.3333333333");
}

TEST(Value, NormalisesText) {
    EXPECT_EQ(Value::string("e\u0301").as_string(), "\u00e9");
    EXPECT_NE(Value::object({{"e\u0301", Value()}}).find("\u00e9"), nullptr);
}

TEST(Value, SetsAreOrderedAndUnique) {
    const Value set = Value::set(
        Type::number(),
        {Value::number(10), Value::number(9), Value::number(10), Value::null_of(Type::number())});
    ASSERT_EQ(set.length(), 3U);
    EXPECT_EQ(set.elements()[0], Value::number(9));
    EXPECT_TRUE(set.elements()[2].is_null());
}

TEST(Value, MisreadingIsAnErrorAndNoCrash) {
    EXPECT_THROW(Value::number(1).as_string(), Error);
    EXPECT_THROW(Value::null_of(Type::string()).as_string(), Error);
    EXPECT_THROW(Value::dynamic_unknown().elements(), Error);
    EXPECT_THROW(Type::string().element(), Error);
}

TEST(Type, HasNamesForPeople) {
    EXPECT_EQ(Type::list(Type::string()).friendly_name(), "list of string");
    EXPECT_EQ(Type::map(Type::dynamic()).friendly_name_for_constraint(), "map of any single type");
    EXPECT_EQ(Type::dynamic().friendly_name_for_constraint(), "any type");
    EXPECT_EQ(Type::tuple({Type::string()}).friendly_name(), "tuple");
}

std::string unified(const std::vector<Type>& types) {
    const auto type = unify(types, true);
    return type ? type->to_constraint() : "none";
}

TEST(Unify, FindsOneTypeForAll) {
    const Type s = Type::string();
    const Type n = Type::number();
    const Type b = Type::boolean();
    const auto o = [](Type::Attributes a) { return Type::object(std::move(a)); };
    EXPECT_EQ(unified({n, s, b}), "string");
    EXPECT_EQ(unified({n, b}), "none");
    EXPECT_EQ(unified({n, Type::list(n)}), "none");
    EXPECT_EQ(unified({Type::list(n), Type::list(s)}), "list(string)");
    EXPECT_EQ(unified({Type::map(n), o({{"a", s}})}), "map(string)");
    EXPECT_EQ(unified({Type::map(n), o({})}), "map(number)");
    EXPECT_EQ(unified({Type::list(n), Type::tuple({s, b})}), "list(string)");
    EXPECT_EQ(unified({o({{"a", n}}), o({{"a", s}})}), "object({a=string})");
    EXPECT_EQ(unified({o({{"a", n}}), o({{"b", n}})}), "map(number)");
    EXPECT_EQ(unified({o({{"a", n}, {"b", b}}), o({{"a", n}})}), "none");
    EXPECT_EQ(unified({Type::tuple({n}), Type::tuple({s})}), "tuple([string])");
    EXPECT_EQ(unified({Type::tuple({n}), Type::tuple({s, n})}), "list(string)");
    EXPECT_EQ(unified({o({}), Type::tuple({})}), "none");
    EXPECT_EQ(unified({Type::set(n), Type::tuple({n})}), "set(number)");
    EXPECT_EQ(unified({Type::list(n), Type::dynamic()}), "any");
    EXPECT_EQ(unified({n, Type::dynamic()}), "number");
}

}  // namespace
}  // namespace kiln::hcl
