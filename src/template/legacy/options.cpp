#include "template/legacy/options.h"

#include <algorithm>

#include "template/body_settings.h"

namespace kiln::legacy {
namespace {

/// Turns the properties of one object into settings by a schema.
class OptionReader {
  public:
    OptionReader(const json::Document& document, std::vector<UnknownProperty>& unknown)
        : document_(document), unknown_(unknown) {}

    Setting::Map read(const json::Node& object, const SchemaInfo& schema, OwnKey is_own);

  private:
    Setting value(const json::Node& node, const OptionInfo& option);
    Setting block(const json::Node& node, const OptionInfo& option);
    Setting string_map(const json::Node& node);
    Setting list(const json::Node& node, OptionType type);
    Setting scalar(const json::Node& node, OptionType type);

    const json::Document& document_;
    std::vector<UnknownProperty>& unknown_;
};

const OptionInfo* find_option(const SchemaInfo& schema, const std::string& name);
bool equal_without_case(std::string_view a, std::string_view b);
std::string whole_part(const std::string& number);

}  // namespace

Setting::Map read_options(const json::Document& document, const json::Node& object,
                          const SchemaInfo& schema, OwnKey is_own,
                          std::vector<UnknownProperty>& unknown) {
    return OptionReader(document, unknown).read(object, schema, is_own);
}

namespace {

Setting::Map OptionReader::read(const json::Node& object, const SchemaInfo& schema, OwnKey is_own) {
    Setting::Map settings;
    for (const json::Property& property : object.properties) {
        const std::string& name = property.name.text;
        if (is_own != nullptr && is_own(name)) continue;
        const OptionInfo* option = find_option(schema, name);
        if (option == nullptr) {
            if (!is_hidden_option(name)) unknown_.push_back({&property, &schema});
            continue;
        }
        if (property.value.is(json::Kind::Null)) continue;
        Setting setting = value(property.value, *option);
        setting.set_range(document_.range(property));
        settings.insert_or_assign(option->name, std::move(setting));
    }
    return settings;
}

Setting OptionReader::value(const json::Node& node, const OptionInfo& option) {
    switch (option.type) {
        case OptionType::Block:
            if (option.block != nullptr) return block(node, option);
            break;
        case OptionType::BlockList:
            if (option.block != nullptr && node.is(json::Kind::Array)) {
                Setting::List blocks;
                for (const json::Node& item : node.items) blocks.push_back(block(item, option));
                return Setting(std::move(blocks));
            }
            if (option.block != nullptr) return Setting(Setting::List{block(node, option)});
            break;
        case OptionType::StringMap:
            return string_map(node);
        case OptionType::StringList:
        case OptionType::StringListList:
        case OptionType::IntList:
            return list(node, option.type);
        default:
            return scalar(node, option.type);
    }
    return to_setting(document_, node);
}

Setting OptionReader::block(const json::Node& node, const OptionInfo& option) {
    if (!node.is(json::Kind::Object)) return to_setting(document_, node);
    Setting setting(read(node, *option.block, nullptr));
    setting.set_range(document_.range(node));
    return setting;
}

// An array of objects is read as one.
Setting OptionReader::string_map(const json::Node& node) {
    Setting::Map map;
    const auto add = [&](const json::Node& object) {
        for (const json::Property& property : object.properties) {
            Setting setting = scalar(property.value, OptionType::String);
            setting.set_range(document_.range(property.value));
            map.insert_or_assign(property.name.text, std::move(setting));
        }
    };
    const bool all_objects = std::all_of(node.items.begin(), node.items.end(), [](const auto& one) {
        return one.is(json::Kind::Object);
    });
    if (node.is(json::Kind::Object)) {
        add(node);
    } else if (node.is(json::Kind::Array) && all_objects) {
        for (const json::Node& item : node.items) add(item);
    } else {
        return to_setting(document_, node);
    }
    return Setting(std::move(map));
}

Setting OptionReader::list(const json::Node& node, OptionType type) {
    if (!node.is(json::Kind::Array)) return scalar(node, OptionType::String);
    const OptionType element = type == OptionType::IntList ? OptionType::Int : OptionType::String;
    Setting::List items;
    for (const json::Node& item : node.items) {
        const bool inner = type == OptionType::StringListList && item.is(json::Kind::Array);
        Setting setting = inner ? list(item, OptionType::StringList) : scalar(item, element);
        setting.set_range(document_.range(item));
        items.push_back(std::move(setting));
    }
    return Setting(std::move(items));
}

// Null inside a list or map is empty text. What is no scalar stays, for the schema to refuse.
Setting OptionReader::scalar(const json::Node& node, OptionType type) {
    const auto text = weak_text(node);
    if (!text) return to_setting(document_, node);
    switch (type) {
        case OptionType::Bool:
        case OptionType::Tristate:
            if (node.is(json::Kind::String)) return Setting(*text);
            return Setting(weak_bool(node).value_or(false));
        case OptionType::Int:
            if (!node.is(json::Kind::Number)) return Setting(*text);
            return Setting(Setting::Number{whole_part(*text)});
        case OptionType::TimeSpan:
            // A bare number counts nanoseconds.
            if (!node.is(json::Kind::Number)) return Setting(*text);
            return Setting(whole_part(*text) + "ns");
        default:
            return Setting(*text);
    }
}

// The peer does not look at the case of keys.
const OptionInfo* find_option(const SchemaInfo& schema, const std::string& name) {
    if (const OptionInfo* option = schema.find(name)) return option;
    for (const OptionInfo& option : schema.options()) {
        if (equal_without_case(option.name, name)) return &option;
    }
    return nullptr;
}

bool equal_without_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    };
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [&](char x, char y) { return lower(x) == lower(y); });
}

std::string whole_part(const std::string& number) {
    return number.substr(0, number.find('.'));
}

}  // namespace
}  // namespace kiln::legacy
