#include <gtest/gtest.h>

#include "hcl/function/function.h"
#include "tests/unit/hcl/support.h"

/// What holds for every function alike (spec/functions.md, section 0): a good call of each is
/// spoiled in turn by a null, an unknown value, a sensitive value and a wrong count.
namespace kiln::hcl {
namespace {

struct GoodCall {
    const char* name;
    /// The arguments, as expressions.
    std::vector<const char*> arguments;
    /// Places of arguments that may be null.
    std::vector<std::size_t> nullable = {};
    /// Takes any number of arguments.
    bool any_count = false;
};

// clang-format off
const std::vector<GoodCall>& good_calls() {
    static const std::vector<GoodCall> calls = {
        {"abs", {"1"}}, {"ceil", {"1"}}, {"floor", {"1"}}, {"log", {"16", "2"}}, {"max", {"1", "2"}, {}, true},
        {"min", {"1", "2"}, {}, true}, {"parseint", {"\"1\"", "10"}}, {"pow", {"1", "2"}}, {"signum", {"1"}}, {"sum", {"[1]"}},
        {"chomp", {"\"a\""}}, {"endswith", {"\"a\"", "\"a\""}}, {"format", {"\"%v\"", "1"}, {1}, true},
        {"formatlist", {"\"%v\"", "[1]"}, {1}, true}, {"indent", {"1", "\"a\""}}, {"join", {"\",\"", "[\"a\"]"}, {}, true},
        {"lower", {"\"a\""}}, {"upper", {"\"a\""}}, {"regex", {"\"a\"", "\"a\""}}, {"regexall", {"\"a\"", "\"a\""}},
        {"regex_replace", {"\"a\"", "\"a\"", "\"a\""}}, {"replace", {"\"a\"", "\"a\"", "\"a\""}}, {"split", {"\",\"", "\"a\""}},
        {"startswith", {"\"a\"", "\"a\""}}, {"strcontains", {"\"a\"", "\"a\""}}, {"strrev", {"\"a\""}}, {"substr", {"\"a\"", "0", "1"}},
        {"title", {"\"a\""}}, {"trim", {"\"a\"", "\"b\""}}, {"trimprefix", {"\"a\"", "\"b\""}}, {"trimsuffix", {"\"a\"", "\"b\""}}, {"trimspace", {"\"a\""}},
        {"alltrue", {"[true]"}}, {"anytrue", {"[true]"}}, {"chunklist", {"[1]", "1"}}, {"coalesce", {"\"a\"", "\"b\""}, {0, 1}, true},
        {"coalescelist", {"[1]", "[2]"}, {0, 1}, true}, {"compact", {"[\"a\"]"}}, {"concat", {"[1]", "[2]"}, {}, true}, {"contains", {"[1]", "1"}},
        {"distinct", {"[1]"}}, {"element", {"[1]", "0"}}, {"flatten", {"[1]"}}, {"index", {"[1]", "1"}}, {"keys", {"{a = 1}"}}, {"length", {"[1]"}},
        {"lookup", {"{a = 1}", "\"a\"", "1"}}, {"merge", {"{a = 1}", "{b = 1}"}, {0, 1}, true}, {"range", {"1", "2"}, {}, true}, {"reverse", {"[1]"}},
        {"setintersection", {"[1]", "[1]"}, {}, true}, {"setproduct", {"[1]", "[1]"}, {}, true}, {"setunion", {"[1]", "[1]"}, {}, true},
        {"slice", {"[1]", "0", "1"}}, {"sort", {"[\"a\"]"}}, {"values", {"{a = 1}"}}, {"zipmap", {"[\"a\"]", "[1]"}},
        {"base64decode", {"\"YQ==\""}}, {"base64encode", {"\"a\""}}, {"base64gzip", {"\"a\""}}, {"csvdecode", {"\"a\""}},
        {"jsondecode", {"\"1\""}}, {"jsonencode", {"1"}, {0}}, {"textdecodebase64", {"\"YQ==\"", "\"UTF-8\""}},
        {"textencodebase64", {"\"a\"", "\"UTF-8\""}}, {"urlencode", {"\"a\""}}, {"yamldecode", {"\"1\""}}, {"yamlencode", {"1"}, {0}},
        {"abspath", {"\"a\""}}, {"basename", {"\"a\""}}, {"dirname", {"\"a\""}}, {"fileexists", {"\"/nope\""}}, {"fileset", {"\"/nope\"", "\"*\""}},
        {"pathexpand", {"\"a\""}}, {"bcrypt", {"\"a\"", "4"}, {}, true}, {"md5", {"\"a\""}}, {"sha1", {"\"a\""}}, {"sha256", {"\"a\""}}, {"sha512", {"\"a\""}},
        {"uuidv4", {}}, {"uuidv5", {"\"dns\"", "\"a\""}}, {"cidrhost", {"\"10.0.0.0/8\"", "1"}}, {"cidrnetmask", {"\"10.0.0.0/8\""}},
        {"cidrsubnet", {"\"10.0.0.0/8\"", "1", "1"}}, {"cidrsubnets", {"\"10.0.0.0/8\"", "1"}, {}, true},
        {"formatdate", {"\"YYYY\"", "\"2018-01-02T23:12:01Z\""}}, {"legacy_isotime", {"\"2006\""}, {}, true}, {"legacy_strftime", {"\"%Y\""}, {}, true},
        {"rfc3339_parse", {"\"2018-01-02T23:12:01Z\""}}, {"timeadd", {"\"2018-01-02T23:12:01Z\"", "\"1h\""}}, {"timestamp", {}},
        {"unix_timestamp_parse", {"1"}}, {"vault", {"\"a\"", "\"b\""}}, {"consul_key", {"\"a\""}}, {"aws_secretsmanager", {"\"a\"", "\"b\""}, {1}},
        {"aws_secretsmanager_raw", {"\"a\""}},
    };
    return calls;
}
// clang-format on

/// Tested on their own: they read files or keys, or take expressions.
const std::vector<std::string> kElsewhere = {"can",        "convert",    "env", "file",
                                             "filebase64", "rsadecrypt", "try", "templatefile"};

std::string call_text(const GoodCall& call, std::size_t place = 99, const char* instead = "") {
    std::string text = std::string(call.name) + "(";
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        if (i > 0) text += ", ";
        text += i == place ? instead : call.arguments[i];
    }
    return text + ")";
}

class EveryFunction : public ::testing::Test {
  protected:
    EveryFunction() : scope_(table()) {
        scope_.set("unknown", Value::dynamic_unknown());
        scope_.set("nothing", Value());
    }

    static std::shared_ptr<const FunctionTable> table() {
        FunctionContext context;
        const auto one = [](const std::string& a) { return "one " + a; };
        const auto two = [](const std::string& a, const std::string& b) {
            return "two " + a + " " + b;
        };
        context.secrets = {two, one, two, one};
        return std::make_shared<const FunctionTable>(standard_functions(context));
    }
    Value value(const std::string& text, Diagnostics& diagnostics) {
        return testing::value_of(text, scope_, diagnostics);
    }
    std::string result(const std::string& text) {
        Diagnostics diagnostics;
        const Value found = value(text, diagnostics);
        return diagnostics.has_errors() ? testing::summaries(diagnostics) : "good";
    }

    EvalScope scope_;
};

TEST_F(EveryFunction, HasACallHere) {
    std::set<std::string> named(kElsewhere.begin(), kElsewhere.end());
    for (const GoodCall& call : good_calls()) named.insert(call.name);
    named.erase("env");  // in defaults of variables only
    const std::vector<std::string> names = table()->names();
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), named);
    EXPECT_EQ(names.size(), 103U);
}

TEST_F(EveryFunction, IsCalled) {
    for (const GoodCall& call : good_calls()) {
        Diagnostics diagnostics;
        const Value found = value(call_text(call), diagnostics);
        EXPECT_TRUE(diagnostics.empty()) << call.name << testing::summaries(diagnostics);
        EXPECT_TRUE(found.is_wholly_known()) << call.name;
        EXPECT_FALSE(found.contains_marked()) << call.name;
    }
}

TEST_F(EveryFunction, RefusesNullUnlessItSaysOtherwise) {
    for (const GoodCall& call : good_calls()) {
        for (std::size_t i = 0; i < call.arguments.size(); ++i) {
            const bool allowed =
                std::find(call.nullable.begin(), call.nullable.end(), i) != call.nullable.end();
            EXPECT_EQ(result(call_text(call, i, "nothing")),
                      allowed ? "good" : "ERR [Invalid function argument]")
                << call.name << " argument " << i;
        }
    }
}

TEST_F(EveryFunction, IsUnknownWhereAnArgumentIs) {
    for (const GoodCall& call : good_calls()) {
        for (std::size_t i = 0; i < call.arguments.size(); ++i) {
            Diagnostics diagnostics;
            const Value found = value(call_text(call, i, "unknown"), diagnostics);
            EXPECT_TRUE(diagnostics.empty()) << call.name << testing::summaries(diagnostics);
            EXPECT_FALSE(found.is_wholly_known()) << call.name << " argument " << i;
        }
    }
}

TEST_F(EveryFunction, CarriesSensitiveMarksToItsResult) {
    for (const GoodCall& call : good_calls()) {
        for (std::size_t i = 0; i < call.arguments.size(); ++i) {
            Diagnostics diagnostics;
            const Value secret = value(call.arguments[i], diagnostics).with_mark(kSensitiveMark);
            scope_.set("secret", secret);
            const Value found = value(call_text(call, i, "secret"), diagnostics);
            EXPECT_TRUE(diagnostics.empty()) << call.name << testing::summaries(diagnostics);
            EXPECT_TRUE(found.contains_marked()) << call.name << " argument " << i;
        }
    }
}

TEST_F(EveryFunction, RefusesAWrongCount) {
    for (const GoodCall& call : good_calls()) {
        if (call.any_count) continue;
        std::string more = call_text(call);
        more.insert(more.size() - 1, call.arguments.empty() ? "1" : ", 1");
        EXPECT_EQ(result(more), "ERR [Too many function arguments]") << call.name;
        if (call.arguments.empty()) continue;
        GoodCall fewer = call;
        fewer.arguments.pop_back();
        EXPECT_EQ(result(call_text(fewer)), "ERR [Not enough function arguments]") << call.name;
    }
}

TEST_F(EveryFunction, RefusesAValueOfAnotherKind) {
    // Functions over strings and numbers take no collection.
    const auto functions = table();
    for (const GoodCall& call : good_calls()) {
        const Function* function = functions->find(call.name);
        for (std::size_t i = 0; i < function->parameters.size(); ++i) {
            if (!function->parameters[i].type.is_primitive()) continue;
            EXPECT_EQ(result(call_text(call, i, "[]")), "ERR [Invalid function argument]")
                << call.name << " argument " << i;
        }
    }
}

TEST_F(EveryFunction, OverSecretStoresAsksItsSource) {
    const auto text = [&](const char* call) {
        Diagnostics diagnostics;
        return value(call, diagnostics).as_string();
    };
    EXPECT_EQ(text("vault(\"p\", \"k\")"), "two p k");
    EXPECT_EQ(text("consul_key(\"k\")"), "one k");
    EXPECT_EQ(text("aws_secretsmanager(\"n\", \"k\")"), "two n k");
    EXPECT_EQ(text("aws_secretsmanager(\"n\", null)"), "two n ");
    EXPECT_EQ(text("aws_secretsmanager_raw(\"n\")"), "one n");
}

}  // namespace
}  // namespace kiln::hcl
