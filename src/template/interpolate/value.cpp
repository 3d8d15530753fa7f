#include "template/interpolate/value.h"

#include <array>
#include <charconv>

namespace kiln::interpolation {
namespace {

Value from_number(const std::string& text);

}  // namespace

Value Value::from(const Setting& setting) {
    if (const auto* flag = setting.as_bool()) return Value(*flag);
    if (const auto* number = setting.as_number()) return from_number(number->text);
    if (const auto* text = setting.as_string()) return Value(*text);
    if (const auto* list = setting.as_list()) {
        List items;
        items.reserve(list->size());
        for (const Setting& item : *list) items.push_back(from(item));
        return Value(std::move(items));
    }
    if (const auto* map = setting.as_map()) {
        Map entries;
        for (const auto& [key, value] : *map) entries.emplace(key, from(value));
        return Value(std::move(entries));
    }
    return {};
}

const Value::List* Value::as_list() const {
    const auto* shared = std::get_if<std::shared_ptr<const List>>(&content_);
    return shared == nullptr ? nullptr : shared->get();
}

const Value::Map* Value::as_map() const {
    const auto* shared = std::get_if<std::shared_ptr<const Map>>(&content_);
    return shared == nullptr ? nullptr : shared->get();
}

bool Value::truth() const {
    if (const auto* flag = as_bool()) return *flag;
    if (const auto* number = as_int()) return *number != 0;
    if (const auto* number = as_float()) return *number != 0;
    if (const auto* text = as_string()) return !text->empty();
    if (const auto* list = as_list()) return !list->empty();
    if (const auto* map = as_map()) return !map->empty();
    return false;
}

std::string_view Value::type_name() const {
    constexpr std::array<std::string_view, 7> names = {"nil",    "bool", "int", "float64",
                                                       "string", "list", "map"};
    return names[content_.index()];
}

namespace {

Value from_number(const std::string& text) {
    const char* end = text.data() + text.size();
    std::int64_t whole = 0;
    const auto as_whole = std::from_chars(text.data(), end, whole);
    if (as_whole.ec == std::errc() && as_whole.ptr == end) return Value(whole);
    double fraction = 0;
    const auto as_fraction = std::from_chars(text.data(), end, fraction);
    if (as_fraction.ec == std::errc() && as_fraction.ptr == end) return Value(fraction);
    return Value(text);
}

}  // namespace
}  // namespace kiln::interpolation
