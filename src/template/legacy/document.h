#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/setting.h"
#include "hcl/json/node.h"
#include "template/template.h"

/// Legacy JSON templates as text: reading them, and JSON values as plain data. `null`, numbers and
/// bools turn into other types as freely as the peer's decoder does it.
namespace kiln::legacy {

namespace json = hcl::json;

/// Reads the template's file or standard input: one JSON object, in which no object has a name
/// twice. Nothing at all is an empty object. Null after an error.
json::DocumentPtr read_document(const TemplateOptions& options, SourceMap& sources,
                                Diagnostics& diagnostics);

/// The same for a text that is at hand. `name` is what diagnostics call it.
json::DocumentPtr read_document(std::string_view text, const std::string& name, SourceMap& sources,
                                Diagnostics& diagnostics);

/// The value as plain data, with the places of all parts.
Setting to_setting(const json::Document& document, const json::Node& node);

/// A scalar as text: bools are `1` and `0`, numbers plain decimals. Nothing for arrays and objects;
/// null is empty text.
std::optional<std::string> weak_text(const json::Node& node);

/// A list of texts, where a scalar stands for a list of one; nothing for what holds other things.
std::optional<std::vector<std::string>> weak_texts(const json::Node& node);

/// A bool, also from `"true"`, `1` and the like; nothing for other values.
std::optional<bool> weak_bool(const json::Node& node);

/// `an array`, `a string`: for messages.
std::string kind_with_article(json::Kind kind);

/// A JSON number as the peer prints it, which keeps all numbers as machine floats: `1e3` is `1000`.
std::string number_text(const std::string& digits);

}  // namespace kiln::legacy
