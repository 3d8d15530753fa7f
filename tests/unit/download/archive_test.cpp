#include "download/archive.h"

#include <cstdlib>
#include <limits>

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"

namespace kiln::download {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

/// Makes archives with libarchive: `code` names a filter or none, the container is a function.
class ArchiveWriter {
  public:
    ArchiveWriter(const fs::path& path, int (*container)(struct archive*), int filter)
        : writer_(archive_write_new()) {
        EXPECT_EQ(container(writer_), ARCHIVE_OK);
        EXPECT_EQ(archive_write_add_filter(writer_, filter), ARCHIVE_OK);
        EXPECT_EQ(archive_write_open_filename(writer_, path.c_str()), ARCHIVE_OK);
    }
    ~ArchiveWriter() {
        archive_write_close(writer_);
        archive_write_free(writer_);
    }
    ArchiveWriter(const ArchiveWriter&) = delete;
    ArchiveWriter& operator=(const ArchiveWriter&) = delete;

    void add(const std::string& name, std::string_view content, mode_t type = AE_IFREG,
             const std::string& link = {}) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_filetype(entry, type);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
        if (type == AE_IFLNK) archive_entry_set_symlink(entry, link.c_str());
        EXPECT_EQ(archive_write_header(writer_, entry), ARCHIVE_OK);
        EXPECT_EQ(archive_write_data(writer_, content.data(), content.size()),
                  static_cast<la_ssize_t>(content.size()));
        archive_entry_free(entry);
    }

  private:
    struct archive* writer_;
};

class Unpack : public testing::Test {
  protected:
    Unpack() : temp_(temp_root()), target_(temp_.path() / "out") {}

    fs::path raw(const std::string& name, int filter, std::string_view content) {
        ArchiveWriter(temp_.path() / name, &archive_write_set_format_raw, filter).add("x", content);
        return temp_.path() / name;
    }
    std::string unpacked(const fs::path& archive, std::string_view suffix) {
        unpack(archive, suffix, target_, {}, {}, 0);
        return read_file(target_);
    }
    std::string refusal(const fs::path& archive, std::string_view suffix) {
        try {
            unpack(archive, suffix, target_, {}, {}, 0);
            return "unpacked";
        } catch (const Error& error) {
            EXPECT_FALSE(fs::exists(target_));
            return error.what();
        }
    }

    TempDir temp_;
    fs::path target_;
    const std::string content_ = std::string(300'000, 'k') + "iln";
};

TEST_F(Unpack, ReadsEveryCompression) {
    EXPECT_EQ(unpacked(raw("a.gz", ARCHIVE_FILTER_GZIP, content_), ".gz"), content_);
    EXPECT_EQ(unpacked(raw("a.xz", ARCHIVE_FILTER_XZ, content_), ".xz"), content_);
    EXPECT_EQ(unpacked(raw("a.bz2", ARCHIVE_FILTER_BZIP2, content_), ".bz2"), content_);
    EXPECT_EQ(unpacked(raw("a.zst", ARCHIVE_FILTER_ZSTD, content_), "zst"), content_);
}

TEST_F(Unpack, TakesTheOneFileWhateverItsName) {
    const fs::path tar = temp_.path() / "a.tar.xz";
    {
        ArchiveWriter writer(tar, &archive_write_set_format_pax, ARCHIVE_FILTER_XZ);
        writer.add("dir", "", AE_IFDIR);
        writer.add("../../../../tmp/escape", content_);
    }
    EXPECT_EQ(unpacked(tar, ".tar.xz"), content_);
    const fs::path zip = temp_.path() / "a.zip";
    ArchiveWriter(zip, &archive_write_set_format_zip, ARCHIVE_FILTER_NONE)
        .add("/etc/passwd", content_);
    EXPECT_EQ(unpacked(zip, ".zip"), content_);
}

TEST_F(Unpack, RefusesSeveralFilesLinksAndNothing) {
    const fs::path several = temp_.path() / "several.tar";
    {
        ArchiveWriter writer(several, &archive_write_set_format_pax, ARCHIVE_FILTER_NONE);
        writer.add("a", "1");
        writer.add("b", "2");
    }
    EXPECT_THAT(refusal(several, ".tar"), HasSubstr("holds more than one file"));
    const fs::path link = temp_.path() / "link.tar";
    ArchiveWriter(link, &archive_write_set_format_pax, ARCHIVE_FILTER_NONE)
        .add("a", "", AE_IFLNK, "/etc/passwd");
    EXPECT_THAT(refusal(link, ".tar"), HasSubstr("holds a link"));
    const fs::path empty = temp_.path() / "empty.tar";
    ArchiveWriter(empty, &archive_write_set_format_pax, ARCHIVE_FILTER_NONE).add("d", "", AE_IFDIR);
    EXPECT_THAT(refusal(empty, ".tar"), HasSubstr("holds no file"));
}

TEST_F(Unpack, RefusesAFileThatIsNotWhatItsNameSays) {
    write_file_atomically(temp_.path() / "a.gz", content_);
    EXPECT_THAT(refusal(temp_.path() / "a.gz", ".gz"), HasSubstr("not what its name says"));
    EXPECT_THAT(refusal(raw("b.xz", ARCHIVE_FILTER_GZIP, content_), ".xz"),
                HasSubstr("not what its name says"));
    write_file_atomically(temp_.path() / "a.tar", content_);
    EXPECT_THAT(refusal(temp_.path() / "a.tar", ".tar"), HasSubstr("cannot unpack"));
}

TEST_F(Unpack, RefusesAnArchiveCutAnywhere) {
    std::string noise(5000, '\0');
    std::uint32_t state = 1;
    for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    const std::string whole = read_file(raw("a.xz", ARCHIVE_FILTER_XZ, noise));
    for (std::size_t size = 6; size + 1 < whole.size(); size += 97) {
        write_file_atomically(temp_.path() / "cut.xz", whole.substr(0, size));
        EXPECT_NE(refusal(temp_.path() / "cut.xz", ".xz"), "unpacked")
            << size << " of " << whole.size();
    }
}

TEST_F(Unpack, MakesHolesOfZeros) {
    std::string sparse(8 << 20, '\0');
    sparse[5 << 20] = 'x';
    EXPECT_EQ(unpacked(raw("a.gz", ARCHIVE_FILTER_GZIP, sparse), ".gz"), sparse);
    struct stat info {};
    ASSERT_EQ(stat(target_.c_str(), &info), 0);
    EXPECT_LT(info.st_blocks * 512, 1 << 20);
}

TEST_F(Unpack, StopsBeforeTheDiskIsFull) {
    const fs::path archive = raw("a.gz", ARCHIVE_FILTER_GZIP, content_);
    constexpr std::uint64_t more_than_any_disk = std::uint64_t{1} << 60;
    try {
        unpack(archive, ".gz", target_, {}, {}, more_than_any_disk);
        FAIL() << "unpacked";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("does not fit"));
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(temp_.path()), {}), 1);
}

TEST_F(Unpack, StopsWhenCancelled) {
    CancelSource source;
    source.cancel("enough");
    EXPECT_THROW(unpack(raw("a.gz", ARCHIVE_FILTER_GZIP, content_), ".gz", target_, source.token()),
                 Cancelled);
    EXPECT_FALSE(fs::exists(target_));
}

}  // namespace
}  // namespace kiln::download
