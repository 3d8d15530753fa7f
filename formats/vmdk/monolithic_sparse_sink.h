#pragma once

#include <filesystem>
#include <memory>

#include "formats/sink.h"
#include "formats/vmdk/vmdk_sink_options.h"

namespace kiln::formats {

/// A monolithicSparse VMDK (VMware Virtual Disk Format 5.0, "Hosted Sparse Extents"), laid out as
/// VMware does: header, descriptor, the redundant directory with its tables, the primary one with
/// its tables, and from a multiple of 64 KiB on the grains in the order of the disk. Zeros are left
/// out.
///
/// All tables have their places from the start and one is in memory: it is written when the disk
/// has passed it, and a table without grains stays a hole in the file. `zeroed_grain` sets the
/// header's version and flag by which whoever writes to the disk later may record zeros.
std::unique_ptr<Sink> make_monolithic_sparse_sink(const std::filesystem::path& path,
                                                  bool zeroed_grain,
                                                  const VmdkSinkOptions& options = {});

}  // namespace kiln::formats
