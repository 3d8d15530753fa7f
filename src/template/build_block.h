#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"
#include "template/scope.h"
#include "template/template.h"

namespace kiln {

/// The `source` blocks of a template by type and name. A source that no build uses is never looked
/// into.
class SourceBlocks {
  public:
    void add(const hcl::Block& block, Diagnostics& diagnostics);
    const hcl::Block* find(const std::string& type, const std::string& name) const;
    /// `type.name` of all, sorted.
    std::vector<std::string> names() const;

  private:
    std::map<std::pair<std::string, std::string>, hcl::Block> blocks_;
};

/// Reads a `build` block (spec/template.md, section 6.2): its sources are resolved, dynamic blocks
/// expanded, the arguments of provisioners and post-processors that are not their components' own
/// evaluated.
BuildBlock read_build(const hcl::Block& block, const SourceBlocks& sources,
                      const std::shared_ptr<const TemplateScope>& scope, Diagnostics& diagnostics);

}  // namespace kiln
