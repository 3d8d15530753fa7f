#include "template/legacy/upgrade/body_writer.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "hcl/syntax/parser.h"
#include "hcl/value/print.h"

namespace kiln::legacy {
namespace {

bool is_scalar(const json::Node& node);
bool is_integer(const std::string& text);
bool holds_structure(const Setting& value);
std::optional<bool> written_bool(const std::string& text);
std::vector<std::string> split_commas(const std::string& text);

}  // namespace

std::string BodyWriter::body(const json::Node& component, OwnKey is_own, const SchemaInfo* schema,
                             TextPlace place) {
    std::string out;
    if (schema != nullptr) {
        std::vector<UnknownProperty> others;
        const Setting::Map known = read_options(document_, component, *schema, is_own, others);
        out += settings(known, *schema, place);
        for (const UnknownProperty& other : others) {
            if (other.schema != schema) continue;
            out += unknown(other.property->name.text, other.property->value, place);
        }
        return out;
    }
    for (const json::Property& property : component.properties) {
        if (is_own(property.name.text)) continue;
        out += unknown(property.name.text, property.value, place);
    }
    return out;
}

std::string BodyWriter::object(const json::Node& options, const SchemaInfo* schema,
                               TextPlace place) {
    std::string out = "{\n";
    for (const json::Property& property : options.properties) {
        const std::string& name = property.name.text;
        if (property.value.is(json::Kind::Null)) continue;
        const OptionInfo* info = schema == nullptr ? nullptr : schema->find(name);
        const bool nested = info == nullptr || info->block != nullptr;
        std::string value;
        if (nested) {
            value = plain(to_setting(document_, property.value), place);
        } else {
            std::vector<UnknownProperty> none;
            json::Node one = options;
            one.properties = {property};
            const auto read = read_options(document_, one, *schema, nullptr, none);
            value = expression(read.at(info->name), info->type, place);
        }
        if (!value.empty()) out += fmt::format("{} = {}\n", key(name, place), value);
    }
    return out + "}";
}

// `for` at the beginning of an object would begin a for expression.
std::string BodyWriter::key(const std::string& name, TextPlace place) {
    return hcl::is_identifier(name) && name != "for" ? name : texts_.quoted(name, place);
}

std::string BodyWriter::settings(const Setting::Map& all, const SchemaInfo& schema,
                                 TextPlace place) {
    std::string attributes;
    std::string blocks;
    for (const auto& [name, value] : all) {
        const OptionInfo& info = *schema.find(name);
        (info.block != nullptr ? blocks : attributes) += option(name, value, info, place);
    }
    return attributes + blocks;
}

std::string BodyWriter::option(const std::string& name, const Setting& value,
                               const OptionInfo& info, TextPlace place) {
    if (info.block != nullptr) {
        const Setting::List* several = value.as_list();
        if (several == nullptr) return block(name, value, *info.block, place);
        std::string out;
        for (const Setting& one : *several) out += block(name, one, *info.block, place);
        return out;
    }
    if (info.type == OptionType::StringMap && holds_structure(value)) {
        return left_out(name, value.range(), "in HCL it holds texts only, and here it holds more");
    }
    const std::string written = expression(value, info.type, place);
    return written.empty() ? "" : fmt::format("{} = {}\n", name, written);
}

std::string BodyWriter::left_out(const std::string& name, const std::optional<SourceRange>& range,
                                 std::string_view why) {
    diagnostics_.add(
        Diagnostic::warning(fmt::format("{} could not be carried over", hcl::quote(name)),
                            fmt::format("It is left out: {}.", why), range));
    return fmt::format("# {} is left out: {}.\n", hcl::quote(name), why);
}

std::string BodyWriter::block(const std::string& name, const Setting& value,
                              const SchemaInfo& schema, TextPlace place) {
    const Setting::Map* map = value.as_map();
    if (map == nullptr) return fmt::format("{} = {}\n", name, plain(value, place));
    return fmt::format("{} {{\n{}}}\n", name, settings(*map, schema, place));
}

// What HCL would take for a block is one when it looks like one: objects in a list, or an object
// with more than plain values.
std::string BodyWriter::unknown(const std::string& name, const json::Node& node, TextPlace place) {
    if (node.is(json::Kind::Null)) return {};
    if (!hcl::is_identifier(name)) {
        return left_out(name, document_.range(node), "no option of HCL has such a name");
    }
    const auto is_object = [](const json::Node& one) { return one.is(json::Kind::Object); };
    const auto write_block = [&](const json::Node& object) {
        std::string out = name + " {\n";
        for (const json::Property& property : object.properties) {
            out += unknown(property.name.text, property.value, place);
        }
        return out + "}\n";
    };
    if (node.is(json::Kind::Array) && !node.items.empty() &&
        std::all_of(node.items.begin(), node.items.end(), is_object)) {
        std::string out;
        for (const json::Node& item : node.items) out += write_block(item);
        return out;
    }
    const bool plain_values =
        std::all_of(node.properties.begin(), node.properties.end(),
                    [](const json::Property& property) { return is_scalar(property.value); });
    if (is_object(node) && !plain_values) return write_block(node);
    return fmt::format("{} = {}\n", name, plain(to_setting(document_, node), place));
}

std::string BodyWriter::expression(const Setting& value, OptionType type, TextPlace place) {
    const std::string* text = value.as_string();
    switch (type) {
        case OptionType::Bool:
        case OptionType::Tristate:
            return text != nullptr ? boolean(*text, place) : plain(value, place);
        case OptionType::Int:
            return text != nullptr ? integer(*text, place) : plain(value, place);
        case OptionType::TimeSpan:
            if (text != nullptr && text->ends_with("ns")) {
                const auto duration = parse_duration(*text);
                if (duration) return literal_string(format_duration(*duration));
            }
            return plain(value, place);
        case OptionType::StringList:
        case OptionType::StringListList:
        case OptionType::IntList:
            return list(value, type, place);
        case OptionType::StringMap:
            return value.as_map() != nullptr ? map(*value.as_map(), place) : plain(value, place);
        default:
            return plain(value, place);
    }
}

// The old decoder knows more words for true and false than HCL does, and takes nothing for false.
std::string BodyWriter::boolean(const std::string& text, TextPlace place) {
    if (const auto flag = written_bool(text)) return *flag ? "true" : "false";
    const auto user = TextUpgrade::only_user(text);
    if (!user) return texts_.quoted(text, place);
    const std::string reference = texts_.reference(*user);
    const auto fallback = default_of_(*user);
    const bool is_plain = !fallback || fallback == "true" || fallback == "false";
    if (is_plain) return reference;
    return fmt::format("contains([\"1\", \"t\", \"T\", \"true\", \"True\", \"TRUE\"], {})",
                       reference);
}

// Nothing was zero.
std::string BodyWriter::integer(const std::string& text, TextPlace place) {
    if (text.empty()) return {};
    if (is_integer(text)) return text;
    const auto user = TextUpgrade::only_user(text);
    const std::string written = plain(Setting(text), place);
    if (!user || default_of_(*user).value_or("0") != "") return written;
    return fmt::format("{0} == \"\" ? \"0\" : {0}", written);
}

std::string BodyWriter::list(const Setting& value, OptionType type, TextPlace place) {
    const OptionType element = type == OptionType::IntList          ? OptionType::Int
                               : type == OptionType::StringListList ? OptionType::StringList
                                                                    : OptionType::String;
    std::vector<std::string> elements;
    if (const std::string* text = value.as_string()) {
        // A text stands for a list: of its parts between commas where there are texts in it.
        if (type == OptionType::StringList && text->find("{{") != std::string::npos) {
            return fmt::format("compact(split(\",\", {}))", texts_.quoted(*text, place));
        }
        if (type == OptionType::StringList) {
            for (const std::string& part : split_commas(*text)) {
                elements.push_back(literal_string(part));
            }
        } else {
            elements.push_back(expression(value, element, place));
        }
        return written_list(elements);
    }
    if (value.as_list() == nullptr) return "[" + plain(value, place) + "]";
    for (const Setting& item : *value.as_list()) {
        elements.push_back(expression(item, element, place));
    }
    return written_list(elements);
}

std::string BodyWriter::map(const Setting::Map& entries, TextPlace place) {
    if (entries.empty()) return "{}";
    std::string out = "{\n";
    for (const auto& [name, value] : entries) {
        out += fmt::format("{} = {}\n", key(name, place), plain(value, place));
    }
    return out + "}";
}

std::string BodyWriter::plain(const Setting& value, TextPlace place) {
    if (const auto* text = value.as_string()) {
        const auto user = TextUpgrade::only_user(*text);
        const bool has_names = place != TextPlace::VariableDefault;
        return user && has_names ? texts_.reference(*user) : texts_.quoted(*text, place);
    }
    if (const auto* number = value.as_number()) return number->text;
    if (const auto* flag = value.as_bool()) return *flag ? "true" : "false";
    if (const auto* map = value.as_map()) return this->map(*map, place);
    if (const auto* items = value.as_list()) {
        std::vector<std::string> elements;
        for (const Setting& item : *items) elements.push_back(plain(item, place));
        return written_list(elements);
    }
    return "null";
}

std::string written_list(const std::vector<std::string>& elements) {
    if (elements.empty()) return "[]";
    if (elements.size() == 1) return "[" + elements.front() + "]";
    std::string out = "[\n";
    for (const std::string& element : elements) out += element + ",\n";
    return out + "]";
}

namespace {

bool is_scalar(const json::Node& node) {
    return !node.is(json::Kind::Array) && !node.is(json::Kind::Object);
}

bool holds_structure(const Setting& value) {
    const Setting::Map* map = value.as_map();
    return map != nullptr && std::any_of(map->begin(), map->end(), [](const auto& entry) {
               return entry.second.as_map() != nullptr || entry.second.as_list() != nullptr;
           });
}

bool is_integer(const std::string& text) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    return std::from_chars(text.data(), end, number).ptr == end && std::to_string(number) == text;
}

std::optional<bool> written_bool(const std::string& text) {
    json::Node node;
    node.kind = json::Kind::String;
    node.text = text;
    return weak_bool(node);
}

std::vector<std::string> split_commas(const std::string& text) {
    std::vector<std::string> parts;
    std::size_t start = 0;
    while (!text.empty()) {
        const std::size_t comma = text.find(',', start);
        parts.push_back(text.substr(start, comma - start));
        if (comma == std::string::npos) break;
        start = comma + 1;
    }
    return parts;
}

}  // namespace
}  // namespace kiln::legacy
