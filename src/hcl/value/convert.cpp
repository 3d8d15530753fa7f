#include "hcl/value/convert.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "hcl/value/print.h"
#include "hcl/value/unify.h"

namespace kiln::hcl {
namespace {

Conversion good(Value value) {
    return {std::move(value), {}};
}
Conversion bad(std::string reason) {
    return {std::nullopt, std::move(reason)};
}

Conversion convert_known(const Value& value, const Type& wanted);
Conversion to_primitive(const Value& value, const Type& wanted);
Conversion to_list_or_set(const Value& value, const Type& wanted);
Conversion to_tuple(const Value& value, const Type& wanted);
Conversion to_map(const Value& value, const Type& wanted);
Conversion to_object(const Value& value, const Type& wanted);
std::string missing_attributes(const std::vector<std::string>& names);
/// Brings converted elements to one type where the wanted one leaves it open. Gives that type.
std::optional<Type> settle_element_type(std::vector<Value*> elements, const Type& wanted);
const char* kind_word(const Type& type);

}  // namespace

Conversion convert(const Value& value, const Type& wanted) {
    if (wanted.is_dynamic() || value.type() == wanted) return good(value);
    if (value.is_null()) {
        return good(Value::null_of(wanted.without_optional()).with_marks(value.marks()));
    }
    if (!value.is_known()) {
        if (!can_convert(value.type(), wanted, true)) {
            return bad(mismatch_reason(value.type(), wanted));
        }
        const Type type = wanted.without_optional();
        const Value unknown =
            value.is_not_null() ? Value::unknown_not_null(type) : Value::unknown_of(type);
        return good(unknown.with_marks(value.marks()));
    }
    Conversion result = convert_known(value.without_marks(), wanted);
    if (result) result.value = result.value->with_marks(value.marks());
    return result;
}

bool can_convert(const Type& from, const Type& wanted, bool unsafe) {
    if (wanted.is_dynamic() || from == wanted) return true;
    if (from.is_dynamic()) return unsafe;
    const auto all_to = [&](const auto& types, const Type& element) {
        return std::all_of(types.begin(), types.end(),
                           [&](const Type& type) { return can_convert(type, element, unsafe); });
    };
    switch (wanted.kind()) {
        case TypeKind::String:
            return from.is_primitive();
        case TypeKind::Number:
        case TypeKind::Bool:
            return unsafe && from.is(TypeKind::String);
        case TypeKind::List:
        case TypeKind::Set:
            if (from.is(TypeKind::Tuple)) {
                if (wanted.element().is_dynamic()) {
                    return unify(from.tuple_elements(), unsafe).has_value();
                }
                return all_to(from.tuple_elements(), wanted.element());
            }
            if (wanted.is(TypeKind::Set) && from.is(TypeKind::List) && !unsafe) return false;
            return (from.is(TypeKind::List) || from.is(TypeKind::Set)) &&
                   can_convert(from.element(), wanted.element(), unsafe);
        case TypeKind::Map:
            if (from.is(TypeKind::Map)) {
                return can_convert(from.element(), wanted.element(), unsafe);
            }
            if (from.is(TypeKind::Object)) {
                std::vector<Type> types;
                for (const auto& [name, type] : from.attributes()) types.push_back(type);
                if (wanted.element().is_dynamic()) return unify(types, unsafe).has_value();
                return all_to(types, wanted.element());
            }
            return false;
        case TypeKind::Tuple:
            return from.is(TypeKind::Tuple) &&
                   std::equal(
                       from.tuple_elements().begin(), from.tuple_elements().end(),
                       wanted.tuple_elements().begin(), wanted.tuple_elements().end(),
                       [&](const Type& a, const Type& b) { return can_convert(a, b, unsafe); });
        case TypeKind::Object:
            if (from.is(TypeKind::Map)) {
                return unsafe &&
                       std::all_of(wanted.attributes().begin(), wanted.attributes().end(),
                                   [&](const auto& attribute) {
                                       return can_convert(from.element(), attribute.second, unsafe);
                                   });
            }
            return from.is(TypeKind::Object) &&
                   std::all_of(wanted.attributes().begin(), wanted.attributes().end(),
                               [&](const auto& attribute) {
                                   const auto found = from.attributes().find(attribute.first);
                                   if (found == from.attributes().end()) {
                                       return wanted.is_optional(attribute.first);
                                   }
                                   return can_convert(found->second, attribute.second, unsafe);
                               });
        case TypeKind::Dynamic:
            return true;
    }
    return false;
}

std::string mismatch_reason(const Type& given, const Type& wanted) {
    if (given.is(TypeKind::Object) && wanted.is(TypeKind::Object)) {
        std::vector<std::string> missing;
        for (const auto& [name, type] : wanted.attributes()) {
            const auto found = given.attributes().find(name);
            if (found == given.attributes().end()) {
                if (!wanted.is_optional(name)) missing.push_back(name);
            } else if (!can_convert(found->second, type, true)) {
                return fmt::format("attribute {}: {}", quote(name),
                                   mismatch_reason(found->second, type));
            }
        }
        if (!missing.empty()) return missing_attributes(missing);
    }
    if (given.is(TypeKind::Tuple) && wanted.is(TypeKind::Tuple) &&
        given.tuple_elements().size() == wanted.tuple_elements().size()) {
        for (std::size_t i = 0; i < given.tuple_elements().size(); ++i) {
            const Type& element = given.tuple_elements()[i];
            if (!can_convert(element, wanted.tuple_elements()[i], true)) {
                return fmt::format("element {}: {}", i,
                                   mismatch_reason(element, wanted.tuple_elements()[i]));
            }
        }
    }
    const bool from_tuple =
        given.is(TypeKind::Tuple) && (wanted.is(TypeKind::List) || wanted.is(TypeKind::Set));
    const bool from_object = given.is(TypeKind::Object) && wanted.is(TypeKind::Map);
    if ((from_tuple || from_object) && wanted.element().is_dynamic()) {
        return fmt::format("all {} elements must have the same type", kind_word(wanted));
    }
    if (from_tuple) {
        for (std::size_t i = 0; i < given.tuple_elements().size(); ++i) {
            const Type& element = given.tuple_elements()[i];
            if (!can_convert(element, wanted.element(), true)) {
                return fmt::format("element {}: {}", i, mismatch_reason(element, wanted.element()));
            }
        }
    }
    if (from_object) {
        for (const auto& [name, type] : given.attributes()) {
            if (!can_convert(type, wanted.element(), true)) {
                return fmt::format("element {}: {}", quote(name),
                                   mismatch_reason(type, wanted.element()));
            }
        }
    }
    if (given.is_collection() && wanted.kind() == given.kind()) {
        return fmt::format("incorrect {} element type: {}", kind_word(wanted),
                           mismatch_reason(given.element(), wanted.element()));
    }
    return wanted.friendly_name_for_constraint() + " required";
}

namespace {

Conversion convert_known(const Value& value, const Type& wanted) {
    switch (wanted.kind()) {
        case TypeKind::List:
        case TypeKind::Set:
            return to_list_or_set(value, wanted);
        case TypeKind::Tuple:
            return to_tuple(value, wanted);
        case TypeKind::Map:
            return to_map(value, wanted);
        case TypeKind::Object:
            return to_object(value, wanted);
        default:
            return to_primitive(value, wanted);
    }
}

Conversion to_primitive(const Value& value, const Type& wanted) {
    const TypeKind from = value.type().kind();
    if (wanted.is(TypeKind::String) && from == TypeKind::Bool) {
        return good(Value::string(value.as_bool() ? "true" : "false"));
    }
    if (wanted.is(TypeKind::String) && from == TypeKind::Number) {
        try {
            return good(Value::string(value.as_number().to_text()));
        } catch (const Error& error) {
            return bad(error.message());
        }
    }
    if (from != TypeKind::String) return bad(mismatch_reason(value.type(), wanted));
    const std::string& text = value.as_string();
    if (wanted.is(TypeKind::Number)) {
        if (const auto number = Number::parse(text)) return good(Value::number(*number));
        return bad("a number is required");
    }
    if (text == "true" || text == "1") return good(Value::boolean(true));
    if (text == "false" || text == "0") return good(Value::boolean(false));
    if (text == "True" || text == "TRUE") {
        return bad("a bool is required; to convert from string, use lowercase \"true\"");
    }
    if (text == "False" || text == "FALSE") {
        return bad("a bool is required; to convert from string, use lowercase \"false\"");
    }
    return bad("a bool is required");
}

Conversion to_list_or_set(const Value& value, const Type& wanted) {
    if (!value.type().is_sequence()) return bad(mismatch_reason(value.type(), wanted));
    Value::Elements elements = value.elements();
    if (!wanted.element().is_dynamic()) {
        for (std::size_t i = 0; i < elements.size(); ++i) {
            const Conversion element = convert(elements[i], wanted.element());
            if (!element) {
                if (value.type().is_collection() &&
                    !can_convert(value.type().element(), wanted.element(), true)) {
                    return bad(mismatch_reason(value.type(), wanted));
                }
                return bad(fmt::format("element {}: {}", i, element.reason));
            }
            elements[i] = *element.value;
        }
    }
    Type element_type = wanted.element().without_optional();
    if (value.type().is_collection() && element_type.is_dynamic()) {
        element_type = value.type().element();
    } else {
        std::vector<Value*> places;
        for (Value& element : elements) places.push_back(&element);
        const auto settled = settle_element_type(std::move(places), element_type);
        if (!settled) {
            return bad(fmt::format("all {} elements must have the same type", kind_word(wanted)));
        }
        element_type = *settled;
    }
    return good(wanted.is(TypeKind::List) ? Value::list(element_type, std::move(elements))
                                          : Value::set(element_type, std::move(elements)));
}

Conversion to_tuple(const Value& value, const Type& wanted) {
    const auto& types = wanted.tuple_elements();
    if (!value.type().is(TypeKind::Tuple) || value.length() != types.size()) {
        return bad(mismatch_reason(value.type(), wanted));
    }
    Value::Elements elements = value.elements();
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const Conversion element = convert(elements[i], types[i]);
        if (!element) return bad(fmt::format("element {}: {}", i, element.reason));
        elements[i] = *element.value;
    }
    return good(Value::tuple(std::move(elements)));
}

Conversion to_map(const Value& value, const Type& wanted) {
    if (!value.type().is_mapping()) return bad(mismatch_reason(value.type(), wanted));
    Value::Entries entries = value.entries();
    for (auto& [key, entry] : entries) {
        const Conversion element = convert(entry, wanted.element());
        if (!element) {
            if (value.type().is(TypeKind::Map) &&
                !can_convert(value.type().element(), wanted.element(), true)) {
                return bad(mismatch_reason(value.type(), wanted));
            }
            return bad(fmt::format("element {}: {}", quote(key), element.reason));
        }
        entry = *element.value;
    }
    Type element_type = wanted.element().without_optional();
    if (value.type().is(TypeKind::Map) && element_type.is_dynamic()) {
        element_type = value.type().element();
    } else {
        std::vector<Value*> places;
        for (auto& [key, entry] : entries) places.push_back(&entry);
        const auto settled = settle_element_type(std::move(places), element_type);
        if (!settled) return bad("all map elements must have the same type");
        element_type = *settled;
    }
    return good(Value::map(element_type, std::move(entries)));
}

Conversion to_object(const Value& value, const Type& wanted) {
    if (!value.type().is_mapping()) return bad(mismatch_reason(value.type(), wanted));
    const bool from_map = value.type().is(TypeKind::Map);
    Value::Entries attributes;
    std::vector<std::string> missing;
    for (const auto& [name, type] : wanted.attributes()) {
        const Value* given = value.find(name);
        if (given == nullptr) {
            if (!wanted.is_optional(name)) missing.push_back(name);
            attributes.emplace(name, Value::null_of(type.without_optional()));
            continue;
        }
        const Conversion attribute = convert(*given, type);
        if (!attribute) {
            return bad(fmt::format("{} {}: {}", from_map ? "element" : "attribute", quote(name),
                                   attribute.reason));
        }
        attributes.emplace(name, *attribute.value);
    }
    if (!missing.empty()) return bad(missing_attributes(missing));
    return good(Value::object(std::move(attributes)));
}

std::string missing_attributes(const std::vector<std::string>& names) {
    if (names.size() == 1) return fmt::format("attribute {} is required", quote(names[0]));
    if (names.size() == 2) {
        return fmt::format("attributes {} and {} are required", quote(names[0]), quote(names[1]));
    }
    std::string list;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) list += i + 1 == names.size() ? ", and " : ", ";
        list += quote(names[i]);
    }
    return fmt::format("attributes {} are required", list);
}

std::optional<Type> settle_element_type(std::vector<Value*> elements, const Type& wanted) {
    if (!wanted.has_dynamic() || elements.empty()) return wanted;
    std::vector<Type> types;
    for (const Value* element : elements) {
        // A bare null or unknown takes whatever type the others have.
        if (!element->type().is_dynamic()) types.push_back(element->type());
    }
    if (types.empty()) return wanted;
    const auto unified = unify(types, true);
    if (!unified) return std::nullopt;
    for (Value* element : elements) {
        const Conversion converted = convert(*element, *unified);
        if (!converted) return std::nullopt;
        *element = *converted.value;
    }
    return unified;
}

const char* kind_word(const Type& type) {
    if (type.is(TypeKind::List)) return "list";
    return type.is(TypeKind::Set) ? "set" : "map";
}

}  // namespace
}  // namespace kiln::hcl
