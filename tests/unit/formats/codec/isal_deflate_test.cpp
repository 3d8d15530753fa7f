#include "formats/codec/isal_deflate.h"

#include <barrier>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "formats/codec/compress.h"
#include "formats/codec/decompress.h"

namespace kiln::formats {
namespace {

using Bytes = std::vector<std::byte>;

// Words, so that the first bytes come again.
Bytes text(std::size_t size, std::mt19937& random) {
    static constexpr const char* kWords[] = {"the ", "disk ", "of ", "a ", "kiln ", "\n"};
    Bytes bytes;
    while (bytes.size() < size) {
        for (const char* c = kWords[random() % std::size(kWords)]; *c != 0; ++c) {
            bytes.push_back(static_cast<std::byte>(*c));
        }
    }
    bytes.resize(size);
    return bytes;
}

class IsalLevels : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Levels, IsalLevels, testing::Values(1U, 2U, 3U));

// Short inputs have small tables, where the address of ISA-L's state would show most: in one of
// some hundreds of these.
TEST_P(IsalLevels, GivesTheSameBytesInEveryThread) {
    constexpr std::size_t kThreads = 12;
    std::vector<std::vector<Bytes>> results(kThreads);
    {
        std::barrier all_done(kThreads);  // as long as all live, each has memory of its own
        std::vector<std::jthread> threads;
        for (auto& outputs : results) {
            threads.emplace_back([&all_done, &outputs] {
                std::mt19937 random(3);
                IsalDeflate deflate(GetParam(), 15, IsalDeflate::End::Final);
                for (int i = 0; i < 500; ++i) {
                    const Bytes in = text(300 + random() % 700, random);
                    Bytes out(2000);
                    out.resize(deflate.compress(in, out));
                    outputs.push_back(std::move(out));
                }
                all_done.arrive_and_wait();
            });
        }
    }
    for (const auto& outputs : results) EXPECT_TRUE(outputs == results.front());
}

TEST_P(IsalLevels, IsReadBackAtEverySize) {
    std::mt19937 random(4);
    IsalDeflate deflate(GetParam(), 15, IsalDeflate::End::Final);
    for (std::size_t size = 1; size < 100'000; size += 1 + size / 5) {
        const Bytes in = text(size, random);
        Bytes out(size + 100);
        out.resize(deflate.compress(in, out));
        Bytes back(size);
        EXPECT_TRUE(inflate_raw(out, back)) << size;
        EXPECT_EQ(back, in) << size;
    }
}

TEST_P(IsalLevels, OpenEndsFollowOneAnother) {
    std::mt19937 random(5);
    IsalDeflate open(GetParam(), 15, IsalDeflate::End::Open);
    IsalDeflate final(GetParam(), 15, IsalDeflate::End::Final);
    const Bytes a = text(5000, random);
    const Bytes b = text(700, random);
    Bytes stream(10'000);
    std::size_t size = open.compress(a, stream);
    size += final.compress(b, std::span(stream).subspan(size));
    stream.resize(size);
    Bytes back(a.size() + b.size());
    ASSERT_TRUE(inflate_raw(stream, back));
    Bytes both = a;
    both.insert(both.end(), b.begin(), b.end());
    EXPECT_EQ(back, both);
}

TEST_P(IsalLevels, SaysWhenThereIsNoRoom) {
    std::mt19937 random(6);
    const Bytes in = text(5000, random);
    Bytes out(50);
    EXPECT_EQ(IsalDeflate(GetParam(), 15, IsalDeflate::End::Final).compress(in, out), 0U);
}

}  // namespace
}  // namespace kiln::formats
