#pragma once

#include <filesystem>
#include <memory>

#include "formats/sink.h"
#include "formats/vmdk/vmdk_sink_options.h"

namespace kiln::formats {

enum class FlatKind {
    MonolithicFlat,  ///< for hosted products
    Vmfs             ///< as ESXi keeps its disks
};

/// A VMDK in two files: the descriptor under the given name, and the disk byte for byte beside it
/// as NAME-flat.vmdk, with holes where it is zero. Holds up to 62 TiB, the largest disk of ESXi.
///
/// The result's members are both files with all their digests; the result itself speaks of the
/// descriptor. Both are on the disk before either has a name; then the disk gets its name and the
/// descriptor directly after it, so that whoever finds a descriptor finds its disk. An old pair of
/// the same names loses its descriptor before its disk is replaced. A kill between the two names
/// leaves a disk without a descriptor, which the next conversion to this name replaces.
std::unique_ptr<Sink> make_flat_vmdk_sink(const std::filesystem::path& path, FlatKind kind,
                                          const VmdkSinkOptions& options = {});

}  // namespace kiln::formats
