#include <algorithm>

#include <fmt/format.h>

#include "hcl/function/builtin.h"
#include "hcl/value/convert.h"
#include "hcl/value/unify.h"

/// Functions over sets.
namespace kiln::hcl {
namespace {

constexpr std::size_t kMaxProduct = 1'000'000;

/// The arguments as sets of one element type.
std::vector<Value> as_sets(const Arguments& arguments);
Value set_union(const Arguments& arguments);
Value set_intersection(const Arguments& arguments);
Value set_product(const Arguments& arguments);

}  // namespace

void add_set_functions(FunctionTable& table) {
    const Parameter first{"first_set", Type::set(Type::dynamic())};
    const Parameter others{"other_sets", Type::set(Type::dynamic())};
    table.add("setunion", dynamic_variadic({first}, others, set_union));
    table.add("setintersection", dynamic_variadic({first}, others, set_intersection));
    table.add("setproduct", dynamic_variadic({}, any_parameter("sets"), set_product));
}

namespace {

std::vector<Value> as_sets(const Arguments& arguments) {
    std::vector<Type> types;
    for (const Value& set : arguments) {
        // An empty set has no element type of its own.
        if (!set.type().element().is_dynamic()) types.push_back(set.type().element());
    }
    const auto element = unify(types, true);
    if (!element) throw Error("given sets must all have compatible element types");
    std::vector<Value> sets;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const Conversion set = convert(arguments[i], Type::set(*element));
        if (!set) throw ArgumentError(i, set.reason);
        sets.push_back(*set.value);
    }
    return sets;
}

Value set_union(const Arguments& arguments) {
    const auto sets = as_sets(arguments);
    Value::Elements all;
    for (const Value& set : sets) {
        all.insert(all.end(), set.elements().begin(), set.elements().end());
    }
    return Value::set(sets[0].type().element(), std::move(all));
}

Value set_intersection(const Arguments& arguments) {
    const auto sets = as_sets(arguments);
    const auto before = [](const Value& a, const Value& b) { return compare_in_set(a, b) < 0; };
    Value::Elements common = sets[0].elements();
    for (const Value& set : sets) {
        Value::Elements kept;
        std::set_intersection(common.begin(), common.end(), set.elements().begin(),
                              set.elements().end(), std::back_inserter(kept), before);
        common = std::move(kept);
    }
    return Value::set(sets[0].type().element(), std::move(common));
}

Value set_product(const Arguments& arguments) {
    if (arguments.size() < 2) throw Error("at least two arguments are required");
    bool all_sets = true;
    std::size_t total = 1;
    std::vector<Type> types;
    std::vector<Value> lists;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (!arguments[i].type().is_sequence()) {
            throw ArgumentError(i, "a set or a list is required");
        }
        all_sets = all_sets && arguments[i].type().is(TypeKind::Set);
        const Conversion list = convert(arguments[i], Type::list(Type::dynamic()));
        if (!list) throw ArgumentError(i, list.reason);
        lists.push_back(*list.value);
        types.push_back(list.value->type().element());
        total *= lists.back().length();
        if (total > kMaxProduct) throw Error("the product has too many elements");
    }
    const Type tuple = Type::tuple(std::move(types));
    Value::Elements products;
    for (std::size_t n = 0; n < total; ++n) {
        Value::Elements row(lists.size());
        std::size_t rest = n;
        for (std::size_t i = lists.size(); i-- > 0; rest /= lists[i].length()) {
            row[i] = lists[i].elements()[rest % lists[i].length()];
        }
        products.push_back(Value::tuple(std::move(row)));
    }
    return all_sets ? Value::set(tuple, std::move(products))
                    : Value::list(tuple, std::move(products));
}

}  // namespace
}  // namespace kiln::hcl
