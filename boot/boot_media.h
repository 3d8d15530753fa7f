#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/error.h"

namespace kiln::boot {

/// What is wrong with a list for a CD before anything is made: entries without glob characters
/// (`* ? [`) must exist. Empty when it is fine.
std::vector<Error> cd_file_errors(const std::vector<std::string>& files);

/// What goes on a CD (spec/components.md, section 2.4).
struct CdContent {
    /// A file goes to the root under its own name; a directory `a/b` to `/b`, and with a trailing
    /// slash its contents to the root. A glob that matches nothing is fine.
    std::vector<std::string> files;
    std::map<std::string, std::string> texts;  ///< path on the CD and text; these win over `files`
    std::string label;
};

/// Writes an ISO 9660 image with Rock Ridge and Joliet names to `iso`, staged under `scratch`.
/// Uses the first of xorriso, genisoimage and mkisofs that is installed. Throws Error.
void make_cd(const CdContent& content, const std::filesystem::path& iso,
             const std::filesystem::path& scratch, const CancelToken& cancel);

}  // namespace kiln::boot
