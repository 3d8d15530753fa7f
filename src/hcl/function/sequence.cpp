#include <algorithm>

#include <fmt/format.h>

#include "hcl/function/builtin.h"
#include "hcl/value/convert.h"
#include "hcl/value/unify.h"

/// Functions over lists and tuples.
namespace kiln::hcl {
namespace {

constexpr std::size_t kMaxRange = 1024;

Value concat(const Arguments& arguments);
Value element(const Arguments& arguments);
Value index_of(const Arguments& arguments);
Value flatten(const Arguments& arguments);
bool flatten_into(const Value& value, Value::Elements& out);
Value distinct(const Arguments& arguments);
Value compact(const Arguments& arguments);
Value range(const Arguments& arguments);
Value reverse(const Arguments& arguments);
Value slice(const Arguments& arguments);
Value sort(const Arguments& arguments);
Value chunk_list(const Arguments& arguments);

Parameter string_list(std::string name) {
    return {std::move(name), Type::list(Type::string())};
}

}  // namespace

void add_sequence_functions(FunctionTable& table) {
    const Type strings = Type::list(Type::string());
    const Parameter any_list{"list", Type::list(Type::dynamic())};
    table.add("concat", dynamic_variadic({}, any_parameter("seqs"), concat));
    table.add("element", dynamic({any_parameter("list"), number_parameter("index")}, element));
    table.add("index",
              fixed({any_parameter("list"), any_parameter("value")}, Type::number(), index_of));
    table.add("flatten", dynamic({any_parameter("list")}, flatten));
    table.add("distinct", dynamic({any_list}, distinct));
    table.add("compact", fixed({string_list("list")}, strings, compact));
    table.add("range",
              fixed_variadic({}, number_parameter("params"), Type::list(Type::number()), range));
    table.add("reverse", dynamic({any_parameter("list")}, reverse));
    table.add("slice", dynamic({any_parameter("list"), number_parameter("start_index"),
                                number_parameter("end_index")},
                               slice));
    table.add("sort", fixed({string_list("list")}, strings, sort));
    table.add("chunklist", dynamic({any_list, number_parameter("size")}, chunk_list));
}

namespace {

void require_list(const Value& value, std::size_t index, const char* what) {
    if (!value.type().is(TypeKind::List) && !value.type().is(TypeKind::Tuple)) {
        throw ArgumentError(index, what);
    }
}

/// A sequence of the same kind as `model`.
Value same_kind(const Value& model, Value::Elements elements) {
    return model.type().is_collection() ? Value::list(model.type().element(), std::move(elements))
                                        : Value::tuple(std::move(elements));
}

Value concat(const Arguments& arguments) {
    if (arguments.empty()) throw Error("at least one argument is required");
    Value::Elements all;
    std::vector<Type> list_types;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        require_list(arguments[i], i, "all arguments must be lists or tuples");
        if (arguments[i].type().is(TypeKind::List)) list_types.push_back(arguments[i].type());
        const auto& elements = arguments[i].elements();
        all.insert(all.end(), elements.begin(), elements.end());
    }
    // Lists of types that fit together stay a list; anything else is a tuple.
    const auto unified =
        list_types.size() == arguments.size() ? unify(list_types, true) : std::nullopt;
    if (!unified || !unified->is(TypeKind::List)) return Value::tuple(std::move(all));
    for (Value& value : all) {
        const Conversion converted = convert(value, unified->element());
        if (!converted) throw Error(converted.reason);
        value = *converted.value;
    }
    return Value::list(unified->element(), std::move(all));
}

Value element(const Arguments& arguments) {
    const Value& list = arguments[0];
    require_list(list, 0, "cannot read elements from a value that is not a list or tuple");
    const std::int64_t index = whole_number(arguments, 1);
    if (index < 0) throw Error("cannot use element function with a negative index");
    if (list.length() == 0) throw Error("cannot use element function with an empty list");
    return list.elements()[static_cast<std::size_t>(index) % list.length()];
}

Value index_of(const Arguments& arguments) {
    const Value& list = arguments[0];
    require_list(list, 0, "argument must be a list or tuple");
    if (list.length() == 0) throw ArgumentError(0, "cannot search an empty list");
    for (std::size_t i = 0; i < list.length(); ++i) {
        if (equals(list.elements()[i], arguments[1]).as_bool()) {
            return Value::number(static_cast<std::int64_t>(i));
        }
    }
    throw Error("item not found");
}

Value flatten(const Arguments& arguments) {
    if (!arguments[0].type().is_sequence()) {
        throw Error("can only flatten lists, sets and tuples");
    }
    Value::Elements out;
    flatten_into(arguments[0], out);
    return Value::tuple(std::move(out));
}

bool flatten_into(const Value& value, Value::Elements& out) {
    for (const Value& element : value.elements()) {
        const bool nested = !element.is_null() && element.type().is_sequence();
        if (!nested || !flatten_into(element, out)) out.push_back(element);
    }
    return true;
}

Value distinct(const Arguments& arguments) {
    const Value& list = arguments[0];
    const auto before = [](const Value* a, const Value* b) { return compare_in_set(*a, *b) < 0; };
    std::set<const Value*, decltype(before)> seen(before);
    Value::Elements kept;
    for (const Value& element : list.elements()) {
        if (seen.insert(&element).second) kept.push_back(element);
    }
    return Value::list(list.type().element(), std::move(kept));
}

Value compact(const Arguments& arguments) {
    Value::Elements kept;
    for (const Value& element : arguments[0].elements()) {
        if (!element.is_null() && !element.as_string().empty()) kept.push_back(element);
    }
    return Value::list(Type::string(), std::move(kept));
}

Value range(const Arguments& arguments) {
    if (arguments.empty() || arguments.size() > 3) {
        throw Error("must have one, two, or three arguments");
    }
    const Number zero;
    const Number start = arguments.size() > 1 ? arguments[0].as_number() : zero;
    const Number end = arguments[arguments.size() > 1 ? 1 : 0].as_number();
    const Number step =
        arguments.size() > 2 ? arguments[2].as_number() : Number::from_int(end < start ? -1 : 1);
    const std::size_t step_index = arguments.size() - 1;
    if (step.is_zero()) throw Error("step must not be zero");
    const bool down = step.is_negative();
    if (down && start < end) {
        throw ArgumentError(step_index, "end must be less than start when step is negative");
    }
    if (!down && end < start) {
        throw ArgumentError(step_index, "end must be greater than start when step is positive");
    }
    Value::Elements numbers;
    for (Number at = start; down ? end < at : at < end;) {
        if (numbers.size() == kMaxRange) {
            throw Error(
                fmt::format("more than {} values were generated; either decrease the "
                            "difference between start and end or use a smaller step",
                            kMaxRange));
        }
        numbers.push_back(Value::number(at));
        const auto next = add(at, step);
        if (!next) throw Error("the numbers of the range must be finite");
        at = *next;
    }
    return Value::list(Type::number(), std::move(numbers));
}

Value reverse(const Arguments& arguments) {
    const Value& list = arguments[0];
    if (!list.type().is_sequence()) {
        throw ArgumentError(0, fmt::format("can only reverse list or tuple values, not {}",
                                           list.type().friendly_name()));
    }
    Value::Elements elements = list.elements();
    std::reverse(elements.begin(), elements.end());
    return same_kind(list, std::move(elements));
}

Value slice(const Arguments& arguments) {
    const Value& list = arguments[0];
    if (list.type().is(TypeKind::Set)) {
        throw ArgumentError(0,
                            "cannot slice a set, because its elements do not have indices; "
                            "explicitly convert to a list if the ordering of the result is not "
                            "important");
    }
    require_list(list, 0, "must be a list or tuple value");
    const std::int64_t start = whole_number(arguments, 1);
    const std::int64_t end = whole_number(arguments, 2);
    const auto length = static_cast<std::int64_t>(list.length());
    if (start < 0) throw ArgumentError(1, "start index must not be less than zero");
    if (start > length) {
        throw ArgumentError(1, "start index must not be greater than the length of the list");
    }
    if (end < 0) throw ArgumentError(2, "end index must not be less than zero");
    if (end > length) {
        throw ArgumentError(2, "end index must not be greater than the length of the list");
    }
    if (start > end) throw ArgumentError(1, "start index must not be greater than end index");
    const auto& elements = list.elements();
    return same_kind(list, {elements.begin() + start, elements.begin() + end});
}

Value sort(const Arguments& arguments) {
    Value::Elements elements = arguments[0].elements();
    for (const Value& item : elements) {
        if (item.is_null()) {
            throw ArgumentError(0, "given list element is null; a null string cannot be sorted");
        }
    }
    std::sort(elements.begin(), elements.end(),
              [](const Value& a, const Value& b) { return a.as_string() < b.as_string(); });
    return Value::list(Type::string(), std::move(elements));
}

Value chunk_list(const Arguments& arguments) {
    const Value& list = arguments[0];
    const std::int64_t size = whole_number(arguments, 1);
    if (size < 0) throw Error("the size argument must be positive");
    const Type chunk_type = list.type();
    const auto& elements = list.elements();
    Value::Elements chunks;
    const std::size_t step =
        size == 0 ? std::max<std::size_t>(elements.size(), 1) : static_cast<std::size_t>(size);
    for (std::size_t at = 0; at < elements.size();) {
        const std::size_t count = std::min(step, elements.size() - at);
        const auto first = elements.begin() + static_cast<std::ptrdiff_t>(at);
        chunks.push_back(
            Value::list(chunk_type.element(), {first, first + static_cast<std::ptrdiff_t>(count)}));
        at += count;
    }
    return Value::list(chunk_type, std::move(chunks));
}

}  // namespace
}  // namespace kiln::hcl
