#include "template/interpolate.h"

#include "template/interpolate/eval.h"
#include "template/interpolate/late_fields.h"
#include "template/interpolate/parser.h"

namespace kiln {
namespace {

constexpr std::size_t kLongestText = std::size_t{4} << 20;

struct Pass {
    const InterpolateContext& context;
    Problems& problems;

    void settings(Setting::Map& settings, const SchemaInfo* schema);
    void setting(Setting& setting, const OptionInfo* option, const std::string& name);
    /// Of texts that their component renders later.
    void check_fields(const Setting& setting, const std::string& name);
    void keys(Setting::Map& map, const std::string& name, const std::optional<SourceRange>& range);
    std::string text(const std::string& text, const std::string& name,
                     const std::optional<SourceRange>& range);
};

const auto started = std::chrono::system_clock::now();

}  // namespace

std::chrono::system_clock::time_point process_start_time() {
    return started;
}

std::string interpolate(const std::string& text, const InterpolateContext& context) {
    if (text.find("{{") == std::string::npos) return text;
    if (text.size() > kLongestText) throw Error("a {{ }} text is too long");
    return interpolation::render(text, interpolation::parse(text), context);
}

void interpolate_settings(Setting::Map& settings, const SchemaInfo& schema,
                          const InterpolateContext& context, Problems& problems) {
    Pass{context, problems}.settings(settings, &schema);
}

namespace {

void Pass::settings(Setting::Map& settings, const SchemaInfo* schema) {
    for (auto& [name, value] : settings) {
        const OptionInfo* option = schema == nullptr ? nullptr : schema->find(name);
        if (option != nullptr && option->rendered_late)
            check_fields(value, name);
        else
            setting(value, option, name);
    }
}

void Pass::setting(Setting& setting, const OptionInfo* option, const std::string& name) {
    if (std::string* string = setting.as_string()) {
        *string = text(*string, name, setting.range());
    } else if (Setting::List* list = setting.as_list()) {
        for (Setting& item : *list) this->setting(item, option, name);
    } else if (Setting::Map* map = setting.as_map()) {
        if (option != nullptr && option->block != nullptr) {
            settings(*map, option->block.get());
            return;
        }
        for (auto& [key, value] : *map) this->setting(value, nullptr, name);
        keys(*map, name, setting.range());
    }
}

void Pass::check_fields(const Setting& setting, const std::string& name) {
    if (const std::string* string = setting.as_string()) {
        const std::string mistake = interpolation::misspelt_field(*string, context);
        if (mistake.empty()) return;
        problems.add({Severity::Warning, name, name + " " + mistake, setting.range()});
    } else if (const Setting::List* list = setting.as_list()) {
        for (const Setting& item : *list) check_fields(item, name);
    } else if (const Setting::Map* map = setting.as_map()) {
        for (const auto& [key, item] : *map) check_fields(item, name);
    }
}

void Pass::keys(Setting::Map& map, const std::string& name,
                const std::optional<SourceRange>& range) {
    Setting::Map renamed;
    bool changed = false;
    for (const auto& [key, value] : map) {
        std::string rendered = text(key, name, range);
        changed = changed || rendered != key;
        renamed.insert_or_assign(std::move(rendered), value);
    }
    if (changed) map = std::move(renamed);
}

std::string Pass::text(const std::string& text, const std::string& name,
                       const std::optional<SourceRange>& range) {
    try {
        return interpolate(text, context);
    } catch (const Error& error) {
        problems.add({Severity::Error, name, name + ": " + error.what(), range});
        return text;
    }
}

}  // namespace
}  // namespace kiln
