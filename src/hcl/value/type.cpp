#include "hcl/value/type.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace kiln::hcl {

struct Type::Payload {
    TypeKind kind = TypeKind::String;
    std::vector<Type> elements;  ///< of a tuple; the one element type of a collection
    Attributes attributes;
    std::set<std::string> optional;
    bool has_dynamic = false;
    bool has_optional = false;
};

Type Type::primitive(TypeKind kind) {
    auto payload = std::make_shared<Payload>();
    payload->kind = kind;
    return Type(std::move(payload));
}

Type Type::string() {
    static const Type type = primitive(TypeKind::String);
    return type;
}

Type Type::number() {
    static const Type type = primitive(TypeKind::Number);
    return type;
}

Type Type::boolean() {
    static const Type type = primitive(TypeKind::Bool);
    return type;
}

Type Type::collection(TypeKind kind, Type element) {
    auto payload = std::make_shared<Payload>();
    payload->kind = kind;
    payload->has_dynamic = element.has_dynamic();
    payload->has_optional = element.payload_ && element.payload_->has_optional;
    payload->elements.push_back(std::move(element));
    return Type(std::move(payload));
}

Type Type::list(Type element) {
    return collection(TypeKind::List, std::move(element));
}
Type Type::set(Type element) {
    return collection(TypeKind::Set, std::move(element));
}
Type Type::map(Type element) {
    return collection(TypeKind::Map, std::move(element));
}

Type Type::tuple(std::vector<Type> elements) {
    auto payload = std::make_shared<Payload>();
    payload->kind = TypeKind::Tuple;
    for (const Type& element : elements) {
        payload->has_dynamic |= element.has_dynamic();
        payload->has_optional |= element.payload_ && element.payload_->has_optional;
    }
    payload->elements = std::move(elements);
    return Type(std::move(payload));
}

Type Type::object(Attributes attributes, std::set<std::string> optional) {
    auto payload = std::make_shared<Payload>();
    payload->kind = TypeKind::Object;
    payload->has_optional = !optional.empty();
    for (const auto& [name, type] : attributes) {
        payload->has_dynamic |= type.has_dynamic();
        payload->has_optional |= type.payload_ && type.payload_->has_optional;
    }
    payload->attributes = std::move(attributes);
    payload->optional = std::move(optional);
    return Type(std::move(payload));
}

TypeKind Type::kind() const {
    return payload_ ? payload_->kind : TypeKind::Dynamic;
}

bool Type::is_primitive() const {
    return is(TypeKind::String) || is(TypeKind::Number) || is(TypeKind::Bool);
}

bool Type::is_collection() const {
    return is(TypeKind::List) || is(TypeKind::Set) || is(TypeKind::Map);
}

bool Type::is_sequence() const {
    return is(TypeKind::List) || is(TypeKind::Set) || is(TypeKind::Tuple);
}

const Type& Type::element() const {
    if (!is_collection()) throw Error("internal error: only collections have an element type");
    return payload_->elements.front();
}

const std::vector<Type>& Type::tuple_elements() const {
    return require(TypeKind::Tuple).elements;
}

const Type::Attributes& Type::attributes() const {
    return require(TypeKind::Object).attributes;
}

const std::set<std::string>& Type::optional_attributes() const {
    return require(TypeKind::Object).optional;
}

bool Type::is_optional(const std::string& attribute) const {
    return optional_attributes().contains(attribute);
}

const Type::Payload& Type::require(TypeKind wanted) const {
    if (!is(wanted))
        throw Error("internal error: the type " + to_constraint() + " is another kind");
    return *payload_;
}

bool Type::has_dynamic() const {
    return !payload_ || payload_->has_dynamic;
}

Type Type::without_optional() const {
    if (!payload_ || !payload_->has_optional) return *this;
    switch (kind()) {
        case TypeKind::List:
        case TypeKind::Set:
        case TypeKind::Map:
            return collection(kind(), element().without_optional());
        case TypeKind::Tuple: {
            std::vector<Type> elements;
            for (const Type& element : payload_->elements) {
                elements.push_back(element.without_optional());
            }
            return tuple(std::move(elements));
        }
        case TypeKind::Object: {
            Attributes attributes;
            for (const auto& [name, type] : payload_->attributes) {
                attributes.emplace(name, type.without_optional());
            }
            return object(std::move(attributes));
        }
        default:
            return *this;
    }
}

std::string Type::friendly_name() const {
    switch (kind()) {
        case TypeKind::String:
            return "string";
        case TypeKind::Number:
            return "number";
        case TypeKind::Bool:
            return "bool";
        case TypeKind::Dynamic:
            return "dynamic";
        case TypeKind::List:
            return "list of " + element().friendly_name();
        case TypeKind::Set:
            return "set of " + element().friendly_name();
        case TypeKind::Map:
            return "map of " + element().friendly_name();
        case TypeKind::Tuple:
            return "tuple";
        case TypeKind::Object:
            return "object";
    }
    return {};
}

std::string Type::friendly_name_for_constraint() const {
    const auto inner = [&] {
        return element().is_dynamic() ? std::string("any single type")
                                      : element().friendly_name_for_constraint();
    };
    switch (kind()) {
        case TypeKind::Dynamic:
            return "any type";
        case TypeKind::List:
            return "list of " + inner();
        case TypeKind::Set:
            return "set of " + inner();
        case TypeKind::Map:
            return "map of " + inner();
        default:
            return friendly_name();
    }
}

std::string Type::to_constraint() const {
    std::string inner;
    switch (kind()) {
        case TypeKind::Dynamic:
            return "any";
        case TypeKind::List:
            return "list(" + element().to_constraint() + ")";
        case TypeKind::Set:
            return "set(" + element().to_constraint() + ")";
        case TypeKind::Map:
            return "map(" + element().to_constraint() + ")";
        case TypeKind::Tuple:
            for (const Type& element : payload_->elements) {
                if (!inner.empty()) inner += ",";
                inner += element.to_constraint();
            }
            return "tuple([" + inner + "])";
        case TypeKind::Object:
            for (const auto& [name, type] : payload_->attributes) {
                if (!inner.empty()) inner += ",";
                inner += is_optional(name)
                             ? fmt::format("{}=optional({})", name, type.to_constraint())
                             : fmt::format("{}={}", name, type.to_constraint());
            }
            return "object({" + inner + "})";
        default:
            return friendly_name();
    }
}

bool operator==(const Type& a, const Type& b) {
    if (a.payload_ == b.payload_) return true;
    if (!a.payload_ || !b.payload_) return false;
    return a.payload_->kind == b.payload_->kind && a.payload_->elements == b.payload_->elements &&
           a.payload_->attributes == b.payload_->attributes &&
           a.payload_->optional == b.payload_->optional;
}

}  // namespace kiln::hcl
