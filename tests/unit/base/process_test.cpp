#include "base/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kiln {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

ProcessSpec shell(std::string script) {
    return {"/bin/sh", {"-c", std::move(script)}, {}, {}, {}, {}};
}

bool vanishes(pid_t pid) {
    for (int i = 0; i < 500; ++i) {
        if (kill(pid, 0) != 0 && errno == ESRCH) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

TEST(Process, ReturnsOutputAndExitStatus) {
    const auto result = run_process(shell("echo out; echo err >&2; exit 3"), {});
    EXPECT_EQ(result.out, "out\n");
    EXPECT_EQ(result.err, "err\n");
    EXPECT_EQ(result.status.code, 3);
    EXPECT_EQ(result.status.to_string(), "exit status 3");
}

TEST(Process, TellsWhichSignalEndedIt) {
    const auto status = run_process(shell("kill -TERM $$"), {}).status;
    EXPECT_EQ(status.signal, SIGTERM);
    EXPECT_FALSE(status.success());
}

TEST(Process, GivesEnvironmentDirectoryAndInput) {
    ProcessSpec spec = shell("cat; echo $KILN_TEST; pwd");
    spec.input = "typed\n";
    spec.environment = {{"KILN_TEST", "value"}};
    spec.directory = "/";
    EXPECT_EQ(run_process(spec, {}).out, "typed\nvalue\n/\n");
}

TEST(Process, SaysWhyItCannotStart) {
    try {
        run_process({"kiln-no-such-program", {}, {}, {}, {}, {}}, {});
        FAIL() << "did not throw";
    } catch (const Error& error) {
        EXPECT_NE(error.to_string().find("no such program in PATH"), std::string::npos);
        EXPECT_FALSE(error.hint().empty());
    }
    ProcessSpec spec = shell("true");
    spec.directory = "/nonexistent";
    EXPECT_THROW(run_process(spec, {}), Error);
}

TEST(Process, KeepsOnlyAsMuchOutputAsAllowed) {
    EXPECT_EQ(run_process(shell("yes | head -c 100000"), {}, {}, 10).out.size(), 10u);
}

TEST(Process, EndsAtItsTimeLimit) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THROW(run_process(shell("sleep 60"), {}, 100ms), Error);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
}

TEST(Process, EndsWhenCancelled) {
    CancelSource source;
    std::thread canceller([source]() mutable {
        std::this_thread::sleep_for(50ms);
        source.cancel("enough");
    });
    EXPECT_THROW(run_process(shell("sleep 60"), source.token()), Cancelled);
    canceller.join();
}

TEST(Process, HandsLinesOnAsTheyCome) {
    std::vector<std::string> lines;
    const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
    run_process_lines(shell("printf 'a\\nb\\n'; printf rest"), keep, keep, {});
    EXPECT_EQ(lines, (std::vector<std::string>{"a", "b", "rest"}));
}

TEST(Process, TakesItsChildrenWithIt) {
    const TempDir directory(temp_root());
    const fs::path file = directory.path() / "pid";
    {
        Process process = Process::start(shell("sleep 60 & echo $! > " + file.string() + "; wait"));
        for (int i = 0; i < 500 && !(fs::exists(file) && fs::file_size(file) > 1); ++i) {
            std::this_thread::sleep_for(10ms);
        }
    }
    EXPECT_TRUE(vanishes(std::stoi(read_file(file))));
}

// The parent is killed with no chance to clean up; the guardian must end the grandchild.
TEST(Process, DiesWhenItsParentIsKilled) {
    std::array<int, 2> pipe_ends{};
    ASSERT_EQ(pipe(pipe_ends.data()), 0);
    const pid_t parent = fork();
    if (parent == 0) {
        const Process process = Process::start(shell("sleep 60"));
        const pid_t pid = process.pid();
        if (write(pipe_ends[1], &pid, sizeof pid) != sizeof pid) _exit(1);
        pause();
        _exit(0);
    }
    pid_t grandchild = 0;
    ASSERT_EQ(read(pipe_ends[0], &grandchild, sizeof grandchild),
              static_cast<ssize_t>(sizeof grandchild));
    ASSERT_EQ(kill(grandchild, 0), 0);
    kill(parent, SIGKILL);
    waitpid(parent, nullptr, 0);
    EXPECT_TRUE(vanishes(grandchild));
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

TEST(Process, LivesOnWhenReleased) {
    pid_t pid = 0;
    {
        Process process = Process::start(shell("sleep 60"));
        pid = process.pid();
        process.release();
    }
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(kill(pid, 0), 0);
    kill(pid, SIGKILL);
    EXPECT_TRUE(vanishes(pid));
}

TEST(Process, WaitsNoLongerThanAsked) {
    Process process = Process::start(shell("sleep 60"));
    EXPECT_FALSE(process.wait({}, 20ms).has_value());
    process.kill();
    EXPECT_EQ(process.poll()->signal, SIGKILL);
}

TEST(ShellQuote, QuotesOnlyWhereNeeded) {
    EXPECT_EQ(shell_quote("plain-1.0/x"), "plain-1.0/x");
    EXPECT_EQ(shell_quote("a b"), "'a b'");
    EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_quote(""), "''");
}

}  // namespace
}  // namespace kiln
