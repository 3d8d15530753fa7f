#include "formats/file_system/ext_inodes.h"

#include <algorithm>

#include "formats/bytes/bytes.h"
#include "formats/bytes/text.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kMapSize = 60;

/// The attribute that holds what of an inline file does not fit into the map; empty when none does.
std::span<const std::byte> inline_rest(std::span<const std::byte> inode);
[[noreturn]] void damaged(std::string_view reason);

}  // namespace

bool ExtInode::has_extents() const {
    return (flags & 0x80000) != 0;
}

bool ExtInode::is_inline() const {
    return (flags & 0x10000000) != 0;
}

bool ExtInode::is_encrypted() const {
    return (flags & 0x800) != 0;
}

ExtInode ExtInodes::read(std::uint32_t number, WorkBudget& budget) const {
    if (number == 0 || number > super_.inodes) damaged("a name leads to no inode");
    budget.spend();
    const std::uint64_t group = (number - 1) / super_.inodes_per_group;
    const std::uint64_t index = (number - 1) % super_.inodes_per_group;
    std::vector<std::byte> bytes(super_.inode_size);
    volume_.read(groups_.group(group).inode_table * super_.block_size + index * super_.inode_size,
                 bytes);
    return parse(number, bytes);
}

bool ExtInodes::for_each_in_group(std::uint64_t group, WorkBudget& budget,
                                  const std::function<bool(const ExtInode&)>& visit) const {
    const ExtGroup descriptor = groups_.group(group);
    if (descriptor.inodes_unused) return false;
    const std::uint64_t count =
        super_.inodes_per_group - std::min(descriptor.unused_inodes, super_.inodes_per_group);
    const std::uint64_t per_block = super_.block_size / super_.inode_size;
    std::vector<std::byte> block(super_.block_size);
    for (std::uint64_t first = 0; first < count; first += per_block) {
        budget.spend();
        read_block(descriptor.inode_table + first / per_block, block);
        for (std::uint64_t i = 0; i < std::min(per_block, count - first); ++i) {
            const auto bytes =
                std::span<const std::byte>(block).subspan(i * super_.inode_size, super_.inode_size);
            if (load_le<std::uint16_t>(bytes, 0x1A) == 0) continue;  // no links
            const auto number = group * super_.inodes_per_group + first + i + 1;
            const ExtInode inode = parse(static_cast<std::uint32_t>(number), bytes);
            if (inode.in_use() && !visit(inode)) return true;
        }
    }
    return false;
}

bool ExtInodes::for_each_run(const ExtInode& inode, WorkBudget& budget, const Visit& visit) const {
    constexpr unsigned kDirect = 12;
    constexpr unsigned kLevels = 3;
    if (inode.is_inline()) return false;
    // A link's text stands where the map would.
    if (inode.type == ExtInode::kLink && !inode.has_extents() && inode.size < kMapSize) {
        return false;
    }
    if (inode.type != ExtInode::kFile && inode.type != ExtInode::kDirectory &&
        inode.type != ExtInode::kLink) {
        return false;
    }
    constexpr unsigned kDeepest = 5;
    if (inode.has_extents()) return visit_extents(inode.map(), kDeepest, budget, visit);
    const auto map = inode.map();
    std::uint64_t logical = 0;
    for (unsigned i = 0; i < kDirect; ++i, ++logical) {
        const Run run{logical, load_le<std::uint32_t>(map, i * 4), 1, Run::Kind::Data};
        if (run.block == 0) continue;
        check(run);
        if (!visit(run)) return true;
    }
    for (unsigned level = 1; level <= kLevels; ++level) {
        const auto block = load_le<std::uint32_t>(map, (kDirect + level - 1) * 4);
        if (visit_pointers(block, level, logical, budget, visit)) return true;
    }
    return false;
}

std::vector<std::byte> ExtInodes::content(const ExtInode& inode, std::size_t limit,
                                          WorkBudget& budget) const {
    std::vector<std::byte> out(std::min<std::uint64_t>(inode.size, limit));
    const bool short_link = inode.type == ExtInode::kLink && !inode.has_extents();
    if (inode.is_inline() || (short_link && inode.size < kMapSize)) {
        const std::size_t first = std::min(out.size(), kMapSize);
        std::copy_n(inode.map().begin(), first, out.begin());
        if (!inode.is_inline()) return out;
        const auto rest = inline_rest(inode.bytes);
        const std::size_t more = std::min(out.size() - first, rest.size());
        std::copy_n(rest.begin(), more, out.begin() + static_cast<std::ptrdiff_t>(first));
        return out;
    }
    for_each_run(inode, budget, [&](const Run& run) {
        if (run.kind != Run::Kind::Data) return true;
        // A logical block has 32 bits, at most some 34 with three levels of pointers.
        const std::uint64_t from = run.logical * super_.block_size;
        if (from >= out.size()) return false;
        const auto part = std::span(out).subspan(from).first(
            std::min<std::uint64_t>(out.size() - from, run.count * super_.block_size));
        budget.spend(divide_up(part.size(), super_.block_size));
        volume_.read(run.block * super_.block_size, part);
        return true;
    });
    return out;
}

void ExtInodes::read_block(std::uint64_t block, std::span<std::byte> out) const {
    if (block >= super_.blocks) damaged("a block beyond its end is in use");
    volume_.read(block * super_.block_size, out);
}

ExtInode ExtInodes::parse(std::uint32_t number, std::span<const std::byte> bytes) const {
    ExtInode inode;
    inode.number = number;
    inode.type = load_le<std::uint16_t>(bytes, 0x00) & 0xF000U;
    inode.links = load_le<std::uint16_t>(bytes, 0x1A);
    inode.flags = load_le<std::uint32_t>(bytes, 0x20);
    inode.size = std::uint64_t{load_le<std::uint32_t>(bytes, 0x6C)} << 32 |
                 load_le<std::uint32_t>(bytes, 0x04);
    inode.bytes.assign(bytes.begin(), bytes.end());
    return inode;
}

// Recursion is as deep as `depth` says at most; the order of the logical blocks is not trusted for
// an end, the budget is.
bool ExtInodes::visit_extents(std::span<const std::byte> node, unsigned depth, WorkBudget& budget,
                              const Visit& visit) const {
    constexpr std::size_t kHeader = 12;
    constexpr std::size_t kEntry = 12;
    constexpr std::uint16_t kMagic = 0xF30A;
    constexpr std::uint32_t kLongest = 32768;  // longer ones are unwritten
    const std::size_t entries = load_le<std::uint16_t>(node, 2);
    const unsigned levels = load_le<std::uint16_t>(node, 6);
    if (load_le<std::uint16_t>(node, 0) != kMagic || levels > depth ||
        entries > (node.size() - kHeader) / kEntry) {
        damaged("a file's extent tree cannot be");
    }
    std::vector<std::byte> child;
    for (std::size_t i = 0; i < entries; ++i) {
        const auto entry = node.subspan(kHeader + i * kEntry, kEntry);
        Run run;
        run.logical = load_le<std::uint32_t>(entry, 0);
        run.count = 1;
        if (levels == 0) {
            const std::uint32_t length = load_le<std::uint16_t>(entry, 4);
            run.count = length > kLongest ? length - kLongest : length;
            run.kind = length > kLongest ? Run::Kind::Unwritten : Run::Kind::Data;
            run.block = std::uint64_t{load_le<std::uint16_t>(entry, 6)} << 32 |
                        load_le<std::uint32_t>(entry, 8);
            check(run);
            if (!visit(run)) return true;
            continue;
        }
        run.kind = Run::Kind::Map;
        run.block = std::uint64_t{load_le<std::uint16_t>(entry, 8)} << 32 |
                    load_le<std::uint32_t>(entry, 4);
        check(run);
        if (!visit(run)) return true;
        budget.spend();
        child.resize(super_.block_size);
        read_block(run.block, child);
        if (visit_extents(child, levels - 1, budget, visit)) return true;
    }
    return false;
}

bool ExtInodes::visit_pointers(std::uint64_t block, unsigned level, std::uint64_t& logical,
                               WorkBudget& budget, const Visit& visit) const {
    const std::uint64_t pointers = super_.block_size / 4;
    if (block == 0) {
        std::uint64_t skipped = 1;
        for (unsigned i = 0; i < level; ++i) skipped *= pointers;
        logical += skipped;
        return false;
    }
    const Run own{logical, block, 1, level == 0 ? Run::Kind::Data : Run::Kind::Map};
    check(own);
    if (!visit(own)) return true;
    if (level == 0) {
        ++logical;
        return false;
    }
    budget.spend();
    std::vector<std::byte> table(super_.block_size);
    read_block(block, table);
    for (std::uint64_t i = 0; i < pointers; ++i) {
        const auto next = load_le<std::uint32_t>(table, i * 4);
        if (visit_pointers(next, level - 1, logical, budget, visit)) return true;
    }
    return false;
}

void ExtInodes::check(const Run& run) const {
    if (!fits(run.block, run.count, super_.blocks)) {
        damaged("a file has blocks beyond the file system's end");
    }
}

namespace {

std::span<const std::byte> inline_rest(std::span<const std::byte> inode) {
    constexpr std::uint32_t kMagic = 0xEA020000;
    constexpr std::size_t kGood = 128;    // what every inode has
    constexpr std::size_t kHeader = 4;    // the magic
    constexpr std::size_t kEntry = 16;    // before the name
    constexpr unsigned kSystemIndex = 7;  // "system."
    if (inode.size() < kGood + kHeader) return {};
    const std::size_t start = kGood + load_le<std::uint16_t>(inode, kGood);
    if (!fits(start, kHeader, inode.size())) return {};
    if (load_le<std::uint32_t>(inode, start) != kMagic) return {};
    const auto area = inode.subspan(start + kHeader);
    for (std::size_t at = 0; fits(at, kEntry, area.size());) {
        const std::size_t name_length = std::to_integer<std::size_t>(area[at]);
        const unsigned index = std::to_integer<unsigned>(area[at + 1]);
        if (name_length == 0 && index == 0) break;
        if (!fits(at + kEntry, name_length, area.size())) break;
        const std::string name = text_until_nul(area.subspan(at + kEntry, name_length));
        const std::size_t value = load_le<std::uint16_t>(area, at + 2);
        const std::size_t size = load_le<std::uint32_t>(area, at + 8);
        if (index == kSystemIndex && name == "data") {
            return fits(value, size, area.size()) ? area.subspan(value, size)
                                                  : std::span<const std::byte>();
        }
        at += kEntry + round_up(name_length, 4);
    }
    return {};
}

void damaged(std::string_view reason) {
    throw Error("the ext file system is damaged").because(reason);
}

}  // namespace
}  // namespace kiln::formats
