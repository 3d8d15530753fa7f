#include "engine/component.h"

namespace kiln {
namespace {

bool asks_for_nothing(const Setting& setting);

}  // namespace

void report_unavailable(const SchemaInfo& schema, const Setting::Map& settings, Problems& gaps) {
    for (const auto& [name, setting] : settings) {
        const OptionInfo* option = schema.find(name);
        if (option == nullptr || option->unavailable.empty() || asks_for_nothing(setting)) continue;
        gaps.add({Severity::Error, name,
                  fmt::format("{} is not available yet: {}.", name, option->unavailable),
                  setting.range()});
    }
}

namespace {

bool asks_for_nothing(const Setting& setting) {
    if (const bool* flag = setting.as_bool()) return !*flag;
    if (const std::string* text = setting.as_string()) return text->empty() || *text == "false";
    if (const Setting::List* list = setting.as_list()) return list->empty();
    if (const Setting::Map* map = setting.as_map()) return map->empty();
    return setting.is_null();
}

}  // namespace
}  // namespace kiln
