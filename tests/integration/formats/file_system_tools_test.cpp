// File systems that the real tools make, judged by the real tools: what is called free is what they
// count as free, and nothing that they miss is lost when it is overwritten. A tool that is not
// installed makes its test skipped and said so.
#include "file_system_tools.h"

#include "formats/file_system/xfs_free_space.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;

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
            const Opened unclean(copy);
            EXPECT_THAT(unclean.info().untouchable, HasSubstr("log has not been replayed"));
            // It may still be in the log alone.
            const auto release = unclean.file_system->read_file("/etc/os-release", 4096);
            EXPECT_TRUE(!release || release == "ID=kiln\n");
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

TEST_F(FileSystemTools, AWindowsIsKnownByItsKernel) {
    REQUIRE_PROGRAM("mkntfs");
    for (const int others : {0, 3000}) {
        make_image(200 << 20);
        must_run("mkntfs", {"-F", "-Q", "-q", "-p", "0", "-H", "16", "-S", "63", image()});
        EXPECT_EQ(Opened(image()).file_system->system_by_names(), "");
        const std::string kernel = "Windows/System32/ntoskrnl.exe";
        {
            Mounted mount(*this, image(), path("mnt"), "ntfs-3g");
            if (!mount) GTEST_SKIP() << "NTFS cannot be mounted here";
            fs::create_directories(mount.at("Windows/System32"));
            for (int i = 0; i < others; ++i) {
                std::ofstream(mount.at(fmt::format("Windows/System32/library number {}.dll", i)));
            }
            std::ofstream(mount.at(kernel)) << "MZ";
        }
        EXPECT_EQ(Opened(image()).file_system->system_by_names(), "Windows");
        {
            Mounted mount(*this, image(), path("mnt"), "ntfs-3g");
            ASSERT_TRUE(mount);
            fs::remove(mount.at(kernel));
        }
        EXPECT_EQ(Opened(image()).file_system->system_by_names(), "");
    }
}

void ask_all(const Volume& volume, const FileSystem::FreeRange& visit) {
    const auto opened = open_file_system(volume);
    if (!opened || !opened->info().untouchable.empty()) return;
    opened->read_file("/etc/os-release", 4096);
    opened->system_by_names();
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
