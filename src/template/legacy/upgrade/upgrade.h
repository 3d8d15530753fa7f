#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "base/schema.h"

namespace kiln {

struct UpgradeOptions {
    bool with_annotations = false;  ///< explain every section in a comment
    /// A component's schema by the block that it gets in HCL (`source`, `provisioner`,
    /// `post-processor`) and its type, or null when kiln does not have it.
    std::function<std::shared_ptr<const SchemaInfo>(std::string_view block,
                                                    const std::string& type)>
        find_schema;
};

struct UpgradeResult {
    /// The template in HCL, in canonical form; empty when the old one could not be read.
    std::string text;
    /// False after errors. The text may be there all the same: components that kiln does not have
    /// are errors, and are written by the look of their options.
    bool complete = false;
};

/// Rewrites a legacy JSON template in HCL (spec/template.md, section 12): it loads as the old one
/// did, with the same builds. `name` is what diagnostics call the old text, which is added to
/// `sources`.
UpgradeResult upgrade_template(std::string_view text, const std::string& name,
                               const UpgradeOptions& options, SourceMap& sources,
                               Diagnostics& diagnostics);

}  // namespace kiln
