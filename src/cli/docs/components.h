#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/schema.h"

namespace kiln::docs {

/// A component for documentation: what it is, its name, its options.
struct Component {
    std::string block;  ///< keyword of its block: `source`, `provisioner`...
    std::string type;   ///< `qemu`
    std::shared_ptr<const SchemaInfo> schema;
    std::string unavailable;  ///< why it cannot run yet; empty: it can

    /// `provisioner/shell`: names it without doubt.
    std::string path() const { return std::string(kind()) + "/" + type; }
    /// What people call it: `builder`, `provisioner`, `post-processor`, `data-source`.
    std::string_view kind() const;
};

/// The keywords of the blocks that components have, in the order of documentation.
const std::vector<std::string>& component_blocks();

/// Every component that kiln knows, by kind and name.
std::vector<Component> all_documented();

/// The components of this name: a type (`shell-local`, which is several), or a kind and a type
/// (`provisioner/shell-local`).
std::vector<Component> find_components(std::string_view name);

}  // namespace kiln::docs
