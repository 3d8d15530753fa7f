#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/diagnostic.h"

namespace kiln {

/// The value of an option as plain data: what a template's body comes to once it is evaluated, and
/// what a component's schema decodes into its struct. It knows neither HCL nor JSON, so that every
/// room can declare options. A value type.
class Setting {
  public:
    /// An exact decimal number, as text (`-1.5`, `4096`).
    struct Number {
        std::string text;
        friend bool operator==(const Number&, const Number&) = default;
    };
    using List = std::vector<Setting>;
    using Map = std::map<std::string, Setting>;

    Setting() = default;  ///< null
    Setting(bool value) : value_(value) {}
    Setting(std::int64_t value) : value_(Number{std::to_string(value)}) {}
    Setting(int value) : Setting(static_cast<std::int64_t>(value)) {}
    Setting(Number value) : value_(std::move(value)) {}
    Setting(std::string value) : value_(std::move(value)) {}
    Setting(const char* value) : value_(std::string(value)) {}
    Setting(List value) : value_(std::move(value)) {}
    Setting(Map value) : value_(std::move(value)) {}

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    const bool* as_bool() const { return std::get_if<bool>(&value_); }
    const Number* as_number() const { return std::get_if<Number>(&value_); }
    const std::string* as_string() const { return std::get_if<std::string>(&value_); }
    const List* as_list() const { return std::get_if<List>(&value_); }
    const Map* as_map() const { return std::get_if<Map>(&value_); }
    std::string* as_string() { return std::get_if<std::string>(&value_); }
    List* as_list() { return std::get_if<List>(&value_); }
    Map* as_map() { return std::get_if<Map>(&value_); }

    /// Where the value stands in a template, when it comes from one.
    const std::optional<SourceRange>& range() const { return range_; }
    void set_range(std::optional<SourceRange> range) { range_ = std::move(range); }

    /// What it is, for messages: `string`, `number`, `bool`, `list`, `map`, `null`.
    std::string_view kind() const;

    /// Compares the data, not the place.
    friend bool operator==(const Setting& a, const Setting& b) { return a.value_ == b.value_; }

  private:
    std::variant<std::monostate, bool, Number, std::string, List, Map> value_;
    std::optional<SourceRange> range_;
};

}  // namespace kiln
