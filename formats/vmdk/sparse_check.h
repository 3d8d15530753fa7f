#pragma once

#include "base/cancel.h"
#include "formats/core/check_report.h"
#include "formats/vmdk/hosted_sparse.h"
#include "formats/vmdk/sparse_extent.h"

namespace kiln::formats {

/// The metadata of one sparse extent: tables and grains in range, none in the place of another.
/// What is wrong goes to `report`.
struct SparseCheckResult {
    std::uint64_t stored_grains = 0;
};
SparseCheckResult check_sparse_extent(const SparseExtent& extent, CheckReport& report,
                                      const CancelToken& cancel);

/// The same, with what only hosted extents have: redundant tables, markers.
void check_hosted_sparse(const HostedSparse& extent, CheckReport& report,
                         const CancelToken& cancel);

/// Whether the descriptor inside an extent that is a whole disk agrees with the header.
void check_embedded_descriptor(const HostedSparse& extent, CheckReport& report);

}  // namespace kiln::formats
