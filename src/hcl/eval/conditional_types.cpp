#include "hcl/eval/conditional_types.h"

#include <fmt/format.h>

#include "hcl/value/print.h"
#include "hcl/value/unify.h"

namespace kiln::hcl {
namespace {

std::string describe_object_difference(const Type& if_true, const Type& if_false);
std::string describe_tuple_difference(const Type& if_true, const Type& if_false);
bool is_bare_null(const Value& value) {
    return value.is_null() && value.type().is_dynamic();
}

}  // namespace

std::optional<Type> conditional_type(const Value& if_true, const Value& if_false) {
    if (is_bare_null(if_true)) return if_false.type();
    if (is_bare_null(if_false)) return if_true.type();
    if (if_true.type().is_dynamic() || if_false.type().is_dynamic()) return Type::dynamic();
    return unify({if_true.type(), if_false.type()}, true);
}

std::string describe_type_difference(const Type& if_true, const Type& if_false) {
    std::string difference;
    if (if_true.is(TypeKind::Object) && if_false.is(TypeKind::Object)) {
        difference = describe_object_difference(if_true, if_false);
    } else if (if_true.is(TypeKind::Tuple) && if_false.is(TypeKind::Tuple)) {
        difference = describe_tuple_difference(if_true, if_false);
    } else if (if_true.is_collection() && if_true.kind() == if_false.kind() &&
               !unify({if_true.element(), if_false.element()}, true)) {
        const char* kind = if_true.is(TypeKind::List)  ? "list"
                           : if_true.is(TypeKind::Set) ? "set"
                                                       : "map";
        difference = fmt::format("The elements of the {}s differ: {}", kind,
                                 describe_type_difference(if_true.element(), if_false.element()));
    }
    if (!difference.empty()) return difference;
    return fmt::format("For true it is {}, for false it is {}.", if_true.friendly_name(),
                       if_false.friendly_name());
}

namespace {

std::string describe_object_difference(const Type& if_true, const Type& if_false) {
    const auto& left = if_true.attributes();
    const auto& right = if_false.attributes();
    for (const auto& [name, type] : left) {
        const auto other = right.find(name);
        if (other == right.end()) {
            return fmt::format(
                "The object for true has the attribute {}, the one for false has not.",
                quote(name));
        }
        if (!unify({type, other->second}, true)) {
            return fmt::format("The attribute {} differs: {}", quote(name),
                               describe_type_difference(type, other->second));
        }
    }
    for (const auto& [name, type] : right) {
        if (!left.contains(name)) {
            return fmt::format(
                "The object for false has the attribute {}, the one for true has not.",
                quote(name));
        }
    }
    return {};
}

std::string describe_tuple_difference(const Type& if_true, const Type& if_false) {
    const auto& left = if_true.tuple_elements();
    const auto& right = if_false.tuple_elements();
    if (left.size() != right.size()) {
        return fmt::format("The tuple for true has {} elements, the one for false has {}.",
                           left.size(), right.size());
    }
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (!unify({left[i], right[i]}, true)) {
            return fmt::format("The element {} differs: {}", i,
                               describe_type_difference(left[i], right[i]));
        }
    }
    return {};
}

}  // namespace
}  // namespace kiln::hcl
