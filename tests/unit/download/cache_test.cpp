#include "download/cache.h"

#include <cstdlib>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace kiln::download {
namespace {

namespace fs = std::filesystem;

/// Sets a variable for one test.
class ScopedVariable {
  public:
    ScopedVariable(const char* name, const char* value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        if (value != nullptr) {
            setenv(name, value, 1);
        } else {
            unsetenv(name);
        }
    }
    ~ScopedVariable() {
        if (old_) {
            setenv(name_, old_->c_str(), 1);
        } else {
            unsetenv(name_);
        }
    }

  private:
    const char* name_;
    std::optional<std::string> old_;
};

TEST(CacheDirectory, FollowsTheEnvironment) {
    const ScopedVariable home("HOME", "/home/me");
    const ScopedVariable xdg("XDG_CACHE_HOME", nullptr);
    const ScopedVariable packer("PACKER_CACHE_DIR", nullptr);
    EXPECT_EQ(default_cache_directory(), "/home/me/.cache/kiln");
    const ScopedVariable xdg_set("XDG_CACHE_HOME", "/var/cache/me");
    EXPECT_EQ(default_cache_directory(), "/var/cache/me/kiln");
    const ScopedVariable packer_set("PACKER_CACHE_DIR", "/big");
    EXPECT_EQ(default_cache_directory(), "/big");
}

TEST(CacheFileName, IsMadeFromTheChecksumElseFromTheUrl) {
    const Checksum checksum{DigestType::Md5, std::string(32, 'a')};
    EXPECT_EQ(cache_file_name(checksum, "http://h/a.iso", "iso"),
              digest_hex(DigestType::Sha1, "md5:" + std::string(32, 'a')) + ".iso");
    EXPECT_EQ(cache_file_name(checksum, "http://h/b.iso", "iso"),
              cache_file_name(checksum, "http://h/a.iso", "iso"));
    EXPECT_EQ(cache_file_name(std::nullopt, "http://h/a.iso", ".QCOW2"),
              digest_hex(DigestType::Sha1, "http://h/a.iso") + ".qcow2");
    EXPECT_EQ(cache_file_name(std::nullopt, "x", ""), digest_hex(DigestType::Sha1, "x"));
}

class VerifiedIndexTest : public testing::Test {
  protected:
    VerifiedIndexTest() : temp_(temp_root()), file_(temp_.path() / "a.iso"), index_(temp_.path()) {
        write_file_atomically(file_, "content");
        index_.record(file_, "md5:aa", stamp_of(file_).value());
        for (const auto& entry : fs::directory_iterator(temp_.path() / "verified")) {
            record_ = entry.path();
        }
    }

    TempDir temp_;
    fs::path file_;
    VerifiedIndex index_;
    fs::path record_;
};

TEST_F(VerifiedIndexTest, KnowsAnUnchangedFile) {
    EXPECT_TRUE(index_.contains(file_, "md5:aa"));
    EXPECT_FALSE(index_.contains(file_, "md5:bb"));
    EXPECT_FALSE(index_.contains(temp_.path() / "other", "md5:aa"));
}

TEST_F(VerifiedIndexTest, ForgetsAFileThatWasWrittenReplacedOrTouched) {
    const auto times = fs::last_write_time(file_);
    {
        const UniqueFd fd = open_file(file_, O_WRONLY);
        write_all(fd.get(), "CONTENT", file_);
    }
    fs::last_write_time(file_, times);
    EXPECT_FALSE(index_.contains(file_, "md5:aa"));
    write_file_atomically(file_, "content");
    EXPECT_FALSE(index_.contains(file_, "md5:aa"));
    fs::remove(file_);
    EXPECT_FALSE(index_.contains(file_, "md5:aa"));
}

TEST_F(VerifiedIndexTest, TakesARecordTornAtAnyByteForNone) {
    const std::string whole = read_file(record_);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_file_atomically(record_, whole.substr(0, size));
        EXPECT_FALSE(index_.contains(file_, "md5:aa")) << size;
    }
    write_file_atomically(record_, whole + "x");
    EXPECT_FALSE(index_.contains(file_, "md5:aa"));
    write_file_atomically(record_, whole);
    EXPECT_TRUE(index_.contains(file_, "md5:aa"));
}

TEST(FileStamp, IsNotSettledRightAfterAWrite) {
    const TempDir temp(temp_root());
    write_file_atomically(temp.path() / "a", "x");
    FileStamp stamp = stamp_of(temp.path() / "a").value();
    EXPECT_FALSE(stamp.settled());
    stamp.ctime_ns -= 3'000'000'000;
    EXPECT_TRUE(stamp.settled());
}

}  // namespace
}  // namespace kiln::download
