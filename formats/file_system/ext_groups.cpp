#include "formats/file_system/ext_groups.h"

#include <algorithm>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/bytes/checksum.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kChecksumField = 0x1E;

bool is_power_of(std::uint64_t number, std::uint64_t base);
bool test_bit(std::span<const std::byte> bits, std::uint64_t index);
void set_bits(std::span<std::byte> bits, std::uint64_t first, std::uint64_t last);
/// The first bit from `index` on that is (or is not) set; `end` when there is none.
std::uint64_t find_bit(std::span<const std::byte> bits, std::uint64_t index, std::uint64_t end,
                       bool set);
[[noreturn]] void damaged(std::uint64_t group, std::string_view reason);

}  // namespace

ExtGroup ExtGroups::group(std::uint64_t number) const {
    constexpr unsigned kInodesUnused = 1;
    constexpr unsigned kBlocksUnused = 2;
    const std::uint64_t per_block = super_.block_size / super_.descriptor_size;
    load_descriptors(number / per_block);
    const auto bytes =
        std::span<const std::byte>(descriptors_)
            .subspan(number % per_block * super_.descriptor_size, super_.descriptor_size);
    verify(number, bytes);
    const bool wide = super_.descriptor_size >= 64;
    const auto block_at = [&](std::size_t low, std::size_t high) {
        const std::uint64_t upper = wide ? load_le<std::uint32_t>(bytes, high) : 0;
        return upper << 32 | load_le<std::uint32_t>(bytes, low);
    };
    const auto short_at = [&](std::size_t low, std::size_t high) {
        const std::uint32_t upper = wide ? load_le<std::uint16_t>(bytes, high) : 0;
        return upper << 16 | load_le<std::uint16_t>(bytes, low);
    };
    ExtGroup group;
    group.block_bitmap = block_at(0x00, 0x20);
    group.inode_bitmap = block_at(0x04, 0x24);
    group.inode_table = block_at(0x08, 0x28);
    group.free_clusters = short_at(0x0C, 0x2C);
    group.block_bitmap_checksum = short_at(0x18, 0x38);
    if (super_.has_checksums()) {
        const auto flags = load_le<std::uint16_t>(bytes, 0x12);
        group.unused_inodes = short_at(0x1C, 0x32);
        group.inodes_unused = (flags & kInodesUnused) != 0;
        group.blocks_unused = (flags & kBlocksUnused) != 0;
    }
    if (group.block_bitmap >= super_.blocks || group.inode_bitmap >= super_.blocks ||
        !fits(group.inode_table, inode_table_blocks(), super_.blocks)) {
        damaged(number, "its metadata lies beyond the end");
    }
    return group;
}

void ExtGroups::for_each_free(
    const std::function<void(std::uint64_t, std::uint64_t)>& visit) const {
    const std::vector<bool> foreign = groups_with_foreign_metadata();
    Run run;
    const auto add = [&](std::uint64_t start, std::uint64_t count) {
        if (run.start + run.count != start) {
            if (run.count != 0) visit(run.start, run.count);
            run = {start, 0};
        }
        run.count += count;
    };
    for (std::uint64_t number = 0; number < super_.groups; ++number) {
        const ExtGroup group = this->group(number);
        // The kernel would take such blocks for free; nobody makes such a group, so hands off.
        if (group.blocks_unused && foreign[number]) continue;
        const std::vector<std::byte> bits = bitmap(number, group);
        const std::uint64_t end = clusters(number);
        const std::uint64_t start = super_.group_start(number);
        const std::uint64_t group_end = start + super_.group_blocks(number);
        std::uint64_t free = 0;
        for (std::uint64_t from = find_bit(bits, 0, end, false); from < end;) {
            const std::uint64_t to = find_bit(bits, from, end, true);
            free += to - from;
            const std::uint64_t first = start + from * super_.cluster_blocks;
            add(first, std::min(start + to * super_.cluster_blocks, group_end) - first);
            from = find_bit(bits, to, end, false);
        }
        if (free != group.free_clusters) {
            damaged(number, fmt::format("its bitmap has {} free blocks or clusters and its "
                                        "descriptor tells of {}",
                                        free, group.free_clusters));
        }
    }
    if (run.count != 0) visit(run.start, run.count);
}

bool ExtGroups::is_free(std::uint64_t block) const {
    if (block < super_.first_data_block || block >= super_.blocks) return false;
    const std::uint64_t number = (block - super_.first_data_block) / super_.blocks_per_group;
    const std::vector<std::byte> bits = bitmap(number, group(number));
    return !test_bit(bits, (block - super_.group_start(number)) / super_.cluster_blocks);
}

std::optional<std::string_view> ExtGroups::metadata_at(std::uint64_t block) const {
    constexpr std::uint64_t kMostGroups = std::uint64_t{1} << 18;
    if (block < super_.first_data_block || block >= super_.blocks) return std::nullopt;
    const std::uint64_t own = (block - super_.first_data_block) / super_.blocks_per_group;
    const std::uint64_t in_group = block - super_.group_start(own);
    if (in_group < base_blocks(own)) {
        return in_group == 0 && has_super(own) ? "superblock" : "group descriptors";
    }
    const auto in = [&](std::uint64_t number) -> std::optional<std::string_view> {
        const ExtGroup group = this->group(number);
        if (block == group.block_bitmap) return "block bitmap";
        if (block == group.inode_bitmap) return "inode bitmap";
        if (block >= group.inode_table && block - group.inode_table < inode_table_blocks()) {
            return "inode table";
        }
        return std::nullopt;
    };
    if (const auto found = in(own)) return found;
    for (std::uint64_t number = 0; number < std::min(super_.groups, kMostGroups); ++number) {
        if (const auto found = in(number)) return found;
    }
    return std::nullopt;
}

std::uint64_t ExtGroups::inode_table_blocks() const {
    return divide_up(std::uint64_t{super_.inodes_per_group} * super_.inode_size, super_.block_size);
}

bool ExtGroups::has_super(std::uint64_t number) const {
    if (number == 0) return true;
    if ((super_.compat & ExtSuperblock::kSparseSuper2) != 0) {
        return number == super_.backup_groups[0] || number == super_.backup_groups[1];
    }
    if ((super_.read_only_compat & ExtSuperblock::kSparseSuper) == 0 || number == 1) return true;
    return is_power_of(number, 3) || is_power_of(number, 5) || is_power_of(number, 7);
}

std::uint64_t ExtGroups::descriptor_block(std::uint64_t index) const {
    const std::uint64_t first = ExtSuperblock::kOffset / super_.block_size;
    if (index < super_.first_meta_group) return first + 1 + index;
    const std::uint64_t number = index * (super_.block_size / super_.descriptor_size);
    // With clusters and blocks of 1 KiB the superblock is the second block of the first group.
    const std::uint64_t shift =
        super_.block_size == 1024 && number == 0 && super_.first_data_block == 0 ? 1 : 0;
    return super_.group_start(number) + (has_super(number) ? 1 : 0) + shift;
}

std::uint64_t ExtGroups::base_blocks(std::uint64_t number) const {
    const std::uint64_t per_block = super_.block_size / super_.descriptor_size;
    const std::uint64_t shift =
        super_.block_size == 1024 && number == 0 && super_.first_data_block == 0 ? 1 : 0;
    const std::uint64_t super = has_super(number) ? 1 : 0;
    if (number / per_block < super_.first_meta_group) {
        if (super == 0) return 0;
        return shift + super + super_.first_meta_group + super_.reserved_descriptor_blocks;
    }
    const std::uint64_t in_meta_group = number % per_block;
    const bool holds_table =
        in_meta_group == 0 || in_meta_group == 1 || in_meta_group == per_block - 1;
    return shift + super + (holds_table ? 1 : 0);
}

void ExtGroups::load_descriptors(std::uint64_t index) const {
    if (loaded_ == index) return;
    loaded_ = ~std::uint64_t{0};
    descriptors_.resize(super_.block_size);
    volume_.read(descriptor_block(index) * super_.block_size, descriptors_);
    loaded_ = index;
}

void ExtGroups::verify(std::uint64_t number, std::span<const std::byte> descriptor) const {
    if (!super_.has_checksums()) return;
    std::array<std::byte, 4> little{};
    store_le(little, 0, static_cast<std::uint32_t>(number));
    const auto before = descriptor.first(kChecksumField);
    const auto after = descriptor.subspan(kChecksumField + 2);
    std::uint16_t sum = 0;
    if ((super_.read_only_compat & ExtSuperblock::kMetadataChecksums) != 0) {
        constexpr std::array<std::byte, 2> kNothing{};
        std::uint32_t wide = crc32c(crc32c(super_.checksum_seed, little), before);
        wide = crc32c(crc32c(wide, kNothing), after);
        sum = static_cast<std::uint16_t>(wide);
    } else {
        sum = crc16_raw(crc16_raw(crc16_raw(0xFFFF, super_.uuid_bytes), little), before);
        sum = crc16_raw(sum, after);
    }
    if (sum != load_le<std::uint16_t>(descriptor, kChecksumField)) {
        damaged(number, "its descriptor's checksum is wrong");
    }
}

std::vector<std::byte> ExtGroups::bitmap(std::uint64_t number, const ExtGroup& group) const {
    if (group.blocks_unused) return computed_bitmap(number, group);
    std::vector<std::byte> bits(super_.block_size);
    volume_.read(group.block_bitmap * super_.block_size, bits);
    verify_bitmap(number, group, bits);
    return bits;
}

std::vector<std::byte> ExtGroups::computed_bitmap(std::uint64_t number,
                                                  const ExtGroup& group) const {
    std::vector<std::byte> bits(super_.block_size);
    for (const Run& run : own_metadata(number, group)) {
        const std::uint64_t first = (run.start - super_.group_start(number));
        set_bits(bits, first / super_.cluster_blocks,
                 divide_up(first + run.count, super_.cluster_blocks));
    }
    return bits;
}

void ExtGroups::verify_bitmap(std::uint64_t number, const ExtGroup& group,
                              std::span<const std::byte> bits) const {
    if ((super_.read_only_compat & ExtSuperblock::kMetadataChecksums) != 0) {
        const auto covered = bits.first(super_.blocks_per_group / super_.cluster_blocks / 8);
        std::uint32_t sum = crc32c(super_.checksum_seed, covered);
        if (super_.descriptor_size < 64) sum &= 0xFFFF;
        if (sum != group.block_bitmap_checksum) damaged(number, "its bitmap's checksum is wrong");
    }
    for (const Run& run : own_metadata(number, group)) {
        const std::uint64_t first =
            (run.start - super_.group_start(number)) / super_.cluster_blocks;
        const std::uint64_t end =
            divide_up(run.start - super_.group_start(number) + run.count, super_.cluster_blocks);
        if (find_bit(bits, first, end, false) != end) {
            damaged(number, "its bitmap calls metadata free");
        }
    }
}

// What of the group's metadata lies in the group itself; all of it, unless groups are flexible.
std::vector<ExtGroups::Run> ExtGroups::own_metadata(std::uint64_t number,
                                                    const ExtGroup& group) const {
    const std::uint64_t start = super_.group_start(number);
    const std::uint64_t end = start + super_.group_blocks(number);
    std::vector<Run> runs = {{start, base_blocks(number)},
                             {group.block_bitmap, 1},
                             {group.inode_bitmap, 1},
                             {group.inode_table, inode_table_blocks()}};
    std::vector<Run> inside;
    for (const Run& run : runs) {
        const std::uint64_t from = std::max(run.start, start);
        const std::uint64_t to = std::min(run.start + run.count, end);
        if (from < to) inside.push_back({from, to - from});
    }
    return inside;
}

std::uint64_t ExtGroups::clusters(std::uint64_t number) const {
    return divide_up(super_.group_blocks(number), super_.cluster_blocks);
}

std::vector<bool> ExtGroups::groups_with_foreign_metadata() const {
    std::vector<bool> foreign(super_.groups);
    if (!super_.has_checksums()) return foreign;
    for (std::uint64_t number = 0; number < super_.groups; ++number) {
        const ExtGroup group = this->group(number);
        const auto mark = [&](std::uint64_t first, std::uint64_t last) {
            const auto group_of = [&](std::uint64_t block) {
                return (std::max<std::uint64_t>(block, super_.first_data_block) -
                        super_.first_data_block) /
                       super_.blocks_per_group;
            };
            for (std::uint64_t g = group_of(first); g <= group_of(last); ++g) {
                if (g != number) foreign[g] = true;
            }
        };
        mark(group.block_bitmap, group.block_bitmap);
        mark(group.inode_bitmap, group.inode_bitmap);
        mark(group.inode_table, group.inode_table + inode_table_blocks() - 1);
    }
    return foreign;
}

namespace {

bool is_power_of(std::uint64_t number, std::uint64_t base) {
    std::uint64_t power = base;
    while (power < number) power *= base;
    return power == number;
}

bool test_bit(std::span<const std::byte> bits, std::uint64_t index) {
    return (std::to_integer<unsigned>(bits[index / 8]) >> (index % 8) & 1) != 0;
}

void set_bits(std::span<std::byte> bits, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t i = first; i < last; ++i) {
        bits[i / 8] |= static_cast<std::byte>(1U << (i % 8));
    }
}

std::uint64_t find_bit(std::span<const std::byte> bits, std::uint64_t index, std::uint64_t end,
                       bool set) {
    const auto other = set ? std::byte{0} : std::byte{0xFF};
    while (index < end) {
        if (index % 8 == 0 && bits[index / 8] == other) {
            index += 8;
        } else if (test_bit(bits, index) == set) {
            return index;
        } else {
            ++index;
        }
    }
    return end;
}

void damaged(std::uint64_t group, std::string_view reason) {
    throw Error("the ext file system is damaged")
        .because(fmt::format("group {}: {}", group, reason));
}

}  // namespace
}  // namespace kiln::formats
