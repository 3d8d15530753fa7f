#include "hcl/eval/type_constraint.h"

#include <fmt/format.h>

#include "hcl/eval/evaluate.h"
#include "hcl/eval/references.h"
#include "hcl/value/print.h"

namespace kiln::hcl {
namespace {

constexpr const char* kInvalid = "Invalid type specification";

using DefaultsPtr = std::shared_ptr<const TypeDefaults>;

/// Reads one constraint; reports and gives the dynamic type when it is none.
class ConstraintReader {
  public:
    ConstraintReader(Diagnostics& diagnostics, ConstraintMode mode)
        : diagnostics_(diagnostics), mode_(mode) {}

    TypeWithDefaults read(const Expression& expression);

  private:
    TypeWithDefaults read_keyword(const std::string& keyword, const Expression& expression);
    TypeWithDefaults read_call(const StaticCall& call, const Expression& expression);
    TypeWithDefaults read_collection(const StaticCall& call);
    TypeWithDefaults read_tuple(const StaticCall& call);
    TypeWithDefaults read_object(const StaticCall& call);
    /// Reads `optional(T, default)`; stores the default when there is one.
    TypeWithDefaults read_optional(const StaticCall& call, std::optional<Value>& default_value);
    TypeWithDefaults invalid(std::string detail, const SourceRange& subject,
                             const SourceRange& context);

    Diagnostics& diagnostics_;
    ConstraintMode mode_;
};

Value apply_defaults(const Value& value, const TypeDefaults& defaults);
Value apply_to_object(const Value& value, const TypeDefaults& defaults);

}  // namespace

TypeWithDefaults parse_type_constraint(const Expression& expression, Diagnostics& diagnostics,
                                       ConstraintMode mode) {
    return ConstraintReader(diagnostics, mode).read(expression);
}

Conversion TypeWithDefaults::apply(const Value& value) const {
    return convert(defaults ? apply_defaults(value, *defaults) : value, type);
}

namespace {

TypeWithDefaults ConstraintReader::read(const Expression& expression) {
    if (const std::string keyword = as_keyword(expression); !keyword.empty()) {
        return read_keyword(keyword, expression);
    }
    if (const auto call = as_call(expression)) return read_call(*call, expression);
    return invalid(
        "A type is written as string, number, bool or any, or as a call such as list(string).",
        expression.range, expression.range);
}

TypeWithDefaults ConstraintReader::read_keyword(const std::string& keyword,
                                                const Expression& expression) {
    if (keyword == "string") return {Type::string(), {}};
    if (keyword == "number") return {Type::number(), {}};
    if (keyword == "bool") return {Type::boolean(), {}};
    if (keyword == "any") return {Type::dynamic(), {}};
    const auto fail = [&](std::string detail) {
        return invalid(std::move(detail), expression.range, expression.range);
    };
    if (keyword == "list" || keyword == "set" || keyword == "map") {
        return fail(
            fmt::format("In parentheses after {} stands the type of its elements.", keyword));
    }
    if (keyword == "object") {
        return fail("object takes one argument: a map from attribute names to types.");
    }
    if (keyword == "tuple") {
        return fail("tuple takes one argument: a list of types.");
    }
    if (keyword == "optional") {
        return fail("Only an attribute of an object type can be optional.");
    }
    return fail(fmt::format("There is no type {}.", quote(keyword)));
}

TypeWithDefaults ConstraintReader::read_call(const StaticCall& call, const Expression& expression) {
    const std::string& name = call.name;
    if (name == "string" || name == "number" || name == "bool" || name == "any") {
        return invalid(fmt::format("The type {} takes nothing in parentheses.", quote(name)),
                       call.arguments_range, expression.range);
    }
    if (name == "list" || name == "set" || name == "map") return read_collection(call);
    if (name == "tuple") return read_tuple(call);
    if (name == "object") return read_object(call);
    if (name == "optional") {
        return invalid("Only an attribute of an object type can be optional.", call.name_range,
                       expression.range);
    }
    return invalid(fmt::format("There is no type {} that takes others.", quote(name)),
                   call.name_range, expression.range);
}

TypeWithDefaults ConstraintReader::read_collection(const StaticCall& call) {
    if (call.arguments.size() != 1) {
        return invalid(
            fmt::format("In parentheses after {} stands the type of its elements.", call.name),
            call.arguments_range, SourceRange::between(call.name_range, call.arguments_range));
    }
    const TypeWithDefaults element = read(*call.arguments[0]);
    TypeWithDefaults result;
    result.type = call.name == "list"  ? Type::list(element.type)
                  : call.name == "set" ? Type::set(element.type)
                                       : Type::map(element.type);
    if (element.defaults) {
        result.defaults = std::make_shared<const TypeDefaults>(
            TypeDefaults{result.type, {}, {{"", element.defaults}}});
    }
    return result;
}

TypeWithDefaults ConstraintReader::read_tuple(const StaticCall& call) {
    const auto list = call.arguments.size() == 1 ? as_list(*call.arguments[0]) : std::nullopt;
    if (!list) {
        return invalid(call.arguments.size() == 1 ? "The argument of tuple is a list of types."
                                                  : "tuple takes one argument: a list of types.",
                       call.arguments_range,
                       SourceRange::between(call.name_range, call.arguments_range));
    }
    std::vector<Type> types;
    TypeDefaults defaults;
    for (const ExpressionPtr& item : *list) {
        const TypeWithDefaults element = read(*item);
        if (element.defaults) {
            defaults.children.emplace(std::to_string(types.size()), element.defaults);
        }
        types.push_back(element.type);
    }
    TypeWithDefaults result{Type::tuple(std::move(types)), {}};
    if (!defaults.children.empty()) {
        defaults.type = result.type;
        result.defaults = std::make_shared<const TypeDefaults>(std::move(defaults));
    }
    return result;
}

TypeWithDefaults ConstraintReader::read_object(const StaticCall& call) {
    const SourceRange context = SourceRange::between(call.name_range, call.arguments_range);
    const auto* object =
        call.arguments.size() == 1 ? call.arguments[0]->as<ObjectConstructor>() : nullptr;
    if (object == nullptr) {
        return invalid(call.arguments.size() == 1
                           ? "The argument of object is a map from attribute names to types."
                           : "object takes one argument: a map from attribute names to types.",
                       call.arguments_range, context);
    }
    Type::Attributes attributes;
    std::set<std::string> optional;
    TypeDefaults defaults;
    for (const auto& item : object->items) {
        const auto* key = item.key->as<ObjectKey>();
        const std::string name = key != nullptr ? as_keyword(*key->inner) : std::string();
        if (name.empty()) {
            invalid("Write the name of an attribute as the key.", item.key->range, item.key->range);
            continue;
        }
        if (attributes.contains(name)) {
            invalid(fmt::format("The attribute {} is declared more than once.", quote(name)),
                    item.key->range, context);
            continue;
        }
        const auto modifier = as_call(*item.value);
        TypeWithDefaults attribute;
        std::optional<Value> default_value;
        if (modifier && modifier->name == "optional") {
            optional.insert(name);
            attribute = read_optional(*modifier, default_value);
        } else {
            attribute = read(*item.value);
        }
        if (default_value) defaults.values.emplace(name, *default_value);
        if (attribute.defaults) defaults.children.emplace(name, attribute.defaults);
        attributes.emplace(name, attribute.type);
    }
    TypeWithDefaults result{Type::object(std::move(attributes), std::move(optional)), {}};
    if (!defaults.values.empty() || !defaults.children.empty()) {
        defaults.type = result.type;
        result.defaults = std::make_shared<const TypeDefaults>(std::move(defaults));
    }
    return result;
}

TypeWithDefaults ConstraintReader::read_optional(const StaticCall& call,
                                                 std::optional<Value>& default_value) {
    const SourceRange context = SourceRange::between(call.name_range, call.arguments_range);
    if (mode_ == ConstraintMode::Plain) {
        return invalid("An exact type has no optional attributes.", call.name_range, context);
    }
    if (call.arguments.empty()) {
        return invalid("Give optional the type of the attribute.", call.arguments_range, context);
    }
    if (call.arguments.size() > 1 && mode_ != ConstraintMode::OptionalDefaults) {
        return invalid("optional takes the type of the attribute and nothing else here.",
                       call.arguments_range, context);
    }
    if (call.arguments.size() > 2) {
        return invalid("optional takes a type and, after it, a default value; nothing more.",
                       call.arguments_range, context);
    }
    const TypeWithDefaults type = read(*call.arguments[0]);
    if (call.arguments.size() == 1) return type;
    const Expression& expression = *call.arguments[1];
    const Value value = evaluate(expression, EvalScope(), diagnostics_);
    const Conversion converted = type.apply(value);
    if (converted) {
        default_value = converted.value;
    } else {
        diagnostics_.add(Diagnostic::error(
            "Invalid default value for optional attribute",
            fmt::format("This default value is not compatible with the attribute's type "
                        "constraint: {}.",
                        converted.reason),
            expression.range));
    }
    return type;
}

TypeWithDefaults ConstraintReader::invalid(std::string detail, const SourceRange& subject,
                                           const SourceRange& context) {
    diagnostics_.add(Diagnostic::error(kInvalid, std::move(detail), subject, context));
    return {};
}

Value apply_defaults(const Value& value, const TypeDefaults& defaults) {
    if (value.is_null() || !value.is_known()) return value;
    const Value plain = value.without_marks();
    const auto child = [&](const std::string& name) -> const TypeDefaults* {
        const auto found = defaults.children.find(name);
        return found == defaults.children.end() ? nullptr : found->second.get();
    };
    if (defaults.type.is(TypeKind::Object)) {
        if (!plain.type().is_mapping()) return value;
        return apply_to_object(plain, defaults).with_marks(value.marks());
    }
    const bool wants_map = defaults.type.is(TypeKind::Map);
    if (wants_map && plain.type().is_mapping()) {
        Value::Entries entries = plain.entries();
        for (auto& [key, entry] : entries) entry = apply_defaults(entry, *child(""));
        return Value::object(std::move(entries)).with_marks(value.marks());
    }
    if (!wants_map && plain.type().is_sequence()) {
        Value::Elements elements = plain.elements();
        for (std::size_t i = 0; i < elements.size(); ++i) {
            const auto* inner =
                child(defaults.type.is(TypeKind::Tuple) ? std::to_string(i) : std::string());
            if (inner != nullptr) elements[i] = apply_defaults(elements[i], *inner);
        }
        return Value::tuple(std::move(elements)).with_marks(value.marks());
    }
    return value;
}

Value apply_to_object(const Value& value, const TypeDefaults& defaults) {
    Value::Entries attributes = value.entries();
    for (const auto& [name, fallback] : defaults.values) {
        const auto given = attributes.find(name);
        if (given == attributes.end()) {
            attributes.emplace(name, fallback);
        } else if (given->second.is_null()) {
            given->second = fallback;
        }
    }
    for (const auto& [name, inner] : defaults.children) {
        const auto given = attributes.find(name);
        if (given != attributes.end()) given->second = apply_defaults(given->second, *inner);
    }
    return Value::object(std::move(attributes));
}

}  // namespace
}  // namespace kiln::hcl
