// Every writer of the registry, with every value of its options, and every reader: what is written
// is read back by kiln and by whoever else reads the format, and must be the disk. A format that
// joins the registry is judged without a line here.
#include <fstream>
#include <iostream>

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/file.h"
#include "formats/engine/converter.h"
#include "formats/inspect.h"
#include "judge.h"

namespace kiln::formats::judge {
namespace {

namespace fs = std::filesystem;

// Says how many there were when the program ends; ctest shows it for each test.
class Count : public testing::Environment {
  public:
    void TearDown() override { std::cout << "round trips: " << round_trips() << '\n'; }
};
[[maybe_unused]] const testing::Environment* const kCount =
    testing::AddGlobalTestEnvironment(new Count);

class Judged : public testing::Test {
  protected:
    void SetUp() override {
        if (!find_program("qemu-img")) GTEST_SKIP() << "qemu-img is not installed";
    }
    fs::path fresh(const std::string& name) const {
        const fs::path path = directory_.path() / name;
        fs::remove_all(path);
        fs::create_directory(path);
        return path;
    }
    TempDir directory_{temp_root()};
};

class EveryWriter : public Judged, public testing::WithParamInterface<Writer> {
  protected:
    // Words of a container's descriptor do not change how the disk is laid out.
    std::vector<std::string> disk_names() const {
        const bool descriptor_only =
            GetParam().format->name == "ova" && !GetParam().options.empty();
        return descriptor_only ? std::vector<std::string>{"mixed"} : small_disk_names();
    }
    // Two options, or one that needs another, may not go together; the message names one of them.
    bool refuses_the_options(const Error& error) const {
        const bool named = std::ranges::any_of(GetParam().options, [&](const auto& option) {
            return error.to_string().find(option.first) != std::string::npos;
        });
        if (named) ++round_trips();
        return named;
    }
    std::string label(const std::string& disk) const { return GetParam().name() + " of " + disk; }
};

bool is_empty_directory(const fs::path& path) {
    return fs::directory_iterator(path) == fs::directory_iterator();
}

// An error that says that the size is the trouble.
void expect_clear_refusal(const Error& error, const std::string& label) {
    const std::string text = error.to_string();
    EXPECT_THAT(text, testing::ContainsRegex("at most|larger|too large|cannot hold|no room|space|"
                                             "too small|empty|at least|no bytes|beyond"))
        << label << ": " << text;
    ++round_trips();
}

TEST_P(EveryWriter, IsReadBackByEverybody) {
    const Writer& writer = GetParam();
    for (const std::string& name : disk_names()) {
        const Disk disk = make_disk(name, fresh("disk"));
        const fs::path out = fresh("out");
        try {
            const fs::path image = write(*open_raw(disk.path), writer, out, "image");
            judge_image(*writer.format, image, disk, fresh("scratch"), label(name));
            if (name == "mixed") {
                judge_with_others(*writer.format, image, disk, fresh("scratch"), label(name));
            }
        } catch (const Error& error) {
            EXPECT_TRUE(is_empty_directory(out)) << label(name);
            if (refuses_the_options(error)) continue;
            // Only no bytes at all may be too few for a format.
            EXPECT_EQ(disk.size, 0U) << label(name) << ": " << error.to_string();
            expect_clear_refusal(error, label(name));
        }
    }
}

TEST_P(EveryWriter, WritesTheSameBytesWhateverTheThreadsAndTheTime) {
    const Disk disk = make_disk("mixed", fresh("disk"));
    std::vector<std::string> first;
    for (const unsigned threads : {1U, 2U, 5U, 2U}) {
        const fs::path out = fresh("out");
        try {
            write(*open_raw(disk.path), GetParam(), out, "image", threads);
        } catch (const Error& error) {
            ASSERT_TRUE(refuses_the_options(error)) << error.to_string();
            return;
        }
        std::vector<std::string> digests;
        for (const auto& entry : fs::directory_iterator(out)) {
            digests.push_back(entry.path().filename().string() + " " +
                              digest_file_hex(DigestType::Sha256, entry.path()));
        }
        std::ranges::sort(digests);
        if (first.empty()) first = digests;
        EXPECT_EQ(digests, first) << GetParam().name() << " with " << threads << " threads";
        ++round_trips();
    }
}

std::string name_of(const testing::TestParamInfo<Writer>& info) {
    return info.param.name();
}
INSTANTIATE_TEST_SUITE_P(Formats, EveryWriter, testing::ValuesIn(all_writers()), name_of);

// Terabytes with three small stretches of data. Formats that cannot hold them must say so; those
// that are known to can must.
class HugeDisks : public EveryWriter {};

// All but VHD, which ends at 2040 GiB.
bool must_hold(const Writer& writer) {
    return writer.options.empty() && writer.format->name != "vhd";
}

TEST_P(HugeDisks, AreHeldOrRefused) {
    const Writer& writer = GetParam();
    for (const std::string& name : huge_disk_names()) {
        const Disk disk = make_disk(name, fresh("disk"));
        const fs::path out = fresh("out");
        try {
            const fs::path image = write(*open_raw(disk.path), writer, out, "image");
            judge_image(*writer.format, image, disk, fresh("scratch"), label(name));
        } catch (const Error& error) {
            EXPECT_TRUE(is_empty_directory(out)) << label(name);
            if (refuses_the_options(error)) continue;
            EXPECT_FALSE(must_hold(writer)) << label(name) << ": " << error.to_string();
            expect_clear_refusal(error, label(name));
        }
    }
}

// What changes the layout: no words for a descriptor. A tar member without holes is terabytes of
// zeros to deflate and to inflate again.
std::vector<Writer> huge_writers() {
    std::vector<Writer> writers = all_writers();
    std::erase_if(writers, [](const Writer& writer) {
        const auto has = [&](const char* option) { return writer.options.contains(option); };
        if (writer.format->name == "ova") return !writer.options.empty();
        if (writer.format->name == "gcp" && has("sparse")) {
            return writer.options.at("sparse") == "off";
        }
        return has("adapter_type") || has("hwversion");
    });
    return writers;
}
INSTANTIATE_TEST_SUITE_P(Formats, HugeDisks, testing::ValuesIn(huge_writers()), name_of);

class EveryReader : public EveryWriter {};

TEST_P(EveryReader, FeedsEveryWriter) {
    const Writer& from = GetParam();
    const Disk disk = make_disk("mixed", fresh("disk"));
    const fs::path image = write(*open_raw(disk.path), from, fresh("out"), "image");
    for (const Writer& to : plain_writers()) {
        const std::string label = from.name() + " to " + to.name();
        const auto source = open_as(image, from.format);
        Disk read = disk;
        read.size = source->virtual_size();  // as the first writer rounded it
        try {
            const fs::path again = write(*source, to, fresh("again"), "again");
            judge_image(*to.format, again, read, fresh("scratch"), label);
        } catch (const Error& error) {
            ADD_FAILURE() << label << ": " << error.to_string();
        }
    }
}
INSTANTIATE_TEST_SUITE_P(Formats, EveryReader, testing::ValuesIn(plain_writers()), name_of);

TEST_F(Judged, OneReadFeedsAllWritersAtOnce) {
    const Disk disk = make_disk("mixed", fresh("disk"));
    const fs::path out = fresh("out");
    std::vector<std::unique_ptr<Sink>> sinks;
    std::vector<std::pair<const Format*, fs::path>> images;
    for (const Writer& writer : plain_writers()) {
        OutputSpec spec;
        spec.path = out / fmt::format("all.{}", writer.format->extensions.front());
        spec.format = writer.format;
        sinks.push_back(make_sink(spec));
        images.emplace_back(writer.format, spec.path);
    }
    convert(*open_raw(disk.path), sinks);
    for (const auto& [format, path] : images) {
        judge_image(*format, path, disk, fresh("scratch"), std::string(format->name));
    }
}

TEST_F(Judged, WhatThePackersMakeIsReadEqual) {
    const Disk disk = make_disk("mixed", fresh("disk"));
    const std::string raw = disk.path.string();
    struct Packer {
        const char* program;
        const char* script;
        const char* file;
    };
    for (const Packer& packer : {Packer{"gzip", "gzip -c \"$0\" > \"$1\"", "disk.raw.gz"},
                                 Packer{"xz", "xz -c \"$0\" > \"$1\"", "disk.raw.xz"},
                                 Packer{"zstd", "zstd -qc \"$0\" > \"$1\"", "disk.raw.zst"},
                                 Packer{"bzip2", "bzip2 -c \"$0\" > \"$1\"", "disk.raw.bz2"},
                                 Packer{"zip", "zip -qj \"$1\" \"$0\"", "disk.raw.zip"}}) {
        if (!find_program(packer.program) || format_of_file_name(packer.file) == nullptr) continue;
        const fs::path path = fresh("out") / packer.file;
        must_run("sh", {"-c", packer.script, raw, path.string()});
        const auto read = open_as(path, format_of_file_name(packer.file));
        EXPECT_EQ(read->virtual_size(), disk.size) << packer.file;
        EXPECT_TRUE(compare_images(*open_raw(disk.path), *read).identical) << packer.file;
        ++round_trips();
    }
}

}  // namespace
}  // namespace kiln::formats::judge
