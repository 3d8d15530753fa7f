#include <thread>

#include "provisioner/shell_local.h"
#include "tests/unit/provisioner/component_fixture.h"
#include "tests/unit/provisioner/fake_communicator.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A child that nobody has waited for yet counts as ended.
bool is_running(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(')');
    return name_end != std::string::npos && text.size() > name_end + 2 && text[name_end + 2] != 'Z';
}

// Runs real scripts; temporary files go to a directory that has to be empty afterwards.
class ShellLocalProcess : public ComponentTest {
  protected:
    ShellLocalProcess() {
        std::filesystem::create_directories(path("tmp"));
        const char* before = getenv("TMPDIR");
        before_ = before == nullptr ? "" : before;
        setenv("TMPDIR", path("tmp").c_str(), 1);
    }
    ~ShellLocalProcess() override {
        EXPECT_TRUE(std::filesystem::is_empty(path("tmp"))) << "temporary files stayed";
        before_.empty() ? unsetenv("TMPDIR") : setenv("TMPDIR", before_.c_str(), 1);
    }

    void run(const Setting::Map& settings) {
        const auto shell = make<ShellLocalProvisioner>(local_shell_schema, settings);
        ASSERT_THAT(problems_, IsEmpty());
        shell->provision(context_, guest_, data_);
    }
    std::string failure_of(const Setting::Map& settings) {
        try {
            run(settings);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }

    FakeCommunicator guest_;
    std::string before_;
};

TEST_F(ShellLocalProcess, ShowsBothOutputsLineByLine) {
    run({{"inline",
          Setting::List{"printf 'one\\n\\n10%%\\r100%% \\n'", "echo oops >&2", "printf end"}}});
    EXPECT_THAT(sink_.said[0], HasSubstr("Running local shell script: " + path("tmp").string()));
    EXPECT_THAT(std::vector<std::string>(sink_.said.begin() + 1, sink_.said.end()),
                ElementsAre("one", "", "100%", "end"));
    EXPECT_THAT(sink_.errors, ElementsAre("oops"));
    EXPECT_THAT(guest_.log, IsEmpty()) << "nothing happens in the guest";
}

TEST_F(ShellLocalProcess, GivesVariablesWithAnyCharacters) {
    const std::string value = "it's \"$HOME\" `x` \\ ü\ttab";
    run({{"inline", Setting::List{"printf '[%s]\\n' \"$VALUE\" \"$PACKER_BUILDER_TYPE\""}},
         {"env", Setting::Map{{"VALUE", value}}}});
    EXPECT_EQ(sink_.said[1], "[" + value + "]");
    EXPECT_EQ(sink_.said[2], "[qemu]");
    run({{"inline", Setting::List{"printf '[%s]\\n' \"$VALUE\""}},
         {"env", Setting::Map{{"VALUE", value}}},
         {"execute_command", Setting::List{"sh", "-c", "{{.Vars}} {{.Script}}"}}});
    EXPECT_EQ(sink_.said.back(), "[" + value + "]");
}

TEST_F(ShellLocalProcess, StopsAtTheFirstFailingCommand) {
    EXPECT_EQ(failure_of({{"inline", Setting::List{"echo before", "false", "echo after"}}}),
              "Script exited with non-zero exit status: 1. Allowed exit codes are: [0]");
    EXPECT_EQ(sink_.said.back(), "before");
    EXPECT_EQ(
        failure_of({{"inline", Setting::List{"exit 7"}}, {"valid_exit_codes", Setting::List{7}}}),
        "");
    EXPECT_THAT(failure_of({{"inline", Setting::List{"kill -9 $$"}}}), HasSubstr("status: 137"));
    EXPECT_THAT(failure_of({{"inline", Setting::List{"kill -9 $$"}},
                            {"execute_command", Setting::List{"sh", "{{.Script}}"}}}),
                HasSubstr("was killed by signal 9"));
}

TEST_F(ShellLocalProcess, RunsScriptsInOrderWithTheInterpreterTheyName) {
    const auto script = [&](const std::string& name, const std::string& text) {
        const auto file = write(name, text);
        std::filesystem::permissions(file, std::filesystem::perms(0755));
        return file.string();
    };
    run({{"scripts", Setting::List{script("with space.sh", "#!/bin/sh\necho first\n"),
                                   script("b", "#!/usr/bin/python3\nprint('second')\n"),
                                   script("c", "echo third, without a first line\n")}}});
    EXPECT_EQ(sink_.said[1], "first");
    EXPECT_EQ(sink_.said[3], "second");
    EXPECT_EQ(sink_.said[5], "third, without a first line");
}

TEST_F(ShellLocalProcess, WritesItsScriptForItsOwnerAlone) {
    run({{"inline", Setting::List{"stat -c %a \"$0\"", "echo \"$0\""}},
         {"tempfile_extension", "sh"}});
    EXPECT_EQ(sink_.said[1], "700");
    EXPECT_THAT(sink_.said[2], ::testing::EndsWith(".sh"));
}

TEST_F(ShellLocalProcess, HasNothingToReadFrom) {
    run({{"inline", Setting::List{"cat", "echo done"}}});
    EXPECT_EQ(sink_.said.back(), "done");
}

TEST_F(ShellLocalProcess, SkipsOtherSystems) {
    run({{"inline", Setting::List{"false"}}, {"only_on", Setting::List{"windows"}}});
    EXPECT_THAT(sink_.said, ElementsAre("Skipping shell-local due to runtime OS"));
}

TEST_F(ShellLocalProcess, CancellingKillsWhatTheScriptStarted) {
    std::thread canceller([&] {
        for (int i = 0; i < 500 && !std::filesystem::exists(path("pid")); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        cancel_.cancel("interrupted");
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THROW(
        run({{"inline", Setting::List{"sleep 300 &", "echo $! > " + path("pid.new").string(),
                                      "mv " + path("pid.new").string() + " " + path("pid").string(),
                                      "wait"}}}),
        Cancelled);
    canceller.join();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
    const pid_t child = std::stoi(read("pid"));
    bool alive = true;
    for (int i = 0; i < 100 && alive; ++i) {
        alive = is_running(child);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_FALSE(alive);
}

TEST_F(ShellLocalProcess, SaysWhichProgramIsMissing) {
    EXPECT_THAT(failure_of({{"inline", Setting::List{"true"}},
                            {"execute_command", Setting::List{"no-such-shell", "{{.Script}}"}}}),
                HasSubstr("cannot start no-such-shell"));
}

}  // namespace
}  // namespace kiln::test
