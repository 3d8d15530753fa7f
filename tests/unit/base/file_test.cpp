#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace kiln {
namespace {

namespace fs = std::filesystem;

std::size_t entries(const fs::path& directory) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

TEST(AtomicFile, AppearsWholeAtCommitAndLeavesNothingElse) {
    const TempDir directory(temp_root());
    const fs::path path = directory.path() / "a";
    AtomicFile file(path);
    write_all(file.fd(), "text", path);
    EXPECT_FALSE(fs::exists(path));
    file.commit();
    EXPECT_EQ(read_file(path), "text");
    EXPECT_EQ(entries(directory.path()), 1u);
}

TEST(AtomicFile, HasNoNameWhenItIsSyncedAheadOfCommit) {
    const TempDir directory(temp_root());
    const fs::path path = directory.path() / "a";
    for (const char* text : {"first", "second"}) {
        AtomicFile file(path);
        write_all(file.fd(), text, path);
        file.sync();
        EXPECT_EQ(fs::exists(path), std::string_view(text) == "second");
        AtomicFile moved = std::move(file);
        moved.commit();
        EXPECT_EQ(read_file(path), text);
        EXPECT_EQ(entries(directory.path()), 1u);
    }
}

TEST(AtomicFile, ReplacesALinkAndNotWhatItNames) {
    const TempDir directory(temp_root());
    for (const char* target : {"there", "nowhere"}) {
        const fs::path path = directory.path() / fmt::format("link to {}", target);
        write_file_atomically(directory.path() / "there", "old");
        fs::create_symlink(target, path);
        write_file_atomically(path, "new");
        EXPECT_FALSE(fs::is_symlink(path));
        EXPECT_EQ(read_file(path), "new");
        EXPECT_EQ(read_file(directory.path() / "there"), "old");
    }
    EXPECT_FALSE(fs::exists(directory.path() / "nowhere"));
}

TEST(AtomicFile, LeavesTheOldFileWhenItIsNotCommitted) {
    const TempDir directory(temp_root());
    const fs::path path = directory.path() / "a";
    write_file_atomically(path, "old");
    {
        AtomicFile file(path);
        write_all(file.fd(), "new", path);
    }
    EXPECT_EQ(read_file(path), "old");
    EXPECT_EQ(entries(directory.path()), 1u);
}

TEST(AtomicFile, ReplacesAnOldFileAndKeepsTheMode) {
    const TempDir directory(temp_root());
    const fs::path path = directory.path() / "a";
    write_file_atomically(path, "old");
    write_file_atomically(path, "new", 0600);
    EXPECT_EQ(read_file(path), "new");
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(AtomicFile, SaysWhichDirectoryIsMissing) {
    try {
        const AtomicFile file("/nonexistent/a");
        FAIL() << "did not throw";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("/nonexistent/a"), std::string::npos);
    }
}

TEST(ReadFile, RefusesAFileBeyondTheLimit) {
    const TempDir directory(temp_root());
    write_file_atomically(directory.path() / "a", "12345");
    EXPECT_EQ(read_file(directory.path() / "a", 5), "12345");
    EXPECT_THROW(read_file(directory.path() / "a", 4), Error);
}

TEST(TempDir, GoesWithAllItHoldsUnlessReleased) {
    fs::path gone;
    fs::path kept;
    {
        const TempDir first(temp_root());
        TempDir second(temp_root());
        write_file_atomically(first.path() / "a", "x");
        gone = first.path();
        kept = second.release();
    }
    EXPECT_FALSE(fs::exists(gone));
    EXPECT_TRUE(fs::exists(kept));
    fs::remove(kept);
}

TEST(ExpandHome, TouchesOnlyALeadingTilde) {
    const char* home = std::getenv("HOME");
    ASSERT_NE(home, nullptr);
    EXPECT_EQ(expand_home("~/a"), fs::path(home) / "a");
    EXPECT_EQ(expand_home("~"), fs::path(home));
    EXPECT_EQ(expand_home("~other/a"), "~other/a");
    EXPECT_EQ(expand_home("a/~"), "a/~");
}

}  // namespace
}  // namespace kiln
