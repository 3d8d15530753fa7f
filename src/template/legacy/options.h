#pragma once

#include <string_view>
#include <vector>

#include "base/schema.h"
#include "base/setting.h"
#include "template/legacy/document.h"

namespace kiln::legacy {

/// Says whether the template takes a property of a component for itself.
using OwnKey = bool (*)(std::string_view key);

/// The options of a component: numbers, texts, bools and lists become each other as the schema
/// needs it (spec/template.md, section 8). Nulls are left out. Properties that no option is called
/// go to `unknown`, with the schema they were looked for in.
struct UnknownProperty {
    const json::Property* property = nullptr;
    const SchemaInfo* schema = nullptr;
};
Setting::Map read_options(const json::Document& document, const json::Node& object,
                          const SchemaInfo& schema, OwnKey is_own,
                          std::vector<UnknownProperty>& unknown);

}  // namespace kiln::legacy
