#include "formats/engine/hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/engine/stream_hasher.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr DigestType kFurther[] = {DigestType::Md5, DigestType::Sha512};

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(StreamHasher, GivesEveryDigestOfTheSameBytes) {
    StreamHasher hasher(kFurther);
    hasher.update_copy(as_bytes(std::span("kiln", 4)));
    hasher.update_zeros(100'000);
    const std::string whole = "kiln" + std::string(100'000, '\0');
    EXPECT_EQ(hasher.finish({}), digest_hex(DigestType::Sha256, whole));
    EXPECT_THAT(hasher.further(),
                ElementsAre(FileDigest{DigestType::Md5, digest_hex(DigestType::Md5, whole)},
                            FileDigest{DigestType::Sha512, digest_hex(DigestType::Sha512, whole)}));
}

class HashSource : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, HashSource, testing::Values(0, 512, 65536, 300'001, 9'000'001));

TEST_P(HashSource, HashesTheWholeDiskWithItsHoles) {
    const auto disk = mixed_disk(GetParam(), 4);
    for (const bool stream : {false, true}) {
        const MemorySource plain(disk);
        const StreamSource streamed(disk);
        const HashResult result =
            stream ? hash_source(streamed, kFurther) : hash_source(plain, kFurther);
        EXPECT_EQ(result.virtual_size, disk.size());
        EXPECT_EQ(result.sha256, digest_hex(DigestType::Sha256, text_of(disk)));
        ASSERT_EQ(result.digests.size(), 2U);
        EXPECT_EQ(result.digests[1].hex, digest_hex(DigestType::Sha512, text_of(disk)));
    }
}

TEST(HashSource, DoesNotReadHoles) {
    std::vector<std::byte> disk(4 << 20);
    disk[3 << 20] = std::byte{1};
    MemorySource source(disk);
    source.fail_from((3 << 20) + 4096);
    const HashResult result = hash_source(source);
    EXPECT_EQ(result.sha256, digest_hex(DigestType::Sha256, text_of(disk)));
    EXPECT_EQ(result.data_bytes, 4096U);
    EXPECT_THAT(result.digests, IsEmpty());
}

TEST(HashSource, SaysThatAFileHasShrunk) {
    const TempDir directory(temp_root());
    const auto path = directory.path() / "disk.raw";
    write_text(path, std::string(1 << 20, 'x'));
    OpenOptions options;
    options.format = find_format("raw");
    const auto source = open_source(path, options);
    std::filesystem::resize_file(path, 1 << 19);
    EXPECT_THROW(hash_source(*source), Error);
    std::filesystem::resize_file(path, 0);
    EXPECT_THROW(hash_source(*source), Error);
}

TEST(HashSource, CanBeCancelledInALongHole) {
    class HugeSource : public MemorySource {
      public:
        HugeSource() : MemorySource({}) {}
        std::uint64_t virtual_size() const override { return std::uint64_t{6} << 40; }
        Extent next_extent(std::uint64_t offset, std::uint64_t) const override {
            return {offset, virtual_size() - offset, Extent::Kind::Hole};
        }
    };
    CancelSource cancel;
    ConvertOptions options;
    options.cancel = cancel.token();
    std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        cancel.cancel("enough");
    });
    EXPECT_THROW(hash_source(HugeSource(), {}, options), Cancelled);
}

TEST(Outputs, GiveTheFurtherDigestsThatWereAskedFor) {
    const TempDir directory(temp_root());
    const MemorySource source(mixed_disk(3'000'000, 8));
    for (const char* name : {"raw", "qcow2"}) {
        OutputSpec spec{directory.path() / name, find_format(name), {}};
        spec.digests = {DigestType::Md5, DigestType::Sha1};
        const OutputResult result = write_image(source, spec).outputs.front();
        EXPECT_EQ(result.sha256, digest_file_hex(DigestType::Sha256, spec.path)) << name;
        EXPECT_THAT(
            result.digests,
            ElementsAre(FileDigest{DigestType::Md5, digest_file_hex(DigestType::Md5, spec.path)},
                        FileDigest{DigestType::Sha1, digest_file_hex(DigestType::Sha1, spec.path)}))
            << name;
    }
}

}  // namespace
}  // namespace kiln::formats
