#include <fmt/format.h>

#include "base/suggest.h"
#include "hcl/eval/evaluator.h"
#include "hcl/function/function.h"
#include "hcl/value/print.h"

namespace kiln::hcl {
namespace {

/// Where the values of a call came from: for an expanded one all stem from the last expression.
struct CallArguments {
    Function::Arguments values;
    std::vector<const Expression*> sources;

    Marks marks;
};

std::string count_message(const FunctionCall& node, const Function& function, std::size_t given);
std::string parameter_name(const Function& function, std::size_t index);
/// What to write instead of a function that is not there.
std::string function_hint(const std::string& name, const std::vector<std::string>& known);

}  // namespace

Value Evaluator::eval_call(const FunctionCall& node, const Expression& whole) {
    const FunctionTable* table = scope_.functions();
    if (table == nullptr) {
        report("Function calls not allowed", "Functions may not be called here.", whole.range,
               whole.range, whole);
        return Value::dynamic_unknown();
    }
    const Function* function = table->find(node.name);
    if (function == nullptr) {
        const std::size_t colons = node.name.rfind("::");
        const std::string detail =
            colons == std::string::npos
                ? fmt::format("There is no function named {}.{}", quote(node.name),
                              function_hint(node.name, table->names()))
                : fmt::format("There are no functions in namespace {}.",
                              quote(node.name.substr(0, colons + 2)));
        report("Call to unknown function", detail, node.name_range, whole.range, whole);
        return Value::dynamic_unknown();
    }
    if (function->call_with_expressions) {
        return function->call_with_expressions(node.arguments, scope_, whole.range, diagnostics_);
    }
    CallArguments arguments;
    for (std::size_t i = 0; i < node.arguments.size(); ++i) {
        const Expression& expression = *node.arguments[i];
        Value value = eval(expression);
        if (!node.expand_final || i + 1 < node.arguments.size()) {
            arguments.values.push_back(std::move(value));
            arguments.sources.push_back(&expression);
            continue;
        }
        constexpr const char* summary = "Invalid expanding argument value";
        if (value.is_null()) {
            report(summary, "The expanding argument (indicated by ...) must not be null.",
                   expression.range, whole.range, expression);
            return Value::dynamic_unknown();
        }
        if (!value.type().is_sequence() && !value.type().is_dynamic()) {
            report(summary,
                   "The expanding argument (indicated by ...) must be of a tuple, list, or set "
                   "type.",
                   expression.range, whole.range, expression);
            return Value::dynamic_unknown();
        }
        arguments.marks = value.marks();
        if (!value.is_known()) return Value::dynamic_unknown().with_marks(value.marks());
        for (const Value& element : value.elements()) {
            arguments.values.push_back(element);
            arguments.sources.push_back(&expression);
        }
    }
    const std::string wrong_count = count_message(node, *function, arguments.values.size());
    if (!wrong_count.empty()) {
        const bool too_few = arguments.values.size() < function->parameters.size();
        const SourceRange subject =
            too_few ? node.close_range : arguments.sources[function->parameters.size()]->range;
        report(too_few ? "Not enough function arguments" : "Too many function arguments",
               wrong_count, subject, whole.range, whole);
        return Value::dynamic_unknown();
    }
    try {
        return call_function(*function, arguments.values).with_marks(arguments.marks);
    } catch (const ArgumentError& error) {
        const Expression& source =
            error.index() < arguments.sources.size() ? *arguments.sources[error.index()] : whole;
        report("Invalid function argument",
               fmt::format("Invalid value for {} parameter: {}.",
                           quote(parameter_name(*function, error.index())), error.message()),
               source.range, whole.range, source);
    } catch (const Error& error) {
        report("Error in function call",
               fmt::format("Call to function {} failed: {}.", quote(node.name), error.what()),
               whole.range, whole.range, whole);
    }
    return Value::dynamic_unknown();
}

namespace {

std::string count_message(const FunctionCall& node, const Function& function, std::size_t given) {
    const std::size_t needed = function.parameters.size();
    if (given < needed) {
        return fmt::format("Function {} expects{} {} argument(s). Missing value for {}.",
                           quote(node.name), function.variadic ? " at least" : "", needed,
                           quote(function.parameters[given].name));
    }
    if (given > needed && !function.variadic) {
        return fmt::format("Function {} expects only {} argument(s).", quote(node.name), needed);
    }
    return {};
}

std::string parameter_name(const Function& function, std::size_t index) {
    if (index < function.parameters.size()) return function.parameters[index].name;
    return function.variadic ? function.variadic->name : std::string();
}

std::string function_hint(const std::string& name, const std::vector<std::string>& known) {
    // In a default of a variable there is no other.
    if (known == std::vector<std::string>{"env"}) {
        return " Only env() may be called here. Compute other values in a locals block.";
    }
    if (name == "env") return " It may be called in the default of a variable only.";
    constexpr std::pair<const char*, const char*> conversions[] = {
        {"tonumber", "number"},  {"tostring", "string"}, {"tobool", "bool"},
        {"tolist", "list(any)"}, {"toset", "set(any)"},  {"tomap", "map(any)"},
    };
    for (const auto& [other, type] : conversions) {
        if (name == other) return fmt::format(" Write convert(VALUE, {}).", type);
    }
    return did_you_mean(name, known);
}

}  // namespace
}  // namespace kiln::hcl
