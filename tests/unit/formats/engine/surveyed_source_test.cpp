#include "formats/engine/surveyed_source.h"

#include <gtest/gtest.h>

#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

constexpr std::uint64_t kPage = 4096;

// Every second page is data; counts how often it is asked.
class Striped : public Source {
  public:
    explicit Striped(std::uint64_t pages) : size_(pages * kPage) {}

    std::uint64_t virtual_size() const override { return size_; }
    Extent next_extent(std::uint64_t offset, std::uint64_t) const override {
        ++asked;
        const std::uint64_t end = offset / kPage * kPage + kPage;
        const bool data = offset / kPage % 2 == 1;
        return {offset, end - offset, data ? Extent::Kind::Data : Extent::Kind::Zero};
    }
    void read(std::uint64_t, std::span<std::byte>) const override {}
    SourceInfo info() const override { return {}; }

    mutable std::uint64_t asked = 0;

  private:
    std::uint64_t size_;
};

TEST(SurveyedSource, AsksForTheMapOnlyOnce) {
    const Striped source(1000);
    const SurveyedSource surveyed(source, {});
    EXPECT_EQ(surveyed.data_bytes(), 500 * kPage);
    EXPECT_EQ(source.asked, 1000U);
    for (std::uint64_t offset = 0; offset < surveyed.virtual_size(); offset += kPage / 4) {
        const Extent extent = surveyed.next_extent(offset, kPage);
        const std::uint64_t page = offset / kPage;
        EXPECT_EQ(extent.offset, offset);
        EXPECT_EQ(extent.end(), (page + 1) * kPage);
        EXPECT_EQ(extent.kind, page % 2 == 1 ? Extent::Kind::Data : Extent::Kind::Hole);
    }
    EXPECT_EQ(source.asked, 1000U);
}

TEST(SurveyedSource, AsksAgainBehindWhatItRemembers) {
    constexpr std::uint64_t kPages = 2 * 70'001;  // more runs than it remembers
    const Striped source(kPages);
    const SurveyedSource surveyed(source, {});
    EXPECT_EQ(surveyed.data_bytes(), kPages / 2 * kPage);
    for (std::uint64_t page = 0; page < kPages; ++page) {
        const Extent extent = surveyed.next_extent(page * kPage, kPage);
        ASSERT_EQ(extent.end(), (page + 1) * kPage) << page;
        ASSERT_EQ(extent.kind == Extent::Kind::Data, page % 2 == 1) << page;
    }
}

TEST(SurveyedSource, PutsNeighboursTogether) {
    const MemorySource source(std::vector<std::byte>(10 * kPage, std::byte{1}));
    const SurveyedSource surveyed(source, {});
    EXPECT_EQ(surveyed.next_extent(0, kPage), (Extent{0, 10 * kPage, Extent::Kind::Data}));
    EXPECT_EQ(surveyed.next_extent(kPage, kPage), (Extent{kPage, 9 * kPage, Extent::Kind::Data}));
}

TEST(SurveyedSource, StopsWhenCancelled) {
    CancelSource cancel;
    cancel.cancel("enough");
    EXPECT_THROW(SurveyedSource(Striped(10), cancel.token()), Cancelled);
}

}  // namespace
}  // namespace kiln::formats
