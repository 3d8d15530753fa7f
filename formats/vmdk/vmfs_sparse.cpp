#include "formats/vmdk/vmfs_sparse.h"

#include <array>
#include <bit>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/vmdk/vmdk_header.h"

namespace kiln::formats {

namespace {
constexpr std::uint64_t kMaxGrainSectors = 4096;
}

VmfsSparse::VmfsSparse(InputFile file)
    : SparseExtent(std::move(file)),
      directory_(this->file(), kVmdkSector),
      tables_(this->file(), kTableEntries * 4) {
    const auto refuse = [this](std::string_view reason) {
        throw Error(
            fmt::format("{} is not a VMFS sparse extent that can be read", this->file().name()))
            .because(reason);
    };
    std::array<std::byte, kVmdkSector> header;
    this->file().read(0, header);
    if (load_le<std::uint32_t>(header, 0) != kMagic) refuse("the header's magic is missing");
    const auto version = load_le<std::uint32_t>(header, 4);
    const std::uint64_t sectors = load_le<std::uint32_t>(header, 12);
    const std::uint64_t grain = load_le<std::uint32_t>(header, 16);
    const std::uint64_t directory = load_le<std::uint32_t>(header, 20);
    const std::uint64_t entries = load_le<std::uint32_t>(header, 24);
    if (version != 1) refuse(fmt::format("version {} is not known", version));
    if (!std::has_single_bit(grain) || grain > kMaxGrainSectors) {
        refuse(fmt::format("a grain size of {} sectors", grain));
    }
    set_geometry({sectors * kVmdkSector, grain * kVmdkSector, kTableEntries, kTableEntries * 4});
    if (entries < tables()) refuse(fmt::format("its grain directory has {} entries", entries));
    directory_position_ = directory * kVmdkSector;
    if (!fits(directory_position_, round_up(tables() * 4, kVmdkSector), this->file().size())) {
        refuse("its grain directory lies outside of the file");
    }
}

SourceInfo VmfsSparse::info() const {
    SourceInfo info;
    info.format = "vmdk";
    info.virtual_size = virtual_size();
    info.cluster_size = geometry().grain_bytes;
    return info;
}

TableCache::Table VmfsSparse::table(std::uint64_t index) const {
    const std::uint64_t position = table_position(index);
    return position == 0 ? nullptr : tables_.get(position);
}

std::uint64_t VmfsSparse::table_position(std::uint64_t index) const {
    constexpr std::uint64_t kPerSector = kVmdkSector / 4;
    const TableCache::Table page =
        directory_.get(directory_position_ + index / kPerSector * kVmdkSector);
    return load_le<std::uint32_t>(*page, index % kPerSector * 4) * kVmdkSector;
}

SparseExtent::Place VmfsSparse::place(const std::vector<std::byte>& table,
                                      std::uint64_t entry) const {
    const auto sector = load_le<std::uint32_t>(table, entry * 4);
    if (sector == 0) return {};
    if (sector < kHeaderBytes / kVmdkSector) {
        throw Error(fmt::format("{} is damaged", file().name()))
            .because("a grain is said to lie in the file's header");
    }
    return {Extent::Kind::Data, std::uint64_t{sector} * kVmdkSector};
}

}  // namespace kiln::formats
