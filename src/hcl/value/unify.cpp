#include "hcl/value/unify.h"

#include <algorithm>

#include "hcl/value/convert.h"

namespace kiln::hcl {
namespace {

struct Counts {
    std::size_t lists = 0, sets = 0, maps = 0, objects = 0, tuples = 0, dynamics = 0;
};

Counts count_kinds(const std::vector<Type>& types);
std::optional<Type> unify_collections(const std::vector<Type>& types, bool unsafe);
/// Objects read as maps, or tuples as lists, beside real ones.
std::optional<Type> unify_mixed(const std::vector<Type>& types, bool unsafe);
std::optional<Type> unify_objects(const std::vector<Type>& types, bool unsafe);
std::optional<Type> unify_tuples(const std::vector<Type>& types, bool unsafe);
std::optional<Type> unify_by_preference(const std::vector<Type>& types, bool unsafe);

}  // namespace

std::optional<Type> unify(const std::vector<Type>& types, bool unsafe) {
    if (types.empty()) return Type::dynamic();
    const bool all_same = std::all_of(types.begin(), types.end(),
                                      [&](const Type& type) { return type == types.front(); });
    if (all_same) return types.front();
    const std::size_t all = types.size();
    const Counts n = count_kinds(types);
    for (const std::size_t alike : {n.lists, n.sets, n.maps, n.objects, n.tuples}) {
        if (n.dynamics > 0 && alike > 0 && alike + n.dynamics == all) return Type::dynamic();
    }
    if (n.lists == all || n.sets == all || n.maps == all) return unify_collections(types, unsafe);
    if ((n.maps > 0 && n.maps + n.objects == all) || (n.lists > 0 && n.lists + n.tuples == all)) {
        const auto unified = unify_mixed(types, unsafe);
        return unified ? unified : unify_by_preference(types, unsafe);
    }
    if (n.objects == all) return unify_objects(types, unsafe);
    if (n.tuples == all) return unify_tuples(types, unsafe);
    if (n.objects > 0 && n.tuples > 0 && n.objects + n.tuples == all) return std::nullopt;
    return unify_by_preference(types, unsafe);
}

namespace {

Counts count_kinds(const std::vector<Type>& types) {
    Counts counts;
    for (const Type& type : types) {
        switch (type.kind()) {
            case TypeKind::List:
                ++counts.lists;
                break;
            case TypeKind::Set:
                ++counts.sets;
                break;
            case TypeKind::Map:
                ++counts.maps;
                break;
            case TypeKind::Object:
                ++counts.objects;
                break;
            case TypeKind::Tuple:
                ++counts.tuples;
                break;
            case TypeKind::Dynamic:
                ++counts.dynamics;
                break;
            default:
                break;
        }
    }
    return counts;
}

Type collection_like(const Type& model, Type element) {
    if (model.is(TypeKind::List)) return Type::list(std::move(element));
    if (model.is(TypeKind::Set)) return Type::set(std::move(element));
    return Type::map(std::move(element));
}

std::optional<Type> unify_collections(const std::vector<Type>& types, bool unsafe) {
    std::vector<Type> elements;
    for (const Type& type : types) elements.push_back(type.element());
    auto element = unify(elements, unsafe);
    if (!element) return std::nullopt;
    return collection_like(types.front(), std::move(*element));
}

std::vector<Type> attribute_types(const Type& object) {
    std::vector<Type> types;
    for (const auto& [name, type] : object.attributes()) types.push_back(type);
    return types;
}

std::optional<Type> unify_mixed(const std::vector<Type>& types, bool unsafe) {
    std::vector<Type> collections;
    for (const Type& type : types) {
        if (type.is_collection()) {
            collections.push_back(type);
            continue;
        }
        const bool object = type.is(TypeKind::Object);
        auto element = unify(object ? attribute_types(type) : type.tuple_elements(), unsafe);
        if (!element) return std::nullopt;
        collections.push_back(object ? Type::map(*element) : Type::list(*element));
    }
    // An empty object or tuple has no element type of its own: it follows the others.
    std::erase_if(collections, [](const Type& type) { return type.element().is_dynamic(); });
    return collections.empty() ? std::nullopt : unify_collections(collections, unsafe);
}

std::optional<Type> unify_objects(const std::vector<Type>& types, bool unsafe) {
    const Type::Attributes& first = types.front().attributes();
    const auto same_names = [&](const Type& type) {
        return std::equal(first.begin(), first.end(), type.attributes().begin(),
                          type.attributes().end(),
                          [](const auto& a, const auto& b) { return a.first == b.first; });
    };
    if (!std::all_of(types.begin(), types.end(), same_names)) {
        std::vector<Type> all;
        for (const Type& type : types) {
            for (const auto& [name, attribute] : type.attributes()) all.push_back(attribute);
        }
        auto element = unify(all, unsafe);
        return element ? std::optional(Type::map(*element)) : std::nullopt;
    }
    Type::Attributes unified;
    for (const auto& [name, type] : first) {
        std::vector<Type> candidates;
        for (const Type& object : types) candidates.push_back(object.attributes().at(name));
        auto attribute = unify(candidates, unsafe);
        if (!attribute) return std::nullopt;
        unified.emplace(name, *attribute);
    }
    return Type::object(std::move(unified));
}

std::optional<Type> unify_tuples(const std::vector<Type>& types, bool unsafe) {
    const std::size_t length = types.front().tuple_elements().size();
    const bool same_length = std::all_of(types.begin(), types.end(), [&](const Type& type) {
        return type.tuple_elements().size() == length;
    });
    if (!same_length) {
        std::vector<Type> all;
        for (const Type& type : types) {
            all.insert(all.end(), type.tuple_elements().begin(), type.tuple_elements().end());
        }
        auto element = unify(all, unsafe);
        return element ? std::optional(Type::list(*element)) : std::nullopt;
    }
    std::vector<Type> unified;
    for (std::size_t i = 0; i < length; ++i) {
        std::vector<Type> candidates;
        for (const Type& tuple : types) candidates.push_back(tuple.tuple_elements()[i]);
        auto element = unify(candidates, unsafe);
        if (!element) return std::nullopt;
        unified.push_back(*element);
    }
    return Type::tuple(std::move(unified));
}

int preference(const Type& type) {
    switch (type.kind()) {
        case TypeKind::String:
            return 0;
        case TypeKind::Number:
        case TypeKind::Bool:
            return 1;
        case TypeKind::List:
            return 2;
        case TypeKind::Tuple:
            return 3;
        case TypeKind::Set:
            return 4;
        case TypeKind::Map:
            return 5;
        case TypeKind::Object:
            return 6;
        case TypeKind::Dynamic:
            return 7;
    }
    return 8;
}

std::optional<Type> unify_by_preference(const std::vector<Type>& types, bool unsafe) {
    std::vector<Type> candidates = types;
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Type& a, const Type& b) { return preference(a) < preference(b); });
    for (const Type& candidate : candidates) {
        if (candidate.is_dynamic()) break;
        const bool fits = std::all_of(types.begin(), types.end(), [&](const Type& type) {
            return type.is_dynamic() || can_convert(type, candidate, unsafe);
        });
        if (fits) return candidate;
    }
    return std::nullopt;
}

}  // namespace
}  // namespace kiln::hcl
