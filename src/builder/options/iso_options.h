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
    bool skip_cache = false;  ///< iso_skip_cache, of builders that have it

    /// The one URL, or the list of mirrors.
    std::vector<std::string> urls() const;
};

/// For builders that always need an ISO.
Schema<IsoOptions> iso_schema();
/// The same with `iso_skip_cache`: the hypervisor reads the ISO from its server.
Schema<IsoOptions> streamed_iso_schema();
/// For builders that can do without: the rules hold when an ISO is named.
Schema<IsoOptions> optional_iso_schema();

}  // namespace kiln
