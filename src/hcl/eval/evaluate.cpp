#include "hcl/eval/evaluate.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "hcl/eval/conditional_types.h"
#include "hcl/eval/evaluator.h"
#include "hcl/eval/references.h"
#include "hcl/value/convert.h"
#include "hcl/value/print.h"
#include "hcl/value/unify.h"

namespace kiln::hcl {
namespace {

struct OperatorTypes {
    Type operand;
    Type result;
};
OperatorTypes types_of(BinaryOperator op);
/// Nothing for a result that is not a number.
std::optional<Value> compute(BinaryOperator op, const Value& left, const Value& right);
Marks union_of(const Value& a, const Value& b);

}  // namespace

Value evaluate(const Expression& expression, const EvalScope& scope, Diagnostics& diagnostics) {
    return Evaluator(scope, diagnostics).eval(expression);
}

Value evaluate_attribute(const Attribute& attribute, const Type& wanted, const EvalScope& scope,
                         Diagnostics& diagnostics) {
    const Value value = evaluate(*attribute.expression, scope, diagnostics);
    const Conversion converted = convert(value, wanted);
    if (converted) return *converted.value;
    Diagnostic error = Diagnostic::error("Incorrect attribute value type",
                                         fmt::format("Inappropriate value for attribute {}: {}.",
                                                     quote(attribute.name), converted.reason),
                                         attribute.expression->range, attribute.range);
    error.with = describe_references(*attribute.expression, scope);
    diagnostics.add(std::move(error));
    return Value::unknown_of(wanted.without_optional());
}

Value Evaluator::eval(const Expression& expression) {
    struct Visitor {
        Evaluator& self;
        const Expression& whole;

        Value operator()(const Literal& node) { return node.value; }
        Value operator()(const Template& node) { return self.eval_template(node, whole); }
        Value operator()(const TemplateWrap& node) { return self.eval(*node.inner); }
        Value operator()(const TemplateJoin& node) { return self.eval_join(node, whole); }
        Value operator()(const ScopeTraversal& node) { return self.eval_reference(node, whole); }
        Value operator()(const RelativeTraversal& node) { return self.eval_relative(node, whole); }
        Value operator()(const Index& node) { return self.eval_index(node, whole); }
        Value operator()(const Splat& node) { return self.eval_splat(node, whole); }
        Value operator()(const SplatItem&) {
            return self.splat_item_ ? *self.splat_item_ : Value::dynamic_unknown();
        }
        Value operator()(const FunctionCall& node) { return self.eval_call(node, whole); }
        Value operator()(const Conditional& node) { return self.eval_conditional(node, whole); }
        Value operator()(const Binary& node) { return self.eval_binary(node, whole); }
        Value operator()(const Unary& node) { return self.eval_unary(node, whole); }
        Value operator()(const TupleConstructor& node) { return self.eval_tuple(node); }
        Value operator()(const ObjectConstructor& node) { return self.eval_object(node, whole); }
        Value operator()(const ObjectKey& node) { return self.eval_object_key(node, whole); }
        Value operator()(const ForExpression& node) { return self.eval_for(node, whole); }
        Value operator()(const Parentheses& node) { return self.eval(*node.inner); }
        Value operator()(const Scoped& node) { return self.eval_scoped(node); }
        Value operator()(const JsonString& node) { return self.eval_json_string(node); }
    };
    return std::visit(Visitor{*this, expression}, expression.node);
}

Value Evaluator::eval_template(const Template& node, const Expression& whole) {
    std::string text;
    Marks marks;
    bool known = true;
    bool good = true;
    for (const ExpressionPtr& part : node.parts) {
        const Value value = eval(*part);
        marks.insert(value.marks().begin(), value.marks().end());
        if (!value.is_known() && can_convert(value.type(), Type::string(), true)) {
            known = false;
        } else if (!append_text(value, text, *part, whole)) {
            good = false;
        }
    }
    const Value result =
        known && good ? Value::string(text) : Value::unknown_not_null(Type::string());
    return result.with_marks(marks);
}

bool Evaluator::append_text(const Value& value, std::string& text, const Expression& part,
                            const Expression& whole) {
    constexpr const char* summary = "Invalid template interpolation value";
    if (value.is_null()) {
        report(summary, "This value is null, and null has no text.", part.range, whole.range, part);
        return false;
    }
    const Conversion converted = convert(value.without_marks(), Type::string());
    if (!converted) {
        report(summary,
               fmt::format("This value cannot become part of a text: {}.", converted.reason),
               part.range, whole.range, part);
        return false;
    }
    if (converted.value->is_known()) text += converted.value->as_string();
    return true;
}

Value Evaluator::eval_join(const TemplateJoin& node, const Expression& whole) {
    const Value tuple = eval(*node.inner);
    if (!tuple.is_known() || !tuple.type().is(TypeKind::Tuple)) {
        return Value::unknown_not_null(Type::string()).with_marks(tuple.marks());
    }
    std::string text;
    bool known = true;
    Marks marks = tuple.marks();
    for (const Value& element : tuple.elements()) {
        marks.insert(element.marks().begin(), element.marks().end());
        if (!element.is_known()) {
            known = false;
        } else if (!append_text(element, text, *node.inner, whole)) {
            known = false;
        }
    }
    const Value result = known ? Value::string(text) : Value::unknown_not_null(Type::string());
    return result.with_marks(marks);
}

Value Evaluator::eval_binary(const Binary& node, const Expression& whole) {
    if (node.op == BinaryOperator::And || node.op == BinaryOperator::Or) {
        return eval_logical(node, whole);
    }
    const Value given_left = eval(*node.left);
    const Value given_right = eval(*node.right);
    if (node.op == BinaryOperator::Equal || node.op == BinaryOperator::NotEqual) {
        const Value same = equals(given_left, given_right);
        if (node.op == BinaryOperator::Equal || !same.is_known()) return same;
        return Value::boolean(!same.as_bool()).with_marks(same.marks());
    }
    const OperatorTypes types = types_of(node.op);
    const auto left = operand(given_left, types.operand, "left", *node.left, whole);
    const auto right = operand(given_right, types.operand, "right", *node.right, whole);
    if (!left || !right) return Value::unknown_of(types.result);
    const Marks marks = union_of(*left, *right);
    if (left->is_null() || right->is_null()) {
        operation_failed("argument must not be null", whole);
        return Value::unknown_of(types.result).with_marks(marks);
    }
    if (!left->is_known() || !right->is_known()) {
        return Value::unknown_not_null(types.result).with_marks(marks);
    }
    const auto result = compute(node.op, *left, *right);
    if (!result) {
        operation_failed(node.op == BinaryOperator::Divide || node.op == BinaryOperator::Modulo
                             ? "can't divide zero by zero or infinity by infinity"
                             : "the result is not a number",
                         whole);
        return Value::unknown_of(types.result).with_marks(marks);
    }
    return result->with_marks(marks);
}

/// `&&` and `||`: a known deciding side wins and the errors of the other are dropped.
Value Evaluator::eval_logical(const Binary& node, const Expression& whole) {
    const bool is_and = node.op == BinaryOperator::And;
    struct Side {
        Diagnostics diagnostics;
        std::optional<Value> value;
        bool known() const { return value->is_known(); }
        bool decides(bool and_operator) const {
            if (!value->is_known()) return false;
            if (value->is_null()) return and_operator;
            return value->as_bool() != and_operator;
        }
    };
    Side left;
    Side right;
    const Value given_left = Evaluator(scope_, left.diagnostics, splat_item_).eval(*node.left);
    const Value given_right = Evaluator(scope_, right.diagnostics, splat_item_).eval(*node.right);
    left.value = operand(given_left, Type::boolean(), "left", *node.left, whole);
    right.value = operand(given_right, Type::boolean(), "right", *node.right, whole);
    const Value unknown = Value::unknown_not_null(Type::boolean());
    if (!left.value || !right.value) return unknown;
    const Marks marks = union_of(*left.value, *right.value);
    if (left.decides(is_and) || right.decides(is_and)) {
        return Value::boolean(!is_and).with_marks(marks);
    }
    if (left.value->is_null() || right.value->is_null()) {
        operation_failed("argument must not be null", whole);
    }
    if (!left.known()) diagnostics_.append(std::move(left.diagnostics));
    if (left.known() && !right.known()) diagnostics_.append(std::move(right.diagnostics));
    const bool both =
        left.known() && right.known() && !left.value->is_null() && !right.value->is_null();
    return (both ? Value::boolean(is_and) : unknown).with_marks(marks);
}

Value Evaluator::eval_unary(const Unary& node, const Expression& whole) {
    const Type type = node.op == UnaryOperator::Not ? Type::boolean() : Type::number();
    const auto value = operand(eval(*node.operand), type, "unary", *node.operand, whole);
    if (!value) return Value::unknown_of(type);
    if (value->is_null()) {
        operation_failed("argument must not be null", whole);
        return Value::unknown_of(type).with_marks(value->marks());
    }
    if (!value->is_known()) return Value::unknown_not_null(type).with_marks(value->marks());
    const Value result = node.op == UnaryOperator::Not
                             ? Value::boolean(!value->as_bool())
                             : Value::number(value->as_number().negated());
    return result.with_marks(value->marks());
}

std::optional<Value> Evaluator::operand(const Value& value, const Type& wanted, const char* side,
                                        const Expression& expression, const Expression& whole) {
    const Conversion converted = convert(value, wanted);
    if (converted) return converted.value;
    report("Invalid operand",
           fmt::format("Unsuitable value for {} operand: {}.", side, converted.reason),
           expression.range, whole.range, expression);
    return std::nullopt;
}

void Evaluator::operation_failed(const std::string& why, const Expression& whole) {
    report("Operation failed", fmt::format("Error during operation: {}.", why), whole.range,
           whole.range, whole);
}

Value Evaluator::eval_conditional(const Conditional& node, const Expression& whole) {
    Diagnostics true_errors;
    Diagnostics false_errors;
    const Value if_true = Evaluator(scope_, true_errors, splat_item_).eval(*node.if_true);
    const Value if_false = Evaluator(scope_, false_errors, splat_item_).eval(*node.if_false);
    const auto type = conditional_type(if_true, if_false);
    if (!type) {
        report("Inconsistent conditional result types",
               "Both results of a condition need a type in common. " +
                   describe_type_difference(if_true.type(), if_false.type()),
               SourceRange::between(node.if_true->range, node.if_false->range), whole.range, whole);
        return Value::dynamic_unknown();
    }
    const Value condition = eval(*node.condition);
    Marks marks = condition.marks();
    if (condition.is_null()) {
        report("Null condition", "The condition is null: it must be true or false.",
               node.condition->range, whole.range, *node.condition);
        return Value::unknown_of(*type).with_marks(marks);
    }
    const Conversion converted = convert(condition, Type::boolean());
    if (!converted) {
        report("Incorrect condition type",
               fmt::format("A condition is true or false: {}.", converted.reason),
               node.condition->range, whole.range, *node.condition);
        return Value::unknown_of(*type).with_marks(marks);
    }
    marks.merge(union_of(if_true, if_false));
    if (!converted.value->is_known()) {
        if (if_true.is_null() && if_false.is_null()) return Value::null_of(*type).with_marks(marks);
        const bool never_null = if_true.is_not_null() && if_false.is_not_null();
        return (never_null ? Value::unknown_not_null(*type) : Value::unknown_of(*type))
            .with_marks(marks);
    }
    const bool choice = converted.value->as_bool();
    diagnostics_.append(choice ? std::move(true_errors) : std::move(false_errors));
    const Value& chosen = choice ? if_true : if_false;
    const Conversion result = convert(chosen, *type);
    if (!result) {
        const Expression& branch = choice ? *node.if_true : *node.if_false;
        report("Inconsistent conditional result types",
               fmt::format("The result for {} does not fit: {}.", choice ? "true" : "false",
                           result.reason),
               branch.range, whole.range, branch);
        return Value::unknown_of(*type).with_marks(marks);
    }
    return result.value->with_marks(marks);
}

Value Evaluator::eval_tuple(const TupleConstructor& node) {
    Value::Elements elements;
    elements.reserve(node.elements.size());
    for (const ExpressionPtr& element : node.elements) elements.push_back(eval(*element));
    return Value::tuple(std::move(elements));
}

Value Evaluator::eval_object(const ObjectConstructor& node, const Expression& whole) {
    Value::Entries attributes;
    Marks marks;
    bool known = true;
    for (const auto& item : node.items) {
        const Value key = eval(*item.key);
        const Value value = eval(*item.value);
        marks.insert(key.marks().begin(), key.marks().end());
        if (key.is_null()) {
            report("Null value as key", "The key is null: write a text, or a name.",
                   item.key->range, whole.range, *item.key);
            known = false;
            continue;
        }
        const Conversion converted = convert(key, Type::string());
        if (!converted) {
            report("Incorrect key type", fmt::format("This cannot be a key: {}.", converted.reason),
                   item.key->range, whole.range, *item.key);
            known = false;
        } else if (!converted.value->is_known()) {
            known = false;
        } else if (!attributes.contains(converted.value->as_string())) {
            attributes.emplace(converted.value->as_string(), value);
        } else if (node.unique_keys) {
            report("Duplicate object attribute",
                   fmt::format("The object has an attribute {} already.",
                               quote(converted.value->as_string())),
                   item.key->range, whole.range, *item.key);
        } else {
            attributes.insert_or_assign(converted.value->as_string(), value);
        }
    }
    const Value result = known ? Value::object(std::move(attributes)) : Value::dynamic_unknown();
    return result.with_marks(marks);
}

Value Evaluator::eval_object_key(const ObjectKey& node, const Expression& whole) {
    const std::string keyword = as_keyword(*node.inner);
    if (!keyword.empty()) return Value::string(keyword);
    if (node.inner->as<ScopeTraversal>() != nullptr) {
        report(
            "Ambiguous attribute key",
            "A reference as a key stands in parentheses; a name with dots in it stands in quotes.",
            whole.range, whole.range, whole);
        return Value::dynamic_unknown();
    }
    return eval(*node.inner);
}

Value Evaluator::eval_scoped(const Scoped& node) {
    EvalScope inner(&scope_);
    for (const auto& [name, value] : *node.bindings) inner.set(name, value);
    return Evaluator(inner, diagnostics_, splat_item_).eval(*node.inner);
}

Value Evaluator::eval_json_string(const JsonString& node) {
    if (scope_.is_empty()) return Value::string(node.node->text);
    if (!node.errors) return eval(*node.parsed);
    diagnostics_.append(*node.errors);
    return Value::dynamic_unknown();
}

void Evaluator::report(std::string summary, std::string detail, const SourceRange& subject,
                       const SourceRange& context, const Expression& failing) {
    Diagnostic diagnostic =
        Diagnostic::error(std::move(summary), std::move(detail), subject, context);
    diagnostic.with = describe_references(failing, scope_);
    diagnostics_.add(std::move(diagnostic));
}

std::vector<std::string> describe_references(const Expression& expression, const EvalScope& scope) {
    std::set<std::string> lines;
    for (const Traversal& traversal : references(expression)) {
        const Value* root = scope.find(traversal.root);
        if (root == nullptr) continue;
        std::optional<Value> value = *root;
        for (const TraversalStep& step : traversal.steps) {
            if (!value || value->is_marked()) break;
            value = step.is_attribute() ? get_attribute(*value, step.name()).value
                                        : get_index(*value, step.key()).value;
        }
        if (!value || !value->is_known() || value->is_marked()) continue;
        lines.insert(value->is_null() ? traversal.to_string() + " set to null"
                                      : traversal.to_string() + " as " + describe_value(*value));
    }
    return {lines.begin(), lines.end()};
}

namespace {

OperatorTypes types_of(BinaryOperator op) {
    switch (op) {
        case BinaryOperator::Less:
        case BinaryOperator::LessEqual:
        case BinaryOperator::Greater:
        case BinaryOperator::GreaterEqual:
            return {Type::number(), Type::boolean()};
        default:
            return {Type::number(), Type::number()};
    }
}

std::optional<Value> compute(BinaryOperator op, const Value& left, const Value& right) {
    const Number& a = left.as_number();
    const Number& b = right.as_number();
    std::optional<Number> number;
    switch (op) {
        case BinaryOperator::Less:
            return Value::boolean(compare(a, b) < 0);
        case BinaryOperator::LessEqual:
            return Value::boolean(compare(a, b) <= 0);
        case BinaryOperator::Greater:
            return Value::boolean(compare(a, b) > 0);
        case BinaryOperator::GreaterEqual:
            return Value::boolean(compare(a, b) >= 0);
        case BinaryOperator::Add:
            number = add(a, b);
            break;
        case BinaryOperator::Subtract:
            number = subtract(a, b);
            break;
        case BinaryOperator::Multiply:
            number = multiply(a, b);
            break;
        case BinaryOperator::Divide:
            number = divide(a, b);
            break;
        default:
            number = modulo(a, b);
            break;
    }
    return number ? std::optional(Value::number(*number)) : std::nullopt;
}

Marks union_of(const Value& a, const Value& b) {
    Marks marks = a.marks();
    marks.insert(b.marks().begin(), b.marks().end());
    return marks;
}

}  // namespace
}  // namespace kiln::hcl
