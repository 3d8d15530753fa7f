// Round trips with the tools that people have: qemu-img, libyal's vmdkinfo and qcowinfo, tar,
// virt-v2v. A tool that is not installed makes its test skipped and said so.
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "formats/engine/converter.h"
#include "formats/inspect.h"
#include "formats/outputs.h"
#include "formats/ova/ova_writer.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

#define REQUIRE_PROGRAM(name) \
    if (!find_program(name)) GTEST_SKIP() << name << " is not installed"

ProcessOutput run(const std::string& program, std::vector<std::string> arguments,
                  const fs::path& directory = {}) {
    ProcessSpec spec;
    spec.program = program;
    spec.arguments = std::move(arguments);
    spec.directory = directory;
    return run_process(spec, CancelToken(), std::chrono::minutes(3));
}

void must_run(const std::string& program, std::vector<std::string> arguments) {
    const std::string line = fmt::format("{} {}", program, fmt::join(arguments, " "));
    const ProcessOutput output = run(program, std::move(arguments));
    EXPECT_TRUE(output.status.success()) << line << "\n" << output.out << output.err;
}

// Data, zeros that are stored, and holes, of odd lengths and always the same.
void write_mixed(const fs::path& path, std::uint64_t size, unsigned seed) {
    std::ofstream(path).close();
    fs::resize_file(path, size);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    std::mt19937 random(seed);
    for (std::uint64_t position = 0; position < size;) {
        const std::uint64_t length =
            std::min<std::uint64_t>(random() % 400'000 + 1, size - position);
        std::string text(length, '\0');
        const unsigned kind = random() % 4;
        for (char& c : text) {
            if (kind == 1) c = static_cast<char>(random());
            if (kind == 2) c = "kiln fires clay and images\n"[random() % 27];
        }
        if (kind != 0) {
            file.seekp(static_cast<std::streamoff>(position));
            file.write(text.data(), static_cast<std::streamsize>(text.size()));
        }
        position += length;
    }
}

class Tools : public testing::Test {
  protected:
    void SetUp() override { REQUIRE_PROGRAM("qemu-img"); }

    fs::path path(const std::string& name) const { return directory_.path() / name; }
    std::string text(const std::string& name) const { return path(name).string(); }

    ConvertResult convert_to(const fs::path& from, const Format* from_format,
                             const OutputSpec& spec, bool allow_backing = false) {
        OpenOptions options;
        options.format = from_format;
        options.allow_backing = allow_backing;
        const auto source = open_source(from, options);
        std::vector<std::unique_ptr<Sink>> sinks;
        sinks.push_back(make_sink(spec));
        return convert(*source, sinks);
    }
    bool same(const fs::path& a, const Format* a_format, const fs::path& b, const Format* b_format,
              bool allow_backing = false) {
        OpenOptions first;
        first.format = a_format;
        first.allow_backing = allow_backing;
        OpenOptions second;
        second.format = b_format;
        return compare_images(*open_source(a, first), *open_source(b, second)).identical;
    }

    TempDir directory_{temp_root()};
};

TEST_F(Tools, QemuReadsWhatIsWritten) {
    struct Output {
        const Format* format;
        std::map<std::string, std::string> options;
    };
    std::vector<Output> outputs = {{find_format("raw"), {}},
                                   {find_format("raw"), {{"preallocation", "falloc"}}},
                                   {find_format("vmdk"), {}},
                                   {find_format("vmdk"), {{"adapter_type", "ide"}}}};
    for (const char* cluster : {"512", "4k", "64k", "2M"}) {
        for (const char* compression : {"", "zlib", "zstd"}) {
            Output output{find_format("qcow2"), {{"cluster_size", cluster}}};
            if (*compression != '\0') output.options["compression_type"] = compression;
            outputs.push_back(output);
        }
    }
    outputs.push_back({find_format("qcow2"), {{"compat", "0.10"}, {"compress", "on"}}});
    outputs.push_back({find_format("qcow2"), {{"compress", "on"}, {"window", "32k"}}});
    outputs.push_back({find_format("qcow2"), {{"lazy_refcounts", "on"}}});
    for (const char* cluster : {"16k", "64k", "2M"}) {
        Output output{find_format("qcow2"), {{"cluster_size", cluster}, {"extended_l2", "on"}}};
        outputs.push_back(output);
        for (const char* compression : {"zlib", "zstd"}) {
            output.options["compression_type"] = compression;
            outputs.push_back(output);
        }
    }
    for (const char* preallocation : {"falloc", "full"}) {
        outputs.push_back({find_format("raw"), {{"preallocation", preallocation}}});
    }
    // A sector, no multiple of a cluster, some megabytes.
    for (const std::uint64_t size : {512ULL, 65536ULL * 3 + 512, 12'345'856ULL}) {
        write_mixed(path("in.raw"), size, static_cast<unsigned>(size));
        for (const Output& output : outputs) {
            const OutputSpec spec{path("out"), output.format, output.options, Speed::Fast};
            convert_to(path("in.raw"), find_format("raw"), spec);
            const std::string format(output.format->name);
            must_run("qemu-img",
                     {"compare", "-f", "raw", "-F", format, text("in.raw"), text("out")});
            if (output.format != find_format("raw")) {
                must_run("qemu-img", {"check", "-f", format, text("out")});
            }
            OpenOptions options;
            options.format = output.format;
            EXPECT_TRUE(check_image(path("out"), options).clean());
            EXPECT_TRUE(same(path("in.raw"), find_format("raw"), path("out"), output.format));
        }
    }
}

TEST_F(Tools, QemusImagesAreReadEqual) {
    write_mixed(path("in.raw"), 9'876'480, 3);
    for (const char* options :
         {"compat=1.1", "compat=0.10", "cluster_size=512", "cluster_size=2M",
          "extended_l2=on,cluster_size=128k", "extended_l2=on,cluster_size=16k",
          "preallocation=metadata", "preallocation=full", "lazy_refcounts=on", "refcount_bits=1",
          "refcount_bits=64"}) {
        must_run("qemu-img", {"convert", "-f", "raw", "-O", "qcow2", "-o", options, text("in.raw"),
                              text("out")});
        EXPECT_TRUE(same(path("in.raw"), find_format("raw"), path("out"), find_format("qcow2")))
            << options;
        OpenOptions open;
        open.format = find_format("qcow2");
        const CheckReport report = check_image(path("out"), open);
        EXPECT_TRUE(report.clean())
            << options << ": " << fmt::format("{}", fmt::join(report.problems, "\n"));
    }
    for (const char* options :
         {"compression_type=zlib", "compression_type=zstd", "cluster_size=512",
          "compression_type=zstd,cluster_size=2M", "extended_l2=on,cluster_size=64k"}) {
        must_run("qemu-img", {"convert", "-c", "-f", "raw", "-O", "qcow2", "-o", options,
                              text("in.raw"), text("out")});
        EXPECT_TRUE(same(path("in.raw"), find_format("raw"), path("out"), find_format("qcow2")))
            << options;
        OpenOptions open;
        open.format = find_format("qcow2");
        EXPECT_TRUE(check_image(path("out"), open).clean()) << options;
    }
    for (const char* options : {"subformat=streamOptimized", "subformat=monolithicSparse",
                                "subformat=monolithicSparse,zeroed_grain=on"}) {
        must_run("qemu-img", {"convert", "-f", "raw", "-O", "vmdk", "-o", options, text("in.raw"),
                              text("out")});
        EXPECT_TRUE(same(path("in.raw"), find_format("raw"), path("out"), find_format("vmdk")))
            << options;
        OpenOptions open;
        open.format = find_format("vmdk");
        const CheckReport report = check_image(path("out"), open);
        EXPECT_TRUE(report.clean())
            << options << ": " << fmt::format("{}", fmt::join(report.problems, "\n"));
    }
}

TEST_F(Tools, BitmapsAreFollowedWhenAnImageIsChecked) {
    must_run("qemu-img", {"create", "-f", "qcow2", text("disk.qcow2"), "64M"});
    for (const char* name : {"one", "two"}) {
        must_run("qemu-img", {"bitmap", "--add", text("disk.qcow2"), name});
    }
    EXPECT_TRUE(check_image(path("disk.qcow2"), {}).clean());
    // Without the autoclear bit the bitmaps are to be ignored: their clusters are in nobody's use.
    std::fstream file(path("disk.qcow2"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(95).put(0);
    file.close();
    const CheckReport report = check_image(path("disk.qcow2"), {});
    EXPECT_EQ(report.corruptions, 0U);
    EXPECT_GE(report.leaks, 3U);
}

TEST_F(Tools, BackingChainsAndSnapshotsAreReadEqual) {
    must_run("qemu-img", {"create", "-f", "qcow2", text("base.qcow2"), "8M"});
    must_run("qemu-img", {"create", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", "-o",
                          "cluster_size=4k", text("top.qcow2"), "12M"});
    write_mixed(path("in.raw"), 5'000'192, 8);
    must_run("qemu-img",
             {"convert", "-n", "-f", "raw", "-O", "qcow2", text("in.raw"), text("base.qcow2")});
    OpenOptions options;
    options.allow_backing = true;
    must_run("qemu-img",
             {"convert", "-f", "qcow2", "-O", "raw", text("top.qcow2"), text("flat.raw")});
    EXPECT_TRUE(
        same(path("top.qcow2"), find_format("qcow2"), path("flat.raw"), find_format("raw"), true));

    must_run("qemu-img", {"snapshot", "-c", "before", text("base.qcow2")});
    const ImageInfo info = inspect_image(path("base.qcow2"), {});
    ASSERT_EQ(info.source.snapshots.size(), 1U);
    EXPECT_EQ(info.source.snapshots[0].name, "before");
    EXPECT_TRUE(check_image(path("base.qcow2"), {}).clean());
}

TEST_F(Tools, HugeSparseDisksTakeNoTime) {
    for (const std::uint64_t size : {(2ULL << 40) - 512, 6ULL << 40}) {
        std::ofstream(path("huge.raw")).close();
        fs::resize_file(path("huge.raw"), size);
        std::fstream file(path("huge.raw"), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(size - 5));
        file << "end";
        file.close();
        for (const Format* format : {find_format("qcow2"), find_format("vmdk")}) {
            OutputSpec spec{path("out"), format, {}};
            convert_to(path("huge.raw"), find_format("raw"), spec);
            must_run("qemu-img", {"check", "-f", std::string(format->name), text("out")});
            EXPECT_TRUE(same(path("huge.raw"), find_format("raw"), path("out"), format));
            EXPECT_LT(fs::file_size(path("out")), 64U << 20);
        }
    }
}

TEST_F(Tools, LibyalReadsTheHeaders) {
    write_mixed(path("in.raw"), 5'000'192, 5);
    if (find_program("vmdkinfo")) {
        convert_to(path("in.raw"), find_format("raw"),
                   {path("disk.vmdk"), find_format("vmdk"), {}});
        const ProcessOutput output = run("vmdkinfo", {text("disk.vmdk")});
        EXPECT_TRUE(output.status.success()) << output.err;
        EXPECT_THAT(output.out, HasSubstr("Stream optimized"));
        EXPECT_THAT(output.out, HasSubstr("5000192 bytes"));
    }
    if (find_program("qcowinfo")) {
        convert_to(path("in.raw"), find_format("raw"),
                   {path("disk.qcow2"), find_format("qcow2"), {{"compat", "0.10"}}});
        const ProcessOutput output = run("qcowinfo", {text("disk.qcow2")});
        EXPECT_TRUE(output.status.success()) << output.err;
        EXPECT_THAT(output.out, HasSubstr("5000192 bytes"));
    }
}

TEST_F(Tools, TarAndSha256sumAcceptAnOva) {
    REQUIRE_PROGRAM("sha256sum");
    write_mixed(path("a.raw"), 5'000'192, 6);
    write_mixed(path("b.raw"), 3'000'320, 7);
    OpenOptions raw;
    raw.format = find_format("raw");
    const auto a = open_source(path("a.raw"), raw);
    const auto b = open_source(path("b.raw"), raw);
    OvfMachine machine;
    const Source* const disks[] = {a.get(), b.get()};
    const OutputResult result = write_ova(path("vm.ova"), machine, disks);
    ASSERT_EQ(result.members.size(), 4U);

    EXPECT_EQ(run("tar", {"tf", text("vm.ova")}).out,
              "vm.ovf\nvm.mf\nvm-disk1.vmdk\nvm-disk2.vmdk\n");
    fs::create_directory(path("out"));
    must_run("tar", {"xf", text("vm.ova"), "-C", text("out")});
    // The manifest's lines are what sha256sum's BSD form is, but for one space.
    std::string manifest = read_file(path("out/vm.mf"));
    for (std::size_t at = 0; (at = manifest.find("SHA256(", at)) != std::string::npos; at += 8) {
        manifest.replace(at, 7, "SHA256 (");
    }
    for (std::size_t at = 0; (at = manifest.find(")= ", at)) != std::string::npos; at += 4) {
        manifest.replace(at, 3, ") = ");
    }
    write_file_atomically(path("out/sums"), manifest);
    const ProcessOutput sums = run("sha256sum", {"-c", "--strict", "sums"}, path("out"));
    EXPECT_TRUE(sums.status.success()) << sums.out << sums.err;
    for (const auto& [disk, source] :
         {std::pair("out/vm-disk1.vmdk", "a.raw"), {"out/vm-disk2.vmdk", "b.raw"}}) {
        must_run("qemu-img", {"compare", "-f", "vmdk", "-F", "raw", text(disk), text(source)});
    }
    OpenOptions ova;
    ova.format = find_format("ova");
    EXPECT_TRUE(check_image(path("vm.ova"), ova).clean());
}

TEST_F(Tools, VirtV2vUnderstandsAnOva) {
    REQUIRE_PROGRAM("virt-v2v");
    write_mixed(path("in.raw"), 5'000'192, 6);
    convert_to(path("in.raw"), find_format("raw"),
               {path("guest.ova"),
                find_format("ova"),
                {{"vcpus", "3"}, {"memory", "768"}, {"firmware", "efi"}}});
    const ProcessOutput output =
        run("virt-v2v", {"-i", "ova", text("guest.ova"), "--print-source"});
    EXPECT_TRUE(output.status.success()) << output.err;
    for (const char* words : {"source name: guest", "memory: 805306368", "nr vCPUs: 3",
                              "firmware: uefi", "VM Network"}) {
        EXPECT_THAT(output.out, HasSubstr(words));
    }
}

// kill -9 in the middle: the final name never shows half a file.
TEST_F(Tools, AKilledConversionLeavesNoFinalFile) {
    write_mixed(path("in.raw"), 200'000'000 / 512 * 512, 9);
    ProcessSpec spec;
    spec.program = IMAGE_TOOL;
    spec.arguments = {"convert", "-f",           "raw",           "-O", "vmdk", "--speed",
                      "small",   text("in.raw"), text("out.vmdk")};
    for (const int milliseconds : {5, 60, 200}) {
        Process process = Process::start(spec);
        process.wait(CancelToken(), std::chrono::milliseconds(milliseconds));
        const bool ended = process.poll().has_value();
        process.kill();
        EXPECT_TRUE(ended || !fs::exists(path("out.vmdk")));
    }
}

TEST_F(Tools, TheCommandWritesToAPipe) {
    write_mixed(path("in.raw"), 5'000'192, 10);
    for (const char* format : {"raw", "vmdk"}) {
        ProcessSpec spec;
        spec.program = "sh";
        spec.arguments = {"-c",           "\"$0\" convert -f raw -O \"$1\" \"$2\" - > \"$3\"",
                          IMAGE_TOOL,     format,
                          text("in.raw"), text("piped")};
        ASSERT_TRUE(run_process(spec, CancelToken()).status.success());
        must_run("qemu-img", {"compare", "-f", "raw", "-F", format, text("in.raw"), text("piped")});
    }
}

TEST_F(Tools, TheCommandsExitCodesTellTheResult) {
    write_mixed(path("a.raw"), 1'000'448, 1);
    write_mixed(path("b.raw"), 1'000'448, 2);
    const auto code = [&](std::vector<std::string> arguments) {
        return run(IMAGE_TOOL, std::move(arguments)).status.code;
    };
    EXPECT_EQ(code({"convert", "-f", "raw", text("a.raw"), "-o", text("a.qcow2"), "-o",
                    "compression_type=zstd", "-o", text("a.ova")}),
              0);
    EXPECT_EQ(code({"compare", text("a.qcow2"), text("a.ova")}), 0);
    EXPECT_EQ(code({"compare", "-f", "raw", text("b.raw"), text("a.ova")}), 1);
    EXPECT_EQ(code({"check", text("a.ova")}), 0);
    EXPECT_EQ(code({"check", text("a.raw")}), 0);  // the name says raw
    fs::rename(path("a.raw"), path("a"));
    EXPECT_EQ(code({"check", text("a")}), 1);
    EXPECT_EQ(code({"info", "--json", text("a.qcow2")}), 0);
    EXPECT_EQ(code({"convert", text("a.qcow2"), text("x.unknown")}), 1);
    EXPECT_THAT(run(IMAGE_TOOL, {"info", text("a.qcow2")}).out, HasSubstr("zstd"));
}

}  // namespace
}  // namespace kiln::formats
