#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "formats/file_system/xfs_free_space.h"
#include "formats/file_system/xfs_log.h"
#include "tests/unit/formats/sparse_disk.h"

namespace kiln::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// One allocation group of 1024 blocks of 4 KiB, without checksums, whose log is blocks 512 and 513.
class Xfs : public testing::Test {
  protected:
    static constexpr std::uint64_t kBlock = 4096;
    static constexpr std::uint64_t kSector = 512;
    static constexpr std::uint64_t kLog = 512 * kBlock;
    static constexpr unsigned kLogSectors = 16;
    static constexpr unsigned kUnmount = 0x20;

    Xfs() {
        super_.block_size = kBlock;
        super_.sector_size = kSector;
        super_.blocks = super_.group_blocks = 1024;
        super_.groups = 1;
        super_.group_bits = 10;
        super_.log_start = 512;
        super_.log_blocks = 2;
        put32(kSector, 0x58414746);
        put32(kSector + 4, 1);
        put32(kSector + 12, 1024);
    }
    void put32(std::uint64_t at, std::uint32_t value) { disk_.put(at, swap_bytes(value)); }
    void put16(std::uint64_t at, std::uint16_t value) { disk_.put(at, swap_bytes(value)); }

    void fill_log(unsigned first, unsigned end, std::uint32_t cycle) {
        for (unsigned i = first; i < end; ++i) put32(kLog + i * kSector, cycle);
    }
    /// A record of a header and one sector.
    void record(unsigned sector, std::uint32_t cycle, unsigned flags) {
        const std::uint64_t header = kLog + sector * kSector;
        put32(header, 0xFEEDBABE);
        put32(header + 4, cycle);
        put32(header + 8, 2);
        put32(header + 12, kSector);
        put32(header + 40, 1);
        put32(header + 320, 32768);
        const std::uint64_t data = kLog + (sector + 1) % kLogSectors * kSector;
        put32(data, sector + 1 == kLogSectors ? cycle + 1 : cycle);
        disk_.put(data + 9, static_cast<std::uint8_t>(flags));
    }
    bool log_is_clean() const {
        const Volume volume(disk_, {{0, disk_.virtual_size()}});
        return xfs_log_is_clean(volume, super_);
    }

    /// A block of the tree of free space with pairs of numbers.
    void leaf(std::uint32_t block, std::vector<std::pair<std::uint32_t, std::uint32_t>> records) {
        node(block, 0, static_cast<std::uint16_t>(records.size()));
        for (std::size_t i = 0; i < records.size(); ++i) {
            put32(block * kBlock + 16 + i * 8, records[i].first);
            put32(block * kBlock + 20 + i * 8, records[i].second);
        }
    }
    void node(std::uint32_t block, std::uint16_t level, std::uint16_t records) {
        put32(block * kBlock, 0x41425442);
        put16(block * kBlock + 4, level);
        put16(block * kBlock + 6, records);
    }
    void pointer(std::uint32_t block, unsigned index, std::uint32_t child) {
        put32(block * kBlock + 16 + (kBlock - 16) / 12 * 8 + index * 4, child);
    }
    void tree(std::uint32_t root, std::uint32_t levels, std::uint32_t free) {
        put32(kSector + 16, root);
        put32(kSector + 28, levels);
        put32(kSector + 52, free);
    }
    std::vector<std::pair<std::uint32_t, std::uint32_t>> free_space() const {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
        const Volume volume(disk_, {{0, disk_.virtual_size()}});
        XfsFreeSpace(volume, super_).for_each(0, [&](std::uint32_t start, std::uint32_t count) {
            found.emplace_back(start, count);
        });
        return found;
    }
    std::string refusal() const {
        try {
            free_space();
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }

    SparseDisk disk_{1024 * kBlock};
    XfsSuperblock super_;
};

TEST_F(Xfs, ALogThatEndsWithAnUnmountIsClean) {
    EXPECT_TRUE(log_is_clean());  // never written
    record(0, 1, kUnmount);
    EXPECT_TRUE(log_is_clean());  // as mkfs.xfs leaves it
    fill_log(0, 16, 4);
    fill_log(0, 6, 5);
    EXPECT_FALSE(log_is_clean());  // no record at all
    record(4, 5, kUnmount);
    EXPECT_TRUE(log_is_clean());
    record(4, 5, 0);
    EXPECT_FALSE(log_is_clean());
}

TEST_F(Xfs, ARecordAfterTheUnmountMakesTheLogUnclean) {
    fill_log(0, 16, 4);
    record(2, 5, kUnmount);
    fill_log(0, 2, 5);
    EXPECT_TRUE(log_is_clean());
    fill_log(4, 5, 5);
    EXPECT_FALSE(log_is_clean());
    record(4, 5, 0);
    EXPECT_FALSE(log_is_clean());
}

TEST_F(Xfs, AnUnmountAtTheEndOfTheLogIsFound) {
    fill_log(0, 16, 4);
    record(14, 4, kUnmount);
    EXPECT_TRUE(log_is_clean());
    fill_log(0, 16, 4);
    record(15, 4, kUnmount);  // its second sector is the first of the log
    EXPECT_TRUE(log_is_clean());
    fill_log(1, 2, 5);
    EXPECT_FALSE(log_is_clean());
}

TEST_F(Xfs, ALogWhoseRoundsAreMixedIsNotClean) {
    fill_log(0, 16, 4);
    fill_log(0, 4, 5);
    record(4, 5, kUnmount);
    ASSERT_TRUE(log_is_clean());
    fill_log(9, 10, 5);
    EXPECT_FALSE(log_is_clean());
    fill_log(9, 10, 3);
    EXPECT_FALSE(log_is_clean());
}

TEST_F(Xfs, ALogOutsideTheFileSystemIsRefused) {
    super_.log_start = 1023;
    EXPECT_THROW(log_is_clean(), Error);
    super_.log_start = 512;
    for (const std::uint32_t blocks : {0U, 513U, 0xFFFFFFFFU}) {
        super_.log_blocks = blocks;
        EXPECT_THROW(log_is_clean(), Error) << blocks;
    }
}

TEST_F(Xfs, FreeSpaceIsThatOfAllLeaves) {
    tree(1, 2, 60);
    node(1, 1, 2);
    pointer(1, 0, 2);
    pointer(1, 1, 3);
    leaf(2, {{10, 20}, {40, 10}});
    leaf(3, {{600, 30}});
    EXPECT_THAT(free_space(), ElementsAre(Pair(10, 20), Pair(40, 10), Pair(600, 30)));
    tree(4, 1, 0);
    leaf(4, {});
    EXPECT_THAT(free_space(), ElementsAre());
}

TEST_F(Xfs, TreesThatLeadInCirclesEnd) {
    tree(1, 9, 60);
    node(1, 8, 300);
    for (unsigned i = 0; i < 300; ++i) pointer(1, i, 1);
    EXPECT_THAT(refusal(), HasSubstr("not of the tree"));
    tree(1, 2, 60);
    node(1, 1, 2);
    pointer(1, 0, 2);
    pointer(1, 1, 2);  // the same leaf twice
    leaf(2, {{10, 20}});
    EXPECT_THAT(refusal(), HasSubstr("not in order"));
    for (const std::uint32_t child : {0U, 1024U, 0xFFFFFFFFU}) {
        pointer(1, 0, child);
        EXPECT_THAT(refusal(), HasSubstr("leaves its allocation group")) << child;
    }
    for (const std::uint32_t levels : {0U, 10U, 0xFFFFFFFFU}) {
        tree(1, levels, 60);
        EXPECT_THAT(refusal(), HasSubstr("levels")) << levels;
    }
}

TEST_F(Xfs, FreeSpaceThatContradictsIsRefused) {
    const auto with = [&](std::vector<std::pair<std::uint32_t, std::uint32_t>> records,
                          std::uint32_t free) {
        tree(2, 1, free);
        leaf(2, std::move(records));
        return refusal();
    };
    EXPECT_EQ(with({{10, 20}}, 20), "");
    EXPECT_THAT(with({{10, 20}}, 21), HasSubstr("counts 21"));
    EXPECT_THAT(with({{10, 0}}, 0), HasSubstr("not in order"));
    EXPECT_THAT(with({{40, 2}, {10, 2}}, 4), HasSubstr("not in order"));
    EXPECT_THAT(with({{10, 2}, {11, 2}}, 4), HasSubstr("not in order"));
    EXPECT_THAT(with({{0, 2}}, 2), HasSubstr("not in order"));
    EXPECT_THAT(with({{1020, 5}}, 5), HasSubstr("not in order"));
    EXPECT_THAT(with({{1000, 0xFFFFFFFF}}, 5), HasSubstr("not in order"));
    EXPECT_THAT(with({{2, 5}}, 5), HasSubstr("calls metadata free"));
    EXPECT_THAT(with({{510, 4}}, 4), HasSubstr("calls metadata free"));
    node(2, 0, 0xFFFF);
    EXPECT_THAT(refusal(), HasSubstr("65535 records"));
}

}  // namespace
}  // namespace kiln::formats
