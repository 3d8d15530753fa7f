#include "formats/qcow2/qcow2_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/inspect.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::Contains;
using testing::HasSubstr;

struct Case {
    std::string name;
    std::map<std::string, std::string> options;
};

void PrintTo(const Case& value, std::ostream* out) {
    *out << value.name;
}

class Qcow2Options : public testing::TestWithParam<Case> {};

TEST_P(Qcow2Options, ReadsBackEqualAndIsSound) {
    const TempDir directory(temp_root());
    const auto path = directory.path() / "disk.qcow2";
    for (const std::size_t size : {0, 512, 200'192, 5'000'192}) {
        const auto disk = mixed_disk(size, 11);
        write_image(MemorySource(disk), {path, find_format("qcow2"), GetParam().options});
        EXPECT_EQ(read_disk(*open_source(path)), disk);
        const CheckReport report = check_image(path, {});
        EXPECT_TRUE(report.clean()) << testing::PrintToString(report.problems);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, Qcow2Options,
    testing::Values(
        Case{"Cluster512", {{"cluster_size", "512"}}}, Case{"Cluster4k", {{"cluster_size", "4k"}}},
        Case{"Cluster2M", {{"cluster_size", "2M"}}},
        Case{"Zlib512", {{"cluster_size", "512"}, {"compression_type", "zlib"}}},
        Case{"Zlib2M", {{"cluster_size", "2M"}, {"compression_type", "zlib"}}},
        Case{"Zstd2M", {{"cluster_size", "2M"}, {"compression_type", "zstd"}}},
        Case{"Old", {{"compat", "0.10"}}}, Case{"Lazy", {{"lazy_refcounts", "on"}}},
        Case{"Extended", {{"extended_l2", "on"}}},
        Case{"Extended16k", {{"extended_l2", "on"}, {"cluster_size", "16k"}}},
        Case{"Extended2M", {{"extended_l2", "on"}, {"cluster_size", "2M"}}},
        Case{"ExtendedZlib", {{"extended_l2", "on"}, {"compression_type", "zlib"}}},
        Case{"ExtendedZstd",
             {{"extended_l2", "on"}, {"compression_type", "zstd"}, {"cluster_size", "128k"}}}),
    [](const auto& test) { return test.param.name; });

TEST(Qcow2Sink, StoresOnlySubclustersThatAreNotZero) {
    const TempDir directory(temp_root());
    const auto path = directory.path() / "disk.qcow2";
    std::vector<std::byte> disk(1 << 20);
    disk[5 * 2048] = std::byte{1};
    disk[6 * 2048] = std::byte{1};
    write_image(MemorySource(disk), {path, find_format("qcow2"), {{"extended_l2", "on"}}});
    const auto source = open_source(path);
    EXPECT_EQ(source->next_extent(0, disk.size()), (Extent{0, 5 * 2048, Extent::Kind::Hole}));
    EXPECT_EQ(source->next_extent(5 * 2048, disk.size()),
              (Extent{5 * 2048, 2 * 2048, Extent::Kind::Data}));
    EXPECT_EQ(read_disk(*source), disk);
    EXPECT_THAT(source->info().features, Contains("extended_l2"));
}

TEST(Qcow2Sink, RefusesOptionsThatDoNotFitTogether) {
    const auto message = [](std::map<std::string, std::string> options) -> std::string {
        try {
            make_sink({"unused.qcow2", find_format("qcow2"), std::move(options)});
        } catch (const Error& error) {
            return error.what();
        }
        return "accepted";
    };
    EXPECT_THAT(message({{"extended_l2", "on"}, {"compat", "0.10"}}), HasSubstr("compat=1.1"));
    EXPECT_THAT(message({{"extended_l2", "on"}, {"cluster_size", "8k"}}), HasSubstr("16k"));
    EXPECT_THAT(message({{"preallocation", "full"}}), HasSubstr("preallocated"));
    EXPECT_THAT(message({{"preallocation", "some"}}), HasSubstr("preallocation"));
    EXPECT_EQ(message({{"preallocation", "off"}}), "accepted");
}

}  // namespace
}  // namespace kiln::formats
