#include "formats/vmdk/hosted_sparse.h"

#include <cstring>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/codec/compress.h"
#include "formats/codec/decompress.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kMaxDescriptor = 65536;
constexpr std::uint32_t kZeroGrain = 1;
// Most grains compress to less: one read gets marker and data.
constexpr std::uint64_t kFirstRead = 32768;

}  // namespace

HostedSparse::HostedSparse(InputFile file)
    : SparseExtent(std::move(file)), directory_(this->file(), kVmdkSector) {
    read_header();
    read_descriptor();
    check_directory();
    tables_ = std::make_unique<TableCache>(this->file(), header_.table_sectors() * kVmdkSector);
    set_geometry({header_.capacity * kVmdkSector, header_.grain_bytes(), header_.entries_per_table,
                  header_.table_sectors() * kVmdkSector});
}

SourceInfo HostedSparse::info() const {
    SourceInfo info;
    info.format = "vmdk";
    info.virtual_size = virtual_size();
    info.cluster_size = header_.grain_bytes();
    if (header_.compressed()) info.compression = "zlib";
    info.details.emplace_back("version", std::to_string(header_.version));
    if (header_.unclean_shutdown) info.features.emplace_back("unclean shutdown");
    if ((header_.flags & VmdkHeader::kHasZeroGrains) != 0) {
        info.features.emplace_back("zeroed grains");
        if (!header_.compressed()) info.writer_options["zeroed_grain"] = "on";
    }
    return info;
}

TableCache::Table HostedSparse::table(std::uint64_t index) const {
    const std::uint64_t position = table_position(index);
    return position == 0 ? nullptr : tables_->get(position);
}

std::uint64_t HostedSparse::table_position(std::uint64_t index) const {
    return directory_entry(header_.directory_offset, index);
}

std::uint64_t HostedSparse::redundant_table_position(std::uint64_t index) const {
    return directory_entry(header_.redundant_directory_offset, index);
}

SparseExtent::Place HostedSparse::place(const std::vector<std::byte>& table,
                                        std::uint64_t entry) const {
    const auto sector = load_le<std::uint32_t>(table, entry * 4);
    if (sector == 0) return {};
    if (sector == kZeroGrain && (header_.flags & VmdkHeader::kHasZeroGrains) != 0) {
        return {Extent::Kind::Zero, 0};
    }
    return {Extent::Kind::Data, std::uint64_t{sector} * kVmdkSector};
}

void HostedSparse::read_run(std::uint64_t offset, const Run& run, std::span<std::byte> out) const {
    if (plain()) {
        SparseExtent::read_run(offset, run, out);
        return;
    }
    static thread_local std::vector<std::byte> inflated;
    const std::uint64_t grain = offset / header_.grain_bytes();
    const std::span<const std::byte> packed = read_packed(grain, run);
    const bool whole = out.size() == header_.grain_bytes();
    if (!whole) inflated.resize(header_.grain_bytes());
    const std::span<std::byte> target = whole ? out : std::span(inflated);
    // QEMU ends the disk's last grain where the disk ends.
    const std::uint64_t rest = virtual_size() - grain * header_.grain_bytes();
    if (!inflate_zlib(packed, target, std::min(rest, header_.grain_bytes()))) {
        damaged(grain, "its data cannot be decoded");
    }
    const std::uint64_t in_grain = offset % header_.grain_bytes();
    if (!whole) std::memcpy(out.data(), inflated.data() + in_grain, out.size());
}

std::span<const std::byte> HostedSparse::read_packed(std::uint64_t grain, const Run& run) const {
    static thread_local std::vector<std::byte> packed;
    const std::uint64_t start = run.position;
    const std::uint64_t most =
        round_up(kGrainMarkerSize + 2 * zlib_bound(header_.grain_bytes()), kVmdkSector);
    if (!fits(start, kVmdkSector, file().size())) damaged(grain, "it lies outside of the file");
    const std::uint64_t rest = file().size() - start;
    // Writers put grains end to end, so that the next one tells how long this one is.
    const bool next_tells = run.next_position > start && run.next_position - start <= most;
    const std::uint64_t guess = next_tells ? run.next_position - start : kFirstRead;
    if (!header_.has_markers()) {
        packed.resize(std::min(next_tells ? guess : most, rest));
        file().read(start, packed);
        return packed;
    }
    packed.resize(std::min(guess, rest));
    file().read(start, packed);
    const auto lba = load_le<std::uint64_t>(packed, 0);
    const auto size = load_le<std::uint32_t>(packed, 8);
    if (lba != grain * header_.grain_size) damaged(grain, "its marker is that of another grain");
    if (size > most - kGrainMarkerSize || !fits(start, kGrainMarkerSize + size, file().size())) {
        damaged(grain, fmt::format("a compressed size of {} bytes", size));
    }
    const std::size_t have = packed.size();
    packed.resize(std::max<std::size_t>(have, kGrainMarkerSize + size));
    if (packed.size() > have) file().read(start + have, std::span(packed).subspan(have));
    return std::span(packed).subspan(kGrainMarkerSize, size);
}

std::uint64_t HostedSparse::directory_entry(std::uint64_t directory, std::uint64_t index) const {
    constexpr std::uint64_t kPerSector = kVmdkSector / 4;
    const TableCache::Table page = directory_.get((directory + index / kPerSector) * kVmdkSector);
    return load_le<std::uint32_t>(*page, index % kPerSector * 4) * kVmdkSector;
}

void HostedSparse::read_header() {
    std::array<std::byte, kVmdkSector> sector;
    file().read(0, sector);
    header_ = VmdkHeader::decode(sector, file());
    if (header_.directory_offset != VmdkHeader::kDirectoryAtEnd) return;
    // The stream's end: footer marker, footer, end-of-stream marker.
    if (file().size() < 4 * kVmdkSector || file().size() % kVmdkSector != 0) {
        throw Error(fmt::format("{} is cut off", file().name())).because("its footer is missing");
    }
    file().read(file().size() - 2 * kVmdkSector, sector);
    const VmdkHeader footer = VmdkHeader::decode(sector, file());
    if (footer.capacity != header_.capacity || footer.grain_size != header_.grain_size ||
        footer.entries_per_table != header_.entries_per_table || footer.flags != header_.flags) {
        throw Error(fmt::format("{} is damaged", file().name()))
            .because("its header and its footer differ");
    }
    header_ = footer;
    has_footer_ = true;
}

void HostedSparse::read_descriptor() {
    descriptor_.create_type.clear();
    if (header_.descriptor_offset == 0) return;
    if (header_.descriptor_size > kMaxDescriptor / kVmdkSector ||
        header_.descriptor_offset > file().size() / kVmdkSector) {
        throw Error(fmt::format("{} is damaged", file().name()))
            .because("its descriptor lies outside of the file or is too large");
    }
    std::string text(header_.descriptor_size * kVmdkSector, '\0');
    file().read(header_.descriptor_offset * kVmdkSector,
                std::as_writable_bytes(std::span(text.data(), text.size())));
    descriptor_ = VmdkDescriptor::parse(text, file().name());
}

void HostedSparse::check_directory() const {
    const std::uint64_t sectors = divide_up(header_.tables() * 4, kVmdkSector);
    if (!fits(header_.directory_offset, sectors, file().size() / kVmdkSector)) {
        throw Error(fmt::format("{} is damaged", file().name()))
            .because("its grain directory lies outside of the file");
    }
}

}  // namespace kiln::formats
