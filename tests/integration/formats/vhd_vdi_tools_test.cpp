// VHD and VDI files judged by other tools: qemu-img and vhdiinfo read what is written, and what
// qemu-img writes is read back equal.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "formats/inspect.h"
#include "formats/outputs.h"
#include "formats/raw/raw_format.h"
#include "formats/vdi/vdi_format.h"
#include "formats/vhd/vhd_format.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

using Options = std::map<std::string, std::string>;
constexpr std::size_t kMiB = 1 << 20;
const std::vector<std::size_t> kSizes = {0, 512, kMiB, 3 * kMiB + 512, 20'000'256, 33 * kMiB - 512};

class VhdVdiTools : public testing::Test {
  protected:
    void SetUp() override {
        if (!find_program("qemu-img")) GTEST_SKIP() << "qemu-img is not installed";
    }

    fs::path path(const std::string& name) const { return directory_.path() / name; }
    std::string text(const std::string& name) const { return path(name).string(); }

    ProcessOutput must_run(const std::string& program, std::vector<std::string> arguments) const {
        const std::string line = fmt::format("{} {}", program, fmt::join(arguments, " "));
        ProcessSpec spec;
        spec.program = program;
        spec.arguments = std::move(arguments);
        spec.directory = directory_.path();
        ProcessOutput output = run_process(spec, CancelToken(), std::chrono::minutes(3));
        EXPECT_TRUE(output.status.success()) << line << "\n" << output.out << output.err;
        return output;
    }
    // `in.raw`, with holes.
    void put_mixed(std::size_t size) const {
        write_image(MemorySource(mixed_disk(size, static_cast<unsigned>(size) + 3)),
                    {path("in.raw"), &kRawFormat, {}});
    }
    std::unique_ptr<Source> open(const std::string& name, const Format* format) const {
        OpenOptions options;
        options.format = format;
        return open_source(path(name), options);
    }
    void expect_same(const std::string& image, const Format* format, const std::string& raw) const {
        const CompareResult result = compare_images(*open(image, format), *open(raw, &kRawFormat));
        EXPECT_TRUE(result.identical) << "differ at " << result.first_difference;
    }
    void expect_clean(const std::string& name, const Format* format) const {
        OpenOptions options;
        options.format = format;
        const CheckReport report = check_image(path(name), options);
        EXPECT_TRUE(report.clean()) << fmt::format("{}", fmt::join(report.problems, "\n"));
    }
    // The size that qemu-img sees is the disk's own.
    void expect_qemu_reads(const std::string& qemu_name, const std::string& image,
                           std::size_t size) const {
        must_run("qemu-img",
                 {"compare", "-f", "raw", "-F", qemu_name, text("in.raw"), text(image)});
        EXPECT_THAT(
            must_run("qemu-img", {"info", "-f", qemu_name, "--output=json", text(image)}).out,
            HasSubstr(fmt::format("\"virtual-size\": {},", size)));
    }

    TempDir directory_{temp_root()};
};

TEST_F(VhdVdiTools, QemuReadsTheVhdsThatAreWritten) {
    for (const std::size_t size : kSizes) {
        put_mixed(size);
        for (const Options& options : {Options{}, Options{{"subformat", "fixed"}}}) {
            SCOPED_TRACE(fmt::format("{} {}", size, options.size()));
            write_image(*open("in.raw", &kRawFormat), {path("out.vhd"), &kVhdFormat, options});
            expect_qemu_reads("vpc", "out.vhd", size);
            expect_same("out.vhd", &kVhdFormat, "in.raw");
            expect_clean("out.vhd", &kVhdFormat);
        }
    }
}

TEST_F(VhdVdiTools, QemuReadsTheVdisThatAreWritten) {
    for (const std::size_t size : kSizes) {
        put_mixed(size);
        for (const Options& options : {Options{}, Options{{"subformat", "static"}}}) {
            SCOPED_TRACE(fmt::format("{} {}", size, options.size()));
            write_image(*open("in.raw", &kRawFormat), {path("out.vdi"), &kVdiFormat, options});
            expect_qemu_reads("vdi", "out.vdi", size);
            must_run("qemu-img", {"check", "-f", "vdi", text("out.vdi")});
            expect_same("out.vdi", &kVdiFormat, "in.raw");
            expect_clean("out.vdi", &kVdiFormat);
        }
    }
}

TEST_F(VhdVdiTools, QemusImagesAreReadEqual) {
    for (const std::size_t size : kSizes) {
        if (size == 0) continue;
        put_mixed(size);
        for (const char* options :
             {"subformat=dynamic", "subformat=fixed", "subformat=dynamic,force_size=on",
              "subformat=fixed,force_size=on"}) {
            SCOPED_TRACE(fmt::format("{} {}", size, options));
            must_run("qemu-img", {"convert", "-f", "raw", "-O", "vpc", "-o", options,
                                  text("in.raw"), text("q.vhd")});
            expect_same("q.vhd", &kVhdFormat, "in.raw");
            expect_clean("q.vhd", &kVhdFormat);
        }
        for (const char* options : {"static=off", "static=on"}) {
            SCOPED_TRACE(fmt::format("{} {}", size, options));
            must_run("qemu-img", {"convert", "-f", "raw", "-O", "vdi", "-o", options,
                                  text("in.raw"), text("q.vdi")});
            expect_same("q.vdi", &kVdiFormat, "in.raw");
            expect_clean("q.vdi", &kVdiFormat);
        }
    }
}

TEST_F(VhdVdiTools, QemuWritesIntoWhatIsWritten) {
    put_mixed(20'000'256);
    fs::copy_file(path("in.raw"), path("vdi.raw"));
    write_image(*open("in.raw", &kRawFormat), {path("out.vhd"), &kVhdFormat, {}});
    write_image(*open("in.raw", &kRawFormat), {path("out.vdi"), &kVdiFormat, {}});
    const std::vector<std::pair<std::string, std::string>> images = {
        {"raw", "in.raw"}, {"vpc", "out.vhd"}, {"vdi", "out.vdi"}};
    for (const auto& [format, name] : images) {
        must_run("qemu-io", {"-f", format, "-c", "write -P 0x5a 3000320 4000256", "-c",
                             "write -P 0x41 0 4096", text(name)});
    }
    expect_same("out.vhd", &kVhdFormat, "in.raw");
    expect_clean("out.vhd", &kVhdFormat);
    expect_same("out.vdi", &kVdiFormat, "in.raw");
    expect_clean("out.vdi", &kVdiFormat);
}

TEST_F(VhdVdiTools, VhdiinfoAgrees) {
    if (!find_program("vhdiinfo")) GTEST_SKIP() << "vhdiinfo is not installed";
    put_mixed(3 * kMiB + 512);
    for (const char* subformat : {"dynamic", "fixed"}) {
        write_image(*open("in.raw", &kRawFormat),
                    {path("out.vhd"), &kVhdFormat, {{"subformat", subformat}}});
        const std::string out = must_run("vhdiinfo", {text("out.vhd")}).out;
        EXPECT_THAT(out, HasSubstr("(3146240 bytes)")) << out;
        EXPECT_THAT(out, HasSubstr(subformat == std::string_view("fixed") ? "Fixed" : "Dynamic"))
            << out;
    }
}

}  // namespace
}  // namespace kiln::formats
