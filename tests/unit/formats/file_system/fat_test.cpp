#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "formats/file_system/file_system.h"
#include "tests/unit/formats/sparse_disk.h"

namespace kiln::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// FAT16 made by hand: a reserved sector, two tables of 20, a root directory of one, 5000 clusters
// of a sector, of which 2, 3 and 6 are in use and 7 is bad.
class Fat : public testing::Test {
  protected:
    static constexpr std::uint64_t kSector = 512;
    static constexpr std::uint64_t kTable = kSector;
    static constexpr std::uint64_t kSecondTable = 21 * kSector;
    static constexpr std::uint64_t kRoot = 41 * kSector;
    static constexpr std::uint64_t kData = 42 * kSector;
    static constexpr std::uint64_t kSize = kData + 5000 * kSector;

    Fat() {
        disk_.write(0, "\xEB\x3C\x90");
        disk_.put<std::uint16_t>(11, kSector);
        disk_.put<std::uint8_t>(13, 1);
        disk_.put<std::uint16_t>(14, 1);
        disk_.put<std::uint8_t>(16, 2);
        disk_.put<std::uint16_t>(17, 16);
        disk_.put<std::uint16_t>(19, static_cast<std::uint16_t>(kSize / kSector));
        disk_.put<std::uint8_t>(21, 0xF8);
        disk_.put<std::uint16_t>(22, 20);
        disk_.put<std::uint8_t>(38, 0x29);
        disk_.put<std::uint32_t>(39, 0x00C0FFEE);
        disk_.write(43, "BOOT LABEL ");
        disk_.put<std::uint16_t>(510, 0xAA55);
        entry(0, 0xFFF8);
        entry(1, 0xFFFF);
        entry(2, 3);
        entry(3, 0xFFFF);
        entry(6, 0xFFFF);
        entry(7, 0xFFF7);
    }
    void entry(unsigned cluster, std::uint16_t value) {
        disk_.put(kTable + cluster * 2, value);
        disk_.put(kSecondTable + cluster * 2, value);
    }
    FileSystemInfo info() const {
        const Volume volume(disk_, {{0, disk_.virtual_size()}});
        return open_fat(volume)->info();
    }
    std::string refusal() const {
        try {
            return info().untouchable;
        } catch (const Error& error) {
            return error.what();
        }
    }
    bool is_found() const {
        const Volume volume(disk_, {{0, disk_.virtual_size()}});
        return open_fat(volume) != nullptr;
    }

    SparseDisk disk_{kSize};
};

TEST_F(Fat, BadAndUsedClustersAreNotFree) {
    const Volume volume(disk_, {{0, kSize}});
    std::vector<std::pair<std::uint64_t, std::uint64_t>> free;
    const auto fat = open_fat(volume);
    fat->for_each_free([&](auto offset, auto length) { free.emplace_back(offset, length); });
    EXPECT_THAT(free, ElementsAre(Pair(kData + 2 * kSector, 2 * kSector),
                                  Pair(kData + 6 * kSector, 4994 * kSector)));
    EXPECT_EQ(fat->info().used, kSize - 4996 * kSector);
    EXPECT_EQ(fat->info().size, kSize);
    EXPECT_EQ(fat->info().uuid, "00C0-FFEE");
}

TEST_F(Fat, TheLabelOfTheRootDirectoryComesFirst) {
    EXPECT_EQ(info().label, "BOOT LABEL");
    disk_.write(kRoot, "\xE5OLD LABEL \x08");
    disk_.write(kRoot + 32, "A long nam\x0F\x0F");
    disk_.write(kRoot + 64, "ROOT LABEL \x08");
    EXPECT_EQ(info().label, "ROOT LABEL");
    disk_.write(43, "NO NAME    ");
    disk_.put<std::uint8_t>(kRoot, 0);
    EXPECT_EQ(info().label, "");
}

TEST_F(Fat, LeavesAloneWhatIsNotClean) {
    EXPECT_EQ(info().untouchable, "");
    entry(1, 0x7FFF);
    EXPECT_THAT(info().untouchable, HasSubstr("not unmounted cleanly"));
    entry(1, 0xBFFF);
    EXPECT_THAT(info().untouchable, HasSubstr("errors"));
    entry(1, 0xFFFF);
    disk_.put<std::uint8_t>(37, 1);
    EXPECT_THAT(info().untouchable, HasSubstr("not unmounted cleanly"));
    disk_.put<std::uint8_t>(37, 2);
    EXPECT_THAT(info().untouchable, HasSubstr("errors"));
    disk_.put<std::uint8_t>(37, 0);
    disk_.put<std::uint16_t>(kSecondTable + 2000, 0xFFFF);
    EXPECT_THAT(info().untouchable, HasSubstr("tables differ"));
}

TEST_F(Fat, LeavesAloneATableThatLeadsNowhere) {
    for (const unsigned value : {1U, 5002U, 0xFFF6U}) {
        entry(3, static_cast<std::uint16_t>(value));
        EXPECT_THAT(info().untouchable, HasSubstr("beyond its end")) << value;
    }
    entry(3, 5001);
    EXPECT_EQ(info().untouchable, "");
    entry(0, 0xFFF0);
    EXPECT_THAT(info().untouchable, HasSubstr("media type"));
}

TEST_F(Fat, ImpossibleBootSectorsAreRefused) {
    const SparseDisk good = disk_;
    const auto with = [&](std::uint64_t at, std::uint16_t value) {
        disk_ = good;
        disk_.put(at, value);
        return refusal();
    };
    EXPECT_THAT(with(19, 42), HasSubstr("no room for data"));
    EXPECT_THAT(with(14, 0xFFFF), HasSubstr("no room for data"));
    EXPECT_THAT(with(22, 19), HasSubstr("too small"));
    EXPECT_THAT(with(22, 0xFFFF), HasSubstr("no room for data"));
    EXPECT_THAT(with(17, 0), HasSubstr("root directory"));
    EXPECT_THAT(with(19, 5043), HasSubstr("larger than its volume"));
    for (const unsigned at : {0U, 11U, 13U, 14U, 16U, 21U, 510U}) {
        disk_ = good;
        disk_.put<std::uint16_t>(at, 0);
        EXPECT_FALSE(is_found()) << at;
    }
}

TEST_F(Fat, ExFatIsNamedAndLeftAlone) {
    disk_.write(3, "EXFAT   ");
    disk_.put<std::uint32_t>(100, 0xABCD1234);
    EXPECT_EQ(info().type, "exfat");
    EXPECT_EQ(info().uuid, "ABCD-1234");
    EXPECT_NE(info().untouchable, "");
}

TEST(FileSystemVolumes, NothingIsFoundWhereNothingIs) {
    for (const std::uint64_t size : {0U, 511U, 512U, 65536U}) {
        const SparseDisk disk(size);
        const Volume volume(disk, {{0, size}});
        EXPECT_EQ(open_fat(volume), nullptr);
        EXPECT_EQ(open_xfs(volume), nullptr);
        EXPECT_EQ(open_ntfs(volume), nullptr);
    }
}

TEST(FileSystemVolumes, ABareMagicIsRefusedAndNotReadBeyondTheEnd) {
    for (const std::uint64_t size : {512U, 4096U}) {
        SparseDisk disk(size);
        disk.write(0, "XFSB");
        disk.put<std::uint16_t>(102, swap_bytes<std::uint16_t>(32768));
        const Volume volume(disk, {{0, size}});
        EXPECT_THROW(open_xfs(volume), Error);
        disk.write(0, "\xEB\x52\x90NTFS    ");
        disk.put<std::uint16_t>(510, 0xAA55);
        EXPECT_THROW(open_ntfs(volume), Error);
    }
}

}  // namespace
}  // namespace kiln::formats
