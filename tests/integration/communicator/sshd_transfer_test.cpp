#include <chrono>
#include <cstring>
#include <random>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "communicator/ssh_connector.h"
#include "sshd.h"

namespace kiln::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// Each test runs once by scp and once by sftp.
class TransferTest : public testing::TestWithParam<SshConfig::TransferMethod> {
  protected:
    void SetUp() override {
        if (!Sshd::available()) GTEST_SKIP() << "needs openssh-server and a login shell";
        sshd_.emplace();
        SshConfig config = sshd_->config();
        config.file_transfer_method = GetParam();
        ssh_ = connect_ssh(config, {}, {});
        here_ = sshd_->directory() / "here";
        there_ = sshd_->directory() / "there";
        fs::create_directories(here_);
        fs::create_directories(there_);
    }

    bool by_scp() const { return GetParam() == SshConfig::TransferMethod::Scp; }

    static void write(const fs::path& path, std::string_view text, mode_t mode = 0644) {
        fs::create_directories(path.parent_path());
        write_file_atomically(path, text);
        chmod(path.c_str(), mode);
    }

    static mode_t mode_of(const fs::path& path) {
        struct stat status {};
        EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777;
    }

    static std::string random_bytes(std::size_t size) {
        std::mt19937_64 random(7);
        std::string bytes(size, '\0');
        for (std::size_t i = 0; i + 8 <= size; i += 8) {
            const std::uint64_t value = random();
            std::memcpy(bytes.data() + i, &value, 8);
        }
        return bytes;
    }

    /// The relative paths below a directory, sorted.
    static std::vector<std::string> tree(const fs::path& root) {
        std::vector<std::string> paths;
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            paths.push_back(fs::relative(entry.path(), root).string());
        }
        std::sort(paths.begin(), paths.end());
        return paths;
    }

    std::optional<Sshd> sshd_;
    std::unique_ptr<SshCommunicator> ssh_;
    fs::path here_;
    fs::path there_;
};

TEST_P(TransferTest, SendsAndFetchesFiftyMegabytes) {
    const std::string bytes = random_bytes(std::size_t{50} << 20);
    write(here_ / "big", bytes);
    std::uint64_t last = 0;
    std::uint64_t total = 0;
    const TransferProgress progress = [&](std::uint64_t done, std::uint64_t size) {
        EXPECT_GE(done, last);
        last = done;
        total = size;
    };
    ssh_->upload_file(here_ / "big", (there_ / "big").string(), progress, {});
    EXPECT_EQ(last, bytes.size());
    EXPECT_EQ(total, bytes.size());
    EXPECT_TRUE(read_file(there_ / "big") == bytes);
    last = 0;
    ssh_->download_file((there_ / "big").string(), here_ / "back", progress, {});
    EXPECT_EQ(last, bytes.size());
    EXPECT_TRUE(read_file(here_ / "back") == bytes);
}

TEST_P(TransferTest, SendsAndFetchesAnEmptyFile) {
    write(here_ / "empty", "");
    ssh_->upload_file(here_ / "empty", (there_ / "empty").string(), {}, {});
    EXPECT_EQ(fs::file_size(there_ / "empty"), 0U);
    ssh_->download_file((there_ / "empty").string(), here_ / "back", {}, {});
    EXPECT_EQ(fs::file_size(here_ / "back"), 0U);
}

TEST_P(TransferTest, KeepsTheMode) {
    write(here_ / "script", "#!/bin/sh\n", 0755);
    ssh_->upload_file(here_ / "script", (there_ / "script").string(), {}, {});
    EXPECT_EQ(mode_of(there_ / "script"), 0755U);
    ssh_->upload_bytes("text", (there_ / "bytes").string(), {});
    EXPECT_EQ(mode_of(there_ / "bytes"), 0644U);
    EXPECT_EQ(read_file(there_ / "bytes"), "text");
}

TEST_P(TransferTest, ReplacesALongerFile) {
    write(there_ / "f", "a longer text");
    ssh_->upload_bytes("short", (there_ / "f").string(), {});
    EXPECT_EQ(read_file(there_ / "f"), "short");
}

TEST_P(TransferTest, TakesStrangeNames) {
    for (const std::string name :
         {"two words", "it's", "say \"hi\"", "grün-日本", "a&b;c(d)", "#x"}) {
        write(here_ / name, name);
        ssh_->upload_file(here_ / name, (there_ / name).string(), {}, {});
        EXPECT_EQ(read_file(there_ / name), name);
        ssh_->download_file((there_ / name).string(), here_ / "back", {}, {});
        EXPECT_EQ(read_file(here_ / "back"), name);
    }
}

TEST_P(TransferTest, PutsAFileUnderItsNameWhenTheTargetEndsInASlash) {
    write(here_ / "f", "text");
    ssh_->upload_file(here_ / "f", there_.string() + "/", {}, {});
    EXPECT_EQ(read_file(there_ / "f"), "text");
}

TEST_P(TransferTest, SendsADirectoryWithItsNameAndModes) {
    write(here_ / "dir/a", "1", 0600);
    write(here_ / "dir/sub dir/b", "2", 0755);
    fs::create_directories(here_ / "dir/void");
    chmod((here_ / "dir/sub dir").c_str(), 0750);
    ssh_->upload_directory((here_ / "dir").string(), there_.string(), {});
    EXPECT_THAT(tree(there_),
                ElementsAre("dir", "dir/a", "dir/sub dir", "dir/sub dir/b", "dir/void"));
    EXPECT_EQ(mode_of(there_ / "dir/a"), 0600U);
    EXPECT_EQ(mode_of(there_ / "dir/sub dir/b"), 0755U);
    EXPECT_EQ(mode_of(there_ / "dir/sub dir"), 0750U);
}

TEST_P(TransferTest, SendsOnlyTheContentWhenTheSourceEndsInASlash) {
    write(here_ / "dir/a", "1");
    write(here_ / "dir/sub/b", "2");
    chmod(there_.c_str(), 0710);
    ssh_->upload_directory((here_ / "dir").string() + "/", there_.string(), {});
    EXPECT_THAT(tree(there_), ElementsAre("a", "sub", "sub/b"));
    EXPECT_EQ(mode_of(there_), 0710U) << "a directory that was there keeps its mode";
}

TEST_P(TransferTest, SendsADirectoryTwice) {
    write(here_ / "dir/a", "1");
    ssh_->upload_directory((here_ / "dir").string(), there_.string(), {});
    write(here_ / "dir/a", "2");
    ssh_->upload_directory((here_ / "dir").string(), there_.string(), {});
    EXPECT_EQ(read_file(there_ / "dir/a"), "2");
}

TEST_P(TransferTest, FollowsLocalLinksAndNoticesALoop) {
    write(here_ / "file", "linked");
    fs::create_directories(here_ / "dir");
    fs::create_symlink(here_ / "file", here_ / "dir/link");
    ssh_->upload_directory((here_ / "dir").string(), there_.string(), {});
    EXPECT_FALSE(fs::is_symlink(there_ / "dir/link"));
    EXPECT_EQ(read_file(there_ / "dir/link"), "linked");
    fs::create_symlink(here_ / "dir", here_ / "dir/up");
    try {
        ssh_->upload_directory((here_ / "dir").string(), there_.string(), {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("leads back"));
    }
}

TEST_P(TransferTest, FetchesADirectoryUnderItsName) {
    write(there_ / "dir/a", "1", 0600);
    write(there_ / "dir/sub dir/b", std::string(200000, 'x'), 0755);
    ssh_->download_directory((there_ / "dir").string(), here_, {});
    EXPECT_THAT(tree(here_), ElementsAre("dir", "dir/a", "dir/sub dir", "dir/sub dir/b"));
    EXPECT_EQ(read_file(here_ / "dir/sub dir/b"), std::string(200000, 'x'));
    EXPECT_EQ(mode_of(here_ / "dir/a"), 0600U);
    EXPECT_EQ(mode_of(here_ / "dir/sub dir/b"), 0755U);
}

TEST_P(TransferTest, FetchesByWildcard) {
    write(there_ / "a.log", "1");
    write(there_ / "b.log", "2");
    write(there_ / "c.txt", "3");
    ssh_->download_directory((there_ / "*.log").string(), here_, {});
    EXPECT_THAT(tree(here_), ElementsAre("a.log", "b.log"));
}

TEST_P(TransferTest, RefusesToFetchADirectoryAsAFile) {
    EXPECT_THROW(ssh_->download_file(there_.string(), here_ / "f", {}, {}), Error);
    EXPECT_THAT(tree(here_), ElementsAre());
}

TEST_P(TransferTest, SaysWhichFileIsMissing) {
    try {
        ssh_->download_file((there_ / "absent").string(), here_ / "f", {}, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("absent"));
        EXPECT_THAT(error.what(), HasSubstr("o such file or directory"));
    }
    EXPECT_FALSE(fs::exists(here_ / "f"));
    EXPECT_THROW(ssh_->upload_bytes("x", (there_ / "no/such/dir/f").string(), {}), Error);
    EXPECT_THROW(ssh_->upload_file(here_ / "absent", (there_ / "f").string(), {}, {}), Error);
}

TEST_P(TransferTest, CancelsATransferWithinASecondAndStaysOfUse) {
    CancelSource source;
    ASSERT_EQ(mkfifo((there_ / "pipe").c_str(), 0600), 0);
    std::thread canceller([source]() mutable {
        std::this_thread::sleep_for(300ms);
        source.cancel("enough");
    });
    // Opening a pipe that nobody writes to hangs in the guest.
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THROW(ssh_->upload_bytes("x", (there_ / "pipe").string(), source.token()), Cancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 1300ms);
    canceller.join();
    // Frees the guest's program, which else would stay for ever.
    const UniqueFd other_end = open_file(there_ / "pipe", O_RDWR);
    ssh_->upload_bytes("x", (there_ / "f").string(), {});
    EXPECT_EQ(read_file(there_ / "f"), "x");
}

INSTANTIATE_TEST_SUITE_P(Methods, TransferTest,
                         testing::Values(SshConfig::TransferMethod::Scp,
                                         SshConfig::TransferMethod::Sftp),
                         [](const auto& method) {
                             return method.param == SshConfig::TransferMethod::Scp ? "Scp" : "Sftp";
                         });

class SftpSubsystemTest : public testing::Test {};

TEST_F(SftpSubsystemTest, SaysWhenTheGuestHasNoSftpServer) {
    if (!Sshd::available()) GTEST_SKIP() << "needs openssh-server and a login shell";
    const Sshd sshd("Subsystem other /bin/true");
    SshConfig config = sshd.config();
    config.file_transfer_method = SshConfig::TransferMethod::Sftp;
    const auto ssh = connect_ssh(config, {}, {});
    try {
        ssh->upload_bytes("x", "/dev/null", {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("refused the sftp subsystem"));
        EXPECT_THAT(error.hint(), HasSubstr("ssh_file_transfer_method"));
    }
}

TEST_F(SftpSubsystemTest, TakesATildeForTheHomeDirectory) {
    if (!Sshd::available()) GTEST_SKIP() << "needs openssh-server and a login shell";
    const TempDir home(temp_root());
    const Sshd sshd("Subsystem sftp internal-sftp -d " + home.path().string());
    SshConfig config = sshd.config();
    config.file_transfer_method = SshConfig::TransferMethod::Sftp;
    const auto ssh = connect_ssh(config, {}, {});
    ssh->upload_bytes("x", "~/f", {});
    EXPECT_EQ(read_file(home.path() / "f"), "x");
}

TEST_F(SftpSubsystemTest, SaysWhenTheGuestHasNoScp) {
    if (!Sshd::available()) GTEST_SKIP() << "needs openssh-server and a login shell";
    const Sshd sshd("ForceCommand PATH=/nowhere; eval \"$SSH_ORIGINAL_COMMAND\"");
    const auto ssh = connect_ssh(sshd.config(), {}, {});
    try {
        ssh->upload_bytes("x", "/dev/null", {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("SCP is not installed in the guest"));
    }
}

}  // namespace
}  // namespace kiln::test
