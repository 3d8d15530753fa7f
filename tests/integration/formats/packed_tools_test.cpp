// Compressed disks and archives made by the tools that people have, and ours read by them. A tool
// that is not installed makes its test skipped and said so.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "formats/converter.h"
#include "formats/outputs.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

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
        OpenOptions raw;
        raw.format = find_format("raw");
        const auto source = open_source(path("disk.raw"), raw);
        write_image(*source, {path("out.tar.gz"), find_format("gcp"), {{"round", "off"}}, speed});
        EXPECT_THAT(sh("tar -tvf out.tar.gz"), HasSubstr("5000192 1970-01-01"));
        sh("tar -xOf out.tar.gz disk.raw | cmp - disk.raw");
        sh("gzip -t out.tar.gz");
        if (has("bsdtar")) sh("bsdtar -xOf out.tar.gz disk.raw | cmp - disk.raw");
    }
}

TEST_F(PackedTools, OurArchiveIsRoundedUpForGoogle) {
    write_disk(5'000'192);
    OpenOptions raw;
    raw.format = find_format("raw");
    const auto source = open_source(path("disk.raw"), raw);
    write_image(*source, {path("out.tar.gz"), find_format("gcp"), {}});
    EXPECT_THAT(sh("tar -tvf out.tar.gz"), HasSubstr("1073741824 1970-01-01"));
    EXPECT_THAT(sh("gzip -l out.tar.gz"), HasSubstr("1073745920"));
    sh("tar -xOf out.tar.gz disk.raw | head -c 5000192 | cmp - disk.raw");
}

}  // namespace
}  // namespace kiln::formats
