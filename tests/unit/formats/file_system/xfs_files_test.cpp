#include "formats/file_system/xfs_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "xfs_image.h"

namespace kiln::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

/// With and without checksums.
class XfsFilesTest : public testing::TestWithParam<bool> {
  protected:
    static constexpr std::uint64_t kEtc = 65;
    static constexpr std::uint64_t kHello = 66;

    XfsFilesTest() {
        image_.directory(XfsImage::kRoot, XfsImage::kRoot, {{"etc", kEtc}, {"hello", kHello}});
        image_.directory(kEtc, XfsImage::kRoot, {});
        image_.file(kHello, 100, "hello\n");
    }
    bool v5() const { return GetParam(); }

    std::optional<XfsInode> find(std::string_view path, std::uint64_t budget = 4096) const {
        const Volume volume(image_.disk, {{0, image_.disk.virtual_size()}});
        const XfsInodes inodes(volume, image_.super);
        WorkBudget work(budget);
        return XfsFiles(image_.super, inodes).find(path, work);
    }
    std::optional<std::string> read(std::string_view path, std::uint64_t budget = 4096) const {
        const Volume volume(image_.disk, {{0, image_.disk.virtual_size()}});
        const XfsInodes inodes(volume, image_.super);
        WorkBudget work(budget);
        const auto inode = XfsFiles(image_.super, inodes).find(path, work);
        if (!inode) return std::nullopt;
        const auto bytes = inodes.content(*inode, 1 << 20, work);
        return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    std::string refusal(std::string_view path) const {
        try {
            read(path);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
    /// What is said of a file whose extents are these.
    std::string refusal_of(const std::vector<std::string>& extents) {
        image_.listed(kHello, XfsImage::kFile, 100'000, extents);
        return refusal("/hello");
    }
    std::vector<std::string> entries(std::string_view path) const {
        const Volume volume(image_.disk, {{0, image_.disk.virtual_size()}});
        const XfsInodes inodes(volume, image_.super);
        const XfsFiles files(image_.super, inodes);
        WorkBudget work(4096);
        std::vector<std::string> found;
        files.for_each_entry(files.find(path, work).value(), work, [&](const auto& entry) {
            found.push_back(fmt::format("{}={}", entry.name, entry.inode));
            return true;
        });
        return found;
    }

    XfsImage image_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Versions, XfsFilesTest, testing::Bool(),
                         [](const auto& version) { return version.param ? "V5" : "V4"; });

TEST_P(XfsFilesTest, PathsAndLinksAreFollowed) {
    image_.directory(kEtc, XfsImage::kRoot,
                     {{"up", 67}, {"absolute", 68}, {"around", 69}, {"through", 70}, {"lost", 71}});
    image_.link(67, "../hello");
    image_.link(68, "//hello");
    image_.link(69, "around");
    image_.link(70, "../etc/./up/");
    image_.link(71, "../../../none");
    for (const char* path : {"/hello", "hello", "/etc/../hello", "/./etc/up", "/etc/absolute",
                             "/etc/through", "/../../hello"}) {
        EXPECT_THAT(read(path), Optional(std::string("hello\n"))) << path;
    }
    for (const char* path : {"/none", "/etc/around", "/etc/lost", "/hello/x", "/etc/up/.."}) {
        EXPECT_EQ(find(path), std::nullopt) << path;
    }
    EXPECT_EQ(find("/")->number, XfsImage::kRoot);
    EXPECT_EQ(find("/etc/..")->number, XfsImage::kRoot);
}

TEST_P(XfsFilesTest, AChainOfLinksIsFollowedSixteenTimes) {
    XfsImage::Names names = {{"hello", kHello}};
    for (unsigned i = 0; i < 17; ++i) {
        const std::string name = fmt::format("l{}", i);
        image_.link(128 + i, i == 0 ? "hello" : fmt::format("l{}", i - 1));
        names.emplace_back(name, 128 + i);
    }
    image_.directory(XfsImage::kRoot, XfsImage::kRoot, names);
    EXPECT_THAT(read("/l15"), Optional(std::string("hello\n")));
    EXPECT_EQ(find("/l16"), std::nullopt);
}

TEST_P(XfsFilesTest, ShortDirectoriesHaveNumbersOfEitherSize) {
    const std::string text = image_.short_names(XfsImage::kRoot, {{"wide", 8192 + 8 * 20}}, 8);
    image_.inode(kEtc, XfsImage::kDirectory, XfsImage::kLocal, text.size(), text);
    EXPECT_THAT(entries("/etc"), ElementsAre(".=65", "..=64", "wide=8352"));
    image_.super.types_in_directories = false;
    image_.directory(XfsImage::kRoot, XfsImage::kRoot, {{"etc", kEtc}});
    image_.directory(kEtc, XfsImage::kRoot, {{"a", 3}, {"bc", 4}});
    EXPECT_THAT(entries("/etc"), ElementsAre(".=65", "..=64", "a=3", "bc=4"));
}

TEST_P(XfsFilesTest, DirectoriesAreReadInAllForms) {
    image_.listed(kEtc, XfsImage::kDirectory, 4096, {XfsImage::extent(0, 50, 1)});
    image_.names(50, kEtc, {{".", 65}, {"..", 64}, {"x", 7}}, true, 3);
    EXPECT_THAT(entries("/etc"), ElementsAre(".=65", "..=64", "x=7"));
    // Several blocks, a hole between them, and an index far behind that is not looked at.
    image_.listed(kEtc, XfsImage::kDirectory, 40960,
                  {XfsImage::extent(0, 50, 2), XfsImage::extent(9, 1030, 1),
                   XfsImage::extent((std::uint64_t{32} << 30) / 4096, 99, 1)});
    image_.names(50, kEtc, {{".", 65}, {"..", 64}}, false);
    image_.names(51, kEtc, {{std::string(255, 'n'), 8}}, false);
    image_.names(1030, kEtc, {{"y", 9}}, false);
    EXPECT_THAT(entries("/etc"), ElementsAre(".=65", "..=64", std::string(255, 'n') + "=8", "y=9"));
    // A block of a directory that is two of the file system, apart from each other.
    image_.super.directory_block_size = 8192;
    image_.names(60, kEtc, {{"z", 10}}, false);
    image_.disk.write(1040 * 4096, std::string(4096, '\0'));
    std::vector<std::byte> second(4096);
    image_.disk.read(61 * 4096, second);
    image_.disk.write(1040 * 4096, second);
    image_.disk.write(61 * 4096, std::string(4096, 'X'));
    image_.listed(kEtc, XfsImage::kDirectory, 8192,
                  {XfsImage::extent(0, 60, 1), XfsImage::extent(1, 1040, 1)});
    EXPECT_THAT(entries("/etc"), ElementsAre("z=10"));
    for (const auto& extents : std::vector<std::vector<std::string>>{
             {XfsImage::extent(1, 60, 1)},
             {XfsImage::extent(0, 60, 1), XfsImage::extent(3, 1040, 1)},
             {XfsImage::extent(0, 60, 1), XfsImage::extent(2, 1040, 1)}}) {
        image_.listed(kEtc, XfsImage::kDirectory, 8192, extents);
        EXPECT_THAT(refusal("/etc/z"), HasSubstr("directory 65 cannot be read"));
    }
}

TEST_P(XfsFilesTest, HolesAndWhatWasNeverWrittenAreZeros) {
    image_.disk.write(200 * 4096, std::string(4096, 'a'));
    image_.disk.write(1100 * 4096, std::string(4096, 'b'));
    image_.disk.write(300 * 4096, std::string(4096, 'x'));
    image_.listed(kHello, XfsImage::kFile, 4 * 4096 + 10,
                  {XfsImage::extent(1, 200, 1), XfsImage::extent(2, 300, 1, false),
                   XfsImage::extent(4, 1100, 3), XfsImage::extent(9, 300, 1)});
    const std::string zeros(4096, '\0');
    EXPECT_EQ(read("/hello").value(),
              zeros + std::string(4096, 'a') + zeros + zeros + std::string(10, 'b'));
}

TEST_P(XfsFilesTest, TreesAreReadToTheirLeaves) {
    image_.node(210, kHello, 0, {XfsImage::extent(0, 200, 1), XfsImage::extent(2, 201, 1)});
    image_.node(211, kHello, 0, {XfsImage::extent(3, 202, 1)});
    image_.node(1212, kHello, 1, {}, {210, 211});
    image_.inode(kHello, XfsImage::kFile, XfsImage::kTree, 4 * 4096, image_.tree_root(2, {1212}),
                 3);
    for (unsigned i = 0; i < 3; ++i) {
        image_.disk.write((200 + i) * 4096, std::string(4096, static_cast<char>('a' + i)));
    }
    EXPECT_EQ(read("/hello").value(), std::string(4096, 'a') + std::string(4096, '\0') +
                                          std::string(4096, 'b') + std::string(4096, 'c'));
}

TEST_P(XfsFilesTest, TreesThatLeadInCirclesEnd) {
    const auto with_root = [&](unsigned level, const std::vector<std::uint64_t>& children) {
        image_.inode(kHello, XfsImage::kFile, XfsImage::kTree, 100'000,
                     image_.tree_root(level, children), 3);
        return refusal("/hello");
    };
    image_.node(210, kHello, 1, {}, {210});
    EXPECT_THAT(with_root(2, {210}), HasSubstr("not of the tree"));
    image_.node(211, kHello, 0, {XfsImage::extent(0, 200, 1)});
    EXPECT_THAT(with_root(1, {211, 211}), HasSubstr("not in order"));
    EXPECT_THAT(with_root(2, {211}), HasSubstr("not of the tree"));
    EXPECT_THAT(with_root(0, {211}), HasSubstr("0 levels"));
    EXPECT_THAT(with_root(13, {211}), HasSubstr("13 levels"));
    EXPECT_THAT(with_root(1, {}), HasSubstr("0 records"));
    for (const std::uint64_t child : {std::uint64_t{2048}, ~std::uint64_t{0}}) {
        EXPECT_THAT(with_root(1, {child}), HasSubstr("where none are")) << child;
    }
    EXPECT_EQ(with_root(1, {211}), "");
    image_.put(image_.fork_at(kHello) + 2, 400, 2);
    image_.seal_inode(kHello);
    EXPECT_THAT(refusal("/hello"), HasSubstr("400 records"));
    ASSERT_EQ(with_root(1, {211}), "");
    for (const unsigned records : {0U, 300U, 0xFFFFU}) {
        image_.put(211 * 4096 + 6, records, 2);
        image_.seal_node(211);
        EXPECT_THAT(refusal("/hello"), HasSubstr("records")) << records;
    }
    // An attribute fork leaves it no room.
    image_.put(XfsImage::inode_at(kHello) + 82, 1, 1);
    image_.seal_inode(kHello);
    EXPECT_THAT(refusal("/hello"), HasSubstr("no room for a tree"));
}

TEST_P(XfsFilesTest, AQuestionMayNotTakeTooLong) {
    image_.node(210, kHello, 0, {XfsImage::extent(0, 200, 1)});
    image_.inode(kHello, XfsImage::kFile, XfsImage::kTree, 1 << 20, image_.tree_root(1, {210}));
    EXPECT_NO_THROW(read("/hello", 8));
    EXPECT_THROW(read("/hello", 3), TooMuchWork);
    image_.listed(kEtc, XfsImage::kDirectory, 1 << 20, {XfsImage::extent(0, 20, 1000)});
    for (unsigned i = 0; i < 1000; ++i) image_.names(20 + i, kEtc, {{"n", 1}}, false);
    image_.directory(XfsImage::kRoot, XfsImage::kRoot, {{"etc", kEtc}});
    EXPECT_EQ(find("/etc/none"), std::nullopt);
    EXPECT_THROW(find("/etc/none", 500), TooMuchWork);
}

TEST_P(XfsFilesTest, ExtentsMustLieInAGroupAndAscend) {
    for (const std::uint64_t block :
         {std::uint64_t{2048}, std::uint64_t{4096}, (std::uint64_t{1} << 52) - 1}) {
        EXPECT_THAT(refusal_of({XfsImage::extent(0, block, 1)}), HasSubstr("where none are"));
    }
    EXPECT_THAT(refusal_of({XfsImage::extent(0, 1020, 5)}), HasSubstr("where none are"));
    EXPECT_THAT(refusal_of({XfsImage::extent(0, 100, 0x1FFFFF)}), HasSubstr("where none are"));
    EXPECT_THAT(refusal_of({XfsImage::extent(0, 100, 0)}), HasSubstr("not in order"));
    EXPECT_THAT(refusal_of({XfsImage::extent(0, 100, 2), XfsImage::extent(1, 300, 1)}),
                HasSubstr("not in order"));
    EXPECT_THAT(refusal_of({XfsImage::extent(9, 100, 2), XfsImage::extent(1, 300, 1)}),
                HasSubstr("not in order"));
    EXPECT_EQ(refusal_of({XfsImage::extent((std::uint64_t{1} << 54) - 1, 100, 2)}), "");
}

TEST_P(XfsFilesTest, InodesThatCannotBeAreRefused) {
    for (const std::uint64_t number :
         {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{2048} * 8, std::uint64_t{1} << 31}) {
        image_.directory(XfsImage::kRoot, XfsImage::kRoot, {{"x", number}});
        EXPECT_THAT(refusal("/x"), HasSubstr("there can be no inode")) << number;
    }
    for (const std::uint64_t number : {std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
        const std::string text = image_.short_names(XfsImage::kRoot, {{"x", number}}, 8);
        image_.inode(XfsImage::kRoot, XfsImage::kDirectory, XfsImage::kLocal, text.size(), text);
        EXPECT_THAT(refusal("/x"), HasSubstr("there can be no inode")) << number;
    }
    image_.directory(XfsImage::kRoot, XfsImage::kRoot, {{"x", 1024}});
    EXPECT_THAT(refusal("/x"), HasSubstr("which is none"));
    image_.inode(1024, 0, XfsImage::kList, 0, "");
    EXPECT_THAT(refusal("/x"), HasSubstr("which is free"));
    image_.super.root_inode = ~std::uint64_t{0};
    EXPECT_THAT(refusal("/x"), HasSubstr("there can be no inode"));
}

TEST_P(XfsFilesTest, ForksMustFitTheirInode) {
    const auto with = [&](std::uint64_t at, std::uint64_t value, unsigned bytes) {
        image_.file(kHello, 100, "hello\n");
        image_.put(XfsImage::inode_at(kHello) + at, value, bytes);
        image_.seal_inode(kHello);
        return refusal("/hello");
    };
    EXPECT_EQ(with(82, 2, 1), "");
    EXPECT_THAT(with(82, 1, 1), HasSubstr("no room for 1 extents"));
    EXPECT_THAT(with(82, 60, 1), HasSubstr("forks of inode 66 do not fit"));
    EXPECT_THAT(with(76, 0xFFFFFFFF, 4), HasSubstr("no room for 4294967295 extents"));
    EXPECT_THAT(with(5, 0, 1), HasSubstr("nowhere"));
    EXPECT_THAT(with(5, 7, 1), HasSubstr("nowhere"));
    image_.inode(kHello, XfsImage::kFile, XfsImage::kLocal, 5000, "x");
    EXPECT_THAT(refusal("/hello"), HasSubstr("larger than its room"));
    EXPECT_EQ(with(56, 0, 8), "");
    EXPECT_EQ(with(56, ~std::uint64_t{0}, 8), "");  // what is asked for is read
}

TEST_P(XfsFilesTest, CountsOfExtentsAreAsWideAsTheInodeSays) {
    image_.file(kHello, 100, "hello\n");
    image_.put(XfsImage::inode_at(kHello) + 24, 1, 8);
    image_.put(XfsImage::inode_at(kHello) + 76, 0, 4);
    image_.put(XfsImage::inode_at(kHello) + 120, 0x10, v5() ? 8 : 0);
    image_.seal_inode(kHello);
    EXPECT_EQ(read("/hello").value(), v5() ? "hello\n" : std::string(6, '\0'));
}

TEST_P(XfsFilesTest, ContentOnARealtimeDeviceIsMarked) {
    EXPECT_FALSE(find("/hello")->on_realtime);
    image_.put(XfsImage::inode_at(kHello) + 90, 1, 2);
    image_.seal_inode(kHello);
    EXPECT_TRUE(find("/hello")->on_realtime);
}

TEST_P(XfsFilesTest, ShortDirectoriesAreReadNoFurtherThanTheyGo) {
    const std::string whole = image_.short_names(XfsImage::kRoot, {{"name", 9}, {"other", 10}});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        image_.inode(kEtc, XfsImage::kDirectory, XfsImage::kLocal, size, whole);
        EXPECT_THAT(refusal("/etc/none"), HasSubstr("directory 65 cannot be read")) << size;
    }
    image_.inode(kEtc, XfsImage::kDirectory, XfsImage::kLocal, whole.size(), whole);
    EXPECT_EQ(refusal("/etc/none"), "");
    image_.inode(kEtc, XfsImage::kDirectory, XfsImage::kLocal, 413, whole);
    EXPECT_THAT(refusal("/etc/none"), HasSubstr("cannot be read"));
    std::string unnamed = whole;
    unnamed[6] = '\0';
    image_.inode(kEtc, XfsImage::kDirectory, XfsImage::kLocal, unnamed.size(), unnamed);
    EXPECT_THAT(refusal("/etc/none"), HasSubstr("cannot be read"));
}

TEST_P(XfsFilesTest, BlocksOfNamesAreReadNoFurtherThanTheyGo) {
    image_.listed(kEtc, XfsImage::kDirectory, 4096, {XfsImage::extent(0, 50, 1)});
    const auto with = [&](std::uint64_t at, std::uint64_t value, unsigned bytes) {
        image_.names(50, kEtc, {{"abcd", 7}});
        image_.put(at, value, bytes);
        image_.seal_names(50);
        return refusal("/etc/none");
    };
    const std::uint64_t first = image_.names_at(50);
    const std::uint64_t unused = first + 16;
    const std::uint64_t end = 51 * 4096;
    EXPECT_EQ(with(first, 9, 8), "");
    for (const std::uint64_t length : {0U, 1U, 12U, 0xFFF8U, 0xFFFFU}) {
        EXPECT_THAT(with(unused + 2, length, 2), HasSubstr("cannot be read")) << length;
    }
    EXPECT_THAT(with(unused, 0, 2), HasSubstr("cannot be read"));  // a name of no length
    EXPECT_THAT(with(first + 8, 0, 1), HasSubstr("cannot be read"));
    for (const std::uint64_t index : {510U, 0xFFFFU, 0xFFFFFFFFU}) {
        EXPECT_THAT(with(end - 8, index, 4), HasSubstr("cannot be read")) << index;
    }
    EXPECT_THAT(with(50 * 4096, 0, 4), HasSubstr("cannot be read"));
    // The last eight bytes may be unused, and hold no name.
    image_.names(50, kEtc, {}, false);
    image_.put(first, 0xFFFF, 2);
    image_.put(first + 2, end - first - 8, 2);
    image_.put(end - 8, 0xFFFF0008, 4);
    image_.seal_names(50);
    EXPECT_EQ(refusal("/etc/none"), "");
    image_.put(end - 8, 1, 8);
    image_.seal_names(50);
    EXPECT_THAT(refusal("/etc/none"), HasSubstr("cannot be read"));
    // What was never written holds no names.
    image_.listed(kEtc, XfsImage::kDirectory, 4096, {XfsImage::extent(0, 50, 1, false)});
    EXPECT_THAT(refusal("/etc/none"), HasSubstr("cannot be read"));
}

TEST_P(XfsFilesTest, LongLinksStandInBlocksOfTheirOwn) {
    const std::string target = std::string(700, '/') + "hello";
    image_.directory(kEtc, XfsImage::kRoot, {{"far", 67}});
    const auto with = [&](std::uint64_t size, const std::vector<std::string>& extents) {
        image_.listed(67, XfsImage::kLink, size, extents);
        return refusal("/etc/far");
    };
    image_.link_text(70, 67, target);
    EXPECT_EQ(with(target.size(), {XfsImage::extent(0, 70, 1)}), "");
    EXPECT_EQ(read("/etc/far"), "hello\n");
    EXPECT_THAT(with(1025, {XfsImage::extent(0, 70, 1)}), HasSubstr("leads to 1025 bytes"));
    EXPECT_THAT(with(~std::uint64_t{0}, {}), HasSubstr("leads to"));
    if (!v5()) return;
    EXPECT_THAT(with(target.size(), {}), HasSubstr("leads nowhere"));
    EXPECT_THAT(with(target.size() - 1, {XfsImage::extent(0, 70, 1)}), HasSubstr("leads nowhere"));
    EXPECT_THAT(with(target.size(), {XfsImage::extent(0, 70, 2)}), HasSubstr("too large"));
    image_.link_text(70, 67, target.substr(0, 300));
    image_.link_text(71, 67, target.substr(300), 300);
    const std::vector<std::string> both = {XfsImage::extent(0, 70, 1), XfsImage::extent(1, 71, 1)};
    EXPECT_EQ(with(target.size(), {both[0], XfsImage::extent(1, 71, 1)}), "");
    image_.link_text(71, 67, target.substr(300), 299);
    EXPECT_THAT(with(target.size(), both), HasSubstr("text of link 67 is damaged"));
    image_.link_text(71, 68, target.substr(300), 300);
    EXPECT_THAT(with(target.size(), both), HasSubstr("text of link 67 is damaged"));
    for (const std::uint64_t length : {0U, 4041U, 0xFFFFFFFFU}) {
        image_.link_text(71, 67, target.substr(300), 300);
        image_.put(71 * 4096 + 8, length, 4);
        image_.seal(71 * 4096, 4096, 12);
        EXPECT_THAT(with(target.size(), both), HasSubstr("text of link 67 is damaged")) << length;
    }
}

TEST_P(XfsFilesTest, ChecksumsOwnersAndUuidsMustBeRight) {
    if (!v5()) return;
    image_.listed(kEtc, XfsImage::kDirectory, 4096, {XfsImage::extent(0, 50, 1)});
    image_.names(50, kEtc, {{"abcd", kHello}});
    image_.node(211, kHello, 0, {XfsImage::extent(0, 100, 1)});
    image_.inode(kHello, XfsImage::kFile, XfsImage::kTree, 6, image_.tree_root(1, {211}));
    ASSERT_EQ(read("/etc/abcd").value(), "hello\n");
    const SparseDisk good = image_.disk;
    struct Place {
        std::uint64_t at;
        std::uint64_t length;
        std::uint64_t checksum;
        std::vector<std::uint64_t> fields;  // its UUID, its owner
        const char* words;
    };
    const std::vector<Place> places = {
        {XfsImage::inode_at(kEtc), 512, 100, {160, 152}, "checksum of inode 65"},
        {50 * 4096, 4096, 4, {24, 40}, "checksum of directory 65"},
        {211 * 4096, 4096, 64, {40, 56}, "checksum of block 211"}};
    for (const Place& place : places) {
        image_.disk = good;
        image_.put(place.at + place.length - 20, 0x11, 1);
        EXPECT_THAT(refusal("/etc/abcd"), HasSubstr(place.words));
        for (const std::uint64_t field : place.fields) {
            image_.disk = good;
            image_.put(place.at + field, 0x7777777777777777, 8);
            image_.seal(place.at, place.length, place.checksum);
            EXPECT_THAT(refusal("/etc/abcd"), HasSubstr(place.words)) << field;
        }
    }
}

}  // namespace
}  // namespace kiln::formats
