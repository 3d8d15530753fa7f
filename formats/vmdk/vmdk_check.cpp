#include "formats/vmdk/vmdk_check.h"

#include "base/error.h"
#include "formats/engine/read_all.h"
#include "formats/vmdk/sparse_check.h"
#include "formats/vmdk/vmdk_source.h"

namespace kiln::formats {

namespace {

void check_file(const Source& extent, CheckReport& report, const CancelToken& cancel);
void check_extents(const InputFile& file, CheckReport& report, const ConvertOptions& work,
                   const OpenOptions& options);

}  // namespace

void check_vmdk(const InputFile& file, CheckReport& report, const ConvertOptions& work,
                const OpenOptions& options) try {
    OpenOptions alone = options;
    alone.ignore_backing = true;
    const std::unique_ptr<VmdkSource> disk = open_vmdk_disk(file, alone);
    if (disk->needs_parent()) {
        report.notes.emplace_back("The parent disk was not opened.");
    }
    if (disk->whole() != nullptr) {
        check_file(*disk->whole(), report, work.cancel);
        if (const auto* hosted = dynamic_cast<const HostedSparse*>(disk->whole())) {
            check_embedded_descriptor(*hosted, report);
        }
    } else {
        check_extents(file, report, work, options);
    }
    if (report.corruptions == 0) read_all(*disk, work, report);
} catch (const Cancelled&) {
    throw;
} catch (const Error& error) {
    report.corruption(error.what());
}

namespace {

void check_file(const Source& extent, CheckReport& report, const CancelToken& cancel) {
    if (const auto* hosted = dynamic_cast<const HostedSparse*>(&extent)) {
        check_hosted_sparse(*hosted, report, cancel);
    } else if (const auto* sparse = dynamic_cast<const SparseExtent*>(&extent)) {
        check_sparse_extent(*sparse, report, cancel);
    }
}

void check_extents(const InputFile& file, CheckReport& report, const ConvertOptions& work,
                   const OpenOptions& options) {
    const VmdkDescriptor descriptor = read_vmdk_descriptor(file);
    if (!descriptor.has_cid) report.notes.emplace_back("The descriptor has no content ID.");
    std::uint64_t closed = 0;
    for (const VmdkExtentLine& line : descriptor.extent_lines()) {
        work.cancel.throw_if_cancelled();
        if (line.type == VmdkExtentLine::Type::Zero) continue;
        if (!options.allow_backing) {
            ++closed;
            continue;
        }
        check_file(*open_extent(file, line, options), report, work.cancel);
    }
    if (closed != 0) {
        report.notes.push_back(
            fmt::format("{} extent files that the descriptor names were not opened; allow it with "
                        "--allow-backing.",
                        closed));
    }
}

}  // namespace
}  // namespace kiln::formats
