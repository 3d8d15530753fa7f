#include <fmt/format.h>

#include "hcl/eval/evaluate.h"
#include "hcl/eval/type_constraint.h"
#include "hcl/function/builtin.h"

/// Functions that take expressions: `try`, `can`, `convert`.
namespace kiln::hcl {
namespace {

using Expressions = Function::Expressions;

Function lazy(
    std::function<Value(const Expressions&, const EvalScope&, const SourceRange&, Diagnostics&)>
        call) {
    Function function;
    function.call_with_expressions = std::move(call);
    return function;
}

Value call_try(const Expressions& arguments, const EvalScope& scope, const SourceRange& call,
               Diagnostics& diagnostics);
Value call_can(const Expressions& arguments, const EvalScope& scope, const SourceRange& call,
               Diagnostics& diagnostics);
Value call_convert(const Expressions& arguments, const EvalScope& scope, const SourceRange& call,
                   Diagnostics& diagnostics);
/// Reports a wrong number of arguments.
bool check_count(const char* name, std::size_t wanted, const Expressions& arguments,
                 const SourceRange& call, Diagnostics& diagnostics);

}  // namespace

void add_conversion_functions(FunctionTable& table) {
    table.add("try", lazy(call_try));
    table.add("can", lazy(call_can));
    table.add("convert", lazy(call_convert));
}

namespace {

Value call_try(const Expressions& arguments, const EvalScope& scope, const SourceRange& call,
               Diagnostics& diagnostics) {
    if (arguments.empty()) {
        diagnostics.add(Diagnostic::error(
            "Error in function call",
            "Call to function \"try\" failed: at least one argument is required.", call));
        return Value::dynamic_unknown();
    }
    std::string reasons;
    for (const ExpressionPtr& argument : arguments) {
        Diagnostics errors;
        const Value value = evaluate(*argument, scope, errors);
        if (!errors.has_errors()) {
            // Whether an unknown value will turn out good is not settled.
            return value.is_wholly_known() ? value
                                           : Value::dynamic_unknown().with_marks(value.marks());
        }
        for (const Diagnostic& error : errors) {
            if (error.severity != Severity::Error) continue;
            reasons += fmt::format("\n- {} (at {})\n  {}", error.summary,
                                   error.subject ? error.subject->to_string() : std::string(),
                                   error.detail);
        }
    }
    diagnostics.add(Diagnostic::error(
        "Error in function call",
        fmt::format("Call to function \"try\" failed: no expression succeeded:{}\n\nAt least one "
                    "expression must produce a successful result.",
                    reasons),
        call));
    return Value::dynamic_unknown();
}

Value call_can(const Expressions& arguments, const EvalScope& scope, const SourceRange& call,
               Diagnostics& diagnostics) {
    if (!check_count("can", 1, arguments, call, diagnostics)) {
        return Value::unknown_of(Type::boolean());
    }
    Diagnostics errors;
    const Value value = evaluate(*arguments[0], scope, errors);
    if (errors.has_errors()) return Value::boolean(false);
    return value.is_wholly_known() ? Value::boolean(true) : Value::unknown_of(Type::boolean());
}

Value call_convert(const Expressions& arguments, const EvalScope& scope, const SourceRange& call,
                   Diagnostics& diagnostics) {
    if (!check_count("convert", 2, arguments, call, diagnostics)) return Value::dynamic_unknown();
    const Value value = evaluate(*arguments[0], scope, diagnostics);
    Diagnostics type_errors;
    const TypeWithDefaults wanted =
        parse_type_constraint(*arguments[1], type_errors, ConstraintMode::Optional);
    if (type_errors.has_errors()) {
        diagnostics.append(std::move(type_errors));
        return Value::dynamic_unknown();
    }
    // The result is of the exact type, which has no optional attributes: they are demanded.
    const Conversion converted = convert(value, wanted.type.without_optional());
    if (converted) return *converted.value;
    diagnostics.add(Diagnostic::error(
        "Invalid function argument",
        fmt::format("Invalid value for \"value\" parameter: {}.", converted.reason),
        arguments[0]->range, call));
    return Value::unknown_of(wanted.type.without_optional());
}

bool check_count(const char* name, std::size_t wanted, const Expressions& arguments,
                 const SourceRange& call, Diagnostics& diagnostics) {
    if (arguments.size() == wanted) return true;
    if (arguments.size() > wanted) {
        diagnostics.add(Diagnostic::error(
            "Too many function arguments",
            fmt::format("Function \"{}\" expects only {} argument(s).", name, wanted),
            arguments[wanted]->range, call));
    } else {
        diagnostics.add(Diagnostic::error(
            "Not enough function arguments",
            fmt::format("Function \"{}\" expects {} argument(s), but {} were given.", name, wanted,
                        arguments.size()),
            call));
    }
    return false;
}

}  // namespace
}  // namespace kiln::hcl
