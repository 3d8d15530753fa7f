#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"

namespace kiln::hcl {

struct AttributeSchema {
    std::string name;
    bool required = false;
};

struct BlockSchema {
    std::string type;
    std::vector<std::string> label_names;  ///< for messages; their number is the number of labels
    /// How many blocks of this type the body must and may hold.
    std::size_t at_least = 0;
    std::optional<std::size_t> at_most = {};
};

/// What a body may hold.
struct BodySchema {
    std::vector<AttributeSchema> attributes;
    std::vector<BlockSchema> blocks;
};

/// What the schema found in a body.
struct BodyContent {
    std::map<std::string, Attribute> attributes;
    std::vector<Block> blocks;  ///< in source order
    SourceRange missing_item_range;

    const Attribute* find(const std::string& name) const;
    std::vector<const Block*> blocks_of(std::string_view type) const;
};

/// Reads a body: unknown names, missing required attributes, and wrong counts of labels or blocks
/// are errors (spec/hcl2.md, section 25). What is wrong is left out of the result.
BodyContent read_body(const Body& body, const BodySchema& schema, Diagnostics& diagnostics);

/// The same, but what the schema does not name is no error: it is moved to `remainder`, which can
/// be read with another schema.
BodyContent read_body_partially(const Body& body, const BodySchema& schema, Body& remainder,
                                Diagnostics& diagnostics);

/// Reads a body that may hold attributes only, of any name.
std::map<std::string, Attribute> read_attributes(const Body& body, Diagnostics& diagnostics);

/// Several files as one body. The same attribute twice is "Duplicate argument".
Body merge_bodies(std::vector<Body> bodies, Diagnostics& diagnostics);

}  // namespace kiln::hcl
