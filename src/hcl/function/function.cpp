#include "hcl/function/function.h"

#include <fmt/format.h>

#include "hcl/value/convert.h"

namespace kiln::hcl {
namespace {

/// A value on its way into a function: converted, without marks the function does not take.
Value prepare(const Value& given, const Parameter& parameter, std::size_t index, Marks& marks);

}  // namespace

std::function<Type(const Function::Arguments&)> always(Type type) {
    return [type = std::move(type)](const Function::Arguments&) { return type; };
}

void FunctionTable::add(const std::string& name, Function function) {
    functions_.insert_or_assign(name, std::move(function));
}

const Function* FunctionTable::find(const std::string& name) const {
    const auto found = functions_.find(name);
    return found == functions_.end() ? nullptr : &found->second;
}

std::vector<std::string> FunctionTable::names() const {
    std::vector<std::string> names;
    for (const auto& [name, function] : functions_) names.push_back(name);
    return names;
}

Value call_function(const Function& function, const Function::Arguments& arguments) {
    Function::Arguments prepared;
    Marks marks;
    bool all_known = true;
    bool dynamic = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const Parameter& parameter =
            i < function.parameters.size() ? function.parameters[i] : function.variadic.value();
        prepared.push_back(prepare(arguments[i], parameter, i, marks));
        const Value& value = prepared.back();
        if (parameter.allow_unknown || value.is_wholly_known()) continue;
        all_known = false;
        dynamic = dynamic || (!value.is_known() && value.type().is_dynamic());
    }
    if (dynamic) return Value::dynamic_unknown().with_marks(marks);
    if (!all_known) return Value::unknown_of(function.result_type(prepared)).with_marks(marks);
    return function.call(prepared).with_marks(marks);
}

namespace {

Value prepare(const Value& given, const Parameter& parameter, std::size_t index, Marks& marks) {
    Value value = given;
    if (!parameter.allow_marked && value.contains_marked()) {
        marks.merge(value.marks_deep());
        value = value.without_marks_deep();
    }
    if (value.is_null() && !parameter.allow_null) {
        throw ArgumentError(index, "argument must not be null");
    }
    const Conversion converted = convert(value, parameter.type);
    if (!converted) throw ArgumentError(index, converted.reason);
    return *converted.value;
}

}  // namespace
}  // namespace kiln::hcl
