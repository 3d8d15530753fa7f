#include <cmath>

#include <fmt/format.h>

#include "hcl/function/builtin.h"
#include "hcl/value/convert.h"

/// Functions over numbers.
namespace kiln::hcl {
namespace {

void add_unary(FunctionTable& table, const std::string& name, Number (Number::*method)() const);
Function extreme(int wanted_sign);
Value from_machine(double value);
Value parse_int(const Arguments& arguments);
Value sum(const Arguments& arguments);

}  // namespace

void add_number_functions(FunctionTable& table) {
    add_unary(table, "abs", &Number::absolute);
    add_unary(table, "ceil", &Number::ceiling);
    add_unary(table, "floor", &Number::floored);
    table.add("min", extreme(-1));
    table.add("max", extreme(1));
    table.add("signum", fixed({number_parameter("num")}, Type::number(), [](const Arguments& a) {
                  if (!a[0].as_number().is_integer()) throw Error("a whole number is required");
                  return Value::number(std::int64_t{a[0].as_number().sign()});
              }));
    table.add("log", fixed({number_parameter("num"), number_parameter("base")}, Type::number(),
                           [](const Arguments& a) {
                               return from_machine(std::log(a[0].as_number().to_double()) /
                                                   std::log(a[1].as_number().to_double()));
                           }));
    table.add("pow", fixed({number_parameter("num"), number_parameter("power")}, Type::number(),
                           [](const Arguments& a) {
                               return from_machine(std::pow(a[0].as_number().to_double(),
                                                            a[1].as_number().to_double()));
                           }));
    table.add("parseint", fixed({any_parameter("number"), number_parameter("base")}, Type::number(),
                                parse_int));
    table.add("sum", fixed({any_parameter("list")}, Type::number(), sum));
}

namespace {

void add_unary(FunctionTable& table, const std::string& name, Number (Number::*method)() const) {
    table.add(name, fixed({number_parameter("num")}, Type::number(), [method](const Arguments& a) {
                  const Number& number = a[0].as_number();
                  return number.is_infinite() && method != &Number::absolute
                             ? a[0]
                             : Value::number((number.*method)());
              }));
}

Function extreme(int wanted_sign) {
    return fixed_variadic({}, number_parameter("numbers"), Type::number(),
                          [wanted_sign](const Arguments& a) {
                              if (a.empty()) throw Error("must pass at least one number");
                              Value best = a[0];
                              for (const Value& value : a) {
                                  const int order = compare(value.as_number(), best.as_number());
                                  if (order * wanted_sign > 0) best = value;
                              }
                              return best;
                          });
}

Value from_machine(double value) {
    const auto number = Number::from_double(value);
    if (!number) throw Error("the result is not a number");
    return Value::number(*number);
}

Value parse_int(const Arguments& arguments) {
    if (!(arguments[0].type() == Type::string())) {
        throw ArgumentError(0, fmt::format("first argument must be a string, not {}",
                                           arguments[0].type().friendly_name()));
    }
    const auto base = arguments[1].as_number().to_int64();
    if (!base || *base < 2 || *base > 62) {
        throw ArgumentError(1, "base must be a whole number between 2 and 62 inclusive");
    }
    const std::string& text = arguments[0].as_string();
    const auto number = Number::parse_integer(text, static_cast<int>(*base));
    if (!number) {
        throw ArgumentError(0,
                            fmt::format("cannot parse \"{}\" as a base {} integer", text, *base));
    }
    return Value::number(*number);
}

Value sum(const Arguments& arguments) {
    const Value& list = arguments[0];
    if (!list.type().is_sequence()) {
        throw ArgumentError(0, fmt::format("argument must be list, set, or tuple. Received {}",
                                           list.type().friendly_name()));
    }
    if (list.length() == 0) throw ArgumentError(0, "cannot sum an empty list");
    std::optional<Number> total;
    for (const Value& element : list.elements()) {
        if (element.is_null()) {
            throw ArgumentError(0, "argument must be list, set, or tuple of number values");
        }
        const Conversion number = convert(element, Type::number());
        if (!number) {
            throw ArgumentError(0, "argument must be list, set, or tuple of number values");
        }
        total = total ? add(*total, number.value->as_number())
                      : std::optional(number.value->as_number());
        if (!total) throw ArgumentError(0, "the sum of opposing infinities is not a number");
    }
    return Value::number(*total);
}

}  // namespace
}  // namespace kiln::hcl
