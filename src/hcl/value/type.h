#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace kiln::hcl {

enum class TypeKind { String, Number, Bool, Dynamic, List, Set, Map, Tuple, Object };

/// The type of a value, or a constraint that values are converted to. Immutable and cheap to copy;
/// safe to share between threads. `dynamic` stands for "not known yet" in values and for "any" in
/// constraints. Optional attributes occur in constraints only, never in the type of a value.
class Type {
  public:
    using Attributes = std::map<std::string, Type>;

    /// The dynamic type.
    Type() = default;

    static Type string();
    static Type number();
    static Type boolean();
    static Type dynamic() { return {}; }
    static Type list(Type element);
    static Type set(Type element);
    static Type map(Type element);
    static Type tuple(std::vector<Type> elements);
    static Type object(Attributes attributes, std::set<std::string> optional = {});

    TypeKind kind() const;
    bool is(TypeKind wanted) const { return kind() == wanted; }
    bool is_dynamic() const { return payload_ == nullptr; }
    bool is_primitive() const;
    /// List, set or map.
    bool is_collection() const;
    /// List, set, or tuple.
    bool is_sequence() const;
    /// Map or object.
    bool is_mapping() const { return is(TypeKind::Map) || is(TypeKind::Object); }

    /// Of a list, set or map; calling it on another kind is a programming error (throws Error).
    const Type& element() const;
    const std::vector<Type>& tuple_elements() const;
    const Attributes& attributes() const;
    const std::set<std::string>& optional_attributes() const;
    bool is_optional(const std::string& attribute) const;

    /// True when this type or a type inside it is dynamic.
    bool has_dynamic() const;
    /// The same type with no attribute optional, at any depth.
    Type without_optional() const;

    /// The name in messages: `list of string`, `tuple`, `object`, `dynamic`.
    std::string friendly_name() const;
    /// The same for a type that is wanted: `any type`, `list of any single type`.
    std::string friendly_name_for_constraint() const;
    /// The printed form: `list(string)`, `object({a=string,b=number})`, `any`.
    std::string to_constraint() const;

    friend bool operator==(const Type& a, const Type& b);

  private:
    struct Payload;
    explicit Type(std::shared_ptr<const Payload> payload) : payload_(std::move(payload)) {}
    static Type primitive(TypeKind kind);
    static Type collection(TypeKind kind, Type element);
    const Payload& require(TypeKind kind) const;

    std::shared_ptr<const Payload> payload_;  ///< none: dynamic
};

}  // namespace kiln::hcl
