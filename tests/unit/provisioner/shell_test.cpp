#include "provisioner/shell.h"

#include "tests/unit/provisioner/component_fixture.h"
#include "tests/unit/provisioner/fake_communicator.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

class Shell : public ComponentTest {
  protected:
    void run(const Setting::Map& settings) {
        const auto shell = make<ShellProvisioner>(shell_schema, settings);
        ASSERT_THAT(problems_, IsEmpty());
        shell->provision(context_, guest_, data_);
    }
    std::string failure_of(const Setting::Map& settings) {
        try {
            run(settings);
        } catch (const Error& error) {
            return error.to_string();
        }
        return "";
    }
    /// The scripts end with this status; all other commands succeed.
    void scripts_exit(int status) {
        guest_.on_run = [status](const std::string& command, const OutputHandlers&) {
            return command.find("PACKER_BUILD_NAME") == std::string::npos ? 0 : status;
        };
    }

    FakeCommunicator guest_;
};

TEST_F(Shell, UploadsRunsAndRemovesAnInlineScript) {
    guest_.on_run = [](const std::string& command, const OutputHandlers& handlers) {
        if (command.find("PACKER_BUILD_NAME") != std::string::npos) {
            handlers.on_stdout("hello");
            handlers.on_stderr("careful");
        }
        return 0;
    };
    run({{"inline", Setting::List{"echo hello", "echo careful >&2"}},
         {"remote_path", "/tmp/s.sh"}});
    EXPECT_THAT(guest_.log, ElementsAre("bytes /tmp/s.sh", "run chmod 0755 /tmp/s.sh",
                                        "run chmod +x /tmp/s.sh; PACKER_BUILDER_TYPE='qemu' "
                                        "PACKER_BUILD_NAME='debian'  /tmp/s.sh",
                                        "run rm -f /tmp/s.sh"));
    EXPECT_EQ(guest_.files["/tmp/s.sh"].content, "#!/bin/sh -e\necho hello\necho careful >&2\n");
    EXPECT_THAT(sink_.said, ElementsAre("Provisioning with shell script: inline", "hello"));
    EXPECT_THAT(sink_.errors, ElementsAre("careful"));
}

TEST_F(Shell, UsesOnePathForScriptAfterScript) {
    const auto first = write("a.sh", "#!/bin/sh\r\necho a\r\necho \rb");
    const auto second = write("b.sh", "echo b\n");
    guest_.on_run = [&, uploads = std::vector<std::string>()](
                        const std::string&, const OutputHandlers&) mutable { return 0; };
    run({{"scripts", Setting::List{first.string(), second.string()}},
         {"remote_folder", "/var/tmp"},
         {"remote_file", "x.sh"}});
    EXPECT_EQ(std::count(guest_.log.begin(), guest_.log.end(), "bytes /var/tmp/x.sh"), 2);
    EXPECT_EQ(guest_.files["/var/tmp/x.sh"].content, "echo b\n");
    EXPECT_THAT(sink_.said, ElementsAre("Provisioning with shell script: " + first.string(),
                                        "Provisioning with shell script: " + second.string()));
}

TEST_F(Shell, TurnsLineEndsOfTextScriptsAlone) {
    EXPECT_EQ(to_unix_lines("a\r\nb\rc\r\n\r\nd"), "a\nb\rc\n\nd\n");
    EXPECT_EQ(to_unix_lines("a\r"), "a\n");
    EXPECT_EQ(to_unix_lines(""), "");
    const std::string bytes(
        "\x7f"
        "ELF\r\n\0\r",
        8);
    const auto binary = write("tool", bytes);
    run({{"script", binary.string()}, {"binary", true}, {"remote_path", "/tmp/tool"}});
    EXPECT_EQ(guest_.files["/tmp/tool"].content, bytes);
}

TEST_F(Shell, ChoosesARandomNameInTheRemoteFolder) {
    run({{"inline", Setting::List{"true"}}});
    EXPECT_THAT(guest_.log[0], MatchesRegex("bytes /tmp/script_[0-9]{1,4}\\.sh"));
}

TEST_F(Shell, RendersTheExecuteCommandWithTheBuildsValues) {
    know({{"Password", "s3cret"}, {"PackerHTTPAddr", "10.0.2.2:80"}});
    run({{"inline", Setting::List{"true"}},
         {"remote_path", "/tmp/s"},
         {"execute_command", "echo '{{.Password}}' | {{ .Vars }} sudo -S sh '{{ .Path }}'"},
         {"env", Setting::Map{{"Q", "it's"}}}});
    EXPECT_EQ(guest_.log[2],
              "run echo 's3cret' | PACKER_BUILDER_TYPE='qemu' PACKER_BUILD_NAME='debian' "
              "PACKER_HTTP_ADDR='10.0.2.2:80' Q='it'\"'\"'s'  sudo -S sh '/tmp/s'");
}

TEST_F(Shell, SendsVariablesAsAFileWhenAskedTo) {
    run({{"inline", Setting::List{"true"}},
         {"remote_path", "/tmp/s"},
         {"use_env_var_file", true},
         {"environment_vars", Setting::List{"TOKEN=abc"}}});
    ASSERT_THAT(guest_.log[0], MatchesRegex("bytes /tmp/varfile_[0-9]{1,4}\\.sh"));
    const std::string file = guest_.log[0].substr(6);
    EXPECT_EQ(guest_.files[file].content,
              "export PACKER_BUILDER_TYPE='qemu'\nexport PACKER_BUILD_NAME='debian'\n"
              "export TOKEN='abc'\n");
    EXPECT_EQ(guest_.log[1], "run chmod 0600 " + file);
    EXPECT_EQ(guest_.log[4], "run chmod +x /tmp/s; . " + file + " && /tmp/s");
    EXPECT_EQ(guest_.log.back(), "run rm -f " + file);
}

TEST_F(Shell, LeavesItsFilesWhenToldTo) {
    run({{"inline", Setting::List{"true"}}, {"skip_clean", true}, {"use_env_var_file", true}});
    for (const auto& line : guest_.log) EXPECT_THAT(line, ::testing::Not(HasSubstr("rm -f")));
}

TEST_F(Shell, FailsWithTheExitStatusAndLeavesTheScriptForInspection) {
    scripts_exit(3);
    EXPECT_EQ(failure_of({{"inline", Setting::List{"exit 3"}}}),
              "Script exited with non-zero exit status: 3. Allowed exit codes are: [0]");
    for (const auto& line : guest_.log) EXPECT_THAT(line, ::testing::Not(HasSubstr("rm -f")));
}

TEST_F(Shell, RunsAFailedScriptOnlyOnce) {
    scripts_exit(1);
    failure_of({{"inline", Setting::List{"exit 1"}}, {"remote_path", "/tmp/s"}});
    EXPECT_EQ(std::count(guest_.log.begin(), guest_.log.end(), "bytes /tmp/s"), 1);
}

TEST_F(Shell, AcceptsTheExitStatusesThatAreAllowed) {
    scripts_exit(100);
    EXPECT_EQ(
        failure_of({{"inline", Setting::List{"x"}}, {"valid_exit_codes", Setting::List{0, 100}}}),
        "");
}

TEST_F(Shell, TellsHowToAllowADisconnect) {
    scripts_exit(exit_status_disconnected);
    EXPECT_THAT(failure_of({{"inline", Setting::List{"reboot"}}}),
                ::testing::AllOf(HasSubstr("Script disconnected unexpectedly"),
                                 HasSubstr("expect_disconnect"), HasSubstr("[0, 2300218]")));
    EXPECT_EQ(failure_of({{"inline", Setting::List{"reboot"}}, {"expect_disconnect", true}}), "");
    EXPECT_EQ(failure_of({{"inline", Setting::List{"reboot"}},
                          {"valid_exit_codes", Setting::List{0, 2300218}}}),
              "");
}

TEST_F(Shell, TriesAgainWhileTheGuestReboots) {
    guest_.failures = 1;
    run({{"inline", Setting::List{"true"}}, {"remote_path", "/tmp/s"}});
    EXPECT_EQ(std::count(guest_.log.begin(), guest_.log.end(), "bytes /tmp/s"), 2);
    EXPECT_THAT(sink_.said[1], "Could not run the script yet: connection refused; trying again...");
}

TEST_F(Shell, GivesUpWhenTheStartTakesTooLong) {
    guest_.failures = 1000;
    EXPECT_EQ(failure_of({{"inline", Setting::List{"true"}}, {"start_retry_timeout", "1s"}}),
              "could not run the script within 1s: connection refused");
}

TEST_F(Shell, StopsTryingWhenCancelled) {
    cancel_.cancel("interrupted");
    EXPECT_THROW(run({{"inline", Setting::List{"true"}}}), Cancelled);
}

TEST_F(Shell, TellsThatItsScriptCouldNotBeRemoved) {
    guest_.on_run = [](const std::string& command, const OutputHandlers&) {
        return command.rfind("rm -f", 0) == 0 ? 1 : 0;
    };
    EXPECT_EQ(failure_of({{"inline", Setting::List{"true"}}, {"remote_path", "/tmp/s"}}),
              "Error removing temporary script at /tmp/s!");
}

TEST_F(Shell, PausesAfterItsScripts) {
    const auto start = std::chrono::steady_clock::now();
    run({{"inline", Setting::List{"true"}}, {"pause_after", "20ms"}});
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(20));
    EXPECT_EQ(sink_.said.back(), "Pausing 20ms after this provisioner...");
}

TEST_F(Shell, SaysWhichOptionsDoNotGoTogether) {
    const auto script = write("a.sh", "true").string();
    make<ShellProvisioner>(shell_schema, {});
    EXPECT_THAT(problems_, ElementsAre("Either a script file or inline script must be specified."));
    make<ShellProvisioner>(shell_schema, {{"inline", Setting::List{}}});
    EXPECT_THAT(problems_, ElementsAre("Either a script file or inline script must be specified."));
    make<ShellProvisioner>(shell_schema, {{"script", script}, {"scripts", Setting::List{script}}});
    EXPECT_THAT(problems_, ElementsAre("Only one of script or scripts can be specified."));
    make<ShellProvisioner>(shell_schema, {{"script", script}, {"inline", Setting::List{"true"}}});
    EXPECT_THAT(problems_,
                ElementsAre("Only a script file or an inline script can be specified, not both."));
}

TEST_F(Shell, FindsMistakesBeforeTheBuildRuns) {
    make<ShellProvisioner>(shell_schema, {{"script", "/nowhere/x.sh"}});
    EXPECT_THAT(problems_, ElementsAre("Bad script '/nowhere/x.sh': No such file or directory."));
    make<ShellProvisioner>(shell_schema,
                           {{"inline", Setting::List{"true"}}, {"execute_command", "sh {{.Path"}});
    ASSERT_EQ(problems_.size(), 1U);
    EXPECT_THAT(problems_[0], HasSubstr("execute_command cannot be read: "));
}

}  // namespace
}  // namespace kiln::test
