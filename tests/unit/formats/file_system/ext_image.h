#pragma once

#include "tests/unit/formats/sparse_disk.h"

namespace kiln::formats {

/// The smallest ext2 that shows what matters, made by hand so that tests can break any byte of it:
/// one group of 1024 blocks of 1 KiB.
///
///     block  1 superblock   2 descriptors   3 block bitmap   4 inode bitmap   5-8 inode table
///            9 the root directory           10 /hello        11 /sub          12 /sub/deep
///           20-1023 free
struct ExtImage {
    static constexpr std::uint64_t kBlock = 1024;
    static constexpr std::uint64_t kSuper = 1024;
    static constexpr std::uint64_t kGroup = 2 * kBlock;
    static constexpr std::uint64_t kBitmap = 3 * kBlock;
    static constexpr std::uint64_t kSize = 1024 * kBlock;
    static constexpr std::uint64_t kFirstFree = 20;

    SparseDisk& disk;
    std::uint64_t base = 0;  ///< where it begins on the disk

    explicit ExtImage(SparseDisk& on, std::uint64_t at = 0) : disk(on), base(at) {
        put32(kSuper + 0x00, 32);    // inodes
        put32(kSuper + 0x04, 1024);  // blocks
        put32(kSuper + 0x0C, 1024 - kFirstFree);
        put32(kSuper + 0x14, 1);     // first block
        put32(kSuper + 0x20, 8192);  // blocks per group
        put32(kSuper + 0x24, 8192);
        put32(kSuper + 0x28, 32);  // inodes per group
        put16(kSuper + 0x38, 0xEF53);
        put16(kSuper + 0x3A, 1);  // clean
        put32(kSuper + 0x4C, 1);  // revision with features
        put32(kSuper + 0x54, 11);
        put16(kSuper + 0x58, 128);
        put32(kSuper + 0x60, 2);  // types in directories
        disk.write(base + kSuper + 0x78, "tiny");
        put32(kGroup + 0x00, 3);
        put32(kGroup + 0x04, 4);
        put32(kGroup + 0x08, 5);
        put16(kGroup + 0x0C, 1024 - kFirstFree);
        for (unsigned bit = 0; bit < 8192; ++bit) {  // bit 0 is block 1
            if (bit + 1 < kFirstFree || bit + 1 >= 1024) {
                const std::uint64_t at_byte = base + kBitmap + bit / 8;
                disk.put<std::uint8_t>(
                    at_byte,
                    static_cast<std::uint8_t>(disk.get<std::uint8_t>(at_byte) | 1U << bit % 8));
            }
        }
        inode(2, 0x41ED, 1024, 9);
        inode(12, 0x81A4, 6, 10);
        inode(13, 0x41ED, 1024, 11);
        inode(14, 0x81A4, 5, 12);
        link(15, "hello");
        link(16, "link16");  // leads to itself
        directory(9,
                  {{2, "."}, {2, ".."}, {12, "hello"}, {13, "sub"}, {15, "link"}, {16, "link16"}});
        directory(11, {{13, "."}, {2, ".."}, {14, "deep"}, {13, "again"}});
        disk.write(base + 10 * kBlock, "hello\n");
        disk.write(base + 12 * kBlock, "deep\n");
    }

    void put16(std::uint64_t at, std::uint16_t value) { disk.put(base + at, value); }
    void put32(std::uint64_t at, std::uint32_t value) { disk.put(base + at, value); }
    static std::uint64_t inode_at(unsigned number) { return 5 * kBlock + (number - 1) * 128; }

    void inode(unsigned number, std::uint16_t mode, std::uint32_t size, std::uint32_t block) {
        put16(inode_at(number), mode);
        put32(inode_at(number) + 0x04, size);
        put16(inode_at(number) + 0x1A, 1);
        put32(inode_at(number) + 0x28, block);
    }
    void link(unsigned number, std::string_view target) {
        inode(number, 0xA1FF, static_cast<std::uint32_t>(target.size()), 0);
        disk.write(base + inode_at(number) + 0x28, target);
    }
    void directory(std::uint64_t block,
                   const std::vector<std::pair<std::uint32_t, std::string_view>>& entries) {
        std::uint64_t at = block * kBlock;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto& [number, name] = entries[i];
            const std::uint64_t length =
                i + 1 == entries.size() ? (block + 1) * kBlock - at : round_up(8 + name.size(), 4);
            put32(at, number);
            put16(at + 4, static_cast<std::uint16_t>(length));
            disk.put<std::uint8_t>(base + at + 6, static_cast<std::uint8_t>(name.size()));
            disk.write(base + at + 8, name);
            at += length;
        }
    }
};

}  // namespace kiln::formats
