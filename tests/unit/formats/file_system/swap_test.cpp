#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/file_system/file_system.h"
#include "tests/unit/formats/sparse_disk.h"

namespace kiln::formats {
namespace {

constexpr std::uint64_t kSize = 1 << 20;

SparseDisk swap_of(std::uint64_t page_size, std::string_view signature = "SWAPSPACE2") {
    SparseDisk disk(kSize);
    disk.put<std::uint32_t>(1024, 1);
    disk.put<std::uint32_t>(1028, static_cast<std::uint32_t>(kSize / page_size - 1));
    disk.write(1036, "0123456789abcdef");
    disk.write(1052, "paging");
    disk.write(page_size - 10, signature);
    return disk;
}

FileSystemInfo info_of(const SparseDisk& disk) {
    const Volume volume(disk, {{0, disk.virtual_size()}});
    return open_swap(volume)->info();
}

TEST(SwapSpace, KeepsItsHeaderPageAlone) {
    for (const std::uint64_t page : {4096U, 8192U, 65536U}) {
        const SparseDisk disk = swap_of(page);
        const Volume volume(disk, {{0, kSize}});
        const auto swap = open_swap(volume);
        EXPECT_EQ(swap->info().label, "paging");
        EXPECT_EQ(swap->info().uuid, "30313233-3435-3637-3839-616263646566");
        EXPECT_EQ(swap->info().untouchable, "");
        EXPECT_EQ(swap->info().size, kSize);
        swap->for_each_free([&](std::uint64_t offset, std::uint64_t length) {
            EXPECT_EQ(offset, page);
            EXPECT_EQ(length, kSize - page);
        });
        EXPECT_EQ(swap->owner_of(0), "[swap header]");
        EXPECT_EQ(swap->owner_of(page), "[swap]");
    }
}

TEST(SwapSpace, AHibernatedMachineIsNotDisturbed) {
    using namespace std::string_view_literals;
    for (const auto word : {"S1SUSPEND\0"sv, "S2SUSPEND\0"sv, "ULSUSPEND\0"sv, "LINHIB0001"sv}) {
        EXPECT_EQ(info_of(swap_of(4096, word)).untouchable, kHibernated) << word;
    }
}

TEST(SwapSpace, WhatIsNotKnownIsLeftAlone) {
    EXPECT_NE(info_of(swap_of(4096, "SWAP-SPACE")).untouchable, "");
    SparseDisk other = swap_of(4096);
    other.put<std::uint32_t>(1024, 0x01000000);  // written on a machine of the other byte order
    EXPECT_NE(info_of(other).untouchable, "");
    SparseDisk large = swap_of(4096);
    for (const std::uint32_t last : {256U, 0xFFFFFFFFU}) {
        large.put(1028, last);
        EXPECT_THAT(info_of(large).untouchable, testing::HasSubstr("larger than its volume"));
    }
    const SparseDisk empty(kSize);
    const Volume volume(empty, {{0, kSize}});
    EXPECT_EQ(open_swap(volume), nullptr);
}

}  // namespace
}  // namespace kiln::formats
