#include "formats/volume/partition_table.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "disk_builder.h"
#include "tests/unit/formats/file_system/ext_image.h"

namespace kiln::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kMiB = 1024 * 1024;
using Kind = PartitionTable::Kind;

TEST(Partitions, AnEmptyDiskHasNoTable) {
    for (const std::uint64_t size : {0ULL, 1ULL, 511ULL, 512ULL, 2048ULL, 6ULL << 40}) {
        const PartitionTable table = read_partition_table(SparseDisk(size));
        EXPECT_EQ(table.kind, Kind::None) << size;
        EXPECT_EQ(table.doubt, "");
    }
}

TEST(Partitions, TheFourOfAnMbrAreRead) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x83, 2048, 2048, 0x80);
    put_mbr_entry(disk, 0, 2, 0x82, 8192, 4096);
    const PartitionTable table = read_partition_table(disk);
    EXPECT_EQ(table.kind, Kind::Mbr);
    ASSERT_THAT(table.partitions, SizeIs(2));
    EXPECT_EQ(table.partitions[0].number, 1U);
    EXPECT_EQ(table.partitions[0].offset, 2048U * 512);
    EXPECT_EQ(table.partitions[0].length, kMiB);
    EXPECT_EQ(table.partitions[0].type, "Linux");
    EXPECT_THAT(table.partitions[0].flags, ElementsAre("active"));
    EXPECT_EQ(table.partitions[1].number, 3U);
    EXPECT_EQ(table.partitions[1].type, "Linux swap");
    EXPECT_TRUE(table.partitions[1].inside);
}

TEST(Partitions, ABootSectorIsNoTable) {
    SparseDisk disk(kMiB);
    put_mbr_entry(disk, 0, 0, 0x83, 8, 8, 0x42);  // code stands where a table would have 0 or 0x80
    EXPECT_EQ(read_partition_table(disk).kind, Kind::None);
    SparseDisk empty(kMiB);
    empty.put<std::uint16_t>(510, 0xAA55);
    EXPECT_EQ(read_partition_table(empty).kind, Kind::None);
}

TEST(Partitions, LogicalOnesAreCountedFromTheirOwnTables) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x05, 2048, 65536);
    put_mbr_entry(disk, 2048, 0, 0x83, 64, 1000);
    put_mbr_entry(disk, 2048, 1, 0x05, 4096, 5000);
    put_mbr_entry(disk, 2048 + 4096, 0, 0x82, 128, 2000);
    const PartitionTable table = read_partition_table(disk);
    ASSERT_THAT(table.partitions, SizeIs(3));
    EXPECT_TRUE(table.partitions[0].container);
    EXPECT_EQ(table.partitions[1].number, 5U);
    EXPECT_EQ(table.partitions[1].offset, (2048U + 64) * 512);
    EXPECT_EQ(table.partitions[2].number, 6U);
    EXPECT_EQ(table.partitions[2].offset, (2048U + 4096 + 128) * 512);
    EXPECT_EQ(table.doubt, "");
    EXPECT_THAT(table.tables, SizeIs(3));
}

TEST(Partitions, LogicalOnesInACircleAreFoundOut) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x05, 2048, 65536);
    put_mbr_entry(disk, 2048, 0, 0x83, 64, 1000);
    put_mbr_entry(disk, 2048, 1, 0x05, 4096, 5000);
    put_mbr_entry(disk, 2048 + 4096, 0, 0x83, 64, 1000);
    put_mbr_entry(disk, 2048 + 4096, 1, 0x05, 0, 5000);
    EXPECT_THAT(read_partition_table(disk).doubt, HasSubstr("circle"));
}

TEST(Partitions, LogicalOnesWithoutEndAreCutOff) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x0F, 2048, 65536);
    for (std::uint32_t i = 0; i < 400; ++i) {
        put_mbr_entry(disk, 2048 + i * 10, 0, 0x83, 1, 4);
        put_mbr_entry(disk, 2048 + i * 10, 1, 0x0F, (i + 1) * 10, 8);
    }
    const PartitionTable table = read_partition_table(disk);
    EXPECT_THAT(table.doubt, HasSubstr("more than 256"));
    EXPECT_THAT(table.partitions, SizeIs(257));
}

TEST(Partitions, LogicalOnesStayWithinTheExtendedOne) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x05, 2048, 8192);
    put_mbr_entry(disk, 2048, 0, 0x83, 64, 10000);  // longer than the extended one
    put_mbr_entry(disk, 2048, 1, 0x05, 0xFFFFFFF0, 16);
    const PartitionTable table = read_partition_table(disk);
    EXPECT_FALSE(table.partitions.at(1).inside);
    EXPECT_THAT(table.doubt, HasSubstr("out of the extended one"));
}

TEST(Partitions, AnMbrWithLargeSectorsIsKnownByItsContents) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x83, 256, 1024);
    put_mbr_entry(disk, 0, 1, 0x05, 4096, 8192);
    put_mbr_entry(disk, 4096 * 8, 0, 0x83, 16, 1024);
    EXPECT_EQ(read_partition_table(disk).sector_size, 512U);  // nothing tells
    ExtImage(disk, kMiB);
    ExtImage(disk, (4096 + 16) * 4096);
    const PartitionTable table = read_partition_table(disk);
    EXPECT_EQ(table.sector_size, 4096U);
    EXPECT_EQ(table.doubt, "");
    EXPECT_THAT(table.note, HasSubstr("4096"));
    ASSERT_THAT(table.partitions, SizeIs(3));
    EXPECT_EQ(table.partitions[0].offset, kMiB);
    EXPECT_EQ(table.partitions[0].length, 4 * kMiB);
    EXPECT_EQ(table.partitions[2].offset, (4096U + 16) * 4096);
    EXPECT_EQ(table.partitions[2].length, 4 * kMiB);
    EXPECT_TRUE(table.partitions[2].inside);
}

TEST(Partitions, AnMbrThatFitsSmallSectorsOnlyHasThose) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x83, 256, 1024);
    put_mbr_entry(disk, 0, 1, 0x83, 2048, 100'000);  // beyond the end with sectors of 4096
    ExtImage(disk, kMiB);
    EXPECT_EQ(read_partition_table(disk).sector_size, 512U);
    EXPECT_EQ(read_partition_table(disk).doubt, "");
    SparseDisk odd(64 * kMiB + 512);
    put_mbr_entry(odd, 0, 0, 0x83, 256, 1024);
    ExtImage(odd, kMiB);
    EXPECT_EQ(read_partition_table(odd).sector_size, 512U);
}

TEST(Partitions, AnMbrThatFitsBothWaysIsDoubted) {
    SparseDisk disk(64 * kMiB);
    put_mbr_entry(disk, 0, 0, 0x83, 2048, 2048);
    ExtImage(disk, kMiB);
    EXPECT_EQ(read_partition_table(disk).doubt, "");
    ExtImage(disk, 8 * kMiB);
    EXPECT_THAT(read_partition_table(disk).doubt, HasSubstr("512 or of 4096"));
    EXPECT_EQ(read_partition_table(disk).partitions.at(0).offset, kMiB);
}

TEST(Partitions, AHybridMbrCountsInSectorsOfItsGpt) {
    SparseDisk disk(64 * kMiB);
    put_gpt(disk, {{64, 127, "root"}}, 4096);
    put_mbr_entry(disk, 0, 1, 0x83, 64, 64);
    const PartitionTable table = read_partition_table(disk);
    ASSERT_THAT(table.hybrid, SizeIs(1));
    EXPECT_EQ(table.hybrid[0].offset, table.partitions.at(0).offset);
    EXPECT_EQ(table.hybrid[0].length, table.partitions[0].length);
}

TEST(Partitions, WhatLiesBeyondTheDiskIsMarked) {
    SparseDisk disk(kMiB);
    put_mbr_entry(disk, 0, 0, 0x83, 1024, 1025);
    put_mbr_entry(disk, 0, 1, 0x83, 0xFFFFFFFF, 0xFFFFFFFF);
    put_mbr_entry(disk, 0, 2, 0x05, 0xFFFFFFFF, 0xFFFFFFFF);
    for (const Partition& partition : read_partition_table(disk).partitions) {
        EXPECT_FALSE(partition.inside) << partition.number;
    }
}

TEST(Partitions, AGptIsReadWithSectorsOfEitherSize) {
    for (const std::uint64_t sector : {512U, 4096U}) {
        SparseDisk disk(64 * kMiB);
        put_gpt(disk, {{64, 127, "root"}, {200, 299, "boot", 4}}, sector);
        const PartitionTable table = read_partition_table(disk);
        EXPECT_EQ(table.kind, Kind::Gpt);
        EXPECT_EQ(table.sector_size, sector);
        ASSERT_THAT(table.partitions, SizeIs(2));
        EXPECT_EQ(table.partitions[0].offset, 64 * sector);
        EXPECT_EQ(table.partitions[0].length, 64 * sector);
        EXPECT_EQ(table.partitions[0].name, "root");
        EXPECT_EQ(table.partitions[0].type, "Linux file system");
        EXPECT_EQ(table.partitions[0].guid, "00000001-0000-0000-0000-000000000000");
        EXPECT_THAT(table.partitions[1].flags, ElementsAre("legacy-boot"));
        EXPECT_EQ(table.note, "");
        EXPECT_EQ(table.doubt, "");
    }
}

TEST(Partitions, TheBackupStandsInForADamagedGpt) {
    SparseDisk disk(64 * kMiB);
    put_gpt(disk, {{64, 127, "root"}});
    disk.put<std::uint8_t>(512 + 72, 9);
    PartitionTable table = read_partition_table(disk);
    EXPECT_EQ(table.partitions.at(0).name, "root");
    EXPECT_THAT(table.note, HasSubstr("header's checksum is wrong; its backup was read"));
    put_gpt(disk, {{64, 127, "root"}});
    disk.put<std::uint8_t>(1024 + 32, 65);  // an entry of the first copy
    table = read_partition_table(disk);
    EXPECT_EQ(table.partitions.at(0).offset, 64U * 512);
    EXPECT_THAT(table.note, HasSubstr("checksum of its entries is wrong"));
    disk.put<std::uint64_t>(512, 0);
    table = read_partition_table(disk);
    EXPECT_EQ(table.note, "the GPT was read from its backup");
    disk.put<std::uint64_t>(disk.virtual_size() - 512 + 30, 77);
    table = read_partition_table(disk);
    EXPECT_EQ(table.kind, Kind::Mbr);
    EXPECT_THAT(table.doubt, HasSubstr("its backup is damaged"));
}

TEST(Partitions, AGptWithImpossibleNumbersIsRefused) {
    const auto doubt_with = [](std::uint64_t at, auto value) {
        SparseDisk disk(64 * kMiB);
        put_gpt(disk, {{64, 127, "root"}});
        for (const std::uint64_t header : {std::uint64_t{512}, disk.virtual_size() - 512}) {
            disk.put(header + at, value);
            seal_gpt_header(disk, header);
        }
        return read_partition_table(disk).doubt;
    };
    EXPECT_THAT(doubt_with(80, 0xFFFFFFFFU), HasSubstr("too many entries"));
    EXPECT_THAT(doubt_with(80, 1025U), HasSubstr("too many entries"));
    EXPECT_THAT(doubt_with(84, 0U), HasSubstr("impossible size"));
    EXPECT_THAT(doubt_with(84, 64U), HasSubstr("impossible size"));
    EXPECT_THAT(doubt_with(84, 200U), HasSubstr("impossible size"));
    EXPECT_THAT(doubt_with(84, 0x80000000U), HasSubstr("impossible size"));
    EXPECT_THAT(doubt_with(72, std::uint64_t{0}), HasSubstr("beyond the end"));
    EXPECT_THAT(doubt_with(72, ~std::uint64_t{0}), HasSubstr("beyond the end"));
    EXPECT_THAT(doubt_with(72, std::uint64_t{131070}), HasSubstr("beyond the end"));
    EXPECT_THAT(doubt_with(24, std::uint64_t{5}), HasSubstr("belongs elsewhere"));
}

TEST(Partitions, EntriesThatCannotBeAreMarked) {
    SparseDisk disk(64 * kMiB);
    put_gpt(disk, {{200, 100, "turned"},
                   {64, ~std::uint64_t{0}, "endless"},
                   {~std::uint64_t{0}, ~std::uint64_t{0}, "far"},
                   {1, 20, "on the table"}});
    const PartitionTable table = read_partition_table(disk);
    ASSERT_THAT(table.partitions, SizeIs(4));
    for (const Partition& partition : table.partitions) EXPECT_FALSE(partition.inside);
}

TEST(Partitions, AGptWithoutItsProtectiveMbrIsDoubted) {
    SparseDisk disk(64 * kMiB);
    put_gpt(disk, {{64, 127, "root"}});
    put_mbr_entry(disk, 0, 0, 0, 0, 0);
    const PartitionTable table = read_partition_table(disk);
    EXPECT_EQ(table.kind, Kind::None);
    EXPECT_THAT(table.doubt, HasSubstr("no protective MBR"));
}

TEST(Partitions, AHybridMbrIsTold) {
    SparseDisk disk(64 * kMiB);
    put_gpt(disk, {{64, 127, "root"}});
    put_mbr_entry(disk, 0, 1, 0x83, 64, 64);
    const PartitionTable table = read_partition_table(disk);
    EXPECT_EQ(table.kind, Kind::Gpt);
    EXPECT_THAT(table.hybrid, SizeIs(1));
    EXPECT_EQ(table.note, "a hybrid MBR");
}

TEST(Partitions, NoDamageDoesHarm) {
    SparseDisk disk(kMiB);
    put_gpt(disk, {{64, 127, "root"}});
    put_mbr_entry(disk, 0, 1, 0x05, 100, 1000);
    put_mbr_entry(disk, 100, 0, 0x83, 10, 10);
    std::mt19937 random(5);
    for (unsigned round = 0; round < 3000; ++round) {
        SparseDisk copy = disk;
        for (unsigned i = 0; i < 1 + random() % 4; ++i) {
            const std::uint64_t near[] = {446 + random() % 66, 512 + random() % 92,
                                          1024 + random() % 128, 51200 + 446 + random() % 66};
            copy.put(near[random() % 4], static_cast<std::uint8_t>(random()));
        }
        if (random() % 2 == 0) seal_gpt_header(copy, 512);
        const PartitionTable table = read_partition_table(copy);
        EXPECT_LE(table.partitions.size(), 1024U);
    }
}

}  // namespace
}  // namespace kiln::formats
