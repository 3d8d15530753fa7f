#include "formats/codec/compress.h"

#include <array>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

#include "formats/codec/decompress.h"

namespace kiln::formats {
namespace {

std::vector<std::byte> text_block(std::size_t size) {
    std::mt19937 random(5);
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>("etaoin shrdlu, cmfwyp"[random() % 21]);
    return bytes;
}

std::vector<std::byte> random_block(std::size_t size) {
    std::mt19937 random(6);
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
}

TEST(Compressors, WhatTheyWriteIsReadBack) {
    for (const Speed speed : {Speed::Fast, Speed::Balanced, Speed::Small}) {
        for (const auto& block : {text_block(65536), random_block(65536), text_block(512),
                                  std::vector<std::byte>(65536, std::byte{7})}) {
            std::vector<std::byte> packed(zlib_bound(block.size()));
            std::vector<std::byte> plain(block.size());
            packed.resize(make_zlib_compressor(speed)->compress(block, packed));
            ASSERT_FALSE(packed.empty());
            EXPECT_TRUE(inflate_zlib(packed, plain, plain.size()));
            EXPECT_EQ(plain, block);
            uLongf length = plain.size();
            EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(plain.data()), &length,
                                 reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
                      Z_OK);
        }
        const auto block = text_block(65536);
        std::vector<std::byte> packed(block.size());
        std::vector<std::byte> plain(block.size());
        packed.resize(make_zstd_compressor(speed)->compress(block, packed));
        packed.resize(packed.size() + 300);  // as padding to sectors does
        EXPECT_TRUE(decompress_zstd(packed, plain));
        EXPECT_EQ(plain, block);
    }
}

// A decoder with a window of 4 KiB that gives out 256 bytes at a time: it has no older bytes.
bool strict_inflate(std::span<const std::byte> packed, std::span<std::byte> plain) {
    z_stream stream{};
    inflateInit2(&stream, -12);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::size_t done = 0;
    int result = Z_OK;
    while (result == Z_OK && done < plain.size()) {
        std::array<Bytef, 256> part{};
        stream.next_out = part.data();
        stream.avail_out = part.size();
        result = inflate(&stream, Z_NO_FLUSH);
        const std::size_t got = std::min(part.size() - stream.avail_out, plain.size() - done);
        std::memcpy(plain.data() + done, part.data(), got);
        done += got;
    }
    inflateEnd(&stream);
    return done == plain.size();
}

TEST(Compressors, TheStrictWindowIsKept) {
    // Repeats at a distance of 20000: a wide window finds them, a strict one must not.
    std::vector<std::byte> block = random_block(20000);
    for (auto& byte : block) byte &= std::byte{0x1f};
    block.resize(65536);
    for (std::size_t i = 20000; i < block.size(); ++i) block[i] = block[i - 20000];
    std::vector<std::byte> plain(block.size());
    for (const Speed speed : {Speed::Fast, Speed::Balanced, Speed::Small}) {
        std::vector<std::byte> strict(block.size());
        std::vector<std::byte> wide(block.size());
        strict.resize(
            make_deflate_compressor(speed, DeflateWindow::Strict)->compress(block, strict));
        wide.resize(make_deflate_compressor(speed, DeflateWindow::Wide)->compress(block, wide));
        ASSERT_FALSE(strict.empty());
        EXPECT_TRUE(strict_inflate(strict, plain));
        EXPECT_EQ(plain, block);
        EXPECT_LT(wide.size(), strict.size() / 2);
        EXPECT_FALSE(strict_inflate(wide, plain));
        EXPECT_TRUE(inflate_raw(wide, plain));
        EXPECT_EQ(plain, block);
    }
}

TEST(Compressors, DoNotDependOnWhatCameBefore) {
    const auto block = text_block(65536);
    const auto other = random_block(65536);
    for (const auto make : {+[] { return make_zlib_compressor(Speed::Fast); },
                            +[] { return make_zlib_compressor(Speed::Balanced); },
                            +[] { return make_zstd_compressor(Speed::Balanced); }}) {
        std::vector<std::byte> first(70000);
        std::vector<std::byte> second(70000);
        first.resize(make()->compress(block, first));
        auto used = make();
        std::vector<std::byte> waste(70000);
        used->compress(other, waste);
        used->compress(std::span(block).subspan(30000), waste);
        second.resize(used->compress(block, second));
        EXPECT_EQ(first, second);
    }
}

TEST(Compressors, GiveUpEarlyOnRandomBytesOnly) {
    EXPECT_TRUE(looks_incompressible(random_block(65536)));
    EXPECT_FALSE(looks_incompressible(text_block(65536)));
    std::vector<std::byte> counter(65536);
    for (std::size_t i = 0; i < counter.size(); ++i) counter[i] = static_cast<std::byte>(i);
    EXPECT_FALSE(looks_incompressible(counter));
    EXPECT_FALSE(looks_incompressible(std::span(counter).first(512)));
}

TEST(Decompressors, NeverWriteBeyondTheBlock) {
    const std::vector<std::byte> big(1 << 20);
    std::vector<std::byte> packed(1 << 16);
    packed.resize(
        make_deflate_compressor(Speed::Balanced, DeflateWindow::Wide)->compress(big, packed));
    ASSERT_FALSE(packed.empty());
    std::vector<std::byte> guarded(65536 + 64, std::byte{0xa5});
    inflate_raw(packed, std::span(guarded).first(65536));
    for (std::size_t i = 65536; i < guarded.size(); ++i) EXPECT_EQ(guarded[i], std::byte{0xa5});
    EXPECT_FALSE(inflate_zlib(packed, std::span(guarded).first(65536), 65536));
    packed.assign(1 << 16, std::byte{0});
    packed.resize(make_zstd_compressor(Speed::Fast)->compress(big, packed));
    EXPECT_FALSE(decompress_zstd(packed, std::span(guarded).first(65536)));
    for (std::size_t i = 65536; i < guarded.size(); ++i) EXPECT_EQ(guarded[i], std::byte{0xa5});
}

}  // namespace
}  // namespace kiln::formats
