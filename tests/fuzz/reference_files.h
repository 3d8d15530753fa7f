#pragma once

#include <filesystem>

namespace kiln::fuzz {

/// The files that inputs of the target `reference` may name: base.raw, parent.qcow2, parent.vhd,
/// parent.vhdx and parent.vmdk, all with the same disk and always the same bytes.
void make_reference_files(const std::filesystem::path& directory);

}  // namespace kiln::fuzz
