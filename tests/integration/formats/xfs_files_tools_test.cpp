// Files of XFS as mkfs.xfs and the kernel write them: what they hold is what was put in, what a
// directory names is what xfs_db says.
#include "file_system_tools.h"
#include "formats/bytes/checksum.h"
#include "formats/file_system/xfs_files.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;

constexpr std::size_t kLimit = std::size_t{16} << 20;
constexpr std::uint64_t kBudget = 1 << 20;

/// The names of a directory with their inodes.
using Names = std::map<std::string, std::uint64_t>;

class XfsFileTools : public FileSystemTools {
  protected:
    struct Kind {
        std::vector<std::string> arguments;
        unsigned block_size = 4096;
    };

    void SetUp() override {
        REQUIRE_PROGRAM("mkfs.xfs");
        REQUIRE_PROGRAM("xfs_db");
    }

    /// Makes the image from a prototype: what stands in its root directory.
    bool make(const Kind& kind, const std::string& root) {
        std::ofstream(path("prototype")) << "/none\n0 0\nd--755 0 0\n" << root << "$\n";
        make_image(320 << 20);
        std::vector<std::string> arguments = {
            "-q", "-f", "-p", path("prototype"), "-b", fmt::format("size={}", kind.block_size)};
        arguments.insert(arguments.end(), kind.arguments.begin(), kind.arguments.end());
        // Logs are as large as groups let them be, and larger with blocks.
        if (kind.block_size > 16384) arguments.insert(arguments.end(), {"-d", "agcount=2"});
        arguments.push_back(image());
        const ProcessOutput output = run("mkfs.xfs", arguments);
        EXPECT_TRUE(output.status.success())
            << fmt::format("{}", fmt::join(arguments, " ")) << output.err;
        return output.status.success();
    }

    std::string debug(const std::string& path, const std::string& command) {
        return must_run("xfs_db", {"-r", "-c", "path " + path, "-c", command, image()});
    }

    /// Without `.` and `..`, which a short directory does not store.
    Names names_by_debugger(const std::string& directory) {
        std::istringstream lines(debug(directory, "ls"));
        Names names;
        for (std::string line; std::getline(lines, line);) {
            std::smatch match;
            static const std::regex kLine(R"(^\d+\s+(\d+)\s+\w+\s+0x\w+\s+\d+ (.*) \(good\)$)");
            if (std::regex_match(line, match, kLine)) names[match[2]] = std::stoull(match[1]);
        }
        names.erase(".");
        names.erase("..");
        return names;
    }

    Names names_by_kiln(const std::string& directory) const {
        const FileDisk disk(image());
        const Volume volume(disk, {{0, disk.virtual_size()}});
        const auto super = XfsSuperblock::read(volume);
        const XfsInodes inodes(volume, *super);
        const XfsFiles files(*super, inodes);
        WorkBudget budget(kBudget);
        Names names;
        const auto inode = files.find(directory, budget);
        if (!inode) return names;
        files.for_each_entry(*inode, budget, [&](const XfsFiles::Entry& entry) {
            EXPECT_TRUE(names.emplace(entry.name, entry.inode).second) << entry.name;
            return true;
        });
        EXPECT_EQ(names.erase(".") + names.erase(".."), 2U) << directory;
        return names;
    }
};

struct Version {
    std::string name;
    unsigned smallest_block;
    std::vector<std::string> arguments;
};
const std::vector<Version> kVersions = {
    {"v4", 512, {"-m", "crc=0,finobt=0,rmapbt=0,reflink=0"}},
    {"v4 without types", 512, {"-m", "crc=0,finobt=0,rmapbt=0,reflink=0", "-n", "ftype=0"}},
    {"v5", 1024, {"-m", "rmapbt=1,reflink=1,bigtime=1,inobtcount=1"}},
    {"v5 of old", 1024, {"-m", "rmapbt=0,reflink=0,bigtime=0,inobtcount=0", "-i", "sparse=0"}},
    {"v5 with wide counters", 2048, {"-i", "nrext64=1,size=1024"}},
    {"v5 without case", 4096, {"-n", "version=ci", "-i", "size=2048"}},
    {"v5 with large directory blocks", 1024, {"-n", "size=65536"}},
};

TEST_F(XfsFileTools, FilesAreReadAsMkfsWroteThem) {
    std::string root;
    std::map<std::string, std::string> files;
    for (const std::size_t size : {0, 1, 511, 512, 513, 4095, 4096, 4097, 65537, 1'000'003}) {
        const std::string name = fmt::format("sized{}", size);
        root += fmt::format("{} ---644 0 0 {}\n", name, noise(name, size));
        files["/" + name] = read_file(path(name));
    }
    for (const auto& [directory, count] : {std::pair("few", 3), {"some", 40}, {"many", 3000}}) {
        root += fmt::format("{} d--755 0 0\n", directory);
        for (int i = 0; i < count; ++i) {
            root += fmt::format("{}{} ---644 0 0 /dev/null\n", std::string(i % 200, 'n'), i);
        }
        root += fmt::format("last ---644 0 0 {}\n$\n", path("sized513"));
        files[fmt::format("/{}/last", directory)] = files["/sized513"];
    }
    const std::string longest(255, 'l');
    root += fmt::format("etc d--755 0 0\nos-release l--777 0 0 ../usr/lib/os-release\n$\n");
    root += fmt::format("usr d--755 0 0\nlib d--755 0 0\nos-release ---644 0 0 {}\n$\n$\n",
                        path("sized4097"));
    root += fmt::format("{} ---644 0 0 {}\n", longest, path("sized513"));
    root += fmt::format("to-longest l--777 0 0 /etc/.././/{}\n", longest);
    root += "circle l--777 0 0 circle\nnowhere l--777 0 0 /none\nlib l--777 0 0 usr/lib\n";
    files["/etc/os-release"] = files["/usr/lib/os-release"] = files["/lib/os-release"] =
        files["/sized4097"];
    files["/" + longest] = files["/to-longest"] = files["/sized513"];
    // In version 4 its text is not in the inode; mkfs.xfs would write it without a header in 5.
    const std::string far = fmt::format("far l--777 0 0 {}sized513\n", std::string(900, '/'));
    unsigned made = 0;
    for (const auto& [version, smallest, arguments] : kVersions) {
        for (const unsigned block_size : {512U, 1024U, 2048U, 4096U, 16384U, 65536U}) {
            if (block_size < smallest) continue;
            SCOPED_TRACE(fmt::format("{}, blocks of {}", version, block_size));
            const bool has_far = version.starts_with("v4");
            ASSERT_TRUE(make({arguments, block_size}, has_far ? root + far : root));
            ++made;
            const Opened opened(image());
            EXPECT_EQ(opened.info().untouchable, "");
            const auto read = [&](const std::string& name) {
                return opened.file_system->read_file(name, kLimit);
            };
            for (const auto& [name, content] : files) {
                EXPECT_TRUE(read(name) == content) << name;
            }
            if (has_far) {
                EXPECT_TRUE(read("/far") == files["/sized513"]);
            }
            for (const char* nothing : {"/circle", "/nowhere", "/sized513/x", "/few", "/", ""}) {
                EXPECT_EQ(read(nothing), std::nullopt) << nothing;
            }
            EXPECT_EQ(opened.file_system->read_file("/sized513", 512), std::nullopt);
            for (const char* directory : {"/", "/few", "/some", "/many", "/etc"}) {
                const Names expected = names_by_debugger(directory);
                EXPECT_FALSE(expected.empty());
                EXPECT_EQ(names_by_kiln(directory), expected) << directory;
            }
            EXPECT_EQ(names_by_kiln("/many").size(), 3001U);
            EXPECT_THAT(debug("/few", "p core.format"), HasSubstr("local"));
            EXPECT_THAT(debug("/many", "p core.format"), Not(HasSubstr("local")));
        }
    }
    EXPECT_EQ(made, 34U);
}

// As the kernel leaves them: in pieces, with holes, shared, with names taken away.
TEST_F(XfsFileTools, FilesAreReadAsTheKernelLeavesThem) {
    const std::vector<Kind> kinds = {
        {{"-m", "crc=0,finobt=0,rmapbt=0,reflink=0", "-i", "size=256"}, 4096},
        {{"-m", "crc=0,finobt=0,rmapbt=0,reflink=0", "-n", "size=8192"}, 1024},
        {{}, 4096},
        {{"-n", "size=8192"}, 1024},
        {{"-i", "nrext64=1"}, 2048}};
    unsigned mounted = 0;
    for (const Kind& kind : kinds) {
        SCOPED_TRACE(fmt::format("{} {}", kind.block_size, fmt::join(kind.arguments, " ")));
        ASSERT_TRUE(make(kind, ""));
        std::map<std::string, std::string> files;
        const std::string target = fmt::format("{}few", std::string(500, '/'));
        const std::string longest = std::string(1019, '/') + "kept";
        {
            Mounted mount(*this, image(), path("mnt"));
            if (!mount) continue;  // not every kernel knows version 4 still
            ++mounted;
            fs::copy_file(noise("kept", 3 << 20), mount.at("kept"));
            // 2000 pieces, and what was reserved and never written.
            const std::string pieces = mount.at("pieces");
            fs::copy_file(noise("pieces", std::size_t{4000} * kind.block_size), pieces);
            {
                const UniqueFd fd = open_file(pieces, O_RDWR);
                for (off_t i = 0; i < 2000; ++i) {
                    const off_t size = kind.block_size;
                    ASSERT_EQ(fallocate(fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                        2 * i * size, size),
                              0);
                }
                ASSERT_EQ(fallocate(fd.get(), 0, 0, 20 * kind.block_size), 0);
                ASSERT_EQ(fsync(fd.get()), 0);
            }
            run("cp", {"--reflink=auto", mount.at("pieces"), mount.at("copy of pieces")});
            fs::create_directories(mount.at("many"));
            for (int i = 0; i < 4000; ++i) {
                std::ofstream(mount.at(fmt::format("many/a name of some length {}", i))) << i;
            }
            for (int i = 0; i < 4000; ++i) {
                if (i % 100 < 93) {
                    fs::remove(mount.at(fmt::format("many/a name of some length {}", i)));
                }
            }
            fs::create_directories(mount.at("few"));
            fs::create_symlink("/kept", mount.at("few/link"));
            fs::create_symlink(target, mount.at("to few"));
            fs::create_symlink(longest, mount.at("to kept"));
            for (const char* name :
                 {"kept", "pieces", "copy of pieces", "many/a name of some length 3999"}) {
                files[fmt::format("/{}", name)] = read_file(mount.at(name));
            }
            files["/to kept"] = files["/few/link"] = files["/to few/link"] = files["/kept"];
        }
        const Opened opened(image());
        for (const auto& [name, content] : files) {
            EXPECT_TRUE(opened.file_system->read_file(name, kLimit) == content) << name;
        }
        EXPECT_FALSE(files["/pieces"].empty());
        EXPECT_THAT(debug("/pieces", "p core.format"), HasSubstr("btree"));
        const Names many = names_by_debugger("/many");
        EXPECT_EQ(many.size(), 280U);
        EXPECT_EQ(names_by_kiln("/many"), many);
        EXPECT_EQ(names_by_kiln("/"), names_by_debugger("/"));
    }
    if (mounted == 0) GTEST_SKIP() << "XFS cannot be mounted here";
}

TEST_F(XfsFileTools, FeaturesThatAreNotKnownAreNamed) {
    const std::string root = fmt::format("file ---644 0 0 {}\n", noise("file", 5000));
    for (const auto& [field, words] : {std::pair(216, "features (incompat 0x80000000, "),
                                       {212, ", ro_compat 0x80000000, "},
                                       {220, ", log_incompat 0x80000000)"}}) {
        ASSERT_TRUE(make({{"-m", "crc=1"}}, root));
        EXPECT_EQ(Opened(image()).info().unknown, "");
        std::string sector(512, '\0');
        std::ifstream(image(), std::ios::binary).read(sector.data(), 512);
        const auto bytes = std::as_writable_bytes(std::span(sector));
        bytes[static_cast<std::size_t>(field)] |= std::byte{0x80};
        store_le<std::uint32_t>(bytes, 224, 0);
        store_le<std::uint32_t>(bytes, 224, ~crc32c(~0U, bytes));
        patch(0, sector);
        const Opened opened(image());
        EXPECT_THAT(opened.info().unknown, HasSubstr(words));
        EXPECT_EQ(opened.info().untouchable, "it has unknown " + opened.info().unknown);
        EXPECT_TRUE(opened.file_system->read_file("/file", kLimit) == read_file(path("file")));
    }
}

// Inodes, directories in all forms and the trees of the largest, without checksums.
TEST_F(XfsFileTools, DamageToFilesDoesNoHarm) {
    std::string root = "etc d--755 0 0\nos-release l--777 0 0 ../usr/lib/os-release\n$\n";
    root +=
        fmt::format("usr d--755 0 0\nlib d--755 0 0\nos-release ---644 0 0 {}\n", noise("x", 9000));
    for (int i = 0; i < 30; ++i) root += fmt::format("library{} ---644 0 0 /dev/null\n", i);
    root += "$\n$\nmany d--755 0 0\n";
    for (int i = 0; i < 3000; ++i) root += fmt::format("a_long_name_{} ---644 0 0 /dev/null\n", i);
    ASSERT_TRUE(make({{"-m", "crc=0,finobt=0,rmapbt=0,reflink=0"}},
                     root + "last ---644 0 0 /dev/null\n$\n"));
    EXPECT_THAT(debug("/many", "p core.format"), HasSubstr("btree"));
    const FileDisk disk(image());
    const Volume volume(disk, {{0, disk.virtual_size()}});
    const auto super = XfsSuperblock::read(volume);
    ASSERT_TRUE(super);
    std::vector<Region> regions;
    for (const auto& [directory, name] : {std::pair("/etc", "os-release"),
                                          {"/", "etc"},
                                          {"/", "usr"},
                                          {"/", "many"},
                                          {"/usr", "lib"}}) {
        const std::uint64_t number = names_by_kiln(directory).at(name);
        const std::uint64_t block = number >> super->inodes_per_block_bits;
        const std::uint64_t place = number % (1U << super->inodes_per_block_bits);
        regions.push_back(
            {super->offset_of(block, 1) + place * super->inode_size, super->inode_size});
    }
    for (std::uint64_t at = 4096; at < super->size(); at += super->block_size) {
        std::array<char, 4> magic;
        disk.read(at, std::as_writable_bytes(std::span(magic)));
        const std::string_view word(magic.data(), magic.size());
        if (word != "XD2B" && word != "XD2D" && word != "BMAP") continue;
        regions.push_back({at, 64});
        regions.push_back({at, super->block_size});
    }
    EXPECT_GT(regions.size(), 40U);
    damage(image(), regions, 4000, [](const Volume& damaged, const FileSystem::FreeRange&) {
        const auto header = XfsSuperblock::read(damaged);
        const XfsInodes inodes(damaged, *header);
        const XfsFiles files(*header, inodes);
        WorkBudget budget(4096);
        for (const char* path : {"/etc/os-release", "/usr/lib/library29", "/many/last"}) {
            if (const auto inode = files.find(path, budget)) inodes.content(*inode, 65536, budget);
        }
    });
}

}  // namespace
}  // namespace kiln::formats
