#pragma once

#include <string>
#include <vector>

#include "base/schema.h"

namespace kiln {

/// Where the installer ISO or the disk image to start from comes from
/// (spec/components.md, section 2.2).
struct IsoOptions {
    std::string iso_url;
    std::vector<std::string> iso_urls;
    std::string iso_checksum;
    std::string iso_target_path;
    std::string iso_target_extension = "iso";

    /// The one URL, or the list of mirrors.
    std::vector<std::string> urls() const;
};

Schema<IsoOptions> iso_schema();

}  // namespace kiln
