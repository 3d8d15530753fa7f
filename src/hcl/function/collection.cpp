#include <fmt/format.h>

#include "hcl/function/builtin.h"
#include "hcl/syntax/text.h"
#include "hcl/value/convert.h"
#include "hcl/value/print.h"
#include "hcl/value/unify.h"

/// Functions over collections of any kind.
namespace kiln::hcl {
namespace {

Value length(const Arguments& arguments);
Value keys(const Arguments& arguments);
Value values(const Arguments& arguments);
Value lookup(const Arguments& arguments);
Value merge(const Arguments& arguments);
Value zipmap(const Arguments& arguments);
Value contains(const Arguments& arguments);
Value coalesce(const Arguments& arguments);
Value coalesce_list(const Arguments& arguments);
Value all_true(const Arguments& arguments);
Value any_true(const Arguments& arguments);
void require_mapping(const Arguments& arguments, std::size_t index);

Parameter nullable(Parameter parameter) {
    parameter.allow_null = true;
    return parameter;
}

/// A parameter whose value may have unknown parts; wholly unknown ones are looked after by the
/// implementation too.
Parameter partly_unknown(Parameter parameter) {
    parameter.allow_unknown = true;
    return parameter;
}

}  // namespace

void add_collection_functions(FunctionTable& table) {
    table.add("length", fixed({partly_unknown(any_parameter("value"))}, Type::number(), length));
    table.add("keys", dynamic({partly_unknown(any_parameter("inputMap"))}, keys));
    table.add("values", dynamic({partly_unknown(any_parameter("mapping"))}, values));
    table.add("lookup", dynamic({partly_unknown(any_parameter("inputMap")), string_parameter("key"),
                                 any_parameter("default")},
                                lookup));
    table.add("merge",
              dynamic_variadic({}, partly_unknown(nullable(any_parameter("maps"))), merge));
    table.add("zipmap",
              dynamic({{"keys", Type::list(Type::string())}, any_parameter("values")}, zipmap));
    table.add("contains", fixed({partly_unknown(any_parameter("list")), any_parameter("value")},
                                Type::boolean(), contains));
    table.add("coalesce", dynamic_variadic({}, nullable(any_parameter("vals")), coalesce));
    table.add("coalescelist", dynamic_variadic({}, nullable(any_parameter("vals")), coalesce_list));
    table.add("alltrue", fixed({{"list", Type::list(Type::boolean())}}, Type::boolean(), all_true));
    table.add("anytrue", fixed({{"list", Type::list(Type::boolean())}}, Type::boolean(), any_true));
}

namespace {

Value length(const Arguments& arguments) {
    const Value& value = arguments[0];
    if (value.type().is(TypeKind::Tuple)) {
        return Value::number(static_cast<std::int64_t>(value.type().tuple_elements().size()));
    }
    if (value.type().is(TypeKind::Object)) {
        return Value::number(static_cast<std::int64_t>(value.type().attributes().size()));
    }
    const bool text = value.type() == Type::string();
    if (!text && !value.can_iterate() && !value.type().is_dynamic()) {
        throw Error("argument must be a string, a collection type, or a structural type");
    }
    if (!value.is_known()) return Value::unknown_not_null(Type::number());
    return Value::number(
        static_cast<std::int64_t>(text ? count_graphemes(value.as_string()) : value.length()));
}

void require_mapping(const Arguments& arguments, std::size_t index) {
    const Type& type = arguments[index].type();
    if (!type.is_mapping() && !type.is_dynamic()) {
        throw ArgumentError(index, "must have map or object type");
    }
}

Value keys(const Arguments& arguments) {
    const Value& map = arguments[0];
    require_mapping(arguments, 0);
    if (map.type().is_dynamic()) return Value::dynamic_unknown();
    Value::Elements keys;
    if (map.type().is(TypeKind::Object)) {
        for (const auto& [key, type] : map.type().attributes()) keys.push_back(Value::string(key));
        return Value::tuple(std::move(keys));
    }
    if (!map.is_known()) return Value::unknown_not_null(Type::list(Type::string()));
    for (const auto& [key, value] : map.entries()) keys.push_back(Value::string(key));
    return Value::list(Type::string(), std::move(keys));
}

Value values(const Arguments& arguments) {
    const Value& map = arguments[0];
    if (!map.type().is_mapping() && !map.type().is_dynamic()) {
        throw Error("values() requires a map as the first argument");
    }
    if (!map.is_known()) {
        return map.type().is(TypeKind::Map)
                   ? Value::unknown_not_null(Type::list(map.type().element()))
                   : Value::dynamic_unknown();
    }
    Value::Elements values;
    for (const auto& [key, value] : map.entries()) values.push_back(value);
    if (map.type().is(TypeKind::Object)) return Value::tuple(std::move(values));
    return Value::list(map.type().element(), std::move(values));
}

Value lookup(const Arguments& arguments) {
    const Value& map = arguments[0];
    const std::string& key = arguments[1].as_string();
    if (!map.type().is_mapping() && !map.type().is_dynamic()) {
        throw ArgumentError(0, "lookup() requires a map as the first argument");
    }
    if (!map.is_known()) {
        return map.type().is(TypeKind::Map) ? Value::unknown_of(map.type().element())
                                            : Value::dynamic_unknown();
    }
    if (map.type().is(TypeKind::Object)) {
        const Value* found = map.find(key);
        return found != nullptr ? *found : arguments[2];
    }
    const Conversion fallback = convert(arguments[2], map.type().element());
    if (!fallback) {
        throw ArgumentError(2, fmt::format("the default value must have the same type as the map "
                                           "elements: {}",
                                           fallback.reason));
    }
    const Value* found = map.find(key);
    return found != nullptr ? *found : *fallback.value;
}

Value merge(const Arguments& arguments) {
    Value::Entries merged;
    std::optional<Type> element;
    bool all_maps = true;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const Value& map = arguments[i];
        if (map.is_null()) continue;
        if (!map.type().is_mapping() && !map.type().is_dynamic()) {
            throw Error(fmt::format("arguments must be maps or objects, got {}",
                                    quote(map.type().friendly_name())));
        }
        if (!map.is_known()) return Value::dynamic_unknown();
        if (!map.type().is(TypeKind::Map) || (element && !(*element == map.type().element()))) {
            all_maps = false;
        } else {
            element = map.type().element();
        }
        for (const auto& [key, value] : map.entries()) merged.insert_or_assign(key, value);
    }
    if (all_maps && element) return Value::map(*element, std::move(merged));
    return Value::object(std::move(merged));
}

Value zipmap(const Arguments& arguments) {
    const Value& keys = arguments[0];
    const Value& values = arguments[1];
    if (!values.type().is(TypeKind::List) && !values.type().is(TypeKind::Tuple)) {
        throw ArgumentError(1, "values argument must be a list or tuple value");
    }
    if (keys.length() != values.length()) {
        throw Error(fmt::format("number of keys ({}) does not match number of values ({})",
                                keys.length(), values.length()));
    }
    Value::Entries entries;
    for (std::size_t i = 0; i < keys.length(); ++i) {
        if (keys.elements()[i].is_null()) throw ArgumentError(0, "a key must not be null");
        entries.insert_or_assign(keys.elements()[i].as_string(), values.elements()[i]);
    }
    return values.type().is(TypeKind::List)
               ? Value::map(values.type().element(), std::move(entries))
               : Value::object(std::move(entries));
}

Value contains(const Arguments& arguments) {
    const Value& list = arguments[0];
    if (!list.type().is_sequence() && !list.type().is_dynamic()) {
        throw Error("argument must be list, tuple, or set");
    }
    if (!list.is_known()) return Value::unknown_not_null(Type::boolean());
    bool open = false;
    for (const Value& element : list.elements()) {
        const Value same = equals(element, arguments[1]);
        if (!same.is_known()) {
            open = true;
        } else if (same.as_bool()) {
            return Value::boolean(true);
        }
    }
    return open ? Value::unknown_not_null(Type::boolean()) : Value::boolean(false);
}

/// The one type of all arguments that are not bare nulls.
Type unified_type(const Arguments& arguments) {
    std::vector<Type> types;
    for (const Value& value : arguments) {
        if (!value.is_null() || !value.type().is_dynamic()) types.push_back(value.type());
    }
    const auto unified = unify(types, true);
    if (!unified) throw Error("all arguments must have the same type");
    return *unified;
}

Value coalesce(const Arguments& arguments) {
    const Type type = unified_type(arguments);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const Conversion value = convert(arguments[i], type);
        if (!value) throw ArgumentError(i, value.reason);
        if (value.value->is_null()) continue;
        if (value.value->type() == Type::string() && value.value->as_string().empty()) continue;
        return *value.value;
    }
    throw Error("no non-null, non-empty-string arguments");
}

Value coalesce_list(const Arguments& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const Value& list = arguments[i];
        if (list.is_null()) continue;
        if (!list.type().is(TypeKind::List) && !list.type().is(TypeKind::Tuple)) {
            throw ArgumentError(i, "coalescelist arguments must be lists or tuples");
        }
        if (list.length() > 0) return list;
    }
    throw Error("no non-null arguments");
}

Value all_true(const Arguments& arguments) {
    for (const Value& element : arguments[0].elements()) {
        if (element.is_null() || !element.as_bool()) return Value::boolean(false);
    }
    return Value::boolean(true);
}

Value any_true(const Arguments& arguments) {
    for (const Value& element : arguments[0].elements()) {
        if (!element.is_null() && element.as_bool()) return Value::boolean(true);
    }
    return Value::boolean(false);
}

}  // namespace
}  // namespace kiln::hcl
