#include "post_processor/compress.h"

#include "post_processor/bgzf_writer.h"
#include "post_processor/gzip_writer.h"
#include "tests/unit/post_processor/artifact_fixture.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Collects bytes; fails once it has `room` of them, as a full disk does.
class Memory : public ByteWriter {
  public:
    explicit Memory(std::size_t room = SIZE_MAX) : room_(room) {}
    void write(std::string_view more) override {
        if (more.size() > room_ - bytes.size()) throw Error("No space left on device");
        bytes += more;
    }
    void finish() override { finished = true; }

    std::string bytes;
    bool finished = false;

  private:
    std::size_t room_;
};

std::string sample(std::size_t size) {
    std::string text;
    for (unsigned value = 1; text.size() < size; value = value * 1664525U + 1013904223U) {
        text += std::to_string(value >> 12);
    }
    text.resize(size);
    return text;
}

template <class Writer>
std::string compressed(std::string_view plain, int level, unsigned threads) {
    Memory memory;
    Writer writer(memory, level, threads);
    writer.write(plain.substr(0, plain.size() / 3));
    writer.write(plain.substr(plain.size() / 3));
    writer.finish();
    EXPECT_TRUE(memory.finished);
    return memory.bytes;
}

class Compress : public PostProcessorTest {
  protected:
    PostProcessed run(const Setting::Map& settings, const ArtifactPtr& input) {
        return make<CompressPostProcessor>(compress_schema, settings)->process(context_, input);
    }
};

TEST_F(Compress, GivesTheSameBytesWhateverTheNumberOfThreads) {
    const std::string plain = sample(2'500'000);
    EXPECT_EQ(compressed<GzipWriter>(plain, -1, 1), compressed<GzipWriter>(plain, -1, 7));
    EXPECT_EQ(compressed<BgzfWriter>(plain, 1, 1), compressed<BgzfWriter>(plain, 1, 7));
}

TEST_F(Compress, HandsOnTheErrorOfAFullDisk) {
    Memory memory(1000);
    GzipWriter writer(memory, 1, 4);
    EXPECT_THROW(
        {
            writer.write(sample(7'000'000));
            writer.finish();
        },
        Error);
}

TEST_F(Compress, EndsBgzfWithTheEmptyMember) {
    const std::string end(
        "\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0", 28);
    EXPECT_EQ(compressed<BgzfWriter>("", -1, 2), end);
    EXPECT_THAT(compressed<BgzfWriter>("x", -1, 2), ::testing::EndsWith(end));
}

TEST_F(Compress, ReplacesTheArtifact) {
    const auto disk = write("disk", "data");
    const std::string output = path("out/x.tar.gz").string();
    const auto done = run({{"output", output}}, artifact_of({disk}));
    EXPECT_THAT(done.artifact->files, ElementsAre(output));
    EXPECT_EQ(done.artifact->builder_id, "packer.post-processor.compress");
    EXPECT_EQ(done.artifact->description, "compressed artifacts in: " + output);
    EXPECT_EQ(done.artifact->digests.at(output).size(), 64U);
    EXPECT_FALSE(done.keep_default);
    EXPECT_EQ(sink_.said[1], "Tarring " + output + " with pgzip");
    EXPECT_EQ(sink_.said[2], "Archive " + output + " completed");
    done.artifact->destroy();
    EXPECT_FALSE(std::filesystem::exists(output));
}

TEST_F(Compress, TakesOneFileAloneWithoutAnArchive) {
    const auto a = write("a", "1").string();
    const auto b = write("b", "2").string();
    const std::string output = path("x.gz").string();
    EXPECT_EQ(
        failure_of([&] {
            run({{"output", output}}, artifact_of({a, b}));
        }),
        "Can only have 1 input file when not using tar/zip. Found 2 files: [" + a + " " + b + "]");
}

TEST_F(Compress, LeavesNothingWhenAFileCannotBeRead) {
    const auto a = write("a", sample(100'000));
    EXPECT_THAT(failure_of([&] {
                    run({{"output", path("x.tar.xz").string()}}, artifact_of({a, path("missing")}));
                }),
                HasSubstr("missing"));
    EXPECT_THAT(listing(), ElementsAre("a"));
}

TEST_F(Compress, LeavesNothingWhenCancelled) {
    const auto a = write("a", "");
    std::filesystem::resize_file(a, std::uintmax_t{50} << 30);
    cancel_.cancel("interrupted");
    for (const char* name : {"x.tar", "x.zip", "x.gz", "x.lz4"}) {
        EXPECT_THROW(run({{"output", path(name).string()}}, artifact_of({a})), Cancelled);
    }
    EXPECT_THAT(listing(), ElementsAre("a"));
}

TEST_F(Compress, DoesNotWriteOverItsInput) {
    const auto a = write("a.gz", "x");
    EXPECT_THAT(failure_of([&] {
                    run({{"output", a.string()}}, artifact_of({a}));
                }),
                HasSubstr("into itself"));
    EXPECT_EQ(read("a.gz"), "x");
}

TEST_F(Compress, WarnsOfExtensionsThatItDoesNotKnow) {
    make<CompressPostProcessor>(compress_schema, {{"output", "a.tar.bz2"}});
    EXPECT_THAT(problems_, ElementsAre(HasSubstr("does not know .bz2")));
    make<CompressPostProcessor>(compress_schema, {{"output", "image-1.2.box"}});
    EXPECT_THAT(problems_, IsEmpty());
}

}  // namespace
}  // namespace kiln::test
