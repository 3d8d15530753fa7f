#include "formats/engine/converter.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/digest.h"
#include "base/file.h"
#include "formats/engine/read_all.h"
#include "formats/inspect.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Remembers the order in which batches come and whether more than one thread appends at a time.
class RecordingSink : public Sink {
  public:
    std::size_t block_size() const override { return 65536; }
    std::unique_ptr<Encoder> make_encoder() const override {
        class Copy : public Encoder {
            void encode(const Batch& batch, EncodedBatch& out) override {
                out.pieces.push_back({batch.offset, batch.bytes, false});
            }
        };
        return std::make_unique<Copy>();
    }
    std::optional<Space> space_needed(std::uint64_t, std::uint64_t) const override { return {}; }
    void begin(std::uint64_t size) override { bytes.resize(size); }
    void append(const EncodedBatch& batch, std::shared_ptr<const void> keep_alive) override {
        overlapped = overlapped || busy.exchange(true);
        if (appended == fail_at) throw Error("the sink is full");
        ++appended;
        for (const Piece& piece : batch.pieces) {
            offsets.push_back(piece.guest_offset);
            const std::size_t length =
                std::min<std::size_t>(piece.bytes.size(), bytes.size() - piece.guest_offset);
            std::copy_n(piece.bytes.begin(), length,
                        bytes.begin() + static_cast<std::ptrdiff_t>(piece.guest_offset));
        }
        held = std::move(keep_alive);  // as a digest thread does
        busy = false;
    }
    OutputResult finish(const CancelToken&) override {
        finished = true;
        return {};
    }
    void sync() override { synced = true; }
    void commit(Sync) override { committed = true; }

    std::vector<std::byte> bytes;
    std::vector<std::uint64_t> offsets;
    std::shared_ptr<const void> held;
    std::size_t appended = 0;
    std::size_t fail_at = ~std::size_t{0};
    std::atomic<bool> busy = false;
    bool overlapped = false;
    bool finished = false;
    bool synced = false;
    bool committed = false;
};

class ConverterThreads : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Counts, ConverterThreads, testing::Values(1, 2, 4, 9));

TEST_P(ConverterThreads, AppendsBatchesInTheOrderOfTheDisk) {
    const auto disk = mixed_disk(20'000'001);
    const MemorySource source(disk);
    RecordingSink sink;
    Sink* const sinks[] = {&sink};
    ConvertOptions options;
    options.threads = GetParam();
    convert_uncommitted(source, sinks, options);
    EXPECT_TRUE(std::is_sorted(sink.offsets.begin(), sink.offsets.end()));
    EXPECT_FALSE(sink.overlapped);
    EXPECT_EQ(sink.bytes, disk);
    EXPECT_TRUE(sink.finished);
    EXPECT_FALSE(sink.committed);
}

TEST_P(ConverterThreads, GivesTheSameBytesForEveryFormat) {
    const TempDir directory(temp_root());
    const MemorySource source(mixed_disk(9'000'000, 3));
    for (const auto& [name, spec] : std::map<std::string, OutputSpec>{
             {"raw", {{}, find_format("raw"), {}}},
             {"qcow2", {{}, find_format("qcow2"), {}}},
             {"zlib", {{}, find_format("qcow2"), {{"compression_type", "zlib"}}, Speed::Fast}},
             {"wide",
              {{}, find_format("qcow2"), {{"compression_type", "zlib"}, {"window", "32k"}}}},
             {"zstd", {{}, find_format("qcow2"), {{"compression_type", "zstd"}}}},
             {"vmdk", {{}, find_format("vmdk"), {}, Speed::Fast}},
             {"ova", {{}, find_format("ova"), {}, Speed::Small}}}) {
        OutputSpec one = spec;
        one.path = directory.path() / "disk";
        const auto first = write_image(source, one, 1).outputs.front();
        const auto again = write_image(source, one, GetParam()).outputs.front();
        EXPECT_EQ(first.sha256, again.sha256) << name;
        EXPECT_EQ(again.sha256, digest_file_hex(DigestType::Sha256, one.path)) << name;
        EXPECT_EQ(again.file_size, std::filesystem::file_size(one.path)) << name;
    }
}

TEST_P(ConverterThreads, ReadsAStreamForwardsAndWritesTheSameBytes) {
    const TempDir directory(temp_root());
    const auto disk = mixed_disk(20'000'001, 5);
    const OutputSpec spec{directory.path() / "disk", find_format("vmdk"), {}, Speed::Fast};
    const auto seekable = write_image(MemorySource(disk), spec, 1).outputs.front();
    const auto streamed = write_image(StreamSource(disk), spec, GetParam()).outputs.front();
    EXPECT_EQ(streamed.sha256, seekable.sha256);
}

TEST_P(ConverterThreads, ComparesTwoStreamsInStep) {
    auto disk = mixed_disk(9'000'001, 6);
    ConvertOptions options;
    options.threads = GetParam();
    EXPECT_TRUE(compare_images(StreamSource(disk), StreamSource(disk), options).identical);
    const auto other = [&] {
        auto changed = disk;
        changed[7'000'000] ^= std::byte{1};
        changed[8'000'000] ^= std::byte{1};
        return changed;
    }();
    const auto result = compare_images(StreamSource(disk), StreamSource(other), options);
    EXPECT_FALSE(result.identical);
    EXPECT_EQ(result.first_difference, 7'000'000U);
}

TEST(Converter, ReadsAStreamToItsEndForACheck) {
    CheckReport report;
    read_all(StreamSource(mixed_disk(5'000'000)), {}, report);
    EXPECT_TRUE(report.clean());
    StreamSource broken(mixed_disk(5'000'000));
    broken.fail_from(4'000'000);
    read_all(broken, {}, report);
    EXPECT_EQ(report.corruptions, 1U);
}

TEST_P(ConverterThreads, StopsAtAWriteErrorAndThrowsIt) {
    const MemorySource source(mixed_disk(20'000'000));
    RecordingSink sink;
    sink.fail_at = 5;
    Sink* const sinks[] = {&sink};
    ConvertOptions options;
    options.threads = GetParam();
    EXPECT_THROW(convert_uncommitted(source, sinks, options), Error);
    EXPECT_EQ(sink.appended, 5U);
    EXPECT_FALSE(sink.finished);
}

TEST(Converter, SkipsHoles) {
    std::vector<std::byte> disk(8 << 20);
    disk[5 << 20] = std::byte{1};
    const MemorySource source(disk);
    RecordingSink sink;
    Sink* const sinks[] = {&sink};
    const ConvertResult result = convert_uncommitted(source, sinks);
    EXPECT_THAT(sink.offsets, ElementsAre(5U << 20));
    EXPECT_EQ(result.data_bytes, 4096U);
}

TEST(Converter, FeedsSeveralSinksFromOneRead) {
    const TempDir directory(temp_root());
    const auto disk = mixed_disk(3'000'000 / 512 * 512);
    const MemorySource source(disk);
    std::vector<std::unique_ptr<Sink>> sinks;
    for (const auto& [name, format] : {std::pair("a.raw", find_format("raw")),
                                       {"b.qcow2", find_format("qcow2")},
                                       {"c.vmdk", find_format("vmdk")},
                                       {"d.ova", find_format("ova")}}) {
        sinks.push_back(make_sink({directory.path() / name, format, {}}));
    }
    convert(source, sinks);
    for (const auto& [name, format] : {std::pair("a.raw", find_format("raw")),
                                       {"b.qcow2", find_format("qcow2")},
                                       {"c.vmdk", find_format("vmdk")},
                                       {"d.ova", find_format("ova")}}) {
        OpenOptions options;
        options.format = format;
        EXPECT_EQ(read_disk(*open_source(directory.path() / name, options)), disk) << name;
    }
}

TEST(Converter, AReadErrorLeavesNothing) {
    const TempDir directory(temp_root());
    MemorySource source(mixed_disk(20'000'000));
    source.fail_from(11'000'000);
    for (const Format* format :
         {find_format("raw"), find_format("qcow2"), find_format("vmdk"), find_format("ova")}) {
        try {
            write_image(source, {directory.path() / "out", format, {}});
            FAIL() << "no error";
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("the disk is broken"));
        }
    }
    EXPECT_THAT(list_directory(directory.path()), IsEmpty());
}

TEST(Converter, CancellationLeavesNothingAndKeepsTheOldFile) {
    const TempDir directory(temp_root());
    const auto path = directory.path() / "out.vmdk";
    write_text(path, "old");
    const MemorySource source(mixed_disk(40'000'000));
    CancelSource cancel;
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(make_sink({path, find_format("vmdk"), {}}));
    ConvertOptions options;
    options.cancel = cancel.token();
    options.progress = [&](const ProgressEvent&) { cancel.cancel("enough"); };
    EXPECT_THROW(convert(source, sinks, options), Cancelled);
    sinks.clear();
    EXPECT_THAT(list_directory(directory.path()), ElementsAre("out.vmdk"));
    EXPECT_EQ(read_text(path), "old");
}

TEST(Converter, AFullFileSystemIsSaidAndLeavesNothing) {
    const TempDir directory(temp_root());
    const MemorySource source(mixed_disk(20'000'000));
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    const rlimit small{1 << 20, old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    for (const Format* format :
         {find_format("raw"), find_format("qcow2"), find_format("vmdk"), find_format("ova")}) {
        try {
            write_image(source, {directory.path() / "out", format, {}});
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("cannot write"));
            EXPECT_THAT(error.hint(), HasSubstr("file of this size"));
        }
    }
    setrlimit(RLIMIT_FSIZE, &old);
    EXPECT_THAT(list_directory(directory.path()), IsEmpty());
}

TEST(Converter, RefusesToStartWithoutSpace) {
    class HugeSource : public MemorySource {
      public:
        HugeSource() : MemorySource({}) {}
        std::uint64_t virtual_size() const override { return std::uint64_t{1} << 60; }
        Extent next_extent(std::uint64_t offset, std::uint64_t) const override {
            return {offset, virtual_size() - offset, Extent::Kind::Data};
        }
    };
    const TempDir directory(temp_root());
    try {
        write_image(HugeSource(), {directory.path() / "out", find_format("raw"), {}});
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("not enough space"));
    }
    EXPECT_THAT(list_directory(directory.path()), IsEmpty());
}

// Notes at `commit` whether all sinks were synced by then; its own sync may fail.
class LateSink : public RecordingSink {
  public:
    LateSink(std::vector<LateSink*>& all, bool fails) : all_(all), fails_(fails) {
        all_.push_back(this);
    }
    void sync() override {
        if (fails_) throw Error("the disk is gone");
        RecordingSink::sync();
    }
    void commit(Sync) override {
        committed = std::all_of(all_.begin(), all_.end(), [](LateSink* s) { return s->synced; });
    }

  private:
    std::vector<LateSink*>& all_;
    bool fails_;
};

TEST(Converter, SyncsEveryOutputBeforeTheFirstGetsItsName) {
    std::vector<LateSink*> all;
    std::vector<std::unique_ptr<Sink>> sinks;
    for (int i = 0; i < 3; ++i) sinks.push_back(std::make_unique<LateSink>(all, false));
    const MemorySource source(mixed_disk(100'000));
    convert(source, sinks);
    for (const LateSink* sink : all) EXPECT_TRUE(sink->committed);
}

TEST(Converter, ASyncThatFailsLeavesNoOutput) {
    const TempDir directory(temp_root());
    std::vector<LateSink*> all;
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(make_sink({directory.path() / "a.qcow2", find_format("qcow2"), {}}));
    sinks.push_back(std::make_unique<LateSink>(all, true));
    const MemorySource source(mixed_disk(100'000));
    EXPECT_THROW(convert(source, sinks), Error);
    sinks.clear();
    EXPECT_THAT(list_directory(directory.path()), IsEmpty());
}

TEST(Converter, SyncsNothingWhereNobodyAsksForIt) {
    std::vector<LateSink*> all;
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::make_unique<LateSink>(all, true));
    const MemorySource source(mixed_disk(100'000));
    ConvertOptions options;
    options.sync = Sync::No;
    EXPECT_NO_THROW(convert(source, sinks, options));
}

TEST(Converter, ReportsProgressUpToTheEnd) {
    const MemorySource source(mixed_disk(5'000'000));
    RecordingSink sink;
    Sink* const sinks[] = {&sink};
    std::vector<ProgressEvent> events;
    ConvertOptions options;
    options.progress = [&](const ProgressEvent& event) { events.push_back(event); };
    convert_uncommitted(source, sinks, options);
    ASSERT_FALSE(events.empty());
    EXPECT_TRUE(events.back().finished);
    EXPECT_EQ(events.back().done, events.back().total);
}

TEST(Converter, WritesAnEmptyDiskInEveryFormat) {
    const TempDir directory(temp_root());
    for (const Format* format :
         {find_format("raw"), find_format("qcow2"), find_format("vmdk"), find_format("ova")}) {
        const auto path = directory.path() / "empty";
        write_image(MemorySource({}), {path, format, {}});
        OpenOptions options;
        options.format = format;
        EXPECT_EQ(open_source(path, options)->virtual_size(), 0U) << format->name;
    }
}

TEST(OutputFile, RefusesATargetThatIsNoFile) {
    EXPECT_THROW(write_image(MemorySource(mixed_disk(4096)), {"/dev/null", find_format("raw"), {}}),
                 Error);
}

}  // namespace
}  // namespace kiln::formats
