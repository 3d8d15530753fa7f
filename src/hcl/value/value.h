#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "hcl/value/number.h"
#include "hcl/value/type.h"

namespace kiln::hcl {

/// Labels that travel with a value into all that is derived from it.
using Marks = std::set<std::string>;

/// The mark of values that must not be shown.
inline const std::string kSensitiveMark = "sensitive";

/// A value of the language: known, null of a type, or unknown of a type, each with marks.
/// Immutable and cheap to copy (contents are shared); safe to share between threads.
/// Reading a value as what it is not (a string as a number, the content of a null or unknown value)
/// is a programming error and throws Error.
class Value {
  public:
    using Elements = std::vector<Value>;
    using Entries = std::map<std::string, Value>;

    /// A null of the dynamic type, as `null` in source text.
    Value() = default;

    static Value string(std::string_view text);  ///< normalises to NFC
    static Value number(Number number);
    static Value number(std::int64_t number) { return Value::number(Number::from_int(number)); }
    static Value boolean(bool value);
    /// Elements must be of the element type (or null or unknown of it).
    static Value list(Type element, Elements elements);
    /// Removes duplicates and brings the elements into set order. With an unknown element inside
    /// the whole set is unknown, because what is a duplicate is not settled.
    static Value set(Type element, Elements elements);
    static Value map(Type element, Entries entries);
    static Value tuple(Elements elements);
    static Value object(Entries attributes);
    static Value null_of(Type type);
    /// A placeholder for a value of this type that comes later.
    static Value unknown_of(Type type);
    /// The same, where it is settled that the value will not be null.
    static Value unknown_not_null(Type type);
    static Value dynamic_unknown() { return unknown_of(Type::dynamic()); }

    const Type& type() const { return type_; }
    bool is_null() const { return state_ == State::Null; }
    bool is_known() const { return state_ == State::Known || state_ == State::Null; }
    bool is_not_null() const { return state_ == State::Known || state_ == State::UnknownNotNull; }
    /// Known, and so is everything inside.
    bool is_wholly_known() const;

    const std::string& as_string() const;
    const Number& as_number() const;
    bool as_bool() const;
    /// Of a list, set (in set order) or tuple.
    const Elements& elements() const;
    /// Of a map or object, in key order.
    const Entries& entries() const;
    /// Number of elements or entries.
    std::size_t length() const;
    /// Attribute of an object or element of a map, or nullptr.
    const Value* find(const std::string& key) const;
    bool can_iterate() const;
    /// Keys and values in iteration order: index, key, or for sets the element itself.
    std::vector<std::pair<Value, Value>> items() const;

    bool is_marked() const { return marks_ != nullptr; }
    bool has_mark(const std::string& mark) const { return marks_ && marks_->contains(mark); }
    /// Marked itself or with a marked value inside.
    bool contains_marked() const;
    const Marks& marks() const;
    Marks marks_deep() const;
    Value with_mark(const std::string& mark) const { return with_marks({mark}); }
    Value with_marks(const Marks& marks) const;
    /// With the marks of the other value added.
    Value with_marks_of(const Value& other) const;
    Value without_marks() const;       ///< this value's own marks removed
    Value without_marks_deep() const;  ///< and those inside

    /// The same type and the same content, marks aside; unknowns are the same when their types are.
    /// For containers and tests; the language's `==` is equals().
    friend bool operator==(const Value& a, const Value& b);

  private:
    enum class State { Known, Null, Unknown, UnknownNotNull };
    using Content = std::variant<std::monostate, bool, Number, std::shared_ptr<const std::string>,
                                 std::shared_ptr<const Elements>, std::shared_ptr<const Entries>>;

    Value(Type type, State state, Content content)
        : type_(std::move(type)), state_(state), content_(std::move(content)) {}

    Type type_;
    State state_ = State::Null;
    Content content_;
    std::shared_ptr<const Marks> marks_;  ///< none: unmarked
};

/// The language's `==`: a bool, or an unknown bool where an unknown part leaves it open.
Value equals(const Value& a, const Value& b);

/// The order of set elements: negative, zero, positive. Zero only for equal values.
int compare_in_set(const Value& a, const Value& b);

/// Unicode normal form C. Bytes that are not UTF-8 are returned as they are.
std::string normalize_nfc(std::string_view text);

}  // namespace kiln::hcl
