// VHDX files judged by other tools: qemu-img reads what is written, what qemu-img writes is read
// back equal, logs that QEMU left behind or replays read the same, and libvhdi's vhdiinfo agrees.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "formats/inspect.h"
#include "formats/outputs.h"
#include "formats/raw/raw_format.h"
#include "formats/vhdx/vhdx_format.h"
#include "tests/unit/formats/image_builder.h"
#include "tests/unit/formats/vhdx/vhdx_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
using vhdx::BlockState;
using vhdx::kMiB;
namespace fs = std::filesystem;

using Options = std::map<std::string, std::string>;

#define REQUIRE_PROGRAM(name) \
    if (!find_program(name)) GTEST_SKIP() << name << " is not installed"

class VhdxTools : public testing::Test {
  protected:
    void SetUp() override { REQUIRE_PROGRAM("qemu-img"); }

    fs::path path(const std::string& name) const { return directory_.path() / name; }
    std::string text(const std::string& name) const { return path(name).string(); }

    ProcessOutput run(const std::string& program, std::vector<std::string> arguments) const {
        ProcessSpec spec;
        spec.program = program;
        spec.arguments = std::move(arguments);
        spec.directory = directory_.path();
        return run_process(spec, CancelToken(), std::chrono::minutes(3));
    }
    ProcessOutput must_run(const std::string& program, std::vector<std::string> arguments) const {
        const std::string line = fmt::format("{} {}", program, fmt::join(arguments, " "));
        ProcessOutput output = run(program, std::move(arguments));
        EXPECT_TRUE(output.status.success()) << line << "\n" << output.out << output.err;
        return output;
    }

    void put(const std::string& name, const Bytes& bytes) const {
        write_text(path(name), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    // `name` as a raw file, with holes.
    void put_mixed(const std::string& name, std::size_t size) const {
        write_image(MemorySource(mixed_disk(size, static_cast<unsigned>(size) + 3)),
                    {path(name), &kRawFormat, {}});
    }
    std::unique_ptr<Source> open(const std::string& name, const Format* format) const {
        OpenOptions options;
        options.format = format;
        options.allow_backing = true;
        return open_source(path(name), options);
    }
    void expect_same(const std::string& vhdx, const std::string& raw) const {
        const CompareResult result =
            compare_images(*open(vhdx, &kVhdxFormat), *open(raw, &kRawFormat));
        EXPECT_TRUE(result.identical && result.same_size)
            << "differ at " << result.first_difference;
    }
    CheckReport expect_clean(const std::string& name) const {
        OpenOptions options;
        options.format = &kVhdxFormat;
        CheckReport report = check_image(path(name), options);
        EXPECT_TRUE(report.clean()) << fmt::format("{}", fmt::join(report.problems, "\n"));
        return report;
    }

    TempDir directory_{temp_root()};
};

const std::vector<std::size_t> kSizes = {0, 512, kMiB, 3 * kMiB + 512, 20'000'256, 33 * kMiB - 512};

TEST_F(VhdxTools, QemuReadsWhatIsWritten) {
    const std::vector<Options> kinds = {
        {},
        {{"subformat", "fixed"}},
        {{"block_size", "2M"}, {"log_size", "4M"}},
        {{"block_size", "32M"}},
        {{"block_size", "256M"}, {"subformat", "fixed"}},
        {{"block_state_zero", "off"}},
    };
    for (const std::size_t size : kSizes) {
        put_mixed("in.raw", size);
        for (const Options& options : kinds) {
            // QEMU wants a table of 2 GiB then, which it can neither write nor read.
            if (size == 0 && options.contains("block_size") && options.contains("subformat")) {
                continue;
            }
            write_image(*open("in.raw", &kRawFormat), {path("out.vhdx"), &kVhdxFormat, options});
            must_run("qemu-img",
                     {"compare", "-f", "raw", "-F", "vhdx", text("in.raw"), text("out.vhdx")});
            must_run("qemu-img", {"check", "-f", "vhdx", text("out.vhdx")});
            EXPECT_THAT(must_run("qemu-img", {"info", "--output=json", text("out.vhdx")}).out,
                        HasSubstr(fmt::format("\"virtual-size\": {}", size)));
        }
    }
}

TEST_F(VhdxTools, QemuWritesIntoWhatIsWritten) {
    put_mixed("in.raw", 20'000'256);
    write_image(*open("in.raw", &kRawFormat), {path("out.vhdx"), &kVhdxFormat, {}});
    for (const char* image : {"in.raw", "out.vhdx"}) {
        must_run("qemu-io",
                 {"-f", image == std::string_view("in.raw") ? "raw" : "vhdx", "-c",
                  "write -P 0x5a 3000000 4000000", "-c", "write -P 0x41 0 4096", text(image)});
    }
    expect_same("out.vhdx", "in.raw");
    expect_clean("out.vhdx");
}

TEST_F(VhdxTools, QemusImagesAreReadEqual) {
    for (const std::size_t size : kSizes) {
        put_mixed("in.raw", size);
        for (const char* subformat : {"dynamic", "fixed"}) {
            for (const char* options :
                 {"block_size=0", "block_size=1M", "block_size=2M,log_size=2M", "block_size=16M",
                  "block_size=256M", "block_state_zero=off"}) {
                const std::string all = fmt::format("subformat={},{}", subformat, options);
                // Its empty disks have a table of 64 MiB and gain nothing from large blocks.
                if (size == 0 && std::string_view(options) != "block_size=1M") continue;
                must_run("qemu-img", {"convert", "-f", "raw", "-O", "vhdx", "-o", all,
                                      text("in.raw"), text("out.vhdx")});
                SCOPED_TRACE(fmt::format("{} bytes, {}", size, all));
                expect_same("out.vhdx", "in.raw");
                expect_clean("out.vhdx");
            }
        }
    }
}

TEST_F(VhdxTools, ALogThatQemuLeftIsReplayed) {
    must_run("qemu-img",
             {"create", "-f", "vhdx", "-o", "block_size=1M", text("dirty.vhdx"), "20M"});
    // The log takes the change of the table at 2 MiB, and then the table cannot be written.
    const ProcessOutput failed =
        run("qemu-io", {"--image-opts",
                        "driver=vhdx,file.driver=blkdebug,file.image.driver=file,"
                        "file.inject-error.0.event=none,file.inject-error.0.iotype=write,"
                        "file.inject-error.0.sector=4096,file.image.filename=" +
                            text("dirty.vhdx"),
                        "-c", "write -P 0x11 5000000 3000000"});
    EXPECT_THAT(failed.out + failed.err, HasSubstr("Input/output error"));
    EXPECT_THAT(expect_clean("dirty.vhdx").notes,
                testing::ElementsAre(HasSubstr("Changes wait in the log")));
    fs::copy_file(path("dirty.vhdx"), path("clean.vhdx"));
    must_run("qemu-img", {"check", "-f", "vhdx", "-r", "all", text("clean.vhdx")});
    must_run("qemu-img",
             {"convert", "-f", "vhdx", "-O", "raw", text("clean.vhdx"), text("out.raw")});
    expect_same("dirty.vhdx", "out.raw");
    expect_same("clean.vhdx", "out.raw");
    Bytes written(1);
    open("dirty.vhdx", &kVhdxFormat)->read(5'100'000, written);
    EXPECT_EQ(written[0], std::byte{0x11});
}

TEST_F(VhdxTools, QemuReplaysTheLogsOfTheTestsTheSame) {
    VhdxBuilder builder;
    builder.blocks[0] = {BlockState::FullyPresent, page_of('0')};
    builder.blocks[2] = {BlockState::FullyPresent, page_of('2')};
    builder.log_first = 7;
    const std::vector<VhdxBuilder::LogEntry> entries = {
        {7, {{builder.place(0), page_of('A'), 0}, {builder.place(2), {}, 4096}}},
        {8, {{builder.place(0) + 4096, page_of('B'), 0}}},
        {9, {{builder.place(0), page_of('C'), 0}}, true},
    };
    // Not around the log's end: there QEMU takes the part behind it for the whole sequence.
    for (const std::uint64_t start : {std::uint64_t{0}, std::uint64_t{64} * 4096, kMiB - 24576}) {
        builder.log = entries;
        builder.log_start = start;
        SCOPED_TRACE(start);
        put("dirty.vhdx", builder.build());
        fs::copy_file(path("dirty.vhdx"), path("clean.vhdx"), fs::copy_options::overwrite_existing);
        must_run("qemu-img", {"check", "-f", "vhdx", "-r", "all", text("clean.vhdx")});
        must_run("qemu-img",
                 {"convert", "-f", "vhdx", "-O", "raw", text("clean.vhdx"), text("out.raw")});
        expect_same("dirty.vhdx", "out.raw");
        Bytes first(1);
        open("dirty.vhdx", &kVhdxFormat)->read(0, first);
        EXPECT_EQ(first[0], std::byte{'A'});
    }
}

TEST_F(VhdxTools, QemuReadsAHugeDiskWhereItHasData) {
    REQUIRE_PROGRAM("qemu-io");
    constexpr std::uint64_t kSize = std::uint64_t{6} << 40;
    const std::vector<std::uint64_t> places = {0, std::uint64_t{5} << 40, kSize - 8192};
    std::ofstream(path("in.raw")).close();
    fs::resize_file(path("in.raw"), kSize);
    {
        std::fstream file(path("in.raw"), std::ios::in | std::ios::out | std::ios::binary);
        for (const std::uint64_t place : places) {
            file.seekp(static_cast<std::streamoff>(place));
            file << std::string(8192, 'Z');
        }
    }
    for (const char* subformat : {"dynamic", "fixed"}) {
        OutputSpec spec{path("out.vhdx"), &kVhdxFormat, {{"subformat", subformat}}};
        spec.sha256 = false;
        write_image(*open("in.raw", &kRawFormat), spec);
        expect_same("out.vhdx", "in.raw");
        for (const std::uint64_t place : places) {
            const auto read = [&](int pattern, std::uint64_t offset) {
                return must_run("qemu-io", {"-r", "-f", "vhdx", "-c",
                                            fmt::format("read -P {} {} 8192", pattern, offset),
                                            text("out.vhdx")})
                    .out;
            };
            EXPECT_THAT(read('Z', place), Not(HasSubstr("verification failed")));
            EXPECT_THAT(read(0, place == 0 ? 8192 : place - 8192),
                        Not(HasSubstr("verification failed")));
        }
    }
}

TEST_F(VhdxTools, AnNbdServerShowsTheSameDisk) {
    REQUIRE_PROGRAM("nbdcopy");
    REQUIRE_PROGRAM("qemu-nbd");
    put_mixed("in.raw", 20'000'256);
    write_image(*open("in.raw", &kRawFormat), {path("out.vhdx"), &kVhdxFormat, {}});
    must_run("nbdcopy",
             {"--", "[", "qemu-nbd", "-r", "-f", "vhdx", text("out.vhdx"), "]", text("out.raw")});
    EXPECT_TRUE(read_text(path("out.raw")) == read_text(path("in.raw")));
}

TEST_F(VhdxTools, VhdiinfoAgrees) {
    REQUIRE_PROGRAM("vhdiinfo");
    put_mixed("in.raw", 20'000'256);
    for (const auto& [subformat, words] : std::vector<std::pair<std::string, std::string>>{
             {"dynamic", "Dynamic"}, {"fixed", "Fixed"}}) {
        write_image(*open("in.raw", &kRawFormat),
                    {path("out.vhdx"), &kVhdxFormat, {{"subformat", subformat}}});
        const std::string out = must_run("vhdiinfo", {text("out.vhdx")}).out;
        EXPECT_THAT(out, HasSubstr("(20000256 bytes)"));
        EXPECT_THAT(out, HasSubstr(words));
    }
    VhdxBuilder child;
    child.set_parent(".\\parent.vhdx", vhdx::guid("83ed0ec3-24c8-49a6-a959-5e4bf1288bfb"));
    child.blocks[1] = {BlockState::PartiallyPresent, page_of('x')};
    child.present = {{2048, 8}};
    put("child.vhdx", child.build());
    const std::string out = must_run("vhdiinfo", {text("child.vhdx")}).out;
    EXPECT_THAT(out, HasSubstr("Differential"));
    EXPECT_THAT(out, HasSubstr("83ed0ec3-24c8-49a6-a959-5e4bf1288bfb"));
    EXPECT_THAT(out, HasSubstr("parent.vhdx"));
}

}  // namespace
}  // namespace kiln::formats
