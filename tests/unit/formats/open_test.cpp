// What may be opened, and what only when allowed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "formats/bytes/bytes.h"
#include "formats/inspect.h"
#include "image_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class OpenTest : public testing::Test {
  protected:
    // A qcow2 that holds nothing and names a backing file.
    fs::path overlay(const std::string& name, const std::string& backing, const std::string& format,
                     std::uint64_t size = 1 << 20) {
        const fs::path path = root_ / name;
        fs::create_directories(path.parent_path());
        write_image(MemorySource(std::vector<std::byte>(size)), {path, find_format("qcow2"), {}});
        std::string text = read_text(path);
        const auto bytes = std::as_writable_bytes(std::span(text.data(), text.size()));
        store_be<std::uint64_t>(bytes, 8, 512);
        store_be<std::uint32_t>(bytes, 16, static_cast<std::uint32_t>(backing.size()));
        text.replace(512, backing.size(), backing);
        if (!format.empty()) {
            store_be<std::uint32_t>(bytes, 104, 0xe2792aca);
            store_be<std::uint32_t>(bytes, 108, static_cast<std::uint32_t>(format.size()));
            text.replace(112, format.size(), format);
        }
        write_text(path, text);
        return path;
    }
    fs::path base(const std::string& name, const Format* format = find_format("raw")) {
        const fs::path path = root_ / name;
        fs::create_directories(path.parent_path());
        write_image(MemorySource(disk_), {path, format, {}});
        return path;
    }
    static std::string refusal(const fs::path& path, const OpenOptions& options) {
        try {
            open_source(path, options);
            return "opened";
        } catch (const Error& error) {
            return error.to_string();
        }
    }

    TempDir directory_{temp_root()};
    fs::path root_ = directory_.path();
    std::vector<std::byte> disk_ = mixed_disk(700'000 / 512 * 512, 4);
    OpenOptions allowing_ = [] {
        OpenOptions options;
        options.allow_backing = true;
        return options;
    }();
};

TEST_F(OpenTest, RefusesABackingFileUnlessAllowed) {
    base("base.raw");
    const fs::path top = overlay("top.qcow2", "base.raw", "raw");
    EXPECT_THAT(refusal(top, {}), HasSubstr("--allow-backing"));
    auto expected = disk_;
    expected.resize(1 << 20);  // beyond its end a backing file is zeros
    EXPECT_EQ(read_disk(*open_source(top, allowing_)), expected);
}

TEST_F(OpenTest, FollowsAChainOfBackingFiles) {
    base("base.qcow2", find_format("qcow2"));
    overlay("middle.qcow2", "base.qcow2", "qcow2");
    const fs::path top = overlay("top.qcow2", "middle.qcow2", "qcow2", disk_.size());
    EXPECT_EQ(read_disk(*open_source(top, allowing_)), disk_);
}

TEST_F(OpenTest, RefusesBackingFileOutsideTheAllowList) {
    base("secret/base.raw");
    fs::create_directories(root_ / "images");
    OpenOptions options = allowing_;
    options.backing_directories = {root_ / "images"};
    EXPECT_THAT(refusal(overlay("images/a.qcow2", "../secret/base.raw", "raw"), options),
                HasSubstr("not below an allowed directory"));
    EXPECT_THAT(
        refusal(overlay("images/b.qcow2", (root_ / "secret/base.raw").string(), "raw"), options),
        HasSubstr("not below an allowed directory"));
    fs::create_symlink("../secret/base.raw", root_ / "images/link.raw");
    EXPECT_THAT(refusal(overlay("images/c.qcow2", "link.raw", "raw"), options),
                HasSubstr("not below an allowed directory"));
    base("images/base.raw");
    EXPECT_EQ(refusal(overlay("images/d.qcow2", "base.raw", "raw"), options), "opened");
    EXPECT_THAT(refusal(overlay("images/e.qcow2", "missing.raw", "raw"), options),
                HasSubstr("not below an allowed directory"));
}

TEST_F(OpenTest, RefusesBackingNamesThatAreNoFiles) {
    for (const char* name :
         {"json:{\"driver\":\"raw\"}", "nbd://127.0.0.1/x", "fd:3", "nbd:unix:x"}) {
        EXPECT_THAT(refusal(overlay("a.qcow2", name, "raw"), allowing_), HasSubstr("not a path"))
            << name;
    }
}

TEST_F(OpenTest, NeverProbesABackingFile) {
    base("base.raw");
    EXPECT_THAT(refusal(overlay("a.qcow2", "base.raw", ""), allowing_),
                HasSubstr("the format is missing"));
    EXPECT_THAT(refusal(overlay("b.qcow2", "base.raw", "vvfat"), allowing_),
                HasSubstr("it says vvfat"));
    // A raw backing file that a guest has given a qcow2 header stays raw.
    overlay("evil", "/etc/passwd", "raw");
    const auto source = open_source(overlay("c.qcow2", "evil", "raw"), allowing_);
    std::array<std::byte, 4> magic;
    source->read(0, magic);
    EXPECT_EQ(std::memcmp(magic.data(), "QFI\xfb", 4), 0);
}

TEST_F(OpenTest, ALoopOfBackingFilesEnds) {
    const fs::path top = overlay("loop.qcow2", "loop.qcow2", "qcow2");
    EXPECT_THAT(refusal(top, allowing_), HasSubstr("chain of more than"));
}

TEST_F(OpenTest, InfoNamesTheBackingFileAndOpensNothing) {
    const fs::path top = overlay("top.qcow2", "/nowhere/base", "raw");
    const ImageInfo info = inspect_image(top, {});
    EXPECT_EQ(info.source.backing_name, "/nowhere/base");
    EXPECT_EQ(info.source.backing_format, "raw");
}

TEST_F(OpenTest, RawMustBeCalledRaw) {
    const fs::path path = base("disk");
    EXPECT_THAT(refusal(path, {}), HasSubstr("--from raw"));
    OpenOptions raw;
    raw.format = find_format("raw");
    EXPECT_EQ(read_disk(*open_source(path, raw)), disk_);
    OpenOptions probing;
    probing.allow_raw = true;
    EXPECT_EQ(read_disk(*open_source(path, probing)), disk_);
}

TEST_F(OpenTest, ANameThatSaysRawIsBelievedWhereTheContentDoesNotContradict) {
    EXPECT_EQ(read_disk(*open_source(base("disk.raw"))), disk_);
    EXPECT_EQ(read_disk(*open_source(base("disk.img"))), disk_);
    const fs::path qcow2 = base("disk.qcow2", find_format("qcow2"));
    fs::rename(qcow2, root_ / "other.img");
    EXPECT_EQ(open_source(root_ / "other.img")->info().format, "qcow2");
    fs::rename(root_ / "other.img", root_ / "other.raw");
    EXPECT_THAT(refusal(root_ / "other.raw", {}), HasSubstr("called raw and begins like a qcow2"));
    OpenOptions probing;
    probing.allow_raw = true;
    EXPECT_EQ(open_source(root_ / "other.raw", probing)->info().format, "qcow2");
}

TEST_F(OpenTest, AGivenFormatIsNotDoubted) {
    const fs::path path = base("disk.qcow2", find_format("qcow2"));
    OpenOptions raw;
    raw.format = find_format("raw");
    EXPECT_EQ(open_source(path, raw)->virtual_size(), fs::file_size(path));
    OpenOptions vmdk;
    vmdk.format = find_format("vmdk");
    EXPECT_THAT(refusal(path, vmdk), HasSubstr("magic"));
}

TEST_F(OpenTest, KnowsFormatsThatItCannotRead) {
    OpenOptions probing;
    probing.allow_raw = true;
    using namespace std::string_view_literals;
    constexpr std::pair<std::string_view, const char*> kKnown[] = {
        {"# Disk DescriptorFile\n"sv, "descriptor"},
        {"vhdxfile"sv, "VHDX"},
        {"LUKS\xba\xbe"sv, "encrypted"},
        {"QED\0"sv, "QED"}};
    for (const auto& [text, words] : kKnown) {
        write_text(root_ / "file", std::string(text) + std::string(1000, '\0'));
        EXPECT_THAT(refusal(root_ / "file", probing), HasSubstr(words));
    }
}

TEST_F(OpenTest, RefusesWhatIsNoFile) {
    EXPECT_THAT(refusal(root_, {}), HasSubstr("neither a file nor a block device"));
    ASSERT_EQ(mkfifo((root_ / "pipe").c_str(), 0600), 0);
    EXPECT_THAT(refusal(root_ / "pipe", {}), HasSubstr("neither a file nor a block device"));
    EXPECT_THAT(refusal(root_ / "missing", {}), HasSubstr("No such file"));
}

TEST_F(OpenTest, ASourceThatShrinksIsNoticed) {
    const fs::path path = base("disk.raw");
    OpenOptions raw;
    raw.format = find_format("raw");
    const auto source = open_source(path, raw);
    fs::resize_file(path, 1000);
    EXPECT_THROW(read_disk(*source), Error);
    try {
        read_disk(*source);
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("has become shorter"));
    }
}

TEST_F(OpenTest, CompareFindsTheFirstDifference) {
    auto other = disk_;
    other[123'457] ^= std::byte{1};
    other[600'000] ^= std::byte{1};
    for (const unsigned threads : {1U, 4U}) {
        ConvertOptions options;
        options.threads = threads;
        const auto result = compare_images(MemorySource(disk_), MemorySource(other), options);
        EXPECT_FALSE(result.identical);
        EXPECT_EQ(result.first_difference, 123'457U);
        auto longer = disk_;
        longer.resize(longer.size() + 5'000'000);
        const auto padded = compare_images(MemorySource(disk_), MemorySource(longer), options);
        EXPECT_TRUE(padded.identical);
        EXPECT_FALSE(padded.same_size);
        longer.back() = std::byte{1};
        const auto tail = compare_images(MemorySource(longer), MemorySource(disk_), options);
        EXPECT_FALSE(tail.identical);
        EXPECT_EQ(tail.first_difference, longer.size() - 1);
    }
}

}  // namespace
}  // namespace kiln::formats
