#include "base/run_record.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kiln {
namespace {

namespace fs = std::filesystem;

// Runs `work` in a process that is then killed, as kill -9 would.
template <class Work>
void in_a_killed_process(Work work) {
    const pid_t child = fork();
    if (child == 0) {
        work();
        kill(getpid(), SIGKILL);
    }
    waitpid(child, nullptr, 0);
}

class RunRecordTest : public testing::Test {
  protected:
    fs::path made_directory(const std::string& name) const {
        fs::create_directories(state_.path() / name);
        return state_.path() / name;
    }
    fs::path record(const std::string& id) const {
        return state_.path() / "runs" / (id + ".record");
    }

    TempDir state_{temp_root()};
};

TEST_F(RunRecordTest, RemovesWhatAKilledRunLeftAndSaysSo) {
    const fs::path output = state_.path() / "output";
    in_a_killed_process([&] {
        auto* run = new RunRecord(state_.path(), "a");
        auto* claim = new RunRecord::Claim(run->claim_path(output, "output directory"));
        fs::create_directories(output / "deep");
        claim->made();
    });
    ASSERT_TRUE(fs::exists(output));
    const auto notices = recover_dead_runs(state_.path());
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_NE(notices[0].find("Removed the output directory " + output.string()),
              std::string::npos);
    EXPECT_FALSE(fs::exists(output));
    EXPECT_FALSE(fs::exists(record("a")));
    EXPECT_TRUE(recover_dead_runs(state_.path()).empty());
}

TEST_F(RunRecordTest, LeavesWhatWasHandedOver) {
    const fs::path output = made_directory("output");
    in_a_killed_process([&] {
        auto* run = new RunRecord(state_.path(), "a");
        RunRecord::Claim claim = run->claim_path(output, "output directory");
        claim.made();
    });
    EXPECT_TRUE(recover_dead_runs(state_.path()).empty());
    EXPECT_TRUE(fs::exists(output));
}

TEST_F(RunRecordTest, LeavesAPathThatSomebodyElseMadeSince) {
    const fs::path output = state_.path() / "output";
    in_a_killed_process([&] {
        auto* run = new RunRecord(state_.path(), "a");
        auto* claim = new RunRecord::Claim(run->claim_path(output, "output directory"));
        fs::create_directories(output);
        claim->made();
    });
    fs::rename(output, state_.path() / "moved");
    fs::create_directories(output);
    EXPECT_TRUE(recover_dead_runs(state_.path()).empty());
    EXPECT_TRUE(fs::exists(output));
}

TEST_F(RunRecordTest, LeavesALivingRunAlone) {
    const fs::path output = made_directory("output");
    RunRecord run(state_.path(), "a");
    const auto claim = run.claim_path(output, "output directory");
    EXPECT_TRUE(recover_dead_runs(state_.path()).empty());
    EXPECT_TRUE(fs::exists(output));
}

TEST_F(RunRecordTest, EndsAProcessOnlyIfItIsTheOneThatWasRecorded) {
    const pid_t sleeper = fork();
    if (sleeper == 0) {
        pause();
        _exit(0);
    }
    in_a_killed_process([&] {
        auto* run = new RunRecord(state_.path(), "a");
        new RunRecord::Claim(run->claim_process(sleeper, "guest"));
    });
    const auto notices = recover_dead_runs(state_.path());
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_NE(notices[0].find("Ended the guest"), std::string::npos);
    int status = 0;
    ASSERT_EQ(waitpid(sleeper, &status, 0), sleeper);
    EXPECT_TRUE(WIFSIGNALED(status));
}

TEST_F(RunRecordTest, RemovesItsFileAtTheEnd) {
    { const RunRecord run(state_.path(), "a"); }
    EXPECT_FALSE(fs::exists(record("a")));
}

// Whatever length a torn record has, recovery undoes a prefix of its claims and never fails.
TEST_F(RunRecordTest, RecoversFromEveryTruncation) {
    std::string whole;
    in_a_killed_process([&] {
        auto* run = new RunRecord(state_.path(), "whole");
        for (const char* name : {"one", "two", "three"}) {
            auto* claim = new RunRecord::Claim(run->claim_path(state_.path() / name, name));
            made_directory(name);
            claim->made();
        }
    });
    whole = read_file(record("whole"));
    fs::remove(record("whole"));
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        for (const char* name : {"one", "two", "three"}) fs::remove_all(state_.path() / name);
        for (const char* name : {"one", "two", "three"}) made_directory(name);
        write_file_atomically(record("torn"), whole.substr(0, length));
        EXPECT_NO_THROW(recover_dead_runs(state_.path())) << length;
        EXPECT_FALSE(fs::exists(record("torn"))) << length;
    }
}

TEST_F(RunRecordTest, StopsAtALineWhoseChecksumIsWrong) {
    const fs::path output = made_directory("output");
    write_file_atomically(
        [&] {
            fs::create_directories(state_.path() / "runs");
            return record("bad");
        }(),
        "00000000 {\"op\":\"claim\",\"id\":1,\"kind\":\"path\",\"path\":\"" + output.string() +
            "\",\"what\":\"x\"}\n");
    EXPECT_TRUE(recover_dead_runs(state_.path()).empty());
    EXPECT_TRUE(fs::exists(output));
}

}  // namespace
}  // namespace kiln
