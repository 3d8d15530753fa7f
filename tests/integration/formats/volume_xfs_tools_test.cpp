// Disks as installers of RHEL and its kin leave them: XFS on LVM2, judged by what mkfs.xfs was
// given; and the tables of fdisk for disks with large sectors.
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "formats/bytes/zero.h"
#include "formats/raw/raw_source.h"
#include "formats/volume/layout.h"
#include "formats/volume/mount_check.h"
#include "formats/volume/partition_table.h"
#include "tests/unit/formats/volume/disk_builder.h"

namespace kiln::formats {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

#define REQUIRE_PROGRAM(name) \
    if (!find_program(name)) GTEST_SKIP() << name << " is not installed"

constexpr std::uint64_t kMiB = 1024 * 1024;

class VolumeXfsTools : public testing::Test {
  protected:
    std::string must_run(const std::string& program, std::vector<std::string> arguments,
                         std::string_view input = {}) {
        ProcessSpec spec;
        spec.program = program;
        spec.arguments = std::move(arguments);
        spec.input = input;
        const ProcessOutput output = run_process(spec, CancelToken(), std::chrono::minutes(3));
        EXPECT_TRUE(output.status.success()) << program << "\n" << output.out << output.err;
        return output.out;
    }
    std::string path(const std::string& name) const { return (directory_.path() / name).string(); }
    void create(const std::string& name, std::uint64_t size) const {
        std::ofstream(path(name)).close();
        fs::resize_file(path(name), size);
    }
    std::unique_ptr<Source> open(const std::string& name) const {
        return make_raw_source(InputFile::open(path(name)));
    }

    TempDir directory_{temp_root()};
};

/// What of a file is not zeros, to some place of a disk.
void copy(const Source& from, std::uint64_t offset, std::uint64_t length, SparseDisk& to,
          std::uint64_t at) {
    std::vector<std::byte> page(4096);
    for (std::uint64_t i = 0; i < length; i += page.size()) {
        from.read(offset + i, page);
        if (!is_zero(page)) to.write(at + i, page);
    }
}

constexpr std::string_view kUuid = "AAAAAAaaaaAAAAaaaaAAAAaaaaAAAAAA";
constexpr std::string_view kGroup = R"(rl {
id = "GGGGGG-gggg-GGGG-gggg-GGGG-gggg-GGGGGG"
seqno = 4
format = "lvm2"
status = ["RESIZEABLE", "READ", "WRITE"]
flags = []
extent_size = 2048
physical_volumes {
pv0 {
id = "AAAAAA-aaaa-AAAA-aaaa-AAAA-aaaa-AAAAAA"
status = ["ALLOCATABLE"]
pe_start = 2048
pe_count = 400
}
}
logical_volumes {
root {
id = "x"
status = ["READ", "WRITE", "VISIBLE"]
segment_count = 2
segment1 {
start_extent = 0
extent_count = 200
type = "striped"
stripe_count = 1
stripes = ["pv0", 150]
}
segment2 {
start_extent = 200
extent_count = 120
type = "striped"
stripe_count = 1
stripes = ["pv0", 0]
}
}
}
}
contents = "Text Format Volume Group"
version = 1
creation_time = 1700000000
)";

TEST_F(VolumeXfsTools, ARootOfXfsOnLvmTellsItsRelease) {
    REQUIRE_PROGRAM("mkfs.xfs");
    std::ofstream(path("os-release")) << "NAME=\"Rocky Linux\"\n"
                                         "PRETTY_NAME=\"Rocky Linux 9.4 (Blue Onyx)\"\n";
    std::ofstream(path("fstab")) << "/dev/mapper/rl-root / xfs defaults 0 0\n"
                                    "UUID=0a0a-0a0a /boot/efi vfat defaults 0 2\n";
    std::ofstream(path("prototype"))
        << "/none\n0 0\nd--755 0 0\netc d--755 0 0\nos-release l--777 0 0 ../usr/lib/os-release\n"
        << "fstab ---644 0 0 " << path("fstab") << "\n$\nusr d--755 0 0\nlib d--755 0 0\n"
        << "os-release ---644 0 0 " << path("os-release") << "\n$\n$\n$\n";
    create("root.img", 320 * kMiB);
    must_run("mkfs.xfs", {"-q", "-L", "root", "-p", path("prototype"), path("root.img")});

    SparseDisk disk(512 * kMiB);
    put_gpt(disk, {{2048, 2048 + 402 * 2048 - 1, "lvm"}});
    put_physical_volume(disk, kMiB, 402 * kMiB, kUuid, kGroup);
    const auto root = open("root.img");
    copy(*root, 0, 200 * kMiB, disk, (2 + 150) * kMiB);
    copy(*root, 200 * kMiB, 120 * kMiB, disk, 2 * kMiB);

    const LayoutNode layout = read_layout(disk);
    const LayoutNode& group = layout.children.back();
    ASSERT_EQ(group.kind, LayoutNode::Kind::VolumeGroup);
    ASSERT_EQ(group.children.size(), 1U);
    ASSERT_TRUE(group.children[0].file_system) << group.children[0].left_alone;
    EXPECT_EQ(group.children[0].file_system->type, "xfs");
    EXPECT_EQ(group.children[0].file_system->label, "root");
    EXPECT_EQ(group.children[0].os, "Rocky Linux 9.4 (Blue Onyx)");

    const MountReport report = check_mounts(disk);
    EXPECT_THAT(report.problems, ElementsAre(HasSubstr("UUID=0a0a-0a0a for /boot/efi")));
    EXPECT_THAT(report.notes, IsEmpty());
    EXPECT_EQ(report.parts.back().problem, "");
    EXPECT_EQ(report.parts.back().os, "Rocky Linux 9.4 (Blue Onyx)");
}

TEST_F(VolumeXfsTools, AnMbrOfFdiskWithLargeSectorsIsRead) {
    REQUIRE_PROGRAM("fdisk");
    REQUIRE_PROGRAM("mke2fs");
    create("disk.img", 512 * kMiB);
    // Two primary ones, an extended one and two in it.
    must_run("fdisk", {"-b", "4096", path("disk.img")},
             "o\nn\np\n1\n\n+100M\nn\np\n2\n\n+20M\na\n2\nn\ne\n3\n\n\nn\n\n+50M\nn\n\n+60M\nw\n");
    const std::string listed =
        must_run("fdisk", {"-l", "-b", "4096", "-o", "Device,Start,Sectors", path("disk.img")});
    std::vector<std::pair<std::uint64_t, std::uint64_t>> expected;
    const std::regex line(R"(disk\.img\d\s+(\d+)\s+(\d+))");
    for (std::sregex_iterator i(listed.begin(), listed.end(), line), end; i != end; ++i) {
        expected.emplace_back(std::stoull((*i)[1]) * 4096, std::stoull((*i)[2]) * 4096);
    }
    ASSERT_EQ(expected.size(), 5U) << listed;
    EXPECT_EQ(read_partition_table(*open("disk.img")).sector_size, 512U);  // nothing tells yet
    must_run("mke2fs", {"-q", "-F", "-t", "ext4", "-E", fmt::format("offset={}", expected[4].first),
                        path("disk.img"), "60M"});
    const auto disk = open("disk.img");
    const PartitionTable table = read_partition_table(*disk);
    EXPECT_EQ(table.sector_size, 4096U);
    EXPECT_EQ(table.doubt, "");
    std::vector<std::pair<std::uint64_t, std::uint64_t>> found;
    for (const Partition& partition : table.partitions) {
        EXPECT_TRUE(partition.inside);
        found.emplace_back(partition.offset, partition.length);
    }
    EXPECT_EQ(found, expected);
    const LayoutNode layout = read_layout(*disk);
    const auto last = std::ranges::find(layout.children, 6U, &LayoutNode::number);
    ASSERT_NE(last, layout.children.end());
    ASSERT_TRUE(last->file_system);
    EXPECT_EQ(last->file_system->type, "ext4");
    EXPECT_EQ(last->left_alone, "");
}

}  // namespace
}  // namespace kiln::formats
