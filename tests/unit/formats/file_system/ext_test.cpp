#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "ext_image.h"
#include "formats/file_system/file_system.h"

namespace kiln::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class Ext : public testing::Test {
  protected:
    std::unique_ptr<FileSystem> open() { return open_ext(volume_); }
    std::string untouchable() { return open()->info().untouchable; }
    std::string refusal() {
        try {
            const auto opened = open();
            if (!opened->info().untouchable.empty()) return opened->info().untouchable;
            opened->for_each_free([](std::uint64_t, std::uint64_t) {});
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }

    SparseDisk disk_{ExtImage::kSize};
    ExtImage image_{disk_};
    Volume volume_{disk_, {{0, ExtImage::kSize}}};
};

TEST_F(Ext, SaysWhatItIs) {
    const FileSystemInfo info = open()->info();
    EXPECT_EQ(info.type, "ext2");
    EXPECT_EQ(info.label, "tiny");
    EXPECT_EQ(info.size, ExtImage::kSize);
    EXPECT_EQ(info.used, 20 * ExtImage::kBlock);
    EXPECT_EQ(info.untouchable, "");
}

TEST_F(Ext, FreeBlocksAreThoseOfTheBitmap) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> free;
    open()->for_each_free([&](auto offset, auto length) { free.emplace_back(offset, length); });
    EXPECT_THAT(free, ElementsAre(Pair(20 * 1024, 1004 * 1024)));
}

TEST_F(Ext, ReadsFilesThroughLinksAndDirectories) {
    EXPECT_EQ(open()->read_file("/hello", 100), "hello\n");
    EXPECT_EQ(open()->read_file("/link", 100), "hello\n");
    EXPECT_EQ(open()->read_file("/sub/../sub/./deep", 100), "deep\n");
    EXPECT_EQ(open()->read_file("/sub/again/again/deep", 100), "deep\n");
    EXPECT_EQ(open()->read_file("/hello", 5), std::nullopt);
    EXPECT_EQ(open()->read_file("/none", 100), std::nullopt);
    EXPECT_EQ(open()->read_file("/hello/deep", 100), std::nullopt);
    EXPECT_EQ(open()->read_file("/sub", 100), std::nullopt);
    EXPECT_EQ(open()->read_file("", 100), std::nullopt);
}

TEST_F(Ext, AnEndlessLinkLeadsNowhere) {
    EXPECT_EQ(open()->read_file("/link16", 100), std::nullopt);
}

TEST_F(Ext, NamesTheOwnerOfEveryBlock) {
    const auto fs = open();
    const auto owner = [&](std::uint64_t block) { return *fs->owner_of(block * 1024 + 100); };
    EXPECT_EQ(owner(0), "[boot area]");
    EXPECT_EQ(owner(1), "[superblock]");
    EXPECT_EQ(owner(2), "[group descriptors]");
    EXPECT_EQ(owner(3), "[block bitmap]");
    EXPECT_EQ(owner(4), "[inode bitmap]");
    EXPECT_EQ(owner(7), "[inode table]");
    EXPECT_EQ(owner(9), "/");
    EXPECT_EQ(owner(10), "/hello");
    EXPECT_EQ(owner(11), "/sub");
    EXPECT_EQ(owner(12), "/sub/deep");
    EXPECT_EQ(owner(20), "[free]");
    EXPECT_EQ(owner(1023), "[free]");
    EXPECT_EQ(fs->owner_of(13 * 1024), std::nullopt);  // in use, and by nobody
}

TEST_F(Ext, LeavesAloneWhatIsNotCleanOrNotKnown) {
    const auto with = [&](std::uint64_t at, std::uint32_t value) {
        SparseDisk copy = disk_;
        copy.put(ExtImage::kSuper + at, value);
        const Volume volume(copy, {{0, ExtImage::kSize}});
        return open_ext(volume)->info().untouchable;
    };
    EXPECT_THAT(with(0x38, 0x0000EF53), HasSubstr("not unmounted cleanly"));
    EXPECT_THAT(with(0x38, 0x0003EF53), HasSubstr("errors were noted"));
    EXPECT_THAT(with(0x60, 0x2 | 0x4), HasSubstr("journal has not been replayed"));
    EXPECT_THAT(with(0x60, 0x2 | 0x8), HasSubstr("journal of another"));
    EXPECT_THAT(with(0x60, 0x2 | 0x1), HasSubstr("unknown features"));
    EXPECT_THAT(with(0x60, 0x80000000), HasSubstr("unknown features"));
    EXPECT_THAT(with(0x64, 0x80), HasSubstr("unknown features"));
    EXPECT_THAT(with(0x64, 0x10000), HasSubstr("deleted while open"));
    EXPECT_THAT(with(0xE8, 12), HasSubstr("deleted while open"));
    EXPECT_THAT(with(0x5C, 0x4), HasSubstr("journal is elsewhere"));
    EXPECT_THAT(with(0x60, 0x2 | 0x100), HasSubstr("multiple mount"));
    EXPECT_THAT(with(0x04, 2048), HasSubstr("larger than its volume"));
}

TEST_F(Ext, ImpossibleSuperblocksAreRefused) {
    const auto with = [&](std::uint64_t at, std::uint32_t value) -> std::string {
        SparseDisk copy = disk_;
        copy.put(ExtImage::kSuper + at, value);
        const Volume volume(copy, {{0, ExtImage::kSize}});
        try {
            open_ext(volume);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    };
    for (const std::uint32_t limit : {0U, 1U, 7U, 255U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
        EXPECT_THAT(with(0x20, limit), HasSubstr("damaged")) << limit;  // blocks per group
    }
    EXPECT_THAT(with(0x18, 7), HasSubstr("block size"));
    EXPECT_THAT(with(0x18, 0xFFFFFFFF), HasSubstr("block size"));
    EXPECT_THAT(with(0x04, 0), HasSubstr("number of blocks"));
    EXPECT_THAT(with(0x0C, 1025), HasSubstr("more blocks are free"));
    EXPECT_THAT(with(0x14, 2), HasSubstr("first block"));
    EXPECT_THAT(with(0x28, 0), HasSubstr("inodes"));
    EXPECT_THAT(with(0x28, 0xFFFFFFFF), HasSubstr("inodes"));
    EXPECT_THAT(with(0x00, 33), HasSubstr("inodes"));
    EXPECT_THAT(with(0x58, 0), HasSubstr("inodes"));
    EXPECT_THAT(with(0x58, 2048), HasSubstr("inodes"));
    EXPECT_THAT(with(0x58, 192), HasSubstr("inodes"));
    EXPECT_THAT(with(0x64, 0x400), HasSubstr("checksum"));
}

TEST_F(Ext, ABitmapThatContradictsItsDescriptorIsRefused) {
    image_.put16(ExtImage::kGroup + 0x0C, 1003);
    EXPECT_THAT(refusal(), HasSubstr("1004 free"));
}

TEST_F(Ext, ABitmapThatCallsMetadataFreeIsRefused) {
    disk_.put<std::uint8_t>(ExtImage::kBitmap, 0xFB);  // block 3, the bitmap itself
    EXPECT_THAT(refusal(), HasSubstr("calls metadata free"));
}

TEST_F(Ext, MetadataBeyondTheEndIsRefused) {
    for (const unsigned field : {0U, 4U, 8U}) {
        SparseDisk copy = disk_;
        for (const std::uint32_t value : {1024U, 0xFFFFFFFFU}) {
            copy.put(ExtImage::kGroup + field, value);
            const Volume volume(copy, {{0, ExtImage::kSize}});
            EXPECT_THROW(open_ext(volume)->for_each_free([](auto, auto) {}), Error);
        }
    }
}

TEST_F(Ext, ExtentTreesThatLeadInCirclesEnd) {
    // The root of the tree in the inode, and a block below that says it is two levels above itself.
    const auto node = [&](std::uint64_t at, std::uint16_t depth, std::uint32_t child) {
        image_.put16(at, 0xF30A);
        image_.put16(at + 2, 3);
        image_.put16(at + 4, 4);
        image_.put16(at + 6, depth);
        for (unsigned i = 0; i < 3; ++i) {
            image_.put32(at + 12 + i * 12, i);
            image_.put32(at + 16 + i * 12, child);
            image_.put32(at + 20 + i * 12, 0);
        }
    };
    image_.put32(ExtImage::inode_at(12) + 0x20, 0x80000);
    node(ExtImage::inode_at(12) + 0x28, 5, 30);
    node(30 * ExtImage::kBlock, 4, 30);
    EXPECT_THROW(open()->read_file("/hello", 100), Error);
    EXPECT_THROW(open()->owner_of(13 * 1024), Error);
    node(ExtImage::inode_at(12) + 0x28, 6, 30);
    EXPECT_THROW(open()->read_file("/hello", 100), Error);
}

TEST_F(Ext, PointersToThemselvesEnd) {
    // A triple indirect block whose pointers are all itself: 256^3 blocks, each beyond the limit.
    image_.put32(ExtImage::inode_at(12) + 0x28, 0);
    image_.put32(ExtImage::inode_at(12) + 0x28 + 14 * 4, 30);
    image_.put32(ExtImage::inode_at(12) + 0x04, 0xFFFFFFFF);
    for (unsigned i = 0; i < 256; ++i) image_.put32(30 * ExtImage::kBlock + i * 4, 30);
    EXPECT_EQ(open()->read_file("/hello", 100), std::nullopt);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(open()->owner_of(13 * 1024), std::nullopt);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST_F(Ext, ADirectoryWhoseEntriesDoNotAddUpIsRefused) {
    for (const std::uint16_t length : {0, 4, 7, 2000}) {
        image_.put16(9 * ExtImage::kBlock + 4, length);
        EXPECT_THROW(open()->read_file("/hello", 100), Error) << length;
    }
}

TEST_F(Ext, NoDamageDoesHarm) {
    // Every byte of the metadata at a few values, and random damage all over it: an answer or an
    // Error, and never a read beyond the volume (the disk throws another kind of exception).
    const auto ask = [](const SparseDisk& disk) {
        const Volume volume(disk, {{0, ExtImage::kSize}});
        try {
            const auto fs = open_ext(volume);
            if (!fs) return;
            fs->read_file("/sub/deep", 1000);
            fs->read_file("/link", 1000);
            fs->for_each_free([&](std::uint64_t offset, std::uint64_t length) {
                EXPECT_TRUE(fits(offset, length, volume.size()));
            });
        } catch (const Error&) {
        }
    };
    for (std::uint64_t at = 1024; at < 3 * 1024; ++at) {
        if (at > 1024 + 0x280 && at < 2048) continue;
        for (const unsigned value : {0U, 1U, 0x7FU, 0x80U, 0xFFU}) {
            SparseDisk copy = disk_;
            copy.put(at, static_cast<std::uint8_t>(value));
            ask(copy);
        }
    }
    std::mt19937 random(4);
    for (unsigned round = 0; round < 3000; ++round) {
        SparseDisk copy = disk_;
        for (unsigned i = 0; i < 1 + random() % 8; ++i) {
            const std::uint64_t at = 1024 + random() % (12 * 1024);
            copy.put(at, static_cast<std::uint8_t>(random()));
        }
        ask(copy);
    }
}

TEST(ExtVolumes, NothingIsFoundWhereNothingIs) {
    for (const std::uint64_t size : {0U, 512U, 1024U, 2047U, 2048U, 65536U}) {
        const SparseDisk disk(size);
        const Volume volume(disk, {{0, size}});
        EXPECT_EQ(open_ext(volume), nullptr);
        EXPECT_EQ(open_file_system(volume), nullptr);
    }
}

}  // namespace
}  // namespace kiln::formats
