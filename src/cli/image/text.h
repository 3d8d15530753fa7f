#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace kiln {

/// A text out of an image, which must not drive the terminal: control characters become `\x1b`.
std::string printable(const std::string& text);

/// Indented, with a line end. What stands in an image may be any bytes, and JSON wants UTF-8: what
/// is none is replaced.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace kiln
