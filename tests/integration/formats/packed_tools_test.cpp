// Compressed disks and archives made by the tools that people have, and ours read by them. A tool
// that is not installed makes its test skipped and said so.
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "formats/engine/converter.h"
#include "formats/inspect.h"
#include "formats/outputs.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr const char* kUnpack = R"(
import sys, tarfile
with tarfile.open(sys.argv[1]) as archive:
    assert archive.getnames() == ["disk.raw"]
    archive.extract("disk.raw", sys.argv[2])
)";

class PackedTools : public testing::Test {
  protected:
    fs::path path(const std::string& name) const { return directory_.path() / name; }
    static bool has(std::string_view programs) {
        std::istringstream words{std::string(programs)};
        for (std::string word; words >> word;) {
            if (!find_program(word)) return false;
        }
        return true;
    }
    // By a shell in the directory; its output.
    std::string sh(const std::string& command) const {
        ProcessSpec spec;
        spec.program = "sh";
        spec.arguments = {"-ec", command};
        spec.directory = directory_.path();
        const ProcessOutput output = run_process(spec, CancelToken(), std::chrono::minutes(2));
        EXPECT_TRUE(output.status.success()) << command << "\n" << output.out << output.err;
        return output.out;
    }
    void convert_to_raw(const std::string& from, const std::string& to) const {
        OpenOptions options;
        write_image(*open_source(path(from), options), {path(to), find_format("raw"), {}});
    }
    std::unique_ptr<Source> open_raw(const std::string& name) const {
        OpenOptions raw;
        raw.format = find_format("raw");
        return open_source(path(name), raw);
    }
    void convert_to_gcp(const std::string& from, std::map<std::string, std::string> options) const {
        write_image(*open_raw(from), {path("out.tar.gz"), find_format("gcp"), std::move(options)});
    }
    void write_disk(std::size_t size) const {
        const auto disk = mixed_disk(size, 61);
        write_text(path("disk.raw"), {reinterpret_cast<const char*>(disk.data()), disk.size()});
    }
    TempDir directory_{temp_root()};
};

TEST_F(PackedTools, WhatTheProgramsCompressReadsAsTheDisk) {
    write_disk(5'000'192);
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"gzip", "gzip -1 -c disk.raw"},
        {"gzip", "gzip -9 -c disk.raw"},
        {"gzip", "gzip -c < disk.raw"},
        {"split gzip", "split -b 1000000 disk.raw p.; for p in p.*; do gzip -c $p; done; rm p.*"},
        {"pigz", "pigz -p 3 -c disk.raw"},
        {"xz", "xz -T1 -0 -c disk.raw"},
        {"xz", "xz -T2 --block-size=300000 -0 -c disk.raw"},
        {"xz", "xz --check=none -0 -c < disk.raw"},
        {"xz", "xz --x86 --lzma2=preset=0,dict=1MiB -c disk.raw"},
        {"zstd", "zstd -q -c disk.raw"},
        {"zstd", "zstd -q -c < disk.raw"},
        {"zstd", "zstd -q --ultra -20 -c disk.raw"},
        {"zstd", "zstd -q -T2 --no-check -c disk.raw"},
        {"bzip2", "bzip2 -c disk.raw"},
        {"zip", "zip -q -X out.zip disk.raw >&2; cat out.zip; rm out.zip"},
        {"zip", "zip -q -0 out.zip disk.raw >&2; cat out.zip; rm out.zip"},
        {"zip", "zip -q - - < disk.raw"},
    };
    unsigned done = 0;
    for (const auto& [program, command] : cases) {
        const std::string name = program.substr(program.find(' ') + 1);
        if (!has(name)) continue;
        SCOPED_TRACE(command);
        sh("{ " + command + "; } > packed");
        convert_to_raw("packed", "back.raw");
        sh("cmp disk.raw back.raw");
        ++done;
    }
    EXPECT_GE(done, 10U);
}

TEST_F(PackedTools, AnEncryptedZipIsRefusedAsSuch) {
    if (!has("zip")) GTEST_SKIP() << "zip is not installed";
    write_disk(100'352);
    sh("zip -q -P secret out.zip disk.raw");
    try {
        open_source(path("out.zip"));
        FAIL() << "it was opened";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("encrypted"));
    }
}

TEST_F(PackedTools, TarAndBsdtarMakeArchivesThatAreRead) {
    write_disk(5'000'192);
    sh("truncate -s 64M disk.raw; printf end | dd of=disk.raw bs=1 seek=50000000 conv=notrunc "
       "status=none");
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"tar", "tar --format=oldgnu -Sczf a.tar.gz disk.raw"},
        {"tar", "tar --format=gnu -czf a.tar.gz disk.raw"},
        {"tar", "tar --format=gnu -Scf a.tar.gz disk.raw"},
        {"tar", "tar --format=posix -Sczf a.tar.gz disk.raw"},
        {"tar", "tar --format=posix -czf a.tar.gz ./disk.raw"},
        {"tar", "tar --format=ustar -czf a.tar.gz disk.raw"},
        {"bsdtar", "bsdtar -czf a.tar.gz disk.raw"},
        {"bsdtar", "bsdtar --format=ustar -cf a.tar.gz disk.raw"},
        {"bsdtar", "bsdtar --format=pax -cJf a.tar.gz disk.raw"},
    };
    for (const auto& [program, command] : cases) {
        if (!has(program)) continue;
        SCOPED_TRACE(command);
        sh(command);
        EXPECT_EQ(open_source(path("a.tar.gz"))->info().format, "gcp");
        convert_to_raw("a.tar.gz", "back.raw");
        sh("cmp disk.raw back.raw");
    }
    // Version 0.1 keeps its map where the paths are.
    sh("tar --format=posix --sparse-version=0.1 -Sczf a.tar.gz disk.raw");
    OpenOptions options;
    options.format = find_format("gcp");
    EXPECT_THROW(open_source(path("a.tar.gz"), options), Error);
}

TEST_F(PackedTools, OurArchiveIsOneGzipMemberThatTarUnpacks) {
    write_disk(5'000'192);
    for (const Speed speed : {Speed::Fast, Speed::Balanced, Speed::Small}) {
        write_image(*open_raw("disk.raw"),
                    {path("out.tar.gz"), find_format("gcp"), {{"round", "off"}}, speed});
        EXPECT_THAT(sh("tar -tvf out.tar.gz"), HasSubstr("5000192 1970-01-01"));
        sh("tar -xOf out.tar.gz disk.raw | cmp - disk.raw");
        sh("gzip -t out.tar.gz");
        if (has("bsdtar")) sh("bsdtar -xOf out.tar.gz disk.raw | cmp - disk.raw");
    }
}

TEST_F(PackedTools, OurArchiveIsRoundedUpForGoogle) {
    write_disk(5'000'192);
    for (const std::string sparse : {"on", "off"}) {
        convert_to_gcp("disk.raw", {{"sparse", sparse}});
        EXPECT_THAT(sh("tar -tvf out.tar.gz"), HasSubstr("1073741824 1970-01-01"));
        EXPECT_EQ(sh("gzip -l out.tar.gz").find("1073745920") != std::string::npos,
                  sparse == "off");
        sh("tar -xOf out.tar.gz disk.raw | head -c 5000192 | cmp - disk.raw");
    }
}

// Each reader of sparse members unpacks it and must have made the same file, with the same holes
// where it makes any.
TEST_F(PackedTools, OurSparseArchivesAreReadByEveryTar) {
    const std::vector<std::string> disks = {
        ": > d",
        "truncate -s 512 d",
        "truncate -s 65536 d",
        "truncate -s 50M d",
        "truncate -s 3000001 d; printf end | dd of=d bs=1 seek=2999998 conv=notrunc status=none",
        "truncate -s 3000001 d; printf x | dd of=d bs=1 seek=1000000 conv=notrunc status=none",
        "head -c 3000001 /dev/urandom > d",
        "truncate -s 8M d; for i in $(seq 0 2 2046); do "
        "dd if=/dev/urandom of=d bs=4k seek=$i count=1 conv=notrunc status=none; done",
        "truncate -s 40M d; for i in $(seq 0 2 638); do "
        "dd if=/dev/urandom of=d bs=64k seek=$i count=1 conv=notrunc status=none; done",
    };
    write_text(path("unpack.py"), kUnpack);
    unsigned judged = 0;
    for (const std::string& disk : disks) {
        SCOPED_TRACE(disk);
        sh("rm -f d; " + disk);
        convert_to_gcp("d", {{"round", "off"}});
        sh("gzip -t out.tar.gz; rm -rf u; mkdir u; mv d u/disk.raw; touch -d @0 u/disk.raw; "
           "chmod 644 u/disk.raw");
        // The owner in the archive is root.
        if (geteuid() == 0) sh("tar -C u --compare -zf out.tar.gz");
        sh("mkdir t; tar -C t -xSzf out.tar.gz; cmp t/disk.raw u/disk.raw; rm -r t");
        judged += 2;
        if (has("bsdtar")) {
            sh("mkdir t; bsdtar -C t -xf out.tar.gz; cmp t/disk.raw u/disk.raw; rm -r t");
            ++judged;
        }
        if (has("python3")) {
            sh("mkdir t; python3 unpack.py out.tar.gz t; cmp t/disk.raw u/disk.raw; rm -r t");
            ++judged;
        }
        convert_to_raw("out.tar.gz", "back.raw");
        sh("cmp back.raw u/disk.raw");
        ++judged;
    }
    RecordProperty("judged", static_cast<int>(judged));
    EXPECT_GE(judged, 3 * disks.size());
}

TEST_F(PackedTools, HugeSparseArchivesAreUnpackedInSeconds) {
    write_text(path("unpack.py"), kUnpack);
    for (const std::uint64_t size : {(std::uint64_t{2} << 40) - 512, std::uint64_t{6} << 40}) {
        SCOPED_TRACE(size);
        sh(fmt::format("rm -f d; truncate -s {} d", size));
        for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{1} << 40, size - 9}) {
            sh(
                fmt::format("printf 'kiln disk' | dd of=d bs=1M oflag=seek_bytes seek={} "
                            "conv=notrunc status=none",
                            at));
        }
        convert_to_gcp("d", {{"round", "off"}});
        EXPECT_LT(fs::file_size(path("out.tar.gz")), 8192U);
        for (const std::string unpack : {"tar -C t -xSzf out.tar.gz", "bsdtar -C t -xf out.tar.gz",
                                         "python3 unpack.py out.tar.gz t"}) {
            if (!has(unpack.substr(0, unpack.find(' ')))) continue;
            SCOPED_TRACE(unpack);
            sh("rm -rf t; mkdir t; " + unpack);
            EXPECT_TRUE(compare_images(*open_raw("d"), *open_raw("t/disk.raw")).identical);
        }
        EXPECT_TRUE(compare_images(*open_raw("d"), *open_source(path("out.tar.gz"))).identical);
    }
}

}  // namespace
}  // namespace kiln::formats
