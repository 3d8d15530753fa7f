#include "formats/qcow2/qcow2_source.h"

#include "formats/bytes/bytes.h"
#include "formats/codec/decompress.h"
#include "formats/core/damaged.h"
#include "formats/core/parent.h"

namespace kiln::formats {

namespace {
std::vector<std::uint64_t> read_l1(const InputFile& file, const Qcow2Header& header);
std::vector<std::string> feature_names(const Qcow2Header& header);
}  // namespace

Qcow2Source::Qcow2Source(InputFile file, Qcow2Header header, std::unique_ptr<Source> backing)
    : file_(std::move(file)),
      header_(std::move(header)),
      backing_(std::move(backing)),
      l1_(read_l1(file_, header_)),
      tables_(file_, header_.cluster_size()) {}

Extent Qcow2Source::next_extent(std::uint64_t offset, std::uint64_t limit) const {
    const std::uint64_t end = limit < header_.size - offset ? offset + limit : header_.size;
    const Mapping first = map(offset);
    std::uint64_t stop = offset + first.length;
    while (stop < end) {
        const Mapping next = map(stop);
        const bool both_data =
            first.kind >= Mapping::Kind::Plain && next.kind >= Mapping::Kind::Plain;
        if (next.kind != first.kind && !both_data) break;
        stop += next.length;
    }
    stop = std::min(stop, header_.size);
    switch (first.kind) {
        case Mapping::Kind::Zero:
            return {offset, stop - offset, Extent::Kind::Zero};
        case Mapping::Kind::Plain:
        case Mapping::Kind::Compressed:
            return {offset, stop - offset, Extent::Kind::Data};
        case Mapping::Kind::Unallocated:
            break;
    }
    if (!backing_ || offset >= backing_->virtual_size()) {
        return {offset, stop - offset, Extent::Kind::Hole};
    }
    const std::uint64_t wanted = std::min(stop, backing_->virtual_size()) - offset;
    Extent below = backing_->next_extent(offset, wanted);
    below.length = std::min(below.length, wanted);
    return below;
}

void Qcow2Source::read(std::uint64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        Mapping mapping = map(offset);
        std::uint64_t length = std::min<std::uint64_t>(mapping.length, out.size());
        switch (mapping.kind) {
            case Mapping::Kind::Plain:
                // Clusters that follow each other in the file are read in one call.
                while (length < out.size()) {
                    const Mapping next = map(offset + length);
                    if (next.kind != Mapping::Kind::Plain || next.host != mapping.host + length) {
                        break;
                    }
                    length = std::min<std::uint64_t>(length + next.length, out.size());
                }
                file_.read(mapping.host, out.first(length));
                break;
            case Mapping::Kind::Compressed:
                read_compressed(offset, mapping.entry, out.first(length));
                break;
            case Mapping::Kind::Zero:
                std::memset(out.data(), 0, length);
                break;
            case Mapping::Kind::Unallocated:
                read_parent(backing_.get(), offset, out.first(length));
                break;
        }
        offset += length;
        out = out.subspan(length);
    }
}

SourceInfo Qcow2Source::info() const {
    SourceInfo info;
    info.format = "qcow2";
    info.virtual_size = header_.size;
    info.cluster_size = header_.cluster_size();
    info.compression = header_.compression_type == 1 ? "zstd" : "zlib";
    info.backing_name = header_.backing_name;
    info.backing_format = header_.backing_format;
    info.features = feature_names(header_);
    for (auto& snapshot : read_qcow2_snapshots(file_, header_).snapshots) {
        info.snapshots.push_back(std::move(snapshot.info));
    }
    info.writer_options = writer_options();
    info.details.emplace_back("compat", header_.version == 2 ? "0.10" : "1.1");
    info.details.emplace_back("refcount bits", std::to_string(1U << header_.refcount_order));
    return info;
}

std::map<std::string, std::string> Qcow2Source::writer_options() const {
    std::map<std::string, std::string> options;
    options["compat"] = header_.version == 2 ? "0.10" : "1.1";
    options["cluster_size"] = std::to_string(header_.cluster_size());
    if (header_.extended_l2()) options["extended_l2"] = "on";
    if ((header_.compatible & Qcow2Header::kLazyRefcounts) != 0) options["lazy_refcounts"] = "on";
    if (starts_compressed()) {
        options["compression_type"] = header_.compression_type == 1 ? "zstd" : "zlib";
    }
    return options;
}

// Whether the first table that holds anything begins with a compressed cluster.
bool Qcow2Source::starts_compressed() const {
    const auto first = std::ranges::find_if(
        l1_, [](std::uint64_t entry) { return (entry & qcow2::kOffsetMask) != 0; });
    if (first == l1_.end()) return false;
    const std::uint64_t start = static_cast<std::uint64_t>(first - l1_.begin()) * header_.l2_span();
    const std::uint64_t end = std::min(start + header_.l2_span(), header_.size);
    for (std::uint64_t offset = start; offset < end;) {
        const Mapping mapping = map(offset);
        if (mapping.kind >= Mapping::Kind::Plain) return mapping.kind == Mapping::Kind::Compressed;
        offset += mapping.length;
    }
    return false;
}

Qcow2Source::Mapping Qcow2Source::map(std::uint64_t offset) const {
    const std::uint64_t cluster = header_.cluster_size();
    const std::uint64_t in_cluster = offset % cluster;
    Mapping mapping;
    const TableCache::Table table = l2_table(offset);
    if (!table) {
        mapping.length = header_.l2_span() - offset % header_.l2_span();
        return mapping;
    }
    mapping.length = cluster - in_cluster;
    const std::uint64_t position =
        offset / cluster % header_.l2_entries() * header_.l2_entry_size();
    const auto entry = load_be<std::uint64_t>(*table, position);
    if ((entry & qcow2::kCompressedCluster) != 0) {
        mapping.kind = Mapping::Kind::Compressed;
        mapping.entry = entry;
        return mapping;
    }
    const std::uint64_t host = entry & qcow2::kOffsetMask;
    if (host % cluster != 0) damaged(offset, "its data cluster is not aligned");
    if (header_.extended_l2()) {
        return map_extended(mapping, host, load_be<std::uint64_t>(*table, position + 8),
                            in_cluster);
    }
    if (header_.version >= 3 && (entry & qcow2::kReadsZero) != 0) {
        mapping.kind = Mapping::Kind::Zero;
    } else if (host != 0) {
        mapping.kind = Mapping::Kind::Plain;
        mapping.host = host + in_cluster;
    }
    return mapping;
}

// "Extended L2 Entries": one bit of allocation and one of zeros for each of 32 subclusters.
Qcow2Source::Mapping Qcow2Source::map_extended(Mapping mapping, std::uint64_t host,
                                               std::uint64_t bitmap,
                                               std::uint64_t in_cluster) const {
    const std::uint64_t subcluster = header_.cluster_size() / qcow2::kSubclusters;
    const unsigned index = static_cast<unsigned>(in_cluster / subcluster);
    mapping.length = subcluster - in_cluster % subcluster;
    const bool allocated = (bitmap >> index & 1) != 0;
    const bool zero = (bitmap >> (index + qcow2::kSubclusters) & 1) != 0;
    if (zero) {
        mapping.kind = Mapping::Kind::Zero;
    } else if (allocated && host != 0) {
        mapping.kind = Mapping::Kind::Plain;
        mapping.host = host + in_cluster;
    } else if (allocated) {
        throw Error(fmt::format("{} is damaged", file_.name()))
            .because("a subcluster is marked as stored without a place");
    }
    return mapping;
}

TableCache::Table Qcow2Source::l2_table(std::uint64_t offset) const {
    const std::uint64_t entry = l1_[offset / header_.l2_span()];
    const std::uint64_t host = entry & qcow2::kOffsetMask;
    if (host == 0) return nullptr;
    if (host % header_.cluster_size() != 0) damaged(offset, "its L2 table is not aligned");
    return tables_.get(host);
}

void Qcow2Source::read_compressed(std::uint64_t offset, std::uint64_t entry,
                                  std::span<std::byte> out) const {
    static thread_local std::vector<std::byte> packed;
    static thread_local std::vector<std::byte> plain;
    const std::uint64_t cluster = header_.cluster_size();
    qcow2::CompressedRange range = qcow2::compressed_range(entry, header_);
    if (range.offset >= file_.size()) damaged(offset, "its compressed data lies outside the file");
    // The last sector of a file need not be whole.
    range.size = std::min(range.size, file_.size() - range.offset);
    packed.resize(range.size);
    file_.read(range.offset, packed);

    const std::uint64_t in_cluster = offset % cluster;
    const bool whole = out.size() == cluster;
    if (!whole) plain.resize(cluster);
    const std::span<std::byte> target = whole ? out : std::span(plain);
    const bool good = header_.compression_type == 1 ? decompress_zstd(packed, target)
                                                    : inflate_raw(packed, target);
    if (!good) damaged(offset, "its compressed cluster cannot be decoded");
    if (!whole) std::memcpy(out.data(), plain.data() + in_cluster, out.size());
}

void Qcow2Source::damaged(std::uint64_t offset, std::string_view reason) const {
    throw_damaged(file_.name(), fmt::format("at guest offset {}", offset), reason);
}

namespace {

std::vector<std::uint64_t> read_l1(const InputFile& file, const Qcow2Header& header) {
    std::vector<std::uint64_t> l1(header.l1_size);
    file.read(header.l1_offset, std::as_writable_bytes(std::span(l1)));
    for (std::uint64_t& entry : l1) entry = swap_bytes(entry);
    return l1;
}

std::vector<std::string> feature_names(const Qcow2Header& header) {
    std::vector<std::string> names;
    if ((header.incompatible & Qcow2Header::kDirty) != 0) names.emplace_back("dirty");
    if ((header.incompatible & Qcow2Header::kCorrupt) != 0) names.emplace_back("corrupt");
    if (header.extended_l2()) names.emplace_back("extended_l2");
    if ((header.compatible & Qcow2Header::kLazyRefcounts) != 0) {
        names.emplace_back("lazy_refcounts");
    }
    if (header.has_bitmaps()) names.emplace_back("bitmaps");
    return names;
}

}  // namespace
}  // namespace kiln::formats
