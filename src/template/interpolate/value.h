#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/setting.h"

namespace kiln::interpolation {

/// What a `{{ }}` expression comes to while it is evaluated. Whole and other numbers are kept
/// apart, because they print and compare differently. A value type; contents are shared.
class Value {
  public:
    using List = std::vector<Value>;
    using Map = std::map<std::string, Value>;

    Value() = default;  ///< nothing: a field that is not there
    Value(bool value) : content_(value) {}
    Value(std::int64_t value) : content_(value) {}
    Value(double value) : content_(value) {}
    Value(std::string value) : content_(std::move(value)) {}
    Value(const char* value) : content_(std::string(value)) {}
    Value(List value) : content_(std::make_shared<const List>(std::move(value))) {}
    Value(Map value) : content_(std::make_shared<const Map>(std::move(value))) {}
    static Value from(const Setting& setting);

    bool is_nothing() const { return std::holds_alternative<std::monostate>(content_); }
    const bool* as_bool() const { return std::get_if<bool>(&content_); }
    const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&content_); }
    const double* as_float() const { return std::get_if<double>(&content_); }
    const std::string* as_string() const { return std::get_if<std::string>(&content_); }
    const List* as_list() const;
    const Map* as_map() const;

    /// Whether it counts as true: anything but nothing, false, zero and what is empty.
    bool truth() const;
    /// How errors and `%T` name its type: `string`, `int`, `float64`, `bool`, `list`, `map`, `nil`.
    std::string_view type_name() const;

  private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string,
                 std::shared_ptr<const List>, std::shared_ptr<const Map>>
        content_;
};

}  // namespace kiln::interpolation
