// Sparse members of archives for Google Compute Engine: the map, what is left out, what comes back.
#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/format.h"
#include "formats/inspect.h"
#include "formats/packed/gcp_sink.h"
#include "formats/packed/inflate_stream.h"
#include "formats/packed/sparse_map.h"
#include "formats/packed/tar_stream.h"
#include "tests/unit/formats/image_builder.h"
#include "tests/unit/formats/sparse_disk.h"

namespace kiln::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::uint64_t kKib = 1024;
constexpr std::uint64_t kMib = kKib * kKib;
constexpr std::uint64_t kTib = kMib * kMib;

TEST(SparseMap, TakesShortStretchesOfZerosIntoTheRuns) {
    SparseMap map(1000);
    map.add({999, 1});
    map.add({1500, 500});
    map.add({3000, 1});
    map.add({4000, 1});
    map.finish(5000);
    EXPECT_THAT(map.runs(), ElementsAre(TarRun{0, 2000}, TarRun{3000, 2000}));
    EXPECT_EQ(map.stored(), 4000U);
}

TEST(SparseMap, EndsWithAnEmptyRunBehindAHole) {
    SparseMap map(1000);
    map.add({1000, 1});
    map.finish(2001);
    EXPECT_THAT(map.runs(), ElementsAre(TarRun{1000, 1}, TarRun{2001, 0}));
    SparseMap zeros(1000);
    zeros.finish(1000);
    EXPECT_THAT(zeros.runs(), ElementsAre(TarRun{1000, 0}));
    EXPECT_EQ(zeros.stored(), 0U);
}

TEST(SparseMap, IsOneRunWhereNoHoleIs) {
    SparseMap map(1000);
    map.finish(999);
    EXPECT_THAT(map.runs(), ElementsAre(TarRun{0, 999}));
    SparseMap nothing(1000);
    nothing.finish(0);
    EXPECT_TRUE(nothing.runs().empty());
}

TEST(SparseMap, GivesUpTheShortestHolesWhenThereAreTooMany) {
    constexpr std::size_t kMost = 10;
    SparseMap map(8, kMost);
    std::uint64_t offset = 0;
    std::uint64_t end = 0;
    for (unsigned i = 0; i < 1000; ++i) {
        map.add({offset, 8});
        EXPECT_LE(map.runs().size(), kMost);
        end = offset + 8;
        offset += i % 200 == 0 ? 4096 : 24;
    }
    map.finish(end);
    // Behind the first run, the 201st, ... stands a hole that is long enough.
    EXPECT_EQ(map.runs().size(), 6U);
    EXPECT_EQ(map.runs()[1].offset, 4096U);
    EXPECT_EQ(map.runs().back().end(), end);
}

TEST(OldGnuSparse, ReadsWhatItWrites) {
    std::vector<TarRun> runs;
    for (std::uint64_t i = 0; i < 60; ++i) runs.push_back({i << 35, std::uint64_t{512} << (i / 2)});
    for (const std::size_t count : {0UL, 1UL, 4UL, 5UL, 25UL, 26UL, 46UL, 60UL}) {
        SCOPED_TRACE(count);
        std::span<const TarRun> left = std::span(runs).first(count);
        const auto header = encode_old_gnu_header("disk.raw", 60 * kTib, left);
        EXPECT_EQ(TarHeader::decode(header)->type, 'S');
        EXPECT_EQ(TarHeader::decode(header)->size,
                  std::accumulate(left.begin(), left.end(), std::uint64_t{0},
                                  [](auto sum, const TarRun& run) { return sum + run.length; }));
        EXPECT_EQ(old_gnu_file_size(header), 60 * kTib);
        auto part = decode_old_gnu_header(header);
        std::size_t room = kOldGnuRunsInHeader;
        while (true) {
            ASSERT_TRUE(part);
            ASSERT_EQ(part->count, std::min(left.size(), room));
            EXPECT_EQ(part->ended, left.size() < room);
            EXPECT_EQ(part->more, left.size() > room);
            for (std::size_t i = 0; i < part->count; ++i) EXPECT_EQ(part->runs[i], left[i]);
            left = left.subspan(part->count);
            if (left.empty()) break;
            part = decode_old_gnu_block(encode_old_gnu_block(left));
            room = kOldGnuRunsInBlock;
        }
    }
}

class SparseGcp : public testing::Test {
  protected:
    fs::path path() const { return directory_.path() / "out.tar.gz"; }
    OutputSpec spec(std::map<std::string, std::string> options = {}) const {
        options.emplace("round", "off");
        return {path(), find_format("gcp"), std::move(options)};
    }
    TarStreamMember member() const {
        TarStream archive(make_gzip_stream(InputFile::open(path())), "x");
        return archive.next({}).value();
    }
    static std::vector<std::byte> alternating(std::size_t size, std::size_t unit) {
        auto disk = random(size);
        for (std::size_t at = unit; at < size; at += 2 * unit) {
            std::ranges::fill(std::span(disk).subspan(at, std::min(unit, size - at)), std::byte{0});
        }
        return disk;
    }
    static std::vector<std::byte> random(std::size_t size) {
        std::vector<std::byte> disk(size);
        std::uint64_t state = 88172645463325252;
        for (std::byte& byte : disk) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            byte = static_cast<std::byte>((state & 0xff) | 1);
        }
        return disk;
    }
    void expect_back(const std::vector<std::byte>& disk) const {
        EXPECT_EQ(read_disk(*open_source(path())), disk);
    }
    TempDir directory_{temp_root()};
};

TEST_F(SparseGcp, HolesAreLeftOut) {
    std::vector<std::byte> disk(10 * kMib);
    std::ranges::fill(std::span(disk).subspan(3 * kMib + 4096, 100), std::byte{'a'});
    std::ranges::fill(std::span(disk).subspan(7 * kMib - 512, 1024), std::byte{'b'});
    write_image(MemorySource(disk), spec());
    EXPECT_THAT(*member().runs,
                ElementsAre(TarRun{3 * kMib + 4096, 4096}, TarRun{7 * kMib - 4096, 8192}));
    EXPECT_THAT(open_source(path())->info().features, ElementsAre("sparse member"));
    EXPECT_LT(fs::file_size(path()), 2048U);
    expect_back(disk);
}

TEST_F(SparseGcp, AreRegularMembersWithoutHoles) {
    for (const auto& disk :
         {random(3 * kMib), alternating(3 * kMib, 4096), std::vector<std::byte>(60 * kKib),
          std::vector<std::byte>(), std::vector<std::byte>(512), random(512), random(700'001)}) {
        SCOPED_TRACE(disk.size());
        write_image(MemorySource(disk), spec());
        EXPECT_FALSE(member().sparse);
        EXPECT_EQ(member().size, disk.size());
        const std::string direct = read_text(path());
        expect_back(disk);
        write_image(MemorySource(disk), spec({{"sparse", "off"}}));
        EXPECT_EQ(read_text(path()), direct);
    }
}

TEST_F(SparseGcp, AreRegularMembersWhenThatIsAskedFor) {
    const auto disk = alternating(3 * kMib + 5, 64 * kKib);
    write_image(MemorySource(disk), spec({{"sparse", "off"}}));
    EXPECT_FALSE(member().sparse);
    expect_back(disk);
}

TEST_F(SparseGcp, ComeBackWhateverTheirLength) {
    for (const std::size_t size : {64 * kKib, 64 * kKib + 1, 3 * kMib, 3 * kMib + 511, 3 * kMib - 1,
                                   3 * kMib + 64 * kKib + 513}) {
        for (const bool zeros : {true, false}) {
            SCOPED_TRACE(size);
            const auto disk = zeros ? std::vector<std::byte>(size) : alternating(size, 64 * kKib);
            write_image(MemorySource(disk), spec());
            EXPECT_EQ(member().sparse, zeros || size >= 128 * kKib);
            EXPECT_EQ(member().size, size);
            expect_back(disk);
        }
    }
}

TEST_F(SparseGcp, AMapGoesOnInManyBlocks) {
    const auto disk = alternating(64 * kMib, 64 * kKib);
    write_image(MemorySource(disk), spec());
    EXPECT_EQ(member().runs->size(), 512U);
    EXPECT_EQ((*member().runs)[511], (TarRun{64 * kMib - 128 * kKib, 64 * kKib}));
    expect_back(disk);
}

TEST_F(SparseGcp, TooManyHolesBecomeFewerLongOnes) {
    auto disk = alternating(8 * kMib, 64 * kKib);
    std::ranges::fill(std::span(disk).subspan(5 * kMib, kMib), std::byte{0});
    GcpOptions options;
    options.round_to_gib = false;
    for (const auto& [most, runs] : std::map<std::size_t, std::size_t>{{7, 2}, {1, 1}, {57, 56}}) {
        SCOPED_TRACE(most);
        options.most_runs = most;
        std::vector<std::unique_ptr<Sink>> sinks;
        sinks.push_back(make_gcp_sink(path(), options));
        convert(MemorySource(disk), sinks);
        EXPECT_EQ(member().runs->size(), runs);
        expect_back(disk);
    }
}

TEST_F(SparseGcp, HugeDisksTakeSeconds) {
    // Data at the beginning, somewhere, and in the last sector; their holes are told as such.
    class Holes : public SparseDisk {
      public:
        using SparseDisk::SparseDisk;
        Extent next_extent(std::uint64_t offset, std::uint64_t) const override {
            for (const std::uint64_t data : {std::uint64_t{0}, kTib + 3 * kMib, last()}) {
                const std::uint64_t end = std::min(data + 4096, virtual_size());
                if (offset < data) return {offset, data - offset, Extent::Kind::Hole};
                if (offset < end) return {offset, end - offset, Extent::Kind::Data};
            }
            return {offset, virtual_size() - offset, Extent::Kind::Hole};
        }
        std::uint64_t last() const { return (virtual_size() - 1) / 4096 * 4096; }
    };
    for (const std::uint64_t size : {2 * kTib - 512, 6 * kTib}) {
        SCOPED_TRACE(size);
        Holes disk(size);
        disk.write(0, "first");
        disk.write(kTib + 3 * kMib, "middle");
        disk.write(size - 4, "last");
        const auto begin = std::chrono::steady_clock::now();
        write_image(disk, spec());
        EXPECT_LT(fs::file_size(path()), 4096U);
        const auto source = open_source(path());
        EXPECT_EQ(source->virtual_size(), size);
        EXPECT_TRUE(compare_images(disk, *source).identical);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
    }
}

TEST_F(SparseGcp, AreTheSameBytesWhateverTheThreads) {
    const MemorySource disk(alternating(9 * kMib + 7, 64 * kKib));
    write_image(disk, spec(), 1);
    const std::string bytes = read_text(path());
    for (const unsigned threads : {2U, 5U}) {
        write_image(disk, spec(), threads);
        EXPECT_EQ(read_text(path()), bytes);
    }
}

TEST_F(SparseGcp, NothingStaysBehindAFault) {
    MemorySource broken(mixed_disk(5 * kMib, 31));
    broken.fail_from(4 * kMib);
    EXPECT_THROW(write_image(broken, spec()), Error);
    EXPECT_THAT(list_directory(directory_.path()), testing::IsEmpty());

    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(make_sink(spec()));
    ConvertOptions options;
    CancelSource cancel;
    options.cancel = cancel.token();
    options.progress = [&](const ProgressEvent&) { cancel.cancel("enough"); };
    EXPECT_THROW(convert(MemorySource(mixed_disk(5 * kMib, 31)), sinks, options), Cancelled);
    sinks.clear();
    EXPECT_THAT(list_directory(directory_.path()), testing::IsEmpty());
}

TEST_F(SparseGcp, CountsTheRoomForWhatWaits) {
    const std::uint64_t data = 400 * kMib;
    const auto room = [&](const fs::path& where, bool sparse) {
        GcpOptions options;
        options.sparse = sparse;
        return make_gcp_sink(where, options)->space_needed(data, data);
    };
    EXPECT_EQ(room(path(), true)->bytes, 2 * room(path(), false)->bytes);
    EXPECT_EQ(room(path(), true)->directory, directory_.path());
    EXPECT_EQ(room("-", true)->directory, temp_root());
    EXPECT_FALSE(room("-", false));
}

TEST_F(SparseGcp, TheOptionIsOnOrOff) {
    EXPECT_THROW(make_sink(spec({{"sparse", "maybe"}})), Error);
}

}  // namespace
}  // namespace kiln::formats
