#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace kiln::formats {

/// The words of the option `adapter_type`.
constexpr std::array<std::string_view, 5> kVmdkAdapterTypes = {"ide", "lsilogic", "buslogic",
                                                               "legacyESX", "pvscsi"};

/// What the writers of uncompressed disks take.
struct VmdkSinkOptions {
    std::string adapter_type = "lsilogic";  ///< for the descriptor's ddb.adapterType
    unsigned hardware_version = 4;          ///< ddb.virtualHWVersion
    bool sha256 = true;
    std::vector<DigestType> digests = {};  ///< further ones of the finished file
};

}  // namespace kiln::formats
