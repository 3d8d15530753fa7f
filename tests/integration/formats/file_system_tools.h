#pragma once

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
#include "formats/bytes/bytes.h"
#include "formats/file_system/file_system.h"

namespace kiln::formats {

/// What the tests of file systems against their tools share: an image file, the tools, damage.
namespace fs = std::filesystem;

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

inline std::uint64_t number_in(const std::string& text, const std::string& pattern,
                               std::size_t group = 1) {
    std::smatch match;
    if (!std::regex_search(text, match, std::regex(pattern))) {
        ADD_FAILURE() << pattern << " is not in\n" << text;
        return 0;
    }
    return std::stoull(match[group]);
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

inline Mounted::Mounted(FileSystemTools& test, const std::string& image, const std::string& at,
                        const std::string& type)
    : at_(at) {
    fs::create_directories(at);
    // A server in the background has to leave the group of processes before that is ended.
    const std::string command = "mount -t \"$0\" -o loop \"$1\" \"$2\" && sleep 0.3";
    mounted_ = test.run("sh", {"-c", command, type, image, at}).status.success();
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

}  // namespace kiln::formats
