#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "formats/core/check_report.h"
#include "formats/engine/converter.h"
#include "formats/file/input_file.h"
#include "formats/ova/ovf_descriptor.h"

namespace kiln::formats {

/// An OVF package to check: an archive or a directory.
struct OvfPackage {
    std::string name;
    std::string descriptor_name;
    std::string descriptor;               ///< its text
    std::optional<std::string> manifest;  ///< its text, where there is one
    /// A file of the package; nothing when it is missing. May throw Error.
    std::function<std::optional<InputFile>(std::string_view)> find;
    /// All files that are there, as far as that is known.
    std::vector<std::string> files;
};

/// Checks that the descriptor names files that are there, with their exact sizes; that the manifest
/// has the right digest (SHA-256, SHA-1) of what it names and names everything; each disk on its
/// own. A certificate is noted and not verified. Throws Cancelled.
void check_package(const OvfPackage& package, CheckReport& report, const OpenOptions& options,
                   const ConvertOptions& work);

}  // namespace kiln::formats
