// The decoders: what they give, and that damage of any kind is told.
#include "formats/packed/packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/bytes/bytes.h"
#include "formats/packed/crc32_combine.h"
#include "packed_builder.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

class PackedStream : public testing::Test {
  protected:
    InputFile file(std::string_view bytes) {
        const auto path = directory_.path() / fmt::format("f{}", ++count_);
        write_text(path, bytes);
        return InputFile::open(path);
    }
    // Decoded in steps of these lengths.
    static std::string decode(const InputFile& file, Packing packing,
                              std::vector<std::size_t> steps = {65536}) {
        const auto stream = open_stream(file, packing);
        std::string plain;
        for (std::size_t i = 0;; ++i) {
            std::vector<std::byte> part(steps[i % steps.size()]);
            const std::size_t count = stream->read(part);
            plain += as_text(std::span(part).first(count));
            if (count < part.size()) return plain;
        }
    }
    std::string refusal(std::string_view bytes, Packing packing) {
        const InputFile input = file(bytes);
        try {
            find_plain_size(input, packing, CancelToken());
            decode(input, packing);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }

    TempDir directory_{temp_root()};
    unsigned count_ = 0;
};

struct Kind {
    const char* name;
    Packing packing;
};
const std::vector<Kind> kKinds = {{"gzip", Packing::Gzip},
                                  {"xz", Packing::Xz},
                                  {"zstd", Packing::Zstd},
                                  {"bzip2", Packing::Bzip2},
                                  {"zip", Packing::Zip}};

TEST_F(PackedStream, GivesWhatWasPackedInStepsOfAnyLength) {
    for (const Kind& kind : kKinds) {
        for (const std::size_t size : {0, 1, 512, 100'001, 3'000'000}) {
            SCOPED_TRACE(fmt::format("{} {}", kind.name, size));
            const std::string plain = as_text(mixed_disk(size, 7));
            const InputFile input = file(pack(plain, kind.name));
            EXPECT_EQ(find_packing(input), kind.packing);
            EXPECT_EQ(find_plain_size(input, kind.packing, CancelToken()), size);
            EXPECT_EQ(decode(input, kind.packing), plain);
            EXPECT_EQ(decode(input, kind.packing, {1, 4096, 77777, 3}), plain);
        }
    }
}

TEST_F(PackedStream, TellsWhereItWasCutOff) {
    const std::string plain = as_text(mixed_disk(300'000, 3));
    for (const Kind& kind : kKinds) {
        const std::string packed = pack(plain, kind.name);
        std::vector<std::size_t> lengths;
        for (std::size_t i = 0; i < 40; ++i) lengths.push_back(i);
        for (std::size_t i = 1; i < 40; ++i) lengths.push_back(packed.size() - i);
        for (std::size_t i = 40; i < packed.size(); i += packed.size() / 61) lengths.push_back(i);
        for (const std::size_t length : lengths) {
            SCOPED_TRACE(fmt::format("{} {} of {}", kind.name, length, packed.size()));
            EXPECT_THAT(refusal(packed.substr(0, length), kind.packing),
                        AnyOf(HasSubstr("cut off"), HasSubstr("damaged")));
        }
    }
}

TEST_F(PackedStream, TellsDamageAnywhereInTheData) {
    const std::string plain = as_text(mixed_disk(300'000, 4));
    for (const Kind& kind : kKinds) {
        const std::string packed = pack(plain, kind.name);
        for (std::size_t at = 0; at < packed.size(); at += 1 + packed.size() / 400) {
            SCOPED_TRACE(fmt::format("{} {} of {}", kind.name, at, packed.size()));
            std::string bad = packed;
            bad[at] = static_cast<char>(bad[at] ^ 0x10);
            const InputFile input = file(bad);
            try {
                // A time or a version may change without harm; the disk may not.
                find_plain_size(input, kind.packing, CancelToken());
                EXPECT_TRUE(decode(input, kind.packing) == plain);
            } catch (const Error&) {
                SUCCEED();
            }
        }
    }
}

TEST_F(PackedStream, RefusesWhatStandsBehindTheEnd) {
    for (const Kind& kind : kKinds) {
        if (kind.packing == Packing::Zip) continue;  // its directory stands at the very end
        SCOPED_TRACE(kind.name);
        const std::string packed = pack(as_text(mixed_disk(100'000, 5)), kind.name);
        EXPECT_NE(refusal(packed + "some text that is not compressed", kind.packing), "");
        EXPECT_NE(refusal(packed + "x", kind.packing), "");
    }
    const std::string zip = pack("abc", "zip");
    EXPECT_NE(refusal(zip + "x", Packing::Zip), "");
}

TEST_F(PackedStream, CountsZstdThatDoesNotTellItsSize) {
    const std::string plain = as_text(mixed_disk(3'000'000, 6));
    const std::string unsized = pack(plain, "zstd without size");
    const InputFile input = file(unsized + pack("more", "zstd"));
    EXPECT_EQ(told_plain_size(input, Packing::Zstd, CancelToken()), std::nullopt);
    EXPECT_EQ(find_plain_size(input, Packing::Zstd, CancelToken()), plain.size() + 4);
    EXPECT_TRUE(decode(input, Packing::Zstd) == plain + "more");
    const InputFile told = file(pack(plain, "zstd"));
    EXPECT_EQ(told_plain_size(told, Packing::Zstd, CancelToken()), plain.size());
}

TEST_F(PackedStream, RefusesZstdWindowsThatNeedMuchMemory) {
    // Magic, a header without a size, a window of 2 GiB, the last block: raw, empty.
    const std::string hostile("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9);
    EXPECT_THAT(refusal(hostile, Packing::Zstd), HasSubstr("too much memory"));
}

TEST_F(PackedStream, TakesAnyNumberOfStreamsInOneFile) {
    for (const Kind& kind : kKinds) {
        if (kind.packing == Packing::Zip) continue;
        SCOPED_TRACE(kind.name);
        const std::string a = as_text(mixed_disk(200'000, 1));
        const std::string b = as_text(mixed_disk(70'001, 2));
        const InputFile input = file(pack(a, kind.name) + pack("", kind.name) + pack(b, kind.name));
        EXPECT_EQ(find_plain_size(input, kind.packing, CancelToken()), a.size() + b.size());
        EXPECT_EQ(decode(input, kind.packing), a + b);
    }
}

// So that ends of members fall on every place in the decoder's buffers.
TEST_F(PackedStream, TakesThousandsOfGzipMembersOfAnyLength) {
    const std::string plain = as_text(mixed_disk(2'000'000, 9));
    std::string packed;
    std::size_t step = 1;
    for (std::size_t at = 0; at < plain.size(); at += step, step = step * 7 % 1009 + 1) {
        packed += pack(std::string_view(plain).substr(at, step), "gzip");
    }
    const InputFile input = file(packed);
    EXPECT_EQ(decode(input, Packing::Gzip), plain);
    EXPECT_EQ(decode(input, Packing::Gzip, {509}), plain);
}

TEST_F(PackedStream, TakesEveryFieldOfAGzipHeader) {
    std::string packed = pack("the disk", "gzip");
    std::string header = packed.substr(0, 10);
    header[3] = 2 | 4 | 8 | 16;
    packed = header + std::string("\3\0abc", 5) + std::string("name\0", 5) +
             std::string("comment\0", 8) + "hc" + packed.substr(10);
    EXPECT_EQ(decode(file(packed), Packing::Gzip), "the disk");
    header[3] = 8;
    EXPECT_THAT(refusal(header + std::string(100'000, 'n'), Packing::Gzip), HasSubstr("damaged"));
    header[3] = static_cast<char>(0x80);
    EXPECT_THAT(refusal(header + packed.substr(10), Packing::Gzip), HasSubstr("damaged"));
}

TEST_F(PackedStream, TakesZerosBehindGzipAsPadding) {
    const std::string packed = pack("the disk", "gzip");
    EXPECT_EQ(decode(file(packed + std::string(600'000, '\0')), Packing::Gzip), "the disk");
    EXPECT_THAT(refusal(packed + std::string(600'000, '\0') + "x", Packing::Gzip),
                HasSubstr("behind its end"));
}

TEST_F(PackedStream, IsNotLedAstrayByGzipsOwnSize) {
    std::string packed = pack(as_text(mixed_disk(100'000, 5)), "gzip");
    packed[packed.size() - 1] = 0x7f;
    EXPECT_THAT(refusal(packed, Packing::Gzip), HasSubstr("damaged"));
}

TEST_F(PackedStream, TakesZerosBetweenAndBehindXzStreamsAsPadding) {
    const std::string one = pack("the disk", "xz");
    for (const std::size_t padding : {4U, 4092U, 4096U, 4100U, 1U << 20}) {
        const std::string zeros(padding, '\0');
        const std::string two = one + zeros + one + zeros;
        EXPECT_EQ(find_plain_size(file(two), Packing::Xz, {}), 16U) << padding;
        EXPECT_EQ(decode(file(two), Packing::Xz), "the diskthe disk") << padding;
    }
    for (const std::size_t padding : {1U, 4097U, (1U << 20) + 4}) {
        const InputFile padded = file(one + std::string(padding, '\0'));
        EXPECT_THROW(find_plain_size(padded, Packing::Xz, {}), Error) << padding;
    }
    const InputFile nothing = file(std::string(100, '\0'));
    EXPECT_THROW(find_plain_size(nothing, Packing::Xz, {}), Error);
}

TEST_F(PackedStream, RefusesAnXzIndexThatLies) {
    const std::string plain(1'000'000, 'x');
    std::string packed = pack(plain, "xz");
    // The index: indicator, number of records, sizes. One bit and its checksum is wrong.
    for (std::size_t back = 13; back < 28; ++back) {
        std::string bad = packed;
        bad[bad.size() - back] = static_cast<char>(bad[bad.size() - back] ^ 1);
        EXPECT_NE(refusal(bad, Packing::Xz), "") << back;
    }
}

TEST_F(PackedStream, RefusesAnXzWhoseBlocksAreNotThoseOfItsIndex) {
    const std::string plain = as_text(mixed_disk(200'000, 8));
    XzParts xz = XzParts::of(plain);
    const auto sizes = std::pair(xz.unpadded, xz.plain);
    const std::string two = xz.build({xz.block, xz.block}, {sizes, sizes});
    EXPECT_EQ(find_plain_size(file(two), Packing::Xz, {}), 2 * plain.size());
    EXPECT_EQ(decode(file(two), Packing::Xz), plain + plain);
    EXPECT_EQ(decode(file(xz.build({}, {})), Packing::Xz), "");

    // One record over both: the second block would be seen by the decoder only.
    XzParts hidden = xz;
    hidden.set_dictionary(37);
    const std::uint64_t both = 2 * xz.block.size();
    for (const std::uint64_t stored : {both, both - 1, both - 2, both - 3}) {
        EXPECT_THAT(
            refusal(xz.build({xz.block, hidden.block}, {{stored, 2 * xz.plain}}), Packing::Xz),
            HasSubstr("not as the index says"));
    }
    EXPECT_THAT(refusal(xz.build({xz.block}, {{xz.unpadded, xz.plain + 1}}), Packing::Xz),
                HasSubstr("not as the index says"));
    EXPECT_NE(refusal(xz.build({xz.block, xz.block}, {sizes}), Packing::Xz), "");
}

TEST_F(PackedStream, RefusesXzDictionariesThatNeedMuchMemory) {
    XzParts xz = XzParts::of(as_text(mixed_disk(100'000, 8)));
    const auto packed = [&](unsigned dictionary) {
        xz.set_dictionary(dictionary);
        return xz.build({xz.block}, {{xz.unpadded, xz.plain}});
    };
    EXPECT_EQ(refusal(packed(30), Packing::Xz), "");  // 128 MiB
    for (const unsigned dictionary : {31U, 37U, 40U}) {
        EXPECT_THAT(refusal(packed(dictionary), Packing::Xz), HasSubstr("too much memory"));
        EXPECT_THROW(check_decoder_memory(file(packed(dictionary)), Packing::Xz, {}), Error);
    }
}

TEST_F(PackedStream, RefusesXzWithTooManyStreams) {
    const std::string empty = XzParts::of("").build({}, {});
    std::string many;
    for (unsigned i = 0; i < 70'000; ++i) many += empty;
    EXPECT_THAT(refusal(many, Packing::Xz), HasSubstr("65536 streams"));
}

TEST_F(PackedStream, RefusesEmptyMembersWithoutEnd) {
    const std::string skippable("\x50\x2a\x4d\x18\0\0\0\0", 8);
    const std::string gzip = pack("", "gzip");
    for (const unsigned count : {500U, 2000U}) {
        std::string frames = pack("the disk", "zstd");
        std::string members = pack("the disk", "gzip");
        for (unsigned i = 0; i < count; ++i) {
            frames += skippable;
            members += gzip;
        }
        frames += pack(" goes on", "zstd");
        members += pack(" goes on", "gzip");
        if (count == 500) {
            EXPECT_EQ(decode(file(frames), Packing::Zstd), "the disk goes on");
            EXPECT_EQ(decode(file(members), Packing::Gzip), "the disk goes on");
        } else {
            EXPECT_THAT(refusal(frames, Packing::Zstd), HasSubstr("too many empty frames"));
            EXPECT_THAT(refusal(members, Packing::Gzip), HasSubstr("too many empty members"));
        }
    }
}

TEST_F(PackedStream, CountingCanBeCancelled) {
    for (const Kind& kind : kKinds) {
        if (kind.packing == Packing::Zip) continue;
        CancelSource source;
        source.cancel("enough");
        const InputFile input = file(pack(std::string(5'000'000, 'x'), kind.name));
        EXPECT_THROW(find_plain_size(input, kind.packing, source.token()), Cancelled) << kind.name;
    }
}

TEST(Crc32, OfPiecesIsThatOfTheWhole) {
    const std::uint32_t a = 0x9be3e0a3;              // "1234"
    const std::uint32_t b = 0x131da070;              // "56789"
    EXPECT_EQ(combine_crc32(a, b, 5), 0xcbf43926U);  // "123456789"
    EXPECT_EQ(combine_crc32(a, 0, 0), a);
    EXPECT_EQ(crc32_of_zeros(0), 0U);
    EXPECT_EQ(crc32_of_zeros(1), 0xd202ef8dU);
    EXPECT_EQ(crc32_of_zeros(4), 0x2144df1cU);
    EXPECT_EQ(combine_crc32(crc32_of_zeros(7), crc32_of_zeros(1ULL << 40), 1ULL << 40),
              crc32_of_zeros((1ULL << 40) + 7));
}

}  // namespace
}  // namespace kiln::formats
