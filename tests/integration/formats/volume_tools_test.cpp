// What lies on a disk, judged by the tools that made it: sfdisk, mke2fs, debugfs, dumpe2fs,
// e2fsck, zerofree, mkswap, LVM2. A tool that is not installed makes its test skipped and said so.
#include <fstream>
#include <random>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/process.h"
#include "formats/engine/converter.h"
#include "formats/raw/raw_sink.h"
#include "formats/raw/raw_source.h"
#include "formats/volume/layout.h"
#include "formats/volume/partition_table.h"
#include "formats/volume/thin_source.h"

namespace kiln::formats {
namespace {

namespace fs = std::filesystem;

#define REQUIRE_PROGRAM(name) \
    if (!find_program(name)) GTEST_SKIP() << name << " is not installed"

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::string_view kMarker = "THIS-WAS-DELETED-AND-MUST-NOT-LEAVE";

ProcessOutput run(const std::string& command, std::string_view input = {}) {
    ProcessSpec spec;
    spec.program = "sh";
    spec.arguments = {"-c", "PATH=$PATH:/usr/sbin:/sbin; " + command};
    spec.input = input;
    return run_process(spec, CancelToken(), std::chrono::minutes(3));
}

std::string must_run(const std::string& command, std::string_view input = {}) {
    const ProcessOutput output = run(command, input);
    EXPECT_TRUE(output.status.success()) << command << "\n" << output.out << output.err;
    return output.out;
}

std::string read_all_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class VolumeTools : public testing::Test {
  protected:
    void SetUp() override {
        REQUIRE_PROGRAM("mke2fs");
        REQUIRE_PROGRAM("debugfs");
        REQUIRE_PROGRAM("sfdisk");
        std::mt19937 random(1);
        const auto write = [&](const fs::path& path, std::size_t size) {
            fs::create_directories(path.parent_path());
            std::string text(size, '\0');
            for (char& c : text) c = static_cast<char>(random());
            std::ofstream(path, std::ios::binary) << text;
        };
        for (unsigned i = 1; i <= 300; ++i) {
            write(tree() / "many" / fmt::format("file_with_a_long_name_{}", i), i * 97);
        }
        write(tree() / "large" / "data", 3'000'000);
        fs::create_directories(tree() / "etc");
        std::ofstream(tree() / "etc" / "os-release") << "PRETTY_NAME='Tree OS 7'\n";
        fs::create_symlink("../etc/os-release", tree() / "large" / "link");
        fs::create_symlink("/" + std::string(80, 'x') + "/../etc/os-release", tree() / "long_link");
        fs::create_directories(tree() / std::string(80, 'x'));
        std::ofstream secret(tree() / "many" / "secret");
        for (unsigned i = 0; i < 20000; ++i) secret << kMarker << i << "\n";
    }

    fs::path path(const std::string& name) const { return directory_.path() / name; }
    std::string text(const std::string& name) const { return path(name).string(); }
    fs::path tree() const { return path("tree"); }

    void create(const std::string& name, std::uint64_t size) const {
        fs::remove(path(name));
        std::ofstream(path(name)).close();
        fs::resize_file(path(name), size);
    }
    std::unique_ptr<Source> open(const std::string& name) const {
        return make_raw_source(InputFile::open(path(name)));
    }
    /// mke2fs on a file or a part of it, filled with the tree; nothing when this mke2fs cannot.
    bool make_ext(const std::string& name, const std::string& options, std::uint64_t offset = 0,
                  std::uint64_t size = 0) const {
        const std::string where = offset == 0 ? "" : fmt::format(" -E offset={} ", offset);
        const std::string blocks = size == 0 ? "" : fmt::format(" {}k", size / 1024);
        return run("mke2fs -q -F -d " + tree().string() + where + " " + options + " " + text(name) +
                   blocks)
            .status.success();
    }
    bool has_marker(const std::string& name) const {
        return run(fmt::format("grep -q -a {} {}", kMarker, text(name))).status.success();
    }
    /// Deletes every seventh file, the large one, and the one with the secret.
    void delete_files(const std::string& name, std::uint64_t offset = 0) const {
        std::string commands = "rm /large/data\nrm /many/secret\n";
        for (unsigned i = 3; i <= 300; i += 7) {
            commands += fmt::format("rm /many/file_with_a_long_name_{}\n", i);
        }
        const std::string where = offset == 0 ? "" : fmt::format("?offset={}", offset);
        must_run(fmt::format("debugfs -w -f - '{}{}'", text(name), where), commands);
    }
    TempDir directory_{temp_root()};
};

using Blocks = std::vector<std::pair<std::uint64_t, std::uint64_t>>;  // first and last, joined

Blocks joined(const Blocks& blocks) {
    Blocks result;
    for (const auto& [first, last] : blocks) {
        if (!result.empty() && result.back().second + 1 == first) {
            result.back().second = last;
        } else {
            result.emplace_back(first, last);
        }
    }
    return result;
}

/// The free blocks as dumpe2fs lists them. Of clusters it gives the first block.
Blocks free_by_dumpe2fs(const std::string& image) {
    std::istringstream lines(must_run("dumpe2fs " + image + " 2>/dev/null"));
    std::uint64_t block_size = 1;
    std::uint64_t cluster_size = 0;
    Blocks blocks;
    for (std::string line; std::getline(lines, line);) {
        const auto number_after = [&](std::string_view key, std::uint64_t& value) {
            if (line.starts_with(key)) value = std::stoull(line.substr(key.size()));
        };
        number_after("Block size:", block_size);
        number_after("Cluster size:", cluster_size);
        constexpr std::string_view kFree = "  Free blocks: ";
        if (!line.starts_with(kFree)) continue;
        const std::uint64_t last_of_cluster = cluster_size == 0 ? 0 : cluster_size / block_size - 1;
        std::istringstream parts(line.substr(kFree.size()));
        for (std::string part; std::getline(parts, part, ',');) {
            const std::size_t dash = part.find('-');
            const std::uint64_t first = std::stoull(part);
            const std::uint64_t last =
                dash == std::string::npos ? first : std::stoull(part.substr(dash + 1));
            blocks.emplace_back(first, last + last_of_cluster);
        }
    }
    return joined(blocks);
}

Blocks free_by_kiln(const FileSystem& file_system) {
    const std::uint64_t block = file_system.info().block_size;
    Blocks blocks;
    file_system.for_each_free([&](std::uint64_t offset, std::uint64_t length) {
        blocks.emplace_back(offset / block, (offset + length) / block - 1);
    });
    return joined(blocks);
}

TEST_F(VolumeTools, FreeBlocksAndFilesOfEveryKindOfExt) {
    struct Case {
        const char* options;
        std::uint64_t mib;
    };
    unsigned judged = 0;
    for (const Case& c : {
             Case{"-t ext2 -b 1024", 64},
             Case{"-t ext2 -b 2048", 64},
             Case{"-t ext2 -b 4096", 64},
             Case{"-t ext2 -r 0", 64},
             Case{"-t ext3", 64},
             Case{"-t ext3 -b 1024 -g 512", 64},
             Case{"-t ext4", 300},
             Case{"-t ext4 -b 1024", 300},
             Case{"-t ext4 -b 65536", 300},
             Case{"-t ext4 -I 128", 64},
             Case{"-t ext4 -I 1024", 64},
             Case{"-t ext4 -O ^metadata_csum", 300},
             Case{"-t ext4 -b 1024 -O ^metadata_csum,^64bit", 300},
             Case{"-t ext4 -O ^metadata_csum,uninit_bg,^flex_bg", 900},
             Case{"-t ext4 -O ^64bit", 300},
             Case{"-t ext4 -O ^flex_bg", 900},
             Case{"-t ext4 -O ^has_journal", 64},
             Case{"-t ext4 -O meta_bg,^resize_inode", 900},
             Case{"-t ext4 -b 1024 -O meta_bg,^resize_inode,^flex_bg,^64bit", 900},
             Case{"-t ext4 -O sparse_super2", 900},
             Case{"-t ext4 -O sparse_super2,^resize_inode,^flex_bg", 900},
             Case{"-t ext4 -O ^sparse_super,^resize_inode", 900},
             Case{"-t ext4 -O bigalloc -C 16384", 900},
             Case{"-t ext4 -b 1024 -O bigalloc -C 16384", 300},
             Case{"-t ext4 -O bigalloc -C 1048576", 4096},
             Case{"-t ext4 -O inline_data", 64},
             Case{"-t ext4 -I 512 -O inline_data", 64},
             Case{"-t ext4 -O mmp", 64},
             Case{"-t ext4 -O orphan_file", 64},
             Case{"-t ext4 -O quota,project", 64},
             Case{"-t ext4 -O encrypt,casefold,verity", 64},
             Case{"-t ext4 -O ea_inode,large_dir,metadata_csum_seed", 64},
             Case{"-t ext4 -g 1024", 300},
             Case{"-t ext4 -b 1024 -g 256", 100},
             Case{"-t ext4 -E lazy_itable_init=1,lazy_journal_init=1", 2 * 1024 * 1024},
         }) {
        SCOPED_TRACE(c.options);
        create("ext.img", c.mib * kMiB - 3072);
        if (!make_ext("ext.img", c.options)) continue;
        delete_files("ext.img");
        const auto disk = open("ext.img");
        const Volume volume(*disk, {{0, disk->virtual_size()}});
        const auto file_system = open_ext(volume);
        ASSERT_NE(file_system, nullptr);
        ASSERT_EQ(file_system->info().untouchable, "");
        EXPECT_EQ(free_by_kiln(*file_system), free_by_dumpe2fs(text("ext.img")));
        for (const char* name : {"/etc/os-release", "/large/link", "/long_link"}) {
            EXPECT_EQ(file_system->read_file(name, 4096), "PRETTY_NAME='Tree OS 7'\n") << name;
        }
        for (const unsigned number : {1U, 100U, 300U}) {
            const std::string name = fmt::format("many/file_with_a_long_name_{}", number);
            EXPECT_EQ(file_system->read_file("/" + name, 1 << 20), read_all_text(tree() / name));
        }
        EXPECT_EQ(file_system->read_file("/large/data", 1 << 22), std::nullopt);
        ++judged;
    }
    EXPECT_GE(judged, 30U);
}

TEST_F(VolumeTools, OwnersOfBlocksAreThoseOfDebugfs) {
    for (const char* options : {"-t ext4", "-t ext2 -b 1024", "-t ext4 -O bigalloc -C 16384"}) {
        SCOPED_TRACE(options);
        create("ext.img", 300 * kMiB);
        ASSERT_TRUE(make_ext("ext.img", options));
        const auto disk = open("ext.img");
        const Volume volume(*disk, {{0, disk->virtual_size()}});
        const auto file_system = open_ext(volume);
        const std::uint64_t block_size = file_system->info().block_size;
        for (const char* name : {"/etc/os-release", "/large/data", "/many", "/etc",
                                 "/many/file_with_a_long_name_250"}) {
            std::istringstream blocks(must_run(
                fmt::format("debugfs -R 'blocks {}' {} 2>/dev/null", name, text("ext.img"))));
            std::uint64_t last = 0;
            for (std::uint64_t block = 0; blocks >> block;) last = block;
            ASSERT_NE(last, 0U);
            EXPECT_EQ(file_system->owner_of(last * block_size + 7), name);
        }
    }
}

TEST_F(VolumeTools, WhatDebugfsMarksAsUncleanIsLeftAlone) {
    for (const char* command :
         {"feature needs_recovery", "ssv state 0", "ssv state 3", "ssv last_orphan 12",
          "ssv journal_inum 0", "feature FEATURE_I31"}) {
        SCOPED_TRACE(command);
        create("ext.img", 64 * kMiB);
        ASSERT_TRUE(make_ext("ext.img", "-t ext4"));
        must_run(fmt::format("debugfs -w -R '{}' {}", command, text("ext.img")));
        const auto disk = open("ext.img");
        const auto thin = make_thin_source(*disk);
        EXPECT_EQ(thin->report().dropped, 0U);
        EXPECT_NE(thin->report().parts.at(0).skipped, "");
    }
}

TEST_F(VolumeTools, ADiskIsThinnedAsZerofreeWould) {
    REQUIRE_PROGRAM("zerofree");
    constexpr std::uint64_t kRoot = 8 * kMiB;
    constexpr std::uint64_t kSize = 300 * kMiB;
    create("disk.img", 400 * kMiB);
    must_run("sfdisk -q " + text("disk.img"),
             "label: gpt\nstart=16384, size=614400, name=root\nsize=65536, type=swap\n");
    ASSERT_TRUE(make_ext("disk.img", "-t ext4", kRoot, kSize));
    delete_files("disk.img", kRoot);
    must_run(fmt::format("dd if={} of={} bs=1M skip=8 count=300 conv=sparse status=none",
                         text("disk.img"), text("zero.img")));
    fs::copy_file(path("zero.img"), path("dirty.img"));
    must_run("zerofree " + text("zero.img"));

    const auto disk = open("disk.img");
    const auto thin = make_thin_source(*disk);
    ASSERT_EQ(thin->report().parts.at(0).skipped, "");
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(make_raw_sink(path("thin.img")));
    convert(*thin, sinks);

    // The same bytes as zerofree's but for the superblock, in which it notes its visit; so every
    // format gives the same size too.
    const auto zeroed = open("zero.img");
    const Volume root(*zeroed, {{0, kSize}});
    const auto file_system = open_ext(root);
    std::vector<std::byte> ours(4096);
    std::vector<std::byte> theirs(4096);
    for (std::uint64_t at = 0; at < kSize; at += ours.size()) {
        thin->read(kRoot + at, ours);
        zeroed->read(at, theirs);
        const auto differs = std::mismatch(ours.begin(), ours.end(), theirs.begin()).first;
        if (differs == ours.end()) continue;
        ASSERT_EQ(file_system->owner_of(at + (differs - ours.begin())), "[superblock]") << at;
    }
    must_run(fmt::format("cmp -n {} {} {}", kRoot, text("thin.img"), text("disk.img")));
    must_run(fmt::format("dd if={} of={} bs=1M skip=8 count=300 conv=sparse status=none",
                         text("thin.img"), text("part.img")));
    must_run("e2fsck -fn " + text("part.img"));
    EXPECT_TRUE(has_marker("dirty.img"));
    EXPECT_FALSE(has_marker("thin.img"));
    for (const char* image : {"dirty", "part"}) {
        fs::create_directory(path(image));
        must_run(fmt::format("debugfs -R 'rdump / {}' {}.img", text(image), text(image)));
    }
    must_run(fmt::format("diff -r --no-dereference {} {}", text("dirty"), text("part")));
    EXPECT_TRUE(fs::exists(path("part") / "many" / "file_with_a_long_name_300"));
}

/// A loop device over a part of a file, for tools that want a device. Needs to be root.
class Loop {
  public:
    Loop(const std::string& file, std::uint64_t offset, std::uint64_t size,
         unsigned sector_size = 512) {
        const ProcessOutput output = run(fmt::format(
            "losetup -f --show -b {} -o {} --sizelimit {} {}", sector_size, offset, size, file));
        if (output.status.success()) device_ = output.out.substr(0, output.out.find('\n'));
    }
    ~Loop() {
        if (!device_.empty()) run("losetup -d " + device_);
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    const std::string& device() const { return device_; }

  private:
    std::string device_;
};

TEST_F(VolumeTools, TablesOfSfdiskAreReadAsSfdiskReadsThem) {
    const char* scripts[] = {
        "label: gpt\nsize=20480, type=uefi, name=ESP\nsize=40960, name=\"r\xC3\xB6\xC3\xB6t\"\n"
        "start=100000, type=swap, attrs=\"LegacyBIOSBootable\"\n",
        "label: dos\nsize=20480, bootable\nsize=100000, type=5\nsize=2048, type=82\n"
        "size=2048, type=83\nsize=4096, type=7\nsize=2048\n",
        "label: gpt\ntable-length: 256\nsize=2048\n",
    };
    for (const char* script : scripts) {
        for (const unsigned sector : {512U, 4096U}) {
            const bool gpt = std::string_view(script).starts_with("label: gpt");
            if (sector == 4096 && !gpt) continue;
            SCOPED_TRACE(fmt::format("{} {}", sector, script));
            create("disk.img", 1024 * kMiB);
            // Only a device can tell sfdisk of another sector size.
            std::optional<Loop> loop;
            if (sector != 512) loop.emplace(text("disk.img"), 0, 1024 * kMiB, sector);
            const std::string target = loop ? loop->device() : text("disk.img");
            if (target.empty()) continue;
            must_run("sfdisk -q --no-reread --no-tell-kernel " + target, script);
            const auto json =
                nlohmann::json::parse(must_run("sfdisk --json " + target))["partitiontable"];
            loop.reset();
            const PartitionTable table = read_partition_table(*open("disk.img"));
            EXPECT_EQ(table.sector_size, sector);
            EXPECT_EQ(table.note, "");
            EXPECT_EQ(table.doubt, "");
            ASSERT_EQ(table.partitions.size(), json["partitions"].size());
            for (std::size_t i = 0; i < table.partitions.size(); ++i) {
                const auto& expected = json["partitions"][i];
                const Partition& partition = table.partitions[i];
                EXPECT_EQ(partition.offset, expected["start"].get<std::uint64_t>() * sector);
                EXPECT_EQ(partition.length, expected["size"].get<std::uint64_t>() * sector);
                EXPECT_EQ(partition.name, expected.value("name", ""));
                EXPECT_TRUE(partition.inside);
                EXPECT_TRUE(expected["node"].get<std::string>().ends_with(
                    std::to_string(partition.number)));
                if (gpt) {
                    EXPECT_EQ(partition.type_id, expected["type"]);
                    EXPECT_EQ(partition.guid, expected["uuid"]);
                }
                EXPECT_EQ(std::count(partition.flags.begin(), partition.flags.end(), "active"),
                          expected.value("bootable", false) ? 1 : 0);
            }
        }
    }
}

TEST_F(VolumeTools, SwapOfMkswapIsEmptiedBehindItsHeader) {
    REQUIRE_PROGRAM("mkswap");
    create("swap.img", 16 * kMiB);
    must_run("mkswap -L paging -U 01234567-89ab-cdef-0123-456789abcdef " + text("swap.img"));
    must_run("dd if=/dev/urandom bs=1M seek=1 count=4 conv=notrunc status=none of=" +
             text("swap.img"));
    const auto disk = open("swap.img");
    const LayoutNode layout = read_layout(*disk);
    ASSERT_TRUE(layout.file_system);
    EXPECT_EQ(layout.file_system->label, "paging");
    EXPECT_EQ(layout.file_system->uuid, "01234567-89ab-cdef-0123-456789abcdef");
    EXPECT_EQ(make_thin_source(*disk)->report().dropped, 16 * kMiB - 4096);
}

TEST_F(VolumeTools, AGroupOfLvmIsReadAsLvmWroteIt) {
    REQUIRE_PROGRAM("vgcfgrestore");
    create("disk.img", 200 * kMiB);
    must_run("sfdisk -q " + text("disk.img"), "label: gpt\nstart=2048, size=393216, type=lvm\n");
    const std::string group = fmt::format("kiln_test_{}", getpid());
    {
        const Loop loop(text("disk.img"), kMiB, 192 * kMiB);
        if (loop.device().empty()) GTEST_SKIP() << "loop devices need root";
        const std::string lvm = " --config 'backup{backup=0 archive=0} devices{filter=[\"a|^" +
                                loop.device() + "$|\",\"r|.*|\"] use_devicesfile=0}' ";
        if (!run("pvcreate -q" + lvm + loop.device()).status.success() ||
            !run("vgcreate -q" + lvm + group + " " + loop.device()).status.success()) {
            GTEST_SKIP() << "LVM2 does not work here";
        }
        must_run("vgcfgbackup" + lvm + "-f " + text("vg.txt") + " " + group);
        // Logical volumes come from a text, as this needs no device mapper.
        std::string description = read_all_text(path("vg.txt"));
        description.erase(description.find_last_of('}'));
        description += R"(
	logical_volumes {
		root {
			id = "AAAAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAAAA"
			status = ["READ", "WRITE", "VISIBLE"]
			flags = []
			segment_count = 2
			segment1 {
				start_extent = 0
				extent_count = 10
				type = "striped"
				stripe_count = 1
				stripes = ["pv0", 20]
			}
			segment2 {
				start_extent = 10
				extent_count = 6
				type = "striped"
				stripe_count = 1
				stripes = ["pv0", 3]
			}
		}
	}
}
)";
        std::ofstream(path("vg.txt")) << description;
        must_run("vgcfgrestore" + lvm + "-f " + text("vg.txt") + " " + group);
    }
    // 64 MiB of a file system, in two pieces of 40 and 24.
    create("root.img", 64 * kMiB);
    ASSERT_TRUE(make_ext("root.img", "-t ext4"));
    delete_files("root.img");
    const std::uint64_t first = 2 * kMiB + 20 * 4 * kMiB;
    const std::uint64_t second = 2 * kMiB + 3 * 4 * kMiB;
    must_run(
        fmt::format("dd if={0} of={1} bs=1M count=40 seek={2} conv=notrunc status=none; "
                    "dd if={0} of={1} bs=1M skip=40 count=24 seek={3} conv=notrunc "
                    "status=none",
                    text("root.img"), text("disk.img"), first / kMiB, second / kMiB));
    const auto disk = open("disk.img");
    const LayoutNode layout = read_layout(*disk);
    const auto found = std::find_if(
        layout.children.begin(), layout.children.end(),
        [](const LayoutNode& node) { return node.kind == LayoutNode::Kind::VolumeGroup; });
    ASSERT_NE(found, layout.children.end());
    EXPECT_EQ(found->name, group);
    ASSERT_EQ(found->children.size(), 1U);
    EXPECT_EQ(found->children[0].os, "Tree OS 7");
    EXPECT_EQ(found->children[0].length, 64 * kMiB);

    const auto thin = make_thin_source(*disk);
    std::uint64_t free = 0;
    for (const auto& [from, to] : free_by_dumpe2fs(text("root.img"))) {
        free += (to - from + 1) * found->children[0].file_system->block_size;
    }
    EXPECT_EQ(thin->report().dropped, free + (47 - 16) * 4 * kMiB);
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(make_raw_sink(path("thin.img")));
    convert(*thin, sinks);
    must_run(
        fmt::format("dd if={0} of={1} bs=1M skip={2} count=40 status=none; "
                    "dd if={0} of={1} bs=1M skip={3} count=24 seek=40 conv=notrunc "
                    "status=none",
                    text("thin.img"), text("back.img"), first / kMiB, second / kMiB));
    must_run("e2fsck -fn " + text("back.img"));
    EXPECT_TRUE(has_marker("disk.img"));
    EXPECT_FALSE(has_marker("thin.img"));
}

TEST_F(VolumeTools, WhatOtherToolsMakeIsNamedAndUntouched) {
    struct Case {
        const char* program;
        const char* command;
        const char* content;
    };
    unsigned judged = 0;
    for (const Case& c :
         {Case{"cryptsetup",
               "echo secret | cryptsetup luksFormat -q --pbkdf pbkdf2 "
               "--pbkdf-force-iterations 1000 {}",
               "LUKS"},
          Case{"mkfs.btrfs", "mkfs.btrfs -q {}", "btrfs"},
          Case{"mksquashfs", "mksquashfs /etc/hostname {} -noappend -quiet", "squashfs"},
          Case{"xorriso", "xorriso -outdev {} -map /etc/hostname /a -commit", "ISO 9660"},
          Case{"mkfs.exfat", "mkfs.exfat {}", "exFAT"},
          Case{"mkfs.f2fs", "mkfs.f2fs -q {}", "f2fs"}}) {
        if (!find_program(c.program) && !find_program(fmt::format("/usr/sbin/{}", c.program))) {
            continue;
        }
        create("other.img", 200 * kMiB);
        if (!run(fmt::format(fmt::runtime(c.command), text("other.img"))).status.success()) {
            continue;
        }
        const auto disk = open("other.img");
        EXPECT_EQ(read_layout(*disk).content, c.content);
        EXPECT_EQ(make_thin_source(*disk)->report().dropped, 0U);
        ++judged;
    }
    if (judged == 0) GTEST_SKIP() << "none of these tools is installed";
}

}  // namespace
}  // namespace kiln::formats
