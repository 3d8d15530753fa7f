#include "base/process.h"
#include "post_processor/checksum.h"
#include "post_processor/compress.h"
#include "tests/unit/post_processor/artifact_fixture.h"

namespace kiln::test {
namespace {

// What `compress` and `checksum` write, read by the tools that users have.
class ArchiveTools : public PostProcessorTest {
  protected:
    ArchiveTools() {
        std::string bytes;
        for (unsigned value = 1; bytes.size() < 2'300'000; value = value * 1664525U + 1013904223U) {
            bytes += fmt::format("{:x}\n", value >> 20);
        }
        bytes.append(200'000, '\0');
        big_ = write("big.qcow2", bytes);
        small_ = write("efivars.fd", "vars");
        std::filesystem::permissions(small_, std::filesystem::perms(0640));
    }

    std::string compress(const std::string& name, const std::vector<std::filesystem::path>& files,
                         int level = 0) {
        const std::string output = path(name).string();
        make<CompressPostProcessor>(compress_schema,
                                    {{"output", output}, {"compression_level", level}})
            ->process(context_, artifact_of(files));
        return output;
    }
    std::string tool(const std::string& command) {
        const ProcessOutput done =
            run_process({"/bin/sh", {"-c", command}, {}, directory_.path()}, {});
        EXPECT_TRUE(done.status.success()) << command << ": " << done.err;
        return done.out;
    }
    void expect_big(const std::string& command) {
        tool(command + " > unpacked && cmp unpacked " + big_.string());
    }

    std::filesystem::path big_;
    std::filesystem::path small_;
};

TEST_F(ArchiveTools, TarReadsEveryTar) {
    for (const char* name :
         {"a.tar", "a.tar.gz", "a.tar.lz4", "a.tar.xz", "a.tar.bzip2", "a.tar.bgzf", "plain"}) {
        SCOPED_TRACE(name);
        const std::string output = compress(name, {big_, small_});
        const std::string extension = std::filesystem::path(name).extension().string();
        std::string option;
        if (extension == ".lz4") option = "-I lz4";
        if (extension == ".xz") option = "-J";
        if (extension == ".bzip2") option = "-j";
        if (extension == ".gz" || extension == ".bgzf" || extension.empty()) option = "-z";
        EXPECT_EQ(tool("tar " + option + " -tf " + output), "big.qcow2\nefivars.fd\n");
        expect_big("tar " + option + " -xOf " + output + " big.qcow2");
        EXPECT_EQ(tool("tar " + option + " -tvf " + output + " efivars.fd").substr(0, 10),
                  "-rw-r-----");
    }
}

TEST_F(ArchiveTools, ToolsReadSingleFiles) {
    expect_big("gzip -dc < " + compress("x.gz", {big_}));
    expect_big("gzip -dc < " + compress("x.bgzf", {big_}));
    expect_big("xz -dc " + compress("x.xz", {big_}, 1));
    expect_big("bzip2 -dc < " + compress("x.bzip2", {big_}));
    expect_big("lz4 -dcq < " + compress("x.lz4", {big_}));
}

TEST_F(ArchiveTools, GzipIsOneMemberThatPassesItsTest) {
    for (const int level : {-1, 0, 1, 9, 15}) {
        const std::string output = compress("x.gz", {big_}, level);
        tool("gzip -t " + output);
        EXPECT_EQ(tool("python3 -c 'import zlib,sys; d=zlib.decompressobj(31); "
                       "d.decompress(open(sys.argv[1],\"rb\").read()); "
                       "print(d.eof, len(d.unused_data))' " +
                       output),
                  "True 0\n");
    }
}

TEST_F(ArchiveTools, HigherLevelsMakeSmallerFiles) {
    for (const std::string name : {"x.gz", "x.bgzf", "x.xz", "x.zip", "x.lz4"}) {
        SCOPED_TRACE(name);
        const auto fast = std::filesystem::file_size(compress(name, {big_}, 1));
        const auto small = std::filesystem::file_size(compress(name, {big_}, 9));
        EXPECT_LT(small, fast);
    }
}

TEST_F(ArchiveTools, UnzipReadsAZipWithFullNames) {
    const std::string output = compress("x.zip", {big_, small_});
    tool("unzip -tq " + output);
    const std::string names = tool("unzip -Z1 " + output);
    EXPECT_NE(names.find(big_.string().substr(1) + "\n"), std::string::npos) << names;
    expect_big("unzip -p " + output + " '*big.qcow2'");
}

TEST_F(ArchiveTools, EmptyFilesSurvive) {
    const auto empty = write("empty", "");
    EXPECT_EQ(tool("gzip -dc < " + compress("e.gz", {empty})), "");
    EXPECT_EQ(tool("gzip -dc < " + compress("e.bgzf", {empty})), "");
    EXPECT_EQ(tool("xz -dc " + compress("e.xz", {empty})), "");
    EXPECT_EQ(tool("lz4 -dcq < " + compress("e.lz4", {empty})), "");
    EXPECT_EQ(tool("bzip2 -dc < " + compress("e.bzip2", {empty})), "");
    EXPECT_EQ(tool("tar -tzf " + compress("e.tar.gz", {empty})), "empty\n");
}

TEST_F(ArchiveTools, SumToolsAgreeWithChecksums) {
    make<ChecksumPostProcessor>(
        checksum_schema,
        {{"checksum_types", Setting::List{"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}},
         {"output", path("sums.{{.ChecksumType}}").string()}})
        ->process(context_, artifact_of({big_, small_}));
    for (const std::string type : {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}) {
        tool("tr '\\t' ' ' < sums." + type + " | sed 's/ /  /' | " + type + "sum -c --quiet");
    }
}

}  // namespace
}  // namespace kiln::test
