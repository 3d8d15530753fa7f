#include "formats/raw/raw_sink.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

class RawPreallocation : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Modes, RawPreallocation, testing::Values("off", "falloc", "full"),
                         [](const auto& mode) { return std::string(mode.param); });

TEST_P(RawPreallocation, WritesTheSameDiskAndReservesAsToldTo) {
    const TempDir directory(temp_root());
    const auto path = directory.path() / "disk.raw";
    std::vector<std::byte> disk(5'000'001);
    disk[1'000'000] = std::byte{7};
    disk.back() = std::byte{9};
    const OutputSpec spec{path, find_format("raw"), {{"preallocation", GetParam()}}};
    const OutputResult result = write_image(MemorySource(disk), spec).outputs.front();
    EXPECT_EQ(read_text(path),
              std::string(reinterpret_cast<const char*>(disk.data()), disk.size()));
    EXPECT_EQ(result.sha256, digest_file_hex(DigestType::Sha256, path));
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    const bool sparse = GetParam() == std::string_view("off");
    EXPECT_EQ(status.st_blocks * 512 < status.st_size / 2, sparse);
}

TEST(RawSink, RefusesToPreallocateAPipe) {
    EXPECT_THROW(make_sink({"-", find_format("raw"), {{"preallocation", "falloc"}}}), Error);
}

}  // namespace
}  // namespace kiln::formats
