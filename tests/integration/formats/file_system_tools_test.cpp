// File systems that the real tools make, judged by the real tools: what is called free is what they
// count as free, and nothing that they miss is lost when it is overwritten. A tool that is not
// installed makes its test skipped and said so.
#include <array>
#include <fstream>
#include <map>
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
#include "formats/bytes.h"
#include "formats/file_system/file_system.h"
#include "formats/file_system/xfs_free_space.h"

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
  public:
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
            EXPECT_TRUE(read_file(path("back")) == read_file(path("file"))) << i;
            fs::remove(path("back"));
        }
    }
}

/// A mounted image, of which the kernel must know the file system; unmounted at destruction.
class Mounted {
  public:
    Mounted(FileSystemTools& test, const std::string& image, const std::string& at,
            const std::string& type = "xfs");
    ~Mounted() { unmount(); }
    void unmount() {
        if (mounted_) umount(at_.c_str());
        mounted_ = false;
    }
    explicit operator bool() const { return mounted_; }
    std::string at(const std::string& name) const { return at_ + "/" + name; }

  private:
    std::string at_;
    bool mounted_ = false;
};

Mounted::Mounted(FileSystemTools& test, const std::string& image, const std::string& at,
                 const std::string& type)
    : at_(at) {
    fs::create_directories(at);
    // A server in the background has to leave the group of processes before that is ended.
    const std::string command = "mount -t \"$0\" -o loop \"$1\" \"$2\" && sleep 0.3";
    mounted_ = test.run("sh", {"-c", command, type, image, at}).status.success();
}

TEST_F(FileSystemTools, XfssFreeBlocksAreThoseOfItsDebugger) {
    REQUIRE_PROGRAM("mkfs.xfs");
    REQUIRE_PROGRAM("xfs_db");
    REQUIRE_PROGRAM("xfs_repair");
    const std::vector<std::vector<std::string>> cases = {
        {},
        {"-m", "crc=0,finobt=0,rmapbt=0,reflink=0", "-b", "size=1024"},
        {"-b", "size=1024", "-d", "agcount=8", "-n", "size=8192"},
        {"-m", "rmapbt=1", "-s", "size=4096", "-l", "su=32768"},
        {"-i", "nrext64=1", "-d", "agcount=2"}};
    unsigned mounted = 0;
    for (const auto& more : cases) {
        SCOPED_TRACE(fmt::format("{}", fmt::join(more, " ")));
        make_image(700 << 20);
        std::vector<std::string> arguments = {"-q", "-L", "kiln xfs", "-m",
                                              "uuid=01234567-89ab-cdef-0123-456789abcdef"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.push_back(image());
        must_run("mkfs.xfs", arguments);
        EXPECT_EQ(Opened(image()).info().untouchable, "");
        if (Mounted mount(*this, image(), path("mnt")); mount) {
            ++mounted;
            fs::create_directories(mount.at("usr/lib"));
            fs::create_directories(mount.at("etc"));
            fs::create_directories(mount.at("many"));
            for (int i = 0; i < 900; ++i) {
                const std::string text = fmt::format("file {}", i);
                std::ofstream(mount.at(fmt::format("many/a name of some length {}", i)))
                    << text << std::string(static_cast<std::size_t>(i) * 37, 'x');
            }
            std::ofstream(mount.at("usr/lib/os-release")) << "ID=kiln\n";
            fs::create_symlink("../usr/lib/os-release", mount.at("etc/os-release"));
            fs::copy_file(noise("kept", 3 << 20), mount.at("kept"));
            sync();
            // Holes in the free space, of different sizes.
            for (int i = 0; i < 900; i += 3) {
                fs::remove(mount.at(fmt::format("many/a name of some length {}", i)));
            }
            const std::string copy = path("copy");
            sync();
            must_run("cp", {"--sparse=always", image(), copy});
            EXPECT_THAT(Opened(copy).info().untouchable, HasSubstr("log has not been replayed"));
        }
        const Opened opened(image());
        std::uint64_t listed = 0;
        const std::string groups =
            must_run("xfs_db", {"-r", "-c", "sb 0", "-c", "p agcount", image()});
        const std::uint64_t count = number_in(groups, R"(agcount = (\d+))");
        for (std::uint64_t i = 0; i < count; ++i) {
            listed += number_in(must_run("xfs_db", {"-r", "-c", fmt::format("agf {}", i), "-c",
                                                    "p flcount", image()}),
                                R"(flcount = (\d+))");
        }
        const std::string free = must_run("xfs_db", {"-r", "-c", "freesp -s", image()});
        const FileSystemInfo info = opened.info();
        EXPECT_EQ(info.type, "xfs");
        EXPECT_EQ(info.label, "kiln xfs");
        EXPECT_EQ(info.uuid, "01234567-89ab-cdef-0123-456789abcdef");
        EXPECT_EQ(info.untouchable, "");
        EXPECT_EQ(opened.free_bytes(),
                  (number_in(free, R"(total free blocks (\d+))") - listed) * info.block_size);

        spoil_free();
        must_run("xfs_repair", {"-n", image()});
        if (Mounted mount(*this, image(), path("mnt")); mount) {
            EXPECT_TRUE(read_file(mount.at("kept")) == read_file(path("kept")));
            for (int i = 1; i < 900; i += 3) {
                const std::string text =
                    read_file(mount.at(fmt::format("many/a name of some length {}", i)));
                EXPECT_EQ(text, fmt::format("file {}", i) +
                                    std::string(static_cast<std::size_t>(i) * 37, 'x'));
            }
        }
    }
    if (mounted == 0) GTEST_SKIP() << "XFS cannot be mounted here; empty ones were looked at";
}

TEST_F(FileSystemTools, NtfssFreeClustersAreThoseOfItsTools) {
    for (const char* tool : {"mkntfs", "ntfscp", "ntfscat", "ntfsinfo", "ntfsresize", "ntfsfix"}) {
        REQUIRE_PROGRAM(tool);
    }
    for (const char* cluster : {"4096", "512", "1024", "65536", "262144"}) {
        SCOPED_TRACE(cluster);
        make_image(200 << 20);
        const int files = std::stoi(cluster) > 4096 ? 200 : 1500;
        must_run("mkntfs", {"-F", "-Q", "-q", "-c", cluster, "-L", "kiln \u00fc", "-p", "0", "-H",
                            "16", "-S", "63", image()});
        if (Mounted mount(*this, image(), path("mnt"), "ntfs-3g"); mount) {
            for (int i = 0; i < files; ++i) {
                std::ofstream(mount.at(fmt::format("a name of some length {}", i)))
                    << std::string(static_cast<std::size_t>(i) * 17, 'x');
            }
            for (int i = 0; i < files; i += 3) {
                fs::remove(mount.at(fmt::format("a name of some length {}", i)));
            }
        }
        for (const std::size_t size : {100U, 5000U, 1U << 20, 3U << 20}) {
            const std::string name = fmt::format("file {}", size);
            must_run("ntfscp", {image(), noise(name, size), name});
        }
        const std::string report = must_run("ntfsinfo", {"-m", image()});
        const FileSystemInfo info = Opened(image()).info();
        EXPECT_EQ(info.type, "ntfs");
        EXPECT_EQ(info.label, "kiln \u00fc");
        EXPECT_EQ(info.untouchable, "");
        EXPECT_EQ(std::to_string(info.block_size), cluster);
        EXPECT_EQ(info.size / info.block_size,
                  number_in(report, R"(Volume Size in Clusters: (\d+))"));
        EXPECT_EQ(Opened(image()).free_bytes(),
                  number_in(report, R"(Free Clusters: (\d+))") * info.block_size);
        if (find_program("blkid")) {
            EXPECT_THAT(must_run("blkid", {"-p", "-o", "value", "-s", "UUID", image()}),
                        HasSubstr(info.uuid));
        }
        spoil_free();
        must_run("ntfsresize", {"--info", "--force", image()});
        for (const std::size_t size : {100U, 5000U, 1U << 20, 3U << 20}) {
            const std::string name = fmt::format("file {}", size);
            must_run("sh", {"-c", "ntfscat \"$0\" \"$1\" > \"$2\"", image(), name, path("back")});
            EXPECT_TRUE(read_file(path("back")) == read_file(path(name))) << name;
        }
        must_run("ntfsfix", {image()});  // leaves it marked, so that Windows looks at it too
        EXPECT_THAT(Opened(image()).info().untouchable, HasSubstr("not unmounted cleanly"));
        must_run("ntfsfix", {"-d", image()});
        EXPECT_EQ(Opened(image()).info().untouchable, "");
        std::ofstream(path("hiberfil.sys")) << "hibr" << std::string(8188, '\0');
        must_run("ntfscp", {image(), path("hiberfil.sys"), "hiberfil.sys"});
        EXPECT_EQ(Opened(image()).info().untouchable, kHibernated);
    }
}

/// A disk with a few bytes changed.
class DamagedDisk : public Source {
  public:
    explicit DamagedDisk(const Source& disk) : disk_(disk) {}
    std::uint64_t virtual_size() const override { return disk_.virtual_size(); }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override {
        return disk_.next_extent(offset, limit);
    }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        disk_.read(offset, out);
        for (auto i = changes_.lower_bound(offset);
             i != changes_.end() && i->first - offset < out.size(); ++i) {
            out[i->first - offset] = i->second;
        }
    }
    SourceInfo info() const override { return {}; }
    void change(std::uint64_t offset, unsigned value) { changes_[offset] = std::byte(value); }

  private:
    const Source& disk_;
    std::map<std::uint64_t, std::byte> changes_;
};

struct Region {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

// An answer or an Error, within the volume; anything else ends the test.
template <typename Ask>
void damage(const fs::path& image, const std::vector<Region>& regions, unsigned rounds, Ask ask) {
    const FileDisk disk(image);
    std::mt19937 random(7);
    constexpr std::array kLimits = {0U, 1U, 0x7FU, 0x80U, 0xFEU, 0xFFU};
    unsigned refused = 0;
    for (unsigned round = 0; round < rounds; ++round) {
        DamagedDisk damaged(disk);
        for (unsigned i = 0; i < 1 + random() % 3; ++i) {
            const Region& region = regions[random() % regions.size()];
            const std::uint64_t at = region.offset + random() % region.length;
            const unsigned value =
                random() % 2 == 0 ? kLimits[random() % kLimits.size()] : random() & 0xFF;
            const unsigned width = random() % 3 == 0 ? 4 : 1;
            for (unsigned k = 0; k < width; ++k) damaged.change(at + k, value);
        }
        const Volume volume(damaged, {{0, damaged.virtual_size()}});
        std::uint64_t end = 0;
        try {
            ask(volume, [&](std::uint64_t offset, std::uint64_t length) {
                EXPECT_TRUE(fits(offset, length, volume.size()) && offset >= end && length != 0);
                end = offset + length;
            });
        } catch (const Error&) {
            ++refused;
        }
    }
    EXPECT_NE(refused, 0U);
    EXPECT_NE(refused, rounds);
}

void ask_all(const Volume& volume, const FileSystem::FreeRange& visit) {
    const auto opened = open_file_system(volume);
    if (!opened || !opened->info().untouchable.empty()) return;
    opened->read_file("/etc/os-release", 4096);
    opened->for_each_free(visit);
}

TEST_F(FileSystemTools, DamageToFatDoesNoHarm) {
    REQUIRE_PROGRAM("mkfs.fat");
    for (const char* bits : {"12", "16", "32"}) {
        const bool large = bits == std::string("32");
        make_image(large ? 36 << 20 : 5 << 20);
        must_run("mkfs.fat",
                 {"-F", bits, "-s", bits == std::string("12") ? "4" : "1", "-n", "KILN", image()});
        damage(image(), {{0, 96}, {0, 96}, {512, 2048}, {32 * 512, 4096}}, large ? 150 : 600,
               ask_all);
    }
}

TEST_F(FileSystemTools, DamageToXfsDoesNoHarm) {
    REQUIRE_PROGRAM("mkfs.xfs");
    make_image(300 << 20);
    // Without checksums, which would tell nearly all of it at once.
    must_run("mkfs.xfs", {"-q", "-m", "crc=0,finobt=0,rmapbt=0,reflink=0", image()});
    const std::vector<Region> regions = {{0, 264}, {512, 224}, {4096, 64}};
    damage(image(), regions, 3000, [](const Volume& volume, const FileSystem::FreeRange& visit) {
        const auto super = XfsSuperblock::read(volume);
        if (!super || !super->obstacle.empty() || super->size() > volume.size()) return;
        const XfsFreeSpace free(volume, *super);
        for (std::uint32_t group = 0; group < super->groups; ++group) {
            free.for_each(group, [&](std::uint32_t start, std::uint32_t count) {
                visit(super->offset_in_group(group, start),
                      std::uint64_t{count} * super->block_size);
            });
        }
    });
    damage(image(), regions, 20, ask_all);
}

TEST_F(FileSystemTools, DamageToNtfsDoesNoHarm) {
    REQUIRE_PROGRAM("mkntfs");
    make_image(12 << 20);
    must_run("mkntfs", {"-F", "-Q", "-q", "-p", "0", "-H", "16", "-S", "63", image()});
    damage(image(), {{0, 90}, {16384, 7 * 1024}, {16384, 1024}, {16384 + 5 * 1024, 2048}}, 800,
           ask_all);
}

}  // namespace
}  // namespace kiln::formats
