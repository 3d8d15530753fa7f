#include "base/schema.h"

#include <array>
#include <charconv>
#include <set>

#include <fmt/ranges.h>

#include "base/secret.h"
#include "base/suggest.h"

namespace kiln {
namespace {

Error wrong_kind(std::string_view needed, const Setting& from);
std::string in_quotes(const std::string& text);
std::vector<std::string> split_commas(const std::string& text);
bool is_unreadable(const Setting& setting);
bool is_empty(const Setting& setting);
bool is_zero(const OptionInfo& option, const Setting& setting);
std::size_t mention_of(std::string_view name, std::string_view message);
const Setting* find_mentioned(std::string_view message, const Setting::Map& settings);
bool is_choice(const OptionInfo& option, const std::string& text);
bool is_unset_choice(const OptionInfo& option, const Setting& setting);
const std::string* find_wrong_choice(const OptionInfo& option, const Setting& setting);

}  // namespace

std::string_view option_type_name(OptionType type) {
    constexpr std::array<std::string_view, 11> names = {"string",
                                                        "bool",
                                                        "bool",
                                                        "number",
                                                        "duration",
                                                        "list(string)",
                                                        "list(list(string))",
                                                        "list(number)",
                                                        "map(string)",
                                                        "block",
                                                        "block (repeatable)"};
    return names[static_cast<std::size_t>(type)];
}

const OptionInfo* SchemaInfo::find(std::string_view option) const {
    for (const auto& info : options_) {
        if (info.name == option) return &info;
    }
    return nullptr;
}

std::vector<std::string> SchemaInfo::option_names() const {
    std::vector<std::string> names;
    for (const auto& info : options_) {
        if (!info.hidden) names.push_back(info.name);
    }
    return names;
}

std::string SchemaInfo::former_name_advice(std::string_view name) const {
    const auto found = former_names_.find(name);
    return found == former_names_.end() ? std::string() : found->second;
}

void Problems::error(std::string option, std::string message) {
    items_.push_back({Severity::Error, std::move(option), std::move(message), {}});
}

void Problems::warning(std::string option, std::string message) {
    items_.push_back({Severity::Warning, std::move(option), std::move(message), {}});
}

bool Problems::has_errors() const {
    return std::any_of(items_.begin(), items_.end(),
                       [](const Problem& item) { return item.severity == Severity::Error; });
}

namespace schema_detail {

void report_unknown(const SchemaInfo& schema, const Setting::Map& settings, Problems& problems) {
    for (const auto& [name, setting] : settings) {
        if (schema.find(name) != nullptr) continue;
        const std::string advice = schema.former_name_advice(name);
        problems.add(
            {Severity::Error, name,
             fmt::format("{} has no option \"{}\".{}", schema.name(), name,
                         advice.empty() ? did_you_mean(name, schema.option_names()) : " " + advice),
             setting.range()});
    }
}

void report_missing(const SchemaInfo& schema, const Setting::Map& settings, Problems& problems) {
    for (const auto& option : schema.options()) {
        if (!option.required) continue;
        const auto found = settings.find(option.name);
        if (found != settings.end() && is_unreadable(found->second)) continue;
        if (found == settings.end() || is_empty(found->second)) {
            problems.error(option.name, fmt::format("{} must be set.", option.name));
        }
    }
}

bool accept(const OptionInfo& option, const Setting& setting, Problems& problems) {
    if (setting.is_null() || is_unset_choice(option, setting)) return false;
    if (option.zero_is_unset && is_zero(option, setting)) return false;
    if (!option.deprecated.empty() && !is_zero(option, setting)) {
        problems.add(located(Severity::Warning, option, setting,
                             fmt::format("is deprecated: {}", option.deprecated)));
    }
    if (const std::string* wrong = find_wrong_choice(option, setting)) {
        problems.add(
            located(Severity::Error, option, setting,
                    fmt::format("must be one of {}, not {}.{}", fmt::join(option.choices, ", "),
                                in_quotes(*wrong), did_you_mean(*wrong, option.choices))));
        return false;
    }
    return true;
}

void hide_sensitive(const SchemaInfo& schema, const Setting::Map& settings) {
    const auto text_of = [&](const OptionInfo& option) -> const std::string* {
        const auto setting = settings.find(option.name);
        return setting == settings.end() ? nullptr : setting->second.as_string();
    };
    std::set<std::string> open;
    for (const OptionInfo& option : schema.options()) {
        if (const std::string* text = text_of(option); text && !option.sensitive)
            open.insert(*text);
    }
    for (const OptionInfo& option : schema.options()) {
        const std::string* text = option.sensitive ? text_of(option) : nullptr;
        if (text != nullptr && !open.contains(*text)) secrets().add_word(*text);
    }
}

Problem located(Severity severity, const OptionInfo& option, const Setting& setting,
                std::string message) {
    return {severity, option.name, option.name + " " + message, setting.range()};
}

void add_rule_problems(const Problems& rules, const Setting::Map& settings, Problems& found) {
    std::set<std::string> undecoded;
    for (const Problem& problem : found) {
        if (problem.severity == Severity::Error && !problem.option.empty()) {
            undecoded.insert(problem.option);
        }
    }
    for (const auto& [name, setting] : settings) {
        if (is_unreadable(setting)) undecoded.insert(name);
    }
    for (Problem problem : undecoded.empty() ? rules : about_what_is_there(rules, settings)) {
        const bool follows =
            std::any_of(undecoded.begin(), undecoded.end(), [&](const std::string& option) {
                return problem.option == option ||
                       mention_of(option, problem.message) != std::string::npos;
            });
        if (follows) continue;
        const auto setting = settings.find(problem.option);
        const Setting* place = setting != settings.end()
                                   ? &setting->second
                                   : find_mentioned(problem.message, settings);
        if (!problem.range && place != nullptr) problem.range = place->range();
        found.add(std::move(problem));
    }
}

Problems about_what_is_there(const Problems& problems, const Setting::Map& settings) {
    Problems out;
    for (const Problem& problem : problems) {
        const auto setting = settings.find(problem.option);
        const bool set = setting != settings.end() && !is_unreadable(setting->second);
        if (set || find_mentioned(problem.message, settings) != nullptr) out.add(problem);
    }
    return out;
}

Problems placed(const Problems& problems, const std::optional<SourceRange>& range) {
    Problems out;
    for (Problem problem : problems) {
        if (!problem.range) problem.range = range;
        out.add(std::move(problem));
    }
    return out;
}

}  // namespace schema_detail

namespace setting_to {
namespace {

// Every element of a list; a lone scalar stands for a list of one.
template <class Element>
void assign_list(const Setting& from, std::vector<Element>& to) {
    to.clear();
    const Setting::List* list = from.as_list();
    if (list == nullptr) {
        if (from.as_map() != nullptr) throw wrong_kind("list", from);
        assign(from, to.emplace_back());
        return;
    }
    for (const Setting& item : *list) assign(item, to.emplace_back());
}

std::int64_t nanoseconds_of(const Setting::Number& number) {
    std::int64_t count = 0;
    const char* end = number.text.data() + number.text.size();
    const auto [stopped, failure] = std::from_chars(number.text.data(), end, count);
    if (failure != std::errc() || stopped != end) {
        throw Error(
            fmt::format("needs a duration like \"30s\" or a whole number of nanoseconds, "
                        "not {}",
                        number.text));
    }
    return count;
}

template <class Value>
void assign_optional(const Setting& from, std::optional<Value>& to) {
    Value value{};
    assign(from, value);
    to = std::move(value);
}

}  // namespace

void assign(const Setting& from, std::string& to) {
    if (const auto* text = from.as_string())
        to = *text;
    else if (const auto* number = from.as_number())
        to = number->text;
    else if (const auto* flag = from.as_bool())
        to = *flag ? "true" : "false";
    else
        throw wrong_kind("string", from);
}

void assign(const Setting& from, std::optional<std::string>& to) {
    assign_optional(from, to);
}

void assign(const Setting& from, bool& to) {
    if (const auto* flag = from.as_bool()) {
        to = *flag;
        return;
    }
    if (is_empty(from)) {
        to = false;
        return;
    }
    const auto* number = from.as_number();
    const auto* text = from.as_string();
    const std::string value = number != nullptr ? number->text : text != nullptr ? *text : "";
    constexpr std::array<std::string_view, 6> yes = {"1", "t", "T", "TRUE", "true", "True"};
    // A text may have come to nothing when it was rendered: the peer takes that for no.
    constexpr std::array<std::string_view, 7> no = {"", "0", "f", "F", "FALSE", "false", "False"};
    const bool is_scalar = number != nullptr || text != nullptr;
    if (!is_scalar) throw wrong_kind("bool", from);
    if (std::find(yes.begin(), yes.end(), value) != yes.end())
        to = true;
    else if (std::find(no.begin(), no.end(), value) != no.end())
        to = false;
    else
        throw wrong_kind("bool", from);
}

void assign(const Setting& from, std::optional<bool>& to) {
    if (!is_empty(from)) assign_optional(from, to);
}

void assign(const Setting& from, int& to) {
    if (is_empty(from)) {  // so the peer reads a variable that was left empty
        to = 0;
        return;
    }
    std::string text;
    if (from.as_list() != nullptr || from.as_map() != nullptr || from.as_bool() != nullptr) {
        throw wrong_kind("whole number", from);
    }
    assign(from, text);
    if (text.empty()) text = "0";
    const char* end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, to);
    if (failure != std::errc() || stopped != end) throw wrong_kind("whole number", from);
}

void assign(const Setting& from, std::optional<int>& to) {
    if (!is_empty(from)) assign_optional(from, to);
}

void assign(const Setting& from, Duration& to) {
    // Where the language does not make a text of it, a number is nanoseconds: legacy templates.
    if (const auto* number = from.as_number()) {
        to = Duration(nanoseconds_of(*number));
        return;
    }
    std::string text;
    assign(from, text);
    const auto duration = parse_duration(text);
    if (!duration) {
        throw Error(fmt::format("needs a duration like \"30s\", \"5m\" or \"1h30m\", not {}",
                                in_quotes(text)));
    }
    to = *duration;
}

void assign(const Setting& from, std::optional<Duration>& to) {
    assign_optional(from, to);
}

void assign(const Setting& from, std::vector<std::string>& to) {
    const std::string* text = from.as_string();
    if (text != nullptr)
        to = split_commas(*text);
    else
        assign_list(from, to);
}

void assign(const Setting& from, std::vector<std::vector<std::string>>& to) {
    assign_list(from, to);
}

void assign(const Setting& from, std::vector<int>& to) {
    assign_list(from, to);
}

void assign(const Setting& from, std::map<std::string, std::string>& to) {
    const Setting::Map* map = from.as_map();
    if (map == nullptr) throw wrong_kind("map", from);
    to.clear();
    for (const auto& [name, value] : *map) assign(value, to[name]);
}

}  // namespace setting_to

namespace default_text {

std::string of(const std::string& value) {
    return value.empty() ? "" : in_quotes(value);
}
std::string of(const std::optional<std::string>& value) {
    return value ? of(*value) : "";
}
std::string of(bool value) {
    return value ? "true" : "false";
}
std::string of(const std::optional<bool>& value) {
    return value ? of(*value) : "";
}
std::string of(int value) {
    return std::to_string(value);
}
std::string of(const std::optional<int>& value) {
    return value ? of(*value) : "";
}
std::string of(Duration value) {
    return in_quotes(format_duration(value));
}
std::string of(const std::optional<Duration>& value) {
    return value ? of(*value) : "";
}
std::string of(const std::vector<std::string>& value) {
    std::vector<std::string> parts;
    for (const auto& item : value) parts.push_back(in_quotes(item));
    return fmt::format("[{}]", fmt::join(parts, ", "));
}
std::string of(const std::vector<std::vector<std::string>>& value) {
    std::vector<std::string> parts;
    for (const auto& item : value) parts.push_back(of(item));
    return fmt::format("[{}]", fmt::join(parts, ", "));
}
std::string of(const std::vector<int>& value) {
    return fmt::format("[{}]", fmt::join(value, ", "));
}
std::string of(const std::map<std::string, std::string>& value) {
    std::vector<std::string> parts;
    for (const auto& [name, text] : value)
        parts.push_back(fmt::format("{} = {}", name, in_quotes(text)));
    return fmt::format("{{{}}}", fmt::join(parts, ", "));
}

}  // namespace default_text

namespace {

Error wrong_kind(std::string_view needed, const Setting& from) {
    if (const std::string* text = from.as_string()) {
        return Error(fmt::format("needs a {}, not {}", needed, in_quotes(*text)));
    }
    if (const auto* number = from.as_number()) {
        return Error(fmt::format("needs a {}, not {}", needed, number->text));
    }
    return Error(fmt::format("needs a {}, not a {}", needed, from.kind()));
}

std::string in_quotes(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\n')
            out += "\\n";
        else if (c == '"' || c == '\\')
            (out += '\\') += c;
        else
            out += c;
    }
    return out + "\"";
}

std::vector<std::string> split_commas(const std::string& text) {
    std::vector<std::string> parts;
    if (text.empty()) return parts;
    std::size_t start = 0;
    while (true) {
        const std::size_t comma = text.find(',', start);
        parts.push_back(text.substr(start, comma - start));
        if (comma == std::string::npos) return parts;
        start = comma + 1;
    }
}

// What could not be evaluated, and was told as such, is null with a place.
bool is_unreadable(const Setting& setting) {
    return setting.is_null() && setting.range().has_value();
}

bool is_empty(const Setting& setting) {
    const std::string* text = setting.as_string();
    return setting.is_null() || (text != nullptr && text->empty());
}

bool is_zero(const OptionInfo& option, const Setting& setting) {
    if (const Setting::List* list = setting.as_list()) return list->empty();
    const std::string* text = setting.as_string();
    if (text != nullptr && text->empty()) return true;
    const auto* number = setting.as_number();
    const bool counts = option.type == OptionType::Int || option.type == OptionType::TimeSpan;
    if (number != nullptr)
        return counts && number->text.find_first_not_of("0.") == std::string::npos;
    if (text == nullptr) return false;
    if (option.type == OptionType::Int) return *text == "0";
    return option.type == OptionType::TimeSpan && parse_duration(*text) == Duration::zero();
}

// Where a message names an option, as a word of its own.
std::size_t mention_of(std::string_view name, std::string_view message) {
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    for (std::size_t at = message.find(name); at != std::string_view::npos;
         at = message.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        if ((at == 0 || !is_part(message[at - 1])) &&
            (end == message.size() || !is_part(message[end]))) {
            return at;
        }
    }
    return std::string_view::npos;
}

// The setting that a message names first.
const Setting* find_mentioned(std::string_view message, const Setting::Map& settings) {
    const Setting* found = nullptr;
    std::size_t first = std::string_view::npos;
    for (const auto& [name, setting] : settings) {
        const std::size_t at = is_unreadable(setting) ? first : mention_of(name, message);
        if (at >= first) continue;
        first = at;
        found = &setting;
    }
    return found;
}

bool is_choice(const OptionInfo& option, const std::string& text) {
    return std::find(option.choices.begin(), option.choices.end(), text) != option.choices.end();
}

bool is_unset_choice(const OptionInfo& option, const Setting& setting) {
    const std::string* text = setting.as_string();
    return text != nullptr && text->empty() && !option.choices.empty() && !is_choice(option, "");
}

// The first text that is none of the choices, in the setting or in its list.
const std::string* find_wrong_choice(const OptionInfo& option, const Setting& setting) {
    if (option.choices.empty()) return nullptr;
    if (const std::string* text = setting.as_string()) {
        return is_choice(option, *text) ? nullptr : text;
    }
    const Setting::List* list = setting.as_list();
    if (list == nullptr) return nullptr;
    for (const Setting& item : *list) {
        const std::string* text = item.as_string();
        if (text != nullptr && !is_choice(option, *text)) return text;
    }
    return nullptr;
}

}  // namespace
}  // namespace kiln
