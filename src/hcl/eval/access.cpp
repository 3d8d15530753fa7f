#include <fmt/format.h>

#include "base/suggest.h"
#include "hcl/eval/evaluator.h"
#include "hcl/value/print.h"

namespace kiln::hcl {
namespace {

constexpr const char* kInvalidIndex = "Invalid index";
constexpr const char* kNoElement =
    "The given key does not identify an element in this collection value";

StepResult good(Value value) {
    return {std::move(value), {}, {}};
}
StepResult bad(std::string summary, std::string detail) {
    return {std::nullopt, std::move(summary), std::move(detail)};
}

template <typename Entries>
std::vector<std::string> keys_of(const Entries& entries) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : entries) keys.push_back(key);
    return keys;
}

/// ` Did you mean "var.x"?` for a name that is no variable here, but stands in one of the objects
/// that are; or the nearest name.
std::string root_suggestion(const std::string& name, const EvalScope& scope);
/// What a template calls the members of its own objects; for others an empty view.
std::string_view noun_of(const std::string& root);

StepResult index_sequence(const Value& collection, const Value& key);
StepResult index_mapping(const Value& collection, const Value& key);

}  // namespace

Value Evaluator::eval_reference(const ScopeTraversal& node, const Expression& whole) {
    const Traversal& traversal = node.traversal;
    const Value* root = scope_.find(traversal.root);
    if (root != nullptr) {
        const bool named = !noun_of(traversal.root).empty() && !traversal.steps.empty() &&
                           traversal.steps[0].is_attribute() && root->is_known() &&
                           !root->is_null() && root->type().is(TypeKind::Object) &&
                           root->find(traversal.steps[0].name()) == nullptr;
        if (!named) return apply_steps(*root, traversal.steps, whole);
        const TraversalStep& step = traversal.steps[0];
        report("Unsupported attribute",
               fmt::format("There is no {} named {}.{}", noun_of(traversal.root),
                           quote(step.name()), did_you_mean(step.name(), keys_of(root->entries()))),
               step.range, whole.range, whole);
        return Value::dynamic_unknown();
    }
    if (!scope_.has_variables()) {
        report("Variables not allowed", "Variables may not be used here.", traversal.root_range,
               whole.range, whole);
    } else {
        report("Unknown variable",
               fmt::format("There is no variable named {}.{}", quote(traversal.root),
                           root_suggestion(traversal.root, scope_)),
               traversal.root_range, whole.range, whole);
    }
    return Value::dynamic_unknown();
}

Value Evaluator::eval_relative(const RelativeTraversal& node, const Expression& whole) {
    return apply_steps(eval(*node.source), node.steps, whole);
}

Value Evaluator::apply_steps(Value value, const std::vector<TraversalStep>& steps,
                             const Expression& whole) {
    for (const TraversalStep& step : steps) {
        StepResult next =
            step.is_attribute() ? get_attribute(value, step.name()) : get_index(value, step.key());
        if (!next.value) {
            report(std::move(next.summary), std::move(next.detail), step.range, whole.range, whole);
            return Value::dynamic_unknown();
        }
        value = std::move(*next.value);
    }
    return value;
}

Value Evaluator::eval_index(const Index& node, const Expression& whole) {
    const Value collection = eval(*node.collection);
    const Value key = eval(*node.key);
    StepResult result = get_index(collection, key);
    if (result.value) return *result.value;
    report(std::move(result.summary), std::move(result.detail), node.bracket_range, whole.range,
           whole);
    return Value::dynamic_unknown();
}

Value Evaluator::eval_splat(const Splat& node, const Expression& whole) {
    const Value source = eval(*node.source);
    const Type& type = source.type();
    if (source.is_null()) {
        if (!type.is_sequence()) return Value::tuple({}).with_marks(source.marks());
        report("Splat of null value",
               "The value before the star is null, and null has no elements.", node.source->range,
               whole.range, *node.source);
        return Value::dynamic_unknown();
    }
    if (type.is_dynamic()) return Value::dynamic_unknown().with_marks(source.marks());
    if (!type.is_sequence()) {
        if (!source.is_known() && !source.is_not_null()) {
            return Value::dynamic_unknown().with_marks(source.marks());
        }
        const Value alone = Value::tuple({source.without_marks()});
        return eval_splat_each(node, alone, whole).with_marks(source.marks());
    }
    return eval_splat_each(node, source.without_marks(), whole).with_marks(source.marks());
}

/// Applies the rest of the chain to each element of a sequence.
Value Evaluator::eval_splat_each(const Splat& node, const Value& source, const Expression& whole) {
    const Type& type = source.type();
    const auto each = [&](const Value& item, Diagnostics& diagnostics) {
        return Evaluator(scope_, diagnostics, &item).eval(*node.each);
    };
    if (type.is(TypeKind::Tuple)) {
        Value::Elements results;
        if (source.is_known()) {
            for (const Value& item : source.elements()) {
                results.push_back(each(item, diagnostics_));
            }
            return Value::tuple(std::move(results));
        }
        std::vector<Type> types;
        for (const Type& element : type.tuple_elements()) {
            types.push_back(each(Value::unknown_of(element), diagnostics_).type());
        }
        return Value::unknown_not_null(Type::tuple(std::move(types)));
    }
    if (!source.is_known() || source.length() == 0) {
        const Type element = each(Value::unknown_of(type.element()), diagnostics_).type();
        return source.is_known() ? Value::list(element, {})
                                 : Value::unknown_not_null(Type::list(element));
    }
    Value::Elements results;
    for (const Value& item : source.elements()) results.push_back(each(item, diagnostics_));
    const Type element = results.front().type();
    for (const Value& result : results) {
        if (result.type() == element) continue;
        if (result.type().is_dynamic() || element.is_dynamic()) {
            return Value::unknown_of(Type::list(Type::dynamic()));
        }
        report("Invalid nested splat expressions",
               "The inner star gives elements of different types, which no list can hold. A for "
               "expression makes a tuple of them.",
               node.marker_range, whole.range, whole);
        return Value::dynamic_unknown();
    }
    return Value::list(element, std::move(results));
}

StepResult get_attribute(const Value& value, const std::string& name) {
    constexpr const char* unsupported = "Unsupported attribute";
    if (value.is_null()) {
        return bad("Attempt to get attribute from null value",
                   "The value is null, and null has no attributes.");
    }
    const Type& type = value.type();
    const Marks& marks = value.marks();
    switch (type.kind()) {
        case TypeKind::Dynamic:
            return good(Value::dynamic_unknown().with_marks(marks));
        case TypeKind::Object: {
            const auto attribute = type.attributes().find(name);
            if (attribute == type.attributes().end()) {
                return bad(unsupported,
                           fmt::format("The object has no attribute {}.{}", quote(name),
                                       did_you_mean(name, keys_of(type.attributes()))));
            }
            if (!value.is_known()) {
                return good(Value::unknown_of(attribute->second).with_marks(marks));
            }
            return good(value.find(name)->with_marks(marks));
        }
        case TypeKind::Map: {
            if (!value.is_known()) return good(Value::unknown_of(type.element()).with_marks(marks));
            const Value* element = value.find(name);
            if (element != nullptr) return good(element->with_marks(marks));
            return bad("Missing map element",
                       fmt::format("The map has no key {}.{}", quote(name),
                                   did_you_mean(name, keys_of(value.entries()))));
        }
        case TypeKind::List:
        case TypeKind::Set:
            if (!type.element().is(TypeKind::Object)) break;
            if (type.is(TypeKind::Set)) {
                return bad(unsupported,
                           "A set has no attributes; its elements have. A for expression reaches "
                           "each of them.");
            }
            return bad(unsupported,
                       fmt::format("A list has no attributes; its elements have. Write [0].{0} for "
                                   "one of them, or [*].{0} for all.",
                                   quote(name)));
        case TypeKind::Tuple:
            break;
        default:
            return bad(unsupported, fmt::format("A {} has no attributes.", type.friendly_name()));
    }
    return bad(unsupported, "A value of this type has no attributes.");
}

StepResult get_index(const Value& collection, const Value& key) {
    if (collection.is_null()) {
        return bad("Attempt to index null value", "The value is null, and null has no elements.");
    }
    if (key.is_null())
        return bad(kInvalidIndex,
                   "The key is null. An index is a number, or the name of an attribute.");
    const Type& type = collection.type();
    if (type.is_dynamic()) {
        return good(Value::dynamic_unknown().with_marks_of(collection).with_marks_of(key));
    }
    if (type.is(TypeKind::List) || type.is(TypeKind::Tuple)) return index_sequence(collection, key);
    if (type.is_mapping()) return index_mapping(collection, key);
    return bad(kInvalidIndex, "A value of this type has no elements.");
}

namespace {

std::string root_suggestion(const std::string& name, const EvalScope& scope) {
    std::optional<std::string> nearest;
    for (const char* root : {"var", "local"}) {
        const Value* object = scope.find(root);
        const bool readable = object != nullptr && object->is_known() && !object->is_null() &&
                              object->type().is(TypeKind::Object);
        if (!readable) continue;
        if (object->find(name) != nullptr)
            return fmt::format(" Did you mean \"{}.{}\"?", root, name);
        const auto close = suggest(name, keys_of(object->entries()));
        if (close && !nearest) nearest = fmt::format(" Did you mean \"{}.{}\"?", root, *close);
    }
    std::string known = did_you_mean(name, scope.names());
    return known.empty() ? nearest.value_or("") : known;
}

std::string_view noun_of(const std::string& root) {
    if (root == "var") return "variable";
    if (root == "local") return "local value";
    if (root == "build") return "build value";
    if (root == "data") return "data source of a type";
    return {};
}

StepResult index_sequence(const Value& collection, const Value& key) {
    const Type& type = collection.type();
    const bool is_list = type.is(TypeKind::List);
    const Conversion converted = convert(key, Type::number());
    if (!converted) return bad(kInvalidIndex, fmt::format("{}: {}.", kNoElement, converted.reason));
    const auto marked = [&](const Value& value) {
        return good(value.with_marks_of(collection).with_marks_of(key));
    };
    if (!converted.value->is_known()) {
        return marked(Value::unknown_of(is_list ? type.element() : Type::dynamic()));
    }
    const Number& number = converted.value->as_number();
    if (!number.is_integer()) {
        return bad(kInvalidIndex, fmt::format("{}: an index is a whole number, and {} is none.",
                                              kNoElement, number.to_short_text()));
    }
    if (number.sign() < 0) {
        return bad(kInvalidIndex,
                   fmt::format("{}: elements are counted from 0, so an index is not negative.",
                               kNoElement));
    }
    const auto index = number.to_uint64();
    if (is_list && !collection.is_known()) return marked(Value::unknown_of(type.element()));
    const std::size_t length = is_list ? collection.length() : type.tuple_elements().size();
    if (index && *index < length) {
        return marked(collection.is_known() ? collection.elements()[*index]
                                            : Value::unknown_of(type.tuple_elements()[*index]));
    }
    if (index && *index == length) {
        return bad(kInvalidIndex,
                   length == 0
                       ? fmt::format("{}: it is empty.", kNoElement)
                       : fmt::format("{}: it has fewer elements, counted from 0.", kNoElement));
    }
    return bad(kInvalidIndex, std::string(kNoElement) + ".");
}

StepResult index_mapping(const Value& collection, const Value& key) {
    const Type& type = collection.type();
    const bool is_map = type.is(TypeKind::Map);
    const Conversion converted = convert(key, Type::string());
    if (!converted) return bad(kInvalidIndex, fmt::format("{}: {}.", kNoElement, converted.reason));
    const auto marked = [&](const Value& value) {
        const Value with_collection = value.with_marks_of(collection);
        return good(is_map ? with_collection.with_marks_of(key) : with_collection);
    };
    if (!converted.value->is_known()) {
        return marked(Value::unknown_of(is_map ? type.element() : Type::dynamic()));
    }
    const std::string& name = converted.value->as_string();
    if (!collection.is_known()) {
        if (is_map) return marked(Value::unknown_of(type.element()));
        const auto attribute = type.attributes().find(name);
        if (attribute != type.attributes().end()) {
            return marked(Value::unknown_of(attribute->second));
        }
    } else if (const Value* element = collection.find(name)) {
        return marked(*element);
    }
    if (!is_map && key.type() == Type::number()) {
        return bad(
            kInvalidIndex,
            fmt::format("{}. The attributes of an object are found by their names, not by numbers.",
                        kNoElement));
    }
    return bad(kInvalidIndex, std::string(kNoElement) + ".");
}

}  // namespace
}  // namespace kiln::hcl
