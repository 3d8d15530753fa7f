#include "template/variable.h"

#include <cstdlib>

#include <fmt/format.h>

#include "base/secret.h"
#include "base/suggest.h"
#include "hcl/eval/body.h"
#include "hcl/eval/evaluate.h"
#include "hcl/eval/references.h"
#include "hcl/function/standard.h"
#include "template/attribute_value.h"
#include "template/interpolate.h"
#include "template/validation_message.h"

namespace kiln {
namespace {

const hcl::EvalScope& default_scope();
std::optional<std::string> literal_text(const hcl::Expression& expression);
bool add_variable(Variable variable, Variables& variables, Diagnostics& diagnostics);
hcl::TypeWithDefaults read_type(const hcl::Attribute& attribute, Diagnostics& diagnostics);
void read_default(const hcl::Attribute& attribute, bool typed, Variable& variable,
                  Diagnostics& diagnostics);
void read_rule(const hcl::Block& block, Variable& variable, Diagnostics& diagnostics);
bool check_rule_references(const hcl::Attribute& condition, const Variable& variable,
                           Diagnostics& diagnostics);
void check_rule(const Variable& variable, const ValidationRule& rule,
                const hcl::EvalScope& functions, Diagnostics& diagnostics);
bool refers_to(const hcl::Traversal& reference, const std::string& variable);
std::string_view origin_name(ValueOrigin origin);

}  // namespace

hcl::Value Variable::value() const {
    return assigned ? assigned->value : hcl::Value::unknown_of(type.type.without_optional());
}

void declare_variable(const hcl::Block& block, Variables& variables, Diagnostics& diagnostics) {
    const hcl::BodySchema schema{
        {{"description", false}, {"type", false}, {"default", false}, {"sensitive", false}},
        {{"validation", {}}}};
    const hcl::BodyContent content = hcl::read_body(block.body, schema, diagnostics);
    if (!check_label_name(block.labels[0], "variable", diagnostics)) return;
    Variable variable;
    variable.name = block.labels[0].text;
    variable.range = block.header_range();
    const hcl::EvalScope nothing;
    variable.description =
        string_attribute(content, "description", nothing, diagnostics).value_or("");
    variable.sensitive = bool_attribute(content, "sensitive", nothing, diagnostics).value_or(false);
    const hcl::Attribute* type = content.find("type");
    if (type != nullptr) {
        variable.type = read_type(*type, diagnostics);
    }
    if (const hcl::Attribute* attribute = content.find("default")) {
        read_default(*attribute, type != nullptr, variable, diagnostics);
    }
    for (const hcl::Block* rule : content.blocks_of("validation")) {
        read_rule(*rule, variable, diagnostics);
    }
    add_variable(std::move(variable), variables, diagnostics);
}

void declare_variables(const hcl::Block& block, Variables& variables, Diagnostics& diagnostics) {
    for (const auto& [name, attribute] : hcl::read_attributes(block.body, diagnostics)) {
        Variable variable;
        variable.name = name;
        variable.range = attribute.range;
        read_default(attribute, false, variable, diagnostics);
        add_variable(std::move(variable), variables, diagnostics);
    }
}

void check_variable_values(const Variables& variables, const hcl::SecretSources& secrets,
                           Diagnostics& diagnostics) {
    // Validation rules find files from the current directory, not from the template's.
    hcl::FunctionContext context;
    context.process_start = process_start_time();
    context.secrets = secrets;
    const hcl::EvalScope functions(
        std::make_shared<const hcl::FunctionTable>(hcl::standard_functions(context)));
    for (const auto& [name, variable] : variables) {
        if (variable.broken) continue;
        if (!variable.assigned) {
            diagnostics.add(Diagnostic::error(
                fmt::format("Unset variable \"{}\"", name),
                fmt::format("The variable has no default, so a value must be given: with -var "
                            "'{0}=...', in a file named by -var-file, or as PKR_VAR_{0} in the "
                            "environment.",
                            name),
                variable.range));
            continue;
        }
        for (const ValidationRule& rule : variable.rules) {
            check_rule(variable, rule, functions, diagnostics);
        }
    }
}

void register_secrets(const hcl::Value& value) {
    if (!value.is_known() || value.is_null()) return;
    if (value.type().is(hcl::TypeKind::String)) {
        secrets().add(value.as_string());
    } else if (value.can_iterate()) {
        for (const auto& [key, item] : value.items()) register_secrets(item);
    }
}

namespace {

// Defaults may call env() and nothing else.
const hcl::EvalScope& default_scope() {
    static const hcl::EvalScope scope = [] {
        hcl::FunctionContext context;
        context.environment = [](const std::string& name) {
            const char* value = std::getenv(name.c_str());
            return std::string(value == nullptr ? "" : value);
        };
        hcl::FunctionTable table;
        table.add("env", *hcl::standard_functions(context).find("env"));
        return hcl::EvalScope(std::make_shared<const hcl::FunctionTable>(std::move(table)));
    }();
    return scope;
}

bool add_variable(Variable variable, Variables& variables, Diagnostics& diagnostics) {
    const auto existing = variables.find(variable.name);
    if (existing != variables.end()) {
        diagnostics.add(
            Diagnostic::error("Duplicate variable",
                              fmt::format("The variable \"{}\" is declared at {} already.",
                                          variable.name, existing->second.range.to_string()),
                              variable.range));
        return false;
    }
    if (variable.sensitive && variable.assigned) register_secrets(variable.assigned->value);
    std::string name = variable.name;
    variables.emplace(std::move(name), std::move(variable));
    return true;
}

hcl::TypeWithDefaults read_type(const hcl::Attribute& attribute, Diagnostics& diagnostics) {
    Diagnostics found;
    const hcl::TypeWithDefaults type = hcl::parse_type_constraint(*attribute.expression, found);
    const auto text = literal_text(*attribute.expression);
    const std::string keyword = hcl::as_keyword(*attribute.expression);
    for (Diagnostic one : found) {
        if (text) {
            one.detail += fmt::format(" Types are written without quotes: type = {}.", *text);
        } else if (!keyword.empty()) {
            one.detail += did_you_mean(
                keyword, {"string", "number", "bool", "any", "list", "set", "map", "object"});
        }
        diagnostics.add(std::move(one));
    }
    return type;
}

// The text of a quoted string without anything to evaluate.
std::optional<std::string> literal_text(const hcl::Expression& expression) {
    const hcl::Expression* inner = &expression;
    if (const auto* parts = expression.as<hcl::Template>()) {
        if (parts->parts.size() != 1) return std::nullopt;
        inner = parts->parts.front().get();
    }
    const auto* literal = inner->as<hcl::Literal>();
    const bool is_text = literal != nullptr && literal->value.is_known() &&
                         !literal->value.is_null() &&
                         literal->value.type().is(hcl::TypeKind::String);
    return is_text ? std::optional(literal->value.as_string()) : std::nullopt;
}

void read_default(const hcl::Attribute& attribute, bool typed, Variable& variable,
                  Diagnostics& diagnostics) {
    const std::size_t errors = count_errors(diagnostics);
    hcl::Value value = hcl::evaluate(*attribute.expression, default_scope(), diagnostics);
    variable.broken = count_errors(diagnostics) > errors;
    if (variable.broken) return;
    if (typed) {
        const hcl::Conversion converted = variable.type.apply(value);
        if (!converted) {
            variable.broken = true;
            diagnostics.add(Diagnostic::error(
                "Invalid default value for variable",
                fmt::format("This default value is not compatible with the variable's type "
                            "constraint: {}.",
                            converted.reason),
                attribute.expression->range, attribute.range));
            return;
        }
        value = *converted.value;
    } else {
        const hcl::Type& type = value.type();
        const bool empty = (type.is(hcl::TypeKind::Object) && type.attributes().empty()) ||
                           (type.is(hcl::TypeKind::Tuple) && type.tuple_elements().empty());
        if (!empty) variable.type.type = type;
    }
    variable.default_value = value;
    variable.assigned = {value, ValueOrigin::Default, attribute.expression->range};
}

void read_rule(const hcl::Block& block, Variable& variable, Diagnostics& diagnostics) {
    const hcl::BodySchema schema{{{"condition", true}, {"error_message", true}}, {}};
    const hcl::BodyContent content = hcl::read_body(block.body, schema, diagnostics);
    const hcl::Attribute* condition = content.find("condition");
    bool good = condition != nullptr && check_rule_references(*condition, variable, diagnostics);
    const auto message = string_attribute(content, "error_message", hcl::EvalScope(), diagnostics);
    if (message && !is_validation_message(*message)) {
        const hcl::Attribute& attribute = *content.find("error_message");
        diagnostics.add(Diagnostic::error(
            "Invalid validation error message",
            "The message must be one or more full sentences: it begins with an upper-case letter "
            "and ends with a full stop, a question mark or an exclamation mark.",
            attribute.expression->range, attribute.range));
        good = false;
    }
    if (good && message) {
        variable.rules.push_back({condition->expression, *message, condition->expression->range});
    }
}

bool check_rule_references(const hcl::Attribute& condition, const Variable& variable,
                           Diagnostics& diagnostics) {
    bool refers_to_itself = false;
    bool good = true;
    for (const hcl::Traversal& reference : hcl::references(*condition.expression)) {
        if (refers_to(reference, variable.name)) {
            refers_to_itself = true;
            continue;
        }
        good = false;
        diagnostics.add(Diagnostic::error(
            "Invalid reference in variable validation",
            fmt::format("The condition for variable \"{0}\" can only refer to the variable "
                        "itself, using var.{0}.",
                        variable.name),
            reference.range(), condition.range));
    }
    if (!refers_to_itself) {
        good = false;
        diagnostics.add(Diagnostic::error(
            "Invalid variable validation condition",
            fmt::format("The condition for variable \"{0}\" must refer to var.{0} in order to test "
                        "incoming values.",
                        variable.name),
            condition.expression->range, condition.range));
    }
    return good;
}

bool refers_to(const hcl::Traversal& reference, const std::string& variable) {
    return reference.root == "var" && !reference.steps.empty() &&
           reference.steps.front().is_attribute() && reference.steps.front().name() == variable;
}

void check_rule(const Variable& variable, const ValidationRule& rule,
                const hcl::EvalScope& functions, Diagnostics& diagnostics) {
    hcl::EvalScope scope(&functions);
    scope.set("var", hcl::Value::object({{variable.name, variable.assigned->value}}));
    const std::size_t errors = count_errors(diagnostics);
    const hcl::Value result = hcl::evaluate(*rule.condition, scope, diagnostics);
    if (count_errors(diagnostics) > errors || !result.is_known()) return;
    const hcl::Conversion verdict = hcl::convert(result, hcl::Type::boolean());
    if (!verdict || verdict.value->is_null()) {
        diagnostics.add(
            Diagnostic::error("Invalid variable validation result",
                              fmt::format("The condition must come to true or false: {}.",
                                          verdict ? "it is null" : verdict.reason),
                              rule.range));
        return;
    }
    if (verdict.value->as_bool()) return;
    diagnostics.add(Diagnostic::error(
        fmt::format("Invalid value for {} variable", origin_name(variable.assigned->origin)),
        fmt::format("{}\n\nThis was checked by the validation rule at {}.", rule.error_message,
                    rule.range.to_string()),
        variable.assigned->range));
}

std::string_view origin_name(ValueOrigin origin) {
    switch (origin) {
        case ValueOrigin::Default:
            return "default";
        case ValueOrigin::Environment:
            return "env";
        case ValueOrigin::File:
            return "varfile";
        case ValueOrigin::CommandLine:
            return "cmd";
    }
    return "";
}

}  // namespace
}  // namespace kiln
