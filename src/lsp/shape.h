#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/registry.h"
#include "lsp/cursor.h"

namespace kiln::lsp {

/// An attribute or block that a body may hold.
struct Member {
    std::string name;
    std::string doc;
    std::string type;  ///< as documentation writes it; `block` for blocks
    std::string default_text;
    bool is_block = false;
    bool required = false;
    bool hidden = false;              ///< accepted, not proposed
    std::vector<std::string> labels;  ///< of a block: what each label is, `type` and `name`
    std::vector<std::string> choices;
    std::string deprecated;
    std::string unavailable;
};

/// What is known of a kind of block: what it is for and what it may hold.
struct Shape {
    std::string title;  ///< `source "qemu"`
    std::string doc;
    std::vector<Member> members;

    const Member* find(std::string_view name) const;
};

/// The shape of the innermost of these blocks; of the file when there are none. Nothing when kiln
/// does not know it.
std::optional<Shape> shape_of(const std::vector<OpenBlock>& blocks, const Registry& registry);

/// The kind of component whose type is the block's first label, as the registry calls it (`source`,
/// `provisioner`, `post-processor`, `data`); empty for other blocks.
std::string_view component_kind(std::string_view block_type);

/// The component of a block, by its own keyword and its labels, or null.
std::shared_ptr<const SchemaInfo> component_of(const OpenBlock& block, const Registry& registry);

}  // namespace kiln::lsp
