#include "sandbox/sandbox.h"

#include <cerrno>
#include <cstdlib>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

namespace kiln {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class SandboxTest : public testing::Test {
  protected:
    void SetUp() override {
        if (!sandbox_available()) GTEST_SKIP() << "the kernel has no Landlock or no seccomp";
        fs::create_directory(root_ / "in");
        fs::create_directory(root_ / "out");
        write_file_atomically(root_ / "in/image", "image");
        write_file_atomically(root_ / "in/secret", "secret");
        rules_ = {{root_ / "in/image"}, {root_ / "out"}};
    }

    int run(const std::function<int()>& work) {
        return run_sandboxed(rules_, {}, [&](const CancelToken&) { return work(); });
    }
    std::string death(const std::function<int()>& work) {
        try {
            return "ended with " + std::to_string(run(work));
        } catch (const Error& error) {
            return error.to_string();
        }
    }
    static int open_error(const fs::path& path, int flags) {
        const UniqueFd fd(open(path.c_str(), flags | O_CLOEXEC, 0600));
        return fd ? 0 : errno;
    }

    TempDir directory_{temp_root()};
    fs::path root_ = directory_.path();
    SandboxRules rules_;
};

TEST_F(SandboxTest, HandsOnWhatTheWorkReturned) {
    EXPECT_EQ(run([] { return 0; }), 0);
    EXPECT_EQ(run([] { return 7; }), 7);
}

TEST_F(SandboxTest, LetsTheNamedFileBeReadAndNoOther) {
    EXPECT_EQ(run([&] { return open_error(root_ / "in/image", O_RDONLY); }), 0);
    EXPECT_EQ(run([&] { return open_error(root_ / "in/secret", O_RDONLY); }), EACCES);
    EXPECT_EQ(run([&] { return open_error("/etc/passwd", O_RDONLY); }), EACCES);
}

TEST_F(SandboxTest, LetsNoSourceBeWritten) {
    EXPECT_EQ(run([&] { return open_error(root_ / "in/image", O_RDWR); }), EACCES);
    EXPECT_EQ(run([&] { return unlink((root_ / "in/image").c_str()) == 0 ? 0 : errno; }), EACCES);
}

TEST_F(SandboxTest, LetsFilesBeMadeAndReplacedWhereTheyBelong) {
    write_file_atomically(root_ / "out/old", "old");
    EXPECT_EQ(run([&] {
                  write_file_atomically(root_ / "out/old", "new");
                  AtomicFile file(root_ / "out/made");
                  write_all(file.fd(), "made", file.path());
                  file.commit();
                  return 0;
              }),
              0);
    EXPECT_EQ(read_file(root_ / "out/old"), "new");
    EXPECT_EQ(read_file(root_ / "out/made"), "made");
    EXPECT_EQ(run([&] { return open_error(root_ / "in/made", O_WRONLY | O_CREAT); }), EACCES);
}

TEST_F(SandboxTest, LetsThreadsStart) {
    EXPECT_EQ(run([] {
                  int value = 0;
                  std::thread([&] { value = 5; }).join();
                  return value;
              }),
              5);
}

TEST_F(SandboxTest, RestrictsTheThreadsToo) {
    EXPECT_EQ(run([&] {
                  int error = 0;
                  std::thread([&] { error = open_error(root_ / "in/secret", O_RDONLY); }).join();
                  return error;
              }),
              EACCES);
}

TEST_F(SandboxTest, EndsWorkThatReachesForTheNetwork) {
    EXPECT_THAT(death([] { return socket(AF_INET, SOCK_STREAM, 0); }), HasSubstr("system call"));
}

TEST_F(SandboxTest, EndsWorkThatStartsAProgram) {
    EXPECT_THAT(death([] { return execl("/bin/true", "true", nullptr); }),
                HasSubstr("system call"));
}

TEST_F(SandboxTest, TellsOfACrash) {
    EXPECT_THAT(death([]() -> int { std::abort(); }), HasSubstr("crashed"));
}

TEST_F(SandboxTest, PassesACancellationOn) {
    CancelSource source;
    source.cancel("interrupt");
    const int code = run_sandboxed(rules_, source.token(), [](const CancelToken& cancel) {
        return cancel.wait_for(std::chrono::seconds(30)) ? 3 : 4;
    });
    EXPECT_EQ(code, 3);
}

TEST_F(SandboxTest, LeavesTheParentFree) {
    run([] { return 0; });
    EXPECT_EQ(open_error(root_ / "in/secret", O_RDONLY), 0);
    const UniqueFd made(socket(AF_UNIX, SOCK_STREAM, 0));
    EXPECT_TRUE(made);
}

}  // namespace
}  // namespace kiln
