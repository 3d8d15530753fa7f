#include "formats/file_system/xfs_inodes.h"

#include <algorithm>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kExtentSize = 16;
constexpr std::size_t kKeySize = 8;
constexpr std::size_t kPointerSize = 8;
constexpr unsigned kMostLevels = 12;
constexpr std::size_t kLongestTarget = 1024;

XfsInodes::Run parse_extent(std::span<const std::byte> bytes);
XfsInode::Form form_of(unsigned format);

}  // namespace

struct XfsInodes::Walk {
    const XfsInode& inode;
    WorkBudget& budget;
    const Visit& visit;
    std::uint64_t next = 0;  // the first block of the file that may come
};

XfsInode XfsInodes::read(std::uint64_t number, WorkBudget& budget) const {
    budget.spend();
    std::vector<std::byte> bytes(super_.inode_size);
    volume_.read(offset_of(number), bytes);
    return parse(number, bytes);
}

// A number is a group, a block in it and a place in that.
std::uint64_t XfsInodes::offset_of(std::uint64_t number) const {
    const unsigned place_bits = super_.inodes_per_block_bits;
    const std::uint64_t group = number >> (super_.group_bits + place_bits);
    const std::uint64_t block =
        (number >> place_bits) & ((std::uint64_t{1} << super_.group_bits) - 1);
    if (group >= super_.groups || block < super_.header_blocks() ||
        block >= super_.blocks_of_group(static_cast<std::uint32_t>(group))) {
        xfs_damaged(fmt::format("there can be no inode {}", number));
    }
    const std::uint64_t place = number & ((std::uint64_t{1} << place_bits) - 1);
    return super_.offset_in_group(static_cast<std::uint32_t>(group),
                                  static_cast<std::uint32_t>(block)) +
           place * super_.inode_size;
}

XfsInode XfsInodes::parse(std::uint64_t number, std::span<const std::byte> bytes) const {
    constexpr std::uint16_t kMagic = 0x494E;    // "IN"
    constexpr unsigned kRealtime = 0x1;         // of the flags
    constexpr std::uint64_t kWideCount = 0x10;  // of the flags of version 3
    constexpr std::size_t kChecksum = 100;
    const auto version = std::to_integer<unsigned>(bytes[4]);
    if (load_be<std::uint16_t>(bytes, 0) != kMagic ||
        (super_.v5 ? version != 3 : version != 1 && version != 2)) {
        xfs_damaged(fmt::format("a name leads to inode {}, which is none", number));
    }
    if (super_.v5 &&
        (!xfs_checksum_is_right(bytes, kChecksum) || load_be<std::uint64_t>(bytes, 152) != number ||
         !super_.is_own(bytes.subspan(160, 16)))) {
        xfs_damaged(fmt::format("the checksum of inode {} is wrong", number));
    }
    XfsInode inode;
    inode.number = number;
    inode.type = load_be<std::uint16_t>(bytes, 2) & 0xF000U;
    if (inode.type == 0)
        xfs_damaged(fmt::format("a name leads to inode {}, which is free", number));
    inode.form = form_of(std::to_integer<unsigned>(bytes[5]));
    inode.size = load_be<std::uint64_t>(bytes, 56);
    const bool wide = super_.v5 && (load_be<std::uint64_t>(bytes, 120) & kWideCount) != 0;
    inode.extents = wide ? load_be<std::uint64_t>(bytes, 24) : load_be<std::uint32_t>(bytes, 76);
    inode.on_realtime = (load_be<std::uint16_t>(bytes, 90) & kRealtime) != 0;
    const auto forks = bytes.subspan(super_.v5 ? 176 : 100);
    const std::size_t attributes = std::to_integer<std::size_t>(bytes[82]) * 8;
    if (attributes > forks.size()) {
        xfs_damaged(fmt::format("the forks of inode {} do not fit", number));
    }
    const auto fork = attributes == 0 ? forks : forks.first(attributes);
    inode.fork.assign(fork.begin(), fork.end());
    return inode;
}

void XfsInodes::for_each_run(const XfsInode& inode, WorkBudget& budget, const Visit& visit) const {
    if (inode.form == XfsInode::Form::None) {
        xfs_damaged(fmt::format("the content of inode {} is nowhere", inode.number));
    }
    Walk state{.inode = inode, .budget = budget, .visit = visit};
    if (inode.form == XfsInode::Form::Tree) walk_root(state);
    if (inode.form != XfsInode::Form::List) return;
    if (inode.extents > inode.fork.size() / kExtentSize) {
        xfs_damaged(
            fmt::format("inode {} has no room for {} extents", inode.number, inode.extents));
    }
    walk_list(state, std::span(inode.fork).first(inode.extents * kExtentSize));
}

std::vector<std::byte> XfsInodes::content(const XfsInode& inode, std::size_t limit,
                                          WorkBudget& budget) const {
    std::vector<std::byte> out(std::min<std::uint64_t>(inode.size, limit));
    if (inode.form == XfsInode::Form::Local) {
        if (inode.size > inode.fork.size()) {
            xfs_damaged(fmt::format("inode {} is larger than its room", inode.number));
        }
        std::copy_n(inode.fork.begin(), out.size(), out.begin());
        return out;
    }
    const std::uint64_t blocks = divide_up(out.size(), super_.block_size);
    for_each_run(inode, budget, [&](const Run& run) {
        if (run.logical >= blocks) return false;
        if (!run.written) return true;
        const auto rest = std::span(out).subspan(run.logical * super_.block_size);
        const std::uint64_t length = run.count * super_.block_size;
        read_blocks(run, 0, rest.first(std::min<std::uint64_t>(rest.size(), length)), budget);
        return true;
    });
    return out;
}

// In version 5 each of its extents begins with a header.
std::string XfsInodes::target(const XfsInode& link, WorkBudget& budget) const {
    if (link.size > kLongestTarget) {
        xfs_damaged(fmt::format("link {} leads to {} bytes", link.number, link.size));
    }
    std::string text;
    if (!super_.v5 || link.form == XfsInode::Form::Local) {
        const std::vector<std::byte> bytes = content(link, kLongestTarget, budget);
        text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return text;
    }
    const std::uint64_t most = kLongestTarget / super_.block_size + 1;
    for_each_run(link, budget, [&](const Run& run) {
        if (run.count > most) xfs_damaged(fmt::format("link {} is too large", link.number));
        std::vector<std::byte> bytes(run.count * super_.block_size);
        read_blocks(run, 0, bytes, budget);
        text += part_of_link(link, bytes, text.size());
        return text.size() < link.size;
    });
    if (text.size() != link.size) {
        xfs_damaged(fmt::format("link {} leads nowhere", link.number));
    }
    return text;
}

std::string_view XfsInodes::part_of_link(const XfsInode& link, std::span<const std::byte> bytes,
                                         std::size_t position) const {
    constexpr std::uint32_t kMagic = 0x58534C4D;  // "XSLM"
    constexpr std::size_t kHeader = 56;
    constexpr std::size_t kChecksum = 12;
    const std::size_t length = load_be<std::uint32_t>(bytes, 8);
    if (load_be<std::uint32_t>(bytes, 0) != kMagic || !xfs_checksum_is_right(bytes, kChecksum) ||
        !super_.is_own(bytes.subspan(16, 16)) || load_be<std::uint64_t>(bytes, 32) != link.number ||
        load_be<std::uint32_t>(bytes, 4) != position || length == 0 ||
        length > bytes.size() - kHeader) {
        xfs_damaged(fmt::format("the text of link {} is damaged", link.number));
    }
    return {reinterpret_cast<const char*>(bytes.data()) + kHeader, length};
}

void XfsInodes::read_blocks(const Run& run, std::uint64_t first, std::span<std::byte> out,
                            WorkBudget& budget) const {
    const std::uint64_t blocks = divide_up(out.size(), super_.block_size);
    budget.spend(blocks);
    volume_.read(super_.offset_of(run.block + first, blocks), out);
}

// The root stands in the inode, with a header of its own.
bool XfsInodes::walk_root(Walk& state) const {
    constexpr std::size_t kHeader = 4;
    const std::span<const std::byte> fork(state.inode.fork);
    const std::size_t most =
        (fork.size() - std::min(fork.size(), kHeader)) / (kKeySize + kPointerSize);
    if (most == 0) xfs_damaged(fmt::format("inode {} has no room for a tree", state.inode.number));
    const unsigned level = load_be<std::uint16_t>(fork, 0);
    const std::size_t records = load_be<std::uint16_t>(fork, 2);
    if (level == 0 || level > kMostLevels || records == 0 || records > most) {
        xfs_damaged(fmt::format("the tree of inode {} has {} records and {} levels",
                                state.inode.number, records, level));
    }
    return walk_children(state, fork.subspan(kHeader + most * kKeySize, records * kPointerSize),
                         level);
}

// Recursion is as deep as the root says. A tree may name a block often: the budget ends that.
bool XfsInodes::walk_node(Walk& state, std::uint64_t block, unsigned level) const {
    const std::size_t header = super_.v5 ? 72 : 24;
    const std::vector<std::byte> node = read_node(state, block, level);
    const auto records = std::span<const std::byte>(node).subspan(header);
    const std::size_t count = load_be<std::uint16_t>(node, 6);
    const std::size_t most = records.size() / kExtentSize;  // a key and a pointer are as large
    if (count == 0 || count > most) {
        xfs_damaged(
            fmt::format("a block of inode {}'s tree has {} records", state.inode.number, count));
    }
    if (level == 0) return walk_list(state, records.first(count * kExtentSize));
    return walk_children(state, records.subspan(most * kKeySize, count * kPointerSize), level);
}

bool XfsInodes::walk_children(Walk& state, std::span<const std::byte> pointers,
                              unsigned level) const {
    for (std::size_t i = 0; i < pointers.size(); i += kPointerSize) {
        if (walk_node(state, load_be<std::uint64_t>(pointers, i), level - 1)) return true;
    }
    return false;
}

bool XfsInodes::walk_list(Walk& state, std::span<const std::byte> list) const {
    for (std::size_t i = 0; i < list.size(); i += kExtentSize) {
        const Run run = parse_extent(list.subspan(i, kExtentSize));
        if (run.count == 0 || run.logical < state.next) {
            xfs_damaged(
                fmt::format("the extents of inode {} are not in order", state.inode.number));
        }
        super_.offset_of(run.block, run.count);  // throws where there can be none
        state.next = run.logical + run.count;
        if (!state.visit(run)) return true;
    }
    return false;
}

std::vector<std::byte> XfsInodes::read_node(const Walk& state, std::uint64_t block,
                                            unsigned level) const {
    constexpr std::uint32_t kMagic = 0x424D4150;    // "BMAP"
    constexpr std::uint32_t kMagicV5 = 0x424D4133;  // "BMA3"
    constexpr std::size_t kChecksum = 64;
    std::vector<std::byte> node(super_.block_size);
    read_blocks({.block = block, .count = 1}, 0, node, state.budget);
    const std::span<const std::byte> bytes(node);
    if (load_be<std::uint32_t>(bytes, 0) != (super_.v5 ? kMagicV5 : kMagic) ||
        load_be<std::uint16_t>(bytes, 4) != level) {
        xfs_damaged(
            fmt::format("block {} is not of the tree of inode {}", block, state.inode.number));
    }
    if (super_.v5 && (!xfs_checksum_is_right(bytes, kChecksum) ||
                      load_be<std::uint64_t>(bytes, 56) != state.inode.number ||
                      !super_.is_own(bytes.subspan(40, 16)))) {
        xfs_damaged(fmt::format("the checksum of block {} is wrong", block));
    }
    return node;
}

namespace {

// A flag, 54 bits of the place in the file, 52 of the block, 21 of the count.
XfsInodes::Run parse_extent(std::span<const std::byte> bytes) {
    const auto upper = load_be<std::uint64_t>(bytes, 0);
    const auto lower = load_be<std::uint64_t>(bytes, 8);
    XfsInodes::Run run;
    run.written = upper >> 63 == 0;
    run.logical = (upper >> 9) & ((std::uint64_t{1} << 54) - 1);
    run.block = (upper & 0x1FF) << 43 | lower >> 21;
    run.count = lower & 0x1FFFFF;
    return run;
}

XfsInode::Form form_of(unsigned format) {
    switch (format) {
        case 1:
            return XfsInode::Form::Local;
        case 2:
            return XfsInode::Form::List;
        case 3:
            return XfsInode::Form::Tree;
        default:
            return XfsInode::Form::None;
    }
}

}  // namespace
}  // namespace kiln::formats
