#include "formats/vmdk/vmdk_source.h"

#include "formats/bytes.h"
#include "formats/compress.h"
#include "formats/decompress.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kMaxDescriptor = 65536;
constexpr std::uint32_t kNoParent = 0xffffffff;
constexpr std::uint32_t kZeroGrain = 1;
// Most grains compress to less: one read gets marker and data.
constexpr std::uint64_t kFirstRead = 32768;

}  // namespace

std::unique_ptr<Source> open_vmdk(InputFile file, const OpenOptions& options) {
    auto source = std::make_unique<VmdkSource>(std::move(file));
    const VmdkDescriptor& descriptor = source->descriptor();
    if (descriptor.parent_cid != kNoParent && !options.ignore_backing) {
        throw Error(fmt::format("{} needs a parent disk", source->file().name()))
            .because(fmt::format("the descriptor names {}", descriptor.parent_hint))
            .with_hint("Flatten it where its parent is; parents of VMDK disks are not read.");
    }
    return source;
}

VmdkSource::VmdkSource(InputFile file) : file_(std::move(file)) {
    read_header();
    read_descriptor();
    read_directory();
    tables_ = std::make_unique<TableCache>(file_, header_.table_sectors() * kVmdkSector);
}

Extent VmdkSource::next_extent(std::uint64_t offset, std::uint64_t limit) const {
    const std::uint64_t size = virtual_size();
    const std::uint64_t end = limit < size - offset ? offset + limit : size;
    const std::uint64_t table_span = header_.grain_bytes() * header_.entries_per_table;
    const Extent::Kind kind = kind_of(grain_sector(offset / header_.grain_bytes()));
    std::uint64_t stop = offset;
    do {
        // A table that is not there is a hole in one step.
        const bool no_table = directory_[stop / table_span] == 0;
        const std::uint64_t step = no_table ? table_span : header_.grain_bytes();
        stop = (stop / step + 1) * step;
    } while (stop < end && kind_of(grain_sector(stop / header_.grain_bytes())) == kind);
    return {offset, std::min(stop, size) - offset, kind};
}

void VmdkSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        const std::uint64_t grain = offset / header_.grain_bytes();
        const std::uint64_t in_grain = offset % header_.grain_bytes();
        const auto part =
            out.first(std::min<std::uint64_t>(out.size(), header_.grain_bytes() - in_grain));
        const std::uint32_t sector = grain_sector(grain);
        if (kind_of(sector) == Extent::Kind::Data) {
            read_grain(grain, sector, in_grain, part);
        } else {
            std::memset(part.data(), 0, part.size());
        }
        offset += part.size();
        out = out.subspan(part.size());
    }
}

SourceInfo VmdkSource::info() const {
    SourceInfo info;
    info.format = "vmdk";
    info.virtual_size = virtual_size();
    info.cluster_size = header_.grain_bytes();
    if (header_.compressed()) info.compression = "zlib";
    if (descriptor_.parent_cid != kNoParent) info.backing_name = descriptor_.parent_hint;
    info.details.emplace_back("create type", descriptor_.create_type);
    info.details.emplace_back("version", std::to_string(header_.version));
    info.details.emplace_back("content ID", fmt::format("{:08x}", descriptor_.cid));
    const auto adapter = descriptor_.data_base.find("ddb.adapterType");
    if (adapter != descriptor_.data_base.end()) {
        info.details.emplace_back("adapter type", adapter->second);
    }
    if (header_.unclean_shutdown) info.features.emplace_back("unclean shutdown");
    return info;
}

std::uint32_t VmdkSource::grain_sector(std::uint64_t grain) const {
    const std::uint32_t table = directory_[grain / header_.entries_per_table];
    if (table == 0) return 0;
    const TableCache::Table entries = tables_->get(std::uint64_t{table} * kVmdkSector);
    return load_le<std::uint32_t>(*entries, grain % header_.entries_per_table * 4);
}

void VmdkSource::read_header() {
    std::array<std::byte, kVmdkSector> sector;
    file_.read(0, sector);
    header_ = VmdkHeader::decode(sector, file_);
    if (header_.directory_offset != VmdkHeader::kDirectoryAtEnd) return;
    // The stream's end: footer marker, footer, end-of-stream marker.
    if (file_.size() < 4 * kVmdkSector || file_.size() % kVmdkSector != 0) {
        throw Error(fmt::format("{} is cut off", file_.name())).because("its footer is missing");
    }
    file_.read(file_.size() - 2 * kVmdkSector, sector);
    const VmdkHeader footer = VmdkHeader::decode(sector, file_);
    if (footer.capacity != header_.capacity || footer.grain_size != header_.grain_size ||
        footer.entries_per_table != header_.entries_per_table || footer.flags != header_.flags) {
        throw Error(fmt::format("{} is damaged", file_.name()))
            .because("its header and its footer differ");
    }
    header_ = footer;
}

void VmdkSource::read_descriptor() {
    if (header_.descriptor_offset == 0) return;
    if (header_.descriptor_size > kMaxDescriptor / kVmdkSector ||
        header_.descriptor_offset > file_.size() / kVmdkSector) {
        throw Error(fmt::format("{} is damaged", file_.name()))
            .because("its descriptor lies outside of the file or is too large");
    }
    std::string text(header_.descriptor_size * kVmdkSector, '\0');
    file_.read(header_.descriptor_offset * kVmdkSector,
               std::as_writable_bytes(std::span(text.data(), text.size())));
    descriptor_ = VmdkDescriptor::parse(text);
}

void VmdkSource::read_directory() {
    const std::uint64_t bytes = header_.tables() * 4;
    if (header_.directory_offset > file_.size() / kVmdkSector ||
        !fits(header_.directory_offset * kVmdkSector, bytes, file_.size())) {
        throw Error(fmt::format("{} is damaged", file_.name()))
            .because("its grain directory lies outside of the file");
    }
    directory_.resize(header_.tables());
    file_.read(header_.directory_offset * kVmdkSector,
               std::as_writable_bytes(std::span(directory_)));
}

Extent::Kind VmdkSource::kind_of(std::uint32_t sector) const {
    if (sector == 0) return Extent::Kind::Hole;
    if (sector == kZeroGrain && (header_.flags & VmdkHeader::kHasZeroGrains) != 0) {
        return Extent::Kind::Zero;
    }
    return Extent::Kind::Data;
}

void VmdkSource::read_grain(std::uint64_t grain, std::uint32_t sector, std::uint64_t in_grain,
                            std::span<std::byte> out) const {
    const std::uint64_t start = std::uint64_t{sector} * kVmdkSector;
    if (!header_.compressed()) {
        file_.read(start + in_grain, out);
        return;
    }
    static thread_local std::vector<std::byte> packed;
    static thread_local std::vector<std::byte> plain;
    if (!fits(start, kVmdkSector, file_.size())) damaged(grain, "it lies outside of the file");
    packed.resize(std::min(kFirstRead, file_.size() - start));
    file_.read(start, packed);
    // Without markers a grain has its length alone in front; nobody writes that.
    if (!header_.has_markers()) damaged(grain, "compressed grains without markers");
    const auto lba = load_le<std::uint64_t>(packed, 0);
    const auto size = load_le<std::uint32_t>(packed, 8);
    if (lba != grain * header_.grain_size) damaged(grain, "its marker is that of another grain");
    if (size > 2 * zlib_bound(header_.grain_bytes()) ||
        !fits(start, kGrainMarkerSize + size, file_.size())) {
        damaged(grain, fmt::format("a compressed size of {} bytes", size));
    }
    const std::size_t have = packed.size();
    packed.resize(kGrainMarkerSize + size);
    if (packed.size() > have) file_.read(start + have, std::span(packed).subspan(have));

    const bool whole = out.size() == header_.grain_bytes();
    if (!whole) plain.resize(header_.grain_bytes());
    const std::span<std::byte> target = whole ? out : std::span(plain);
    // QEMU ends the disk's last grain where the disk ends.
    const std::uint64_t rest = virtual_size() - grain * header_.grain_bytes();
    if (!inflate_zlib(std::span(packed).subspan(kGrainMarkerSize), target,
                      std::min(rest, header_.grain_bytes()))) {
        damaged(grain, "its data cannot be decoded");
    }
    if (!whole) std::memcpy(out.data(), plain.data() + in_grain, out.size());
}

void VmdkSource::damaged(std::uint64_t grain, std::string_view reason) const {
    throw Error(fmt::format("{} is damaged in grain {}", file_.name(), grain)).because(reason);
}

}  // namespace kiln::formats
