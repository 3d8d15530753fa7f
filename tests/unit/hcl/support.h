#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "hcl/eval/evaluate.h"
#include "hcl/function/standard.h"
#include "hcl/syntax/parser.h"
#include "hcl/value/print.h"

namespace kiln::hcl::testing {

/// An expression and what the console prints for it, or `ERR` and the summaries of its errors.
struct ConsoleCase {
    const char* expression;
    const char* expected;
};

inline std::string summaries(const Diagnostics& diagnostics) {
    std::string out = "ERR";
    for (const Diagnostic& item : diagnostics) out += " [" + item.summary + "]";
    return out;
}

/// The standard functions, made once.
inline std::shared_ptr<const FunctionTable> functions() {
    static const auto table = std::make_shared<const FunctionTable>(standard_functions({}));
    return table;
}

inline EvalScope scope_with(std::map<std::string, Value> variables = {}) {
    EvalScope scope(functions());
    scope.set("var", Value::object({}));
    for (auto& [name, value] : variables) scope.set(name, value);
    return scope;
}

/// Parses and evaluates; nothing may go wrong on the way.
inline Value value_of(std::string_view text, const EvalScope& scope, Diagnostics& diagnostics) {
    const ExpressionPtr expression = parse_expression(text, "test", diagnostics);
    if (diagnostics.has_errors()) return Value::dynamic_unknown();
    return evaluate(*expression, scope, diagnostics);
}

inline std::string console(std::string_view text, const EvalScope& scope = scope_with()) {
    Diagnostics diagnostics;
    const Value value = value_of(text, scope, diagnostics);
    return diagnostics.has_errors() ? summaries(diagnostics) : print_for_console(value);
}

/// The console's text; for an error `!` and the details, those with no end to end.
inline std::string console_or_details(std::string_view text, const EvalScope& scope) {
    Diagnostics diagnostics;
    const Value value = value_of(text, scope, diagnostics);
    if (!diagnostics.has_errors()) return print_for_console(value);
    std::string details = "!";
    for (const Diagnostic& item : diagnostics) details += item.detail + " ";
    return details;
}

/// Checks a table. What begins with `!` is a part of the details of an error.
template <std::size_t Count>
void check_table(const ConsoleCase (&cases)[Count], const EvalScope& scope = scope_with()) {
    for (const ConsoleCase& item : cases) {
        const std::string found = console_or_details(item.expression, scope);
        const std::string_view expected = item.expected;
        if (!expected.starts_with('!')) {
            EXPECT_EQ(found, expected) << item.expression;
        } else {
            EXPECT_TRUE(found.starts_with('!')) << item.expression << " gives " << found;
            EXPECT_NE(found.find(expected.substr(1)), std::string::npos)
                << item.expression << " says " << found;
        }
    }
    // For the count of cases (`--gtest_output=xml`).
    ::testing::Test::RecordProperty("cases", static_cast<int>(Count));
}

/// The value of attribute `x` of a file.
inline std::string file_value(std::string_view text) {
    Diagnostics diagnostics;
    const Body body = parse_file(text, "test", nullptr, diagnostics);
    if (diagnostics.has_errors()) return summaries(diagnostics);
    const Attribute* attribute = body.find("x");
    if (attribute == nullptr) return "no attribute";
    const Value value = evaluate(*attribute->expression, scope_with(), diagnostics);
    return diagnostics.has_errors() ? summaries(diagnostics) : print_for_console(value);
}

}  // namespace kiln::hcl::testing
