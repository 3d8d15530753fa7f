#include "template/setting_value.h"

#include "hcl/eval/references.h"

namespace kiln {
namespace {

Setting plain(const hcl::Value& value);
Setting placeholder(const hcl::Type& type);
Setting list_setting(const hcl::Value& value, const hcl::Expression* expression);
Setting map_setting(const hcl::Value& value, const hcl::Expression* expression);
const hcl::Expression* written_for(const hcl::Expression* expression, const std::string& key);

}  // namespace

Setting to_setting(const hcl::Value& value, const hcl::Expression* expression) {
    Setting setting;
    if (!value.is_known()) {
        setting = placeholder(value.type());
    } else if (value.is_null()) {
        setting = Setting();
    } else if (value.type().is_sequence()) {
        setting = list_setting(value, expression);
    } else if (value.type().is_mapping()) {
        setting = map_setting(value, expression);
    } else {
        setting = plain(value);
    }
    if (expression != nullptr) setting.set_range(expression->range);
    return setting;
}

hcl::Value to_value(const Setting& setting) {
    if (const auto* flag = setting.as_bool()) return hcl::Value::boolean(*flag);
    if (const auto* text = setting.as_string()) return hcl::Value::string(*text);
    if (const auto* number = setting.as_number()) {
        const auto parsed = hcl::Number::parse(number->text);
        return parsed ? hcl::Value::number(*parsed) : hcl::Value::string(number->text);
    }
    if (const auto* list = setting.as_list()) {
        hcl::Value::Elements elements;
        for (const Setting& item : *list) elements.push_back(to_value(item));
        return hcl::Value::tuple(std::move(elements));
    }
    if (const auto* map = setting.as_map()) {
        hcl::Value::Entries entries;
        for (const auto& [key, item] : *map) entries.emplace(key, to_value(item));
        return hcl::Value::object(std::move(entries));
    }
    return {};
}

namespace {

Setting plain(const hcl::Value& value) {
    switch (value.type().kind()) {
        case hcl::TypeKind::String:
            return Setting(value.as_string());
        case hcl::TypeKind::Number:
            return Setting(Setting::Number{value.as_number().to_text()});
        case hcl::TypeKind::Bool:
            return Setting(value.as_bool());
        default:
            return {};
    }
}

Setting placeholder(const hcl::Type& type) {
    if (type.is(hcl::TypeKind::Number)) return Setting(0);
    if (type.is(hcl::TypeKind::Bool)) return Setting(false);
    if (type.is_sequence()) return Setting(Setting::List{});
    if (type.is_mapping()) return Setting(Setting::Map{});
    return Setting("<unknown>");
}

Setting list_setting(const hcl::Value& value, const hcl::Expression* expression) {
    const auto written = expression == nullptr ? std::nullopt : hcl::as_list(*expression);
    const auto& elements = value.elements();
    Setting::List list;
    list.reserve(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const bool place_known = written && written->size() == elements.size();
        list.push_back(to_setting(elements[i], place_known ? (*written)[i].get() : nullptr));
    }
    return Setting(std::move(list));
}

Setting map_setting(const hcl::Value& value, const hcl::Expression* expression) {
    Setting::Map map;
    for (const auto& [key, item] : value.entries()) {
        map.emplace(key, to_setting(item, written_for(expression, key)));
    }
    return Setting(std::move(map));
}

// The expression that an object constructor gives for a key that is written as a name or a string.
const hcl::Expression* written_for(const hcl::Expression* expression, const std::string& key) {
    const auto* object = expression == nullptr ? nullptr : expression->as<hcl::ObjectConstructor>();
    if (object == nullptr) return nullptr;
    for (const auto& item : object->items) {
        const auto* wrapper = item.key->as<hcl::ObjectKey>();
        const hcl::Expression& written = wrapper == nullptr ? *item.key : *wrapper->inner;
        if (const auto* string = written.as<hcl::JsonString>()) {
            if (string->node->text == key) return item.value.get();
            continue;
        }
        const auto* literal = written.as<hcl::Literal>();
        const bool same_text =
            literal != nullptr && literal->value.is_known() && !literal->value.is_null() &&
            literal->value.type().is(hcl::TypeKind::String) && literal->value.as_string() == key;
        if (same_text || hcl::as_keyword(written) == key) return item.value.get();
    }
    return nullptr;
}

}  // namespace
}  // namespace kiln
