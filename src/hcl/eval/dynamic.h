#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "hcl/eval/body.h"
#include "hcl/eval/scope.h"
#include "hcl/syntax/tree.h"

namespace kiln::hcl {

/// The block types that a body may hold, and those that each of them may hold in turn. A tree is
/// written bottom up: `{{{"disk", {}}, {}}}` allows `disk` without labels or nested blocks.
struct NestedBlockSchema {
    struct Child;
    std::vector<Child> blocks;
    /// Blocks of any type and number of labels may stand here and below; labels are then as many
    /// as the dynamic block gives. In JSON syntax nothing tells such blocks from attributes, so
    /// that dynamic blocks are found at this level and in their own content only.
    bool any = false;

    const Child* find(std::string_view type) const;
    static NestedBlockSchema anything();
};
struct NestedBlockSchema::Child {
    BlockSchema block;
    NestedBlockSchema nested;
};

/// Replaces every `dynamic "T"` block by the blocks it stands for, at every depth of the schema, in
/// place (spec/hcl2.md, section 25). The expressions of the new blocks know their iterators: they
/// are evaluated with the same scope as everything else.
Body expand_dynamic_blocks(const Body& body, const EvalScope& scope,
                           const NestedBlockSchema& schema, Diagnostics& diagnostics);

/// The references that expansion itself evaluates (`for_each`, `labels`), for ordering and checks.
std::vector<Traversal> dynamic_references(const Body& body);

}  // namespace kiln::hcl
