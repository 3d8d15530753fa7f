#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

/// Strict JSON with the places of everything in it (spec/hcl2.md, section 24). Knows nothing of
/// templates: the JSON syntax of HCL, variable files and legacy templates are read from it.
namespace kiln::hcl::json {

enum class Kind { Null, Bool, Number, String, Array, Object };

struct Property;

/// A JSON value as it was written: properties keep their order and duplicates, numbers their
/// digits. Immutable after reading. `start` and `end` are places in the document that owns it.
struct Node {
    Kind kind = Kind::Null;
    bool boolean = false;
    /// The characters of a string, escapes decoded; the digits of a number as written.
    std::string text;
    std::vector<Node> items;
    std::vector<Property> properties;
    SourcePos start;
    SourcePos end;

    bool is(Kind wanted) const { return kind == wanted; }
    /// The last property of this name (which wins where duplicates are allowed), or nullptr.
    const Property* find(std::string_view name) const;
};

struct Property {
    /// The name; a String node, so that it can be read like any other string.
    Node name;
    Node value;
};

/// A JSON text, read. Safe to share between threads.
struct Document {
    std::string filename;
    std::string text;
    Node root;

    SourceRange range(const Node& node) const { return {filename, node.start, node.end}; }
    /// From the name to the end of the value.
    SourceRange range(const Property& property) const;
    /// The bracket or brace that opens an array or object.
    SourceRange open_range(const Node& node) const;
    SourceRange close_range(const Node& node) const;
    /// A string or number as it stands in the text, quotes included.
    std::string_view raw(const Node& node) const;
};

using DocumentPtr = std::shared_ptr<const Document>;

/// `array`, `object`, `string`…: for messages.
std::string_view kind_name(Kind kind);

/// Appends what the escape at `at` stands for and moves behind it; false when there is none. Of
/// surrogates without their other half only U+FFFD is left.
bool decode_escape(std::string_view raw, std::size_t& at, std::string& out);

/// The largest text and the deepest nesting that are read.
inline constexpr std::size_t kMaxTextSize = std::size_t{64} << 20;
inline constexpr int kMaxNesting = 200;

/// Reads a whole text, which must be one JSON value; one byte order mark before it is skipped.
/// Takes linear time. Gives nullptr after an error, which `diagnostics` then tells: there is never
/// more than one.
DocumentPtr read_json(std::string_view text, const std::string& filename, Diagnostics& diagnostics);

}  // namespace kiln::hcl::json
