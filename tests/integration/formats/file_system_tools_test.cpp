// File systems that the real tools make, judged by the real tools: what is called free is what they
// count as free, and nothing that they miss is lost when it is overwritten. A tool that is not
// installed makes its test skipped and said so.
#include <cmath>
#include <fstream>
#include <random>
#include <regex>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "formats/file_system/file_system.h"

namespace kiln::formats {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

#define REQUIRE_PROGRAM(name) \
    if (!find_program(name)) GTEST_SKIP() << name << " is not installed"

class FileDisk : public Source {
  public:
    explicit FileDisk(const fs::path& path)
        : fd_(open_file(path, O_RDONLY)), size_(fs::file_size(path)) {}

    std::uint64_t virtual_size() const override { return size_; }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override {
        return {offset, std::min(limit, size_ - offset), Extent::Kind::Data};
    }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        const auto got = pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(offset));
        if (got != static_cast<ssize_t>(out.size())) throw std::logic_error("read beyond the disk");
    }
    SourceInfo info() const override { return {}; }

  private:
    UniqueFd fd_;
    std::uint64_t size_;
};

struct Opened {
    explicit Opened(const fs::path& path) : disk(path), volume(disk, {{0, disk.virtual_size()}}) {
        file_system = open_file_system(volume);
        if (!file_system) throw Error("no file system is found").because(path.string());
    }
    FileSystemInfo info() const { return file_system->info(); }
    std::uint64_t free_bytes() const {
        std::uint64_t sum = 0;
        std::uint64_t end = 0;
        file_system->for_each_free([&](std::uint64_t offset, std::uint64_t length) {
            EXPECT_TRUE(sum == 0 || offset > end) << offset;
            EXPECT_NE(length, 0U);
            sum += length;
            end = offset + length;
        });
        EXPECT_LE(end, info().size);
        return sum;
    }

    FileDisk disk;
    Volume volume;
    std::unique_ptr<FileSystem> file_system;
};

class FileSystemTools : public testing::Test {
  protected:
    ProcessOutput run(const std::string& program, std::vector<std::string> arguments) {
        ProcessSpec spec;
        spec.program = program;
        spec.arguments = std::move(arguments);
        return run_process(spec, CancelToken(), std::chrono::minutes(3));
    }
    std::string must_run(const std::string& program, std::vector<std::string> arguments) {
        const std::string line = fmt::format("{} {}", program, fmt::join(arguments, " "));
        const ProcessOutput output = run(program, std::move(arguments));
        EXPECT_TRUE(output.status.success()) << line << "\n" << output.out << output.err;
        return output.out + output.err;
    }

    std::string path(const std::string& name) const { return (directory_.path() / name).string(); }
    std::string image() const { return path("image"); }

    void make_image(std::uint64_t size) const {
        std::ofstream(image()).close();
        fs::resize_file(image(), 0);
        fs::resize_file(image(), size);
    }

    /// A file of noise, always the same for a name and a size.
    std::string noise(const std::string& name, std::size_t size) {
        std::mt19937 random(static_cast<unsigned>(size));
        std::string text(size, '\0');
        for (char& c : text) c = static_cast<char>(random());
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }

    void patch(std::uint64_t offset, std::string_view bytes) const {
        std::fstream file(image(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(offset));
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }

    /// Overwrites all that is called free with what is no sensible content of anything.
    void spoil_free() const {
        const Opened opened(image());
        ASSERT_EQ(opened.info().untouchable, "");
        std::fstream file(image(), std::ios::in | std::ios::out | std::ios::binary);
        const std::string rubbish(std::size_t{1} << 20, '\xDB');
        opened.file_system->for_each_free([&](std::uint64_t offset, std::uint64_t length) {
            file.seekp(static_cast<std::streamoff>(offset));
            for (; length != 0; length -= std::min<std::uint64_t>(length, rubbish.size())) {
                file.write(rubbish.data(), static_cast<std::streamsize>(
                                               std::min<std::uint64_t>(length, rubbish.size())));
            }
        });
    }

    TempDir directory_{temp_root()};
};

std::uint64_t number_in(const std::string& text, const std::string& pattern,
                        std::size_t group = 1) {
    std::smatch match;
    if (!std::regex_search(text, match, std::regex(pattern))) {
        ADD_FAILURE() << pattern << " is not in\n" << text;
        return 0;
    }
    return std::stoull(match[group]);
}

TEST_F(FileSystemTools, FatsFreeClustersAreThoseThatFsckCounts) {
    REQUIRE_PROGRAM("mkfs.fat");
    REQUIRE_PROGRAM("fsck.fat");
    REQUIRE_PROGRAM("mcopy");
    struct Case {
        std::string bits;
        std::string sectors_per_cluster;
        std::uint64_t size;
        std::vector<std::string> more;
    };
    const std::vector<Case> cases = {{"12", "1", 1440 << 10, {}},
                                     {"12", "4", 5'000'192, {}},
                                     {"12", "128", 100 << 20, {}},
                                     {"16", "1", 20 << 20, {}},
                                     {"16", "4", 33 << 20, {"-f", "1"}},
                                     {"16", "64", 300 << 20, {"-h", "2048"}},
                                     {"32", "1", 40 << 20, {}},
                                     {"32", "8", 600 << 20, {}},
                                     {"32", "1", 80 << 20, {"-S", "1024"}},
                                     {"32", "1", 34 << 20, {}}};
    for (const Case& c : cases) {
        SCOPED_TRACE(fmt::format("FAT{} {} {}", c.bits, c.sectors_per_cluster, c.size));
        make_image(c.size);
        std::vector<std::string> arguments = {"-F", c.bits,     "-s", c.sectors_per_cluster,
                                              "-n", "KILN FAT", "-i", "1234abcd"};
        arguments.insert(arguments.end(), c.more.begin(), c.more.end());
        arguments.push_back(image());
        must_run("mkfs.fat", arguments);
        const std::uint64_t room = std::min<std::uint64_t>(c.size / 24, 1 << 20);
        must_run("mmd", {"-i", image(), "::/dir"});
        for (int i = 0; i < 12; ++i) {
            const std::string name = fmt::format("a rather long name {}.bin", i);
            must_run("mcopy", {"-i", image(), noise("file", room * (i + 1) / 12 + i),
                               fmt::format("::/dir/{}", name)});
            if (i % 3 == 1) must_run("mdel", {"-i", image(), fmt::format("::/dir/{}", name)});
        }
        const std::string report = must_run("fsck.fat", {"-n", "-v", image()});
        const Opened opened(image());
        const FileSystemInfo info = opened.info();
        EXPECT_EQ(info.type, "vfat");
        EXPECT_EQ(info.label, "KILN FAT");
        EXPECT_EQ(info.uuid, "1234-ABCD");
        EXPECT_EQ(info.untouchable, "");
        EXPECT_LE(info.size, c.size);
        const std::string totals = R"((\d+) files?, (\d+)/(\d+) clusters)";
        const std::uint64_t used = number_in(report, totals, 2);
        const std::uint64_t clusters = number_in(report, totals, 3);
        EXPECT_EQ(info.block_size, number_in(report, R"((\d+) bytes per cluster)"));
        EXPECT_EQ(opened.free_bytes(), (clusters - used) * info.block_size);
        EXPECT_EQ(info.used, info.size - opened.free_bytes());

        spoil_free();
        must_run("fsck.fat", {"-n", image()});
        for (int i = 0; i < 12; ++i) {
            if (i % 3 == 1) continue;
            must_run("mcopy", {"-n", "-i", image(),
                               fmt::format("::/dir/a rather long name {}.bin", i), path("back")});
            noise("file", room * (i + 1) / 12 + i);
            EXPECT_EQ(read_file(path("back")), read_file(path("file"))) << i;
            fs::remove(path("back"));
        }
    }
}

}  // namespace
}  // namespace kiln::formats
