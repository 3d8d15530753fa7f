#include "formats/file_system/xfs_free_space.h"

#include <algorithm>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

constexpr std::uint32_t kHeaderMagic = 0x58414746;  // "XAGF"
constexpr std::uint32_t kTreeMagic = 0x41425442;    // "ABTB"
constexpr std::uint32_t kTreeMagicV5 = 0x41423342;  // "AB3B"
constexpr unsigned kMostLevels = 9;

}  // namespace

struct XfsFreeSpace::Walk {
    std::uint32_t group = 0;
    std::uint32_t blocks = 0;     // of the group
    std::uint64_t next = 0;       // the first block that may be free
    std::uint64_t free = 0;       // that were found
    std::uint64_t log_first = 0;  // of the group, when the log is in it
    std::uint64_t log_end = 0;
    std::vector<std::uint32_t> path;  // of tree blocks from the root to the current one
    const Visit& visit;
};

void XfsFreeSpace::for_each(std::uint32_t group, const Visit& visit) const {
    const Header header = read_header(group);
    Walk state{.group = group,
               .blocks = super_.blocks_of_group(group),
               .next = super_.header_blocks(),
               .path = {},
               .visit = visit};
    if (super_.log_start >> super_.group_bits == group) {
        state.log_first = super_.log_start & ((std::uint64_t{1} << super_.group_bits) - 1);
        state.log_end = state.log_first + super_.log_blocks;
    }
    walk(state, header.root, header.levels - 1);
    if (state.free != header.free_blocks) {
        xfs_damaged(fmt::format("allocation group {} counts {} free blocks, its tree has {}", group,
                                header.free_blocks, state.free));
    }
}

XfsFreeSpace::Header XfsFreeSpace::read_header(std::uint32_t group) const {
    constexpr std::size_t kUuid = 64;
    constexpr std::size_t kChecksum = 216;
    std::vector<std::byte> sector(super_.sector_size);
    volume_.read(super_.offset_in_group(group, 0) + super_.sector_size, sector);
    const std::span<const std::byte> bytes(sector);
    if (load_be<std::uint32_t>(bytes, 0) != kHeaderMagic || load_be<std::uint32_t>(bytes, 4) != 1 ||
        load_be<std::uint32_t>(bytes, 8) != group ||
        load_be<std::uint32_t>(bytes, 12) != super_.blocks_of_group(group) ||
        (super_.v5 && !super_.is_own(bytes.subspan(kUuid, 16)))) {
        xfs_damaged(fmt::format("allocation group {} has no header", group));
    }
    if (super_.v5 && !xfs_checksum_is_right(bytes, kChecksum)) {
        xfs_damaged(fmt::format("the checksum of allocation group {} is wrong", group));
    }
    const Header header{load_be<std::uint32_t>(bytes, 16), load_be<std::uint32_t>(bytes, 28),
                        load_be<std::uint32_t>(bytes, 52)};
    if (header.levels == 0 || header.levels > kMostLevels) {
        xfs_damaged(fmt::format("the free space of allocation group {} has {} levels", group,
                                header.levels));
    }
    return header;
}

// Recursion is as deep as the tree has levels.
void XfsFreeSpace::walk(Walk& state, std::uint32_t block, unsigned level) const {
    constexpr std::size_t kRecordSize = 8;
    constexpr std::size_t kPointerSize = 4;
    const std::vector<std::byte> node = read_node(state, block, level);
    const std::size_t room = node.size() - node_header_size();
    const std::size_t records = load_be<std::uint16_t>(node, 6);
    const std::size_t most = room / (level == 0 ? kRecordSize : kRecordSize + kPointerSize);
    // Only a root that is a leaf may be empty; a walk over others comes forward with each.
    if (records > most || (records == 0 && (level != 0 || !state.path.empty()))) {
        xfs_damaged(fmt::format("a block of free space has {} records", records));
    }
    state.path.push_back(block);
    for (std::size_t i = 0; i < records; ++i) {
        const std::size_t record = node_header_size() + i * kRecordSize;
        if (level == 0) {
            take_record(state, load_be<std::uint32_t>(node, record),
                        load_be<std::uint32_t>(node, record + 4));
        } else {
            const std::size_t pointer = node_header_size() + most * kRecordSize + i * kPointerSize;
            walk(state, load_be<std::uint32_t>(node, pointer), level - 1);
        }
    }
    state.path.pop_back();
}

std::vector<std::byte> XfsFreeSpace::read_node(const Walk& state, std::uint32_t block,
                                               unsigned level) const {
    constexpr std::size_t kUuid = 32;
    constexpr std::size_t kOwner = 48;
    constexpr std::size_t kChecksum = 52;
    if (block < super_.header_blocks() || block >= state.blocks) {
        xfs_damaged("a tree of free space leaves its allocation group");
    }
    std::vector<std::byte> node(super_.block_size);
    volume_.read(super_.offset_in_group(state.group, block), node);
    const std::span<const std::byte> bytes(node);
    if (load_be<std::uint32_t>(bytes, 0) != (super_.v5 ? kTreeMagicV5 : kTreeMagic) ||
        load_be<std::uint16_t>(bytes, 4) != level) {
        xfs_damaged(fmt::format("block {} of allocation group {} is not of the tree of free space",
                                block, state.group));
    }
    if (super_.v5 && (!xfs_checksum_is_right(bytes, kChecksum) ||
                      load_be<std::uint32_t>(bytes, kOwner) != state.group ||
                      !super_.is_own(bytes.subspan(kUuid, 16)))) {
        xfs_damaged(fmt::format("the checksum of block {} of allocation group {} is wrong", block,
                                state.group));
    }
    return node;
}

void XfsFreeSpace::take_record(Walk& state, std::uint32_t start, std::uint32_t count) const {
    const std::uint64_t end = std::uint64_t{start} + count;
    if (count == 0 || start < state.next || end > state.blocks) {
        xfs_damaged(fmt::format("free space of allocation group {} is not in order", state.group));
    }
    const auto is_free = [&](std::uint64_t block) { return block >= start && block < end; };
    if ((start < state.log_end && state.log_first < end) ||
        std::ranges::any_of(state.path, is_free)) {
        xfs_damaged("its tree of free space calls metadata free");
    }
    state.next = end + 1;  // neighbours would be one record
    state.free += count;
    state.visit(start, count);
}

}  // namespace kiln::formats
