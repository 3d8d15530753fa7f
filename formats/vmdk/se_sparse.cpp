#include "formats/vmdk/se_sparse.h"

#include <array>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/zero.h"
#include "formats/vmdk/vmdk_header.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kVersion = 0x0000000200000001;
constexpr std::uint64_t kVolatileMagic = 0xcafecafe;
constexpr std::uint64_t kGrainSectors = 8;
constexpr std::uint64_t kTableSectors = 64;
constexpr std::uint64_t kTableBytes = kTableSectors * kVmdkSector;
constexpr std::uint64_t kPerSector = kVmdkSector / 8;
constexpr std::uint64_t kMaxSectors = std::uint64_t{1} << 37;  // 64 TiB

// Fields of the two headers: numbers of 64 bits, in the order in which they stand.
enum Field : std::size_t {
    Magic = 0,
    Version = 1,
    Capacity = 2,
    GrainSize = 3,
    TableSize = 4,
    Flags = 5,
    FirstReserved = 6,
    LastReserved = 9,
    VolatileHeaderOffset = 10,
    DirectoryOffset = 16,
    DirectorySize = 17,
    TablesOffset = 18,
    GrainsOffset = 24,
};
constexpr std::size_t kReplayJournal = 24;  // bytes into the volatile header

}  // namespace

SeSparse::SeSparse(InputFile file)
    : SparseExtent(std::move(file)),
      directory_(this->file(), kVmdkSector),
      tables_(this->file(), kTableBytes) {
    read_header();
}

SourceInfo SeSparse::info() const {
    SourceInfo info;
    info.format = "vmdk";
    info.virtual_size = virtual_size();
    info.cluster_size = geometry().grain_bytes;
    return info;
}

TableCache::Table SeSparse::table(std::uint64_t index) const {
    const std::uint64_t position = table_position(index);
    return position == 0 ? nullptr : tables_.get(position);
}

std::uint64_t SeSparse::table_position(std::uint64_t index) const {
    const TableCache::Table page =
        directory_.get(directory_position_ + index / kPerSector * kVmdkSector);
    const auto entry = load_le<std::uint64_t>(*page, index % kPerSector * 8);
    if (entry == 0) return 0;
    // The upper half says that a table is there, the lower which one.
    if (entry >> 32 != 0x10000000) {
        throw Error(fmt::format("{} is damaged", file().name()))
            .because(fmt::format("entry {} of its grain directory has no meaning", index));
    }
    return tables_position_ + (entry & 0xffffffff) * kTableBytes;
}

SparseExtent::Place SeSparse::place(const std::vector<std::byte>& table,
                                    std::uint64_t entry) const {
    const auto value = load_le<std::uint64_t>(table, entry * 8);
    switch (value >> 60) {
        case 0:
            if (value == 0) return {};
            break;
        case 1:  // unmapped by the guest
        case 2:  // zeros
            return {Extent::Kind::Zero, 0};
        case 3: {
            // The number of the grain, its lower twelve bits first.
            const std::uint64_t number = (value >> 48 & 0xfff) | (value & 0x0000ffffffffffff) << 12;
            constexpr std::uint64_t kGrain = kGrainSectors * kVmdkSector;
            if (number > kMaxSectors / kGrainSectors) break;
            return {Extent::Kind::Data, grains_position_ + number * kGrain};
        }
        default:
            break;
    }
    throw Error(fmt::format("{} is damaged", file().name()))
        .because(fmt::format("a grain table has the entry {:#x}", value));
}

void SeSparse::read_header() {
    std::array<std::byte, kVmdkSector> header;
    file().read(0, header);
    const auto field = [&](Field name) { return load_le<std::uint64_t>(header, name * 8); };
    if (field(Magic) != kMagic) refuse("the header's magic is missing");
    if (field(Version) != kVersion) {
        refuse(fmt::format("version {}.{} is not known", field(Version) >> 32,
                           field(Version) & 0xffffffff));
    }
    if (field(GrainSize) != kGrainSectors || field(TableSize) != kTableSectors) {
        refuse(fmt::format("grains of {} and tables of {} sectors", field(GrainSize),
                           field(TableSize)));
    }
    const auto reserved =
        std::span(header).subspan(FirstReserved * 8, (LastReserved + 1 - FirstReserved) * 8);
    if (field(Flags) != 0 || !is_zero(reserved)) refuse("it has features that are not known");
    const std::uint64_t sectors = file().size() / kVmdkSector;
    for (const Field offset : {VolatileHeaderOffset, DirectoryOffset, TablesOffset, GrainsOffset}) {
        if (field(offset) > sectors) refuse("parts of it lie outside of the file");
    }
    if (field(Capacity) > kMaxSectors) {
        refuse(fmt::format("a capacity of {} sectors", field(Capacity)));
    }
    set_geometry({field(Capacity) * kVmdkSector, kGrainSectors * kVmdkSector,
                  kTableBytes / sizeof(std::uint64_t), kTableBytes});
    const std::uint64_t directory_sectors = divide_up(tables(), kPerSector);
    if (field(DirectorySize) < directory_sectors) refuse("its grain directory is too small");
    if (!fits(field(DirectoryOffset), directory_sectors, sectors)) {
        refuse("its grain directory lies outside of the file");
    }
    directory_position_ = field(DirectoryOffset) * kVmdkSector;
    tables_position_ = field(TablesOffset) * kVmdkSector;
    grains_position_ = field(GrainsOffset) * kVmdkSector;

    file().read(field(VolatileHeaderOffset) * kVmdkSector, header);
    if (field(Magic) != kVolatileMagic) refuse("its second header is missing");
    if (load_le<std::uint64_t>(header, kReplayJournal) != 0) {
        refuse("it was not closed cleanly, and its journal cannot be replayed");
    }
}

void SeSparse::refuse(std::string_view reason) const {
    throw Error(fmt::format("{} is not a seSparse extent that can be read", file().name()))
        .because(reason);
}

}  // namespace kiln::formats
