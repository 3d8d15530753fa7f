#include "provisioner/shell_local.h"

#include "local_shell/local_shell.h"
#include "tests/unit/provisioner/component_fixture.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ShellLocal : public ComponentTest {
  protected:
    std::vector<std::string> problems_with(const Setting::Map& settings) {
        make<ShellLocalProvisioner>(local_shell_schema, settings);
        return problems_;
    }
    ProcessSpec process_of(const LocalShellOptions& options,
                           LocalShellRole role = LocalShellRole::Provisioner) {
        return local_shell_process(options, prepared_, data_, "/tmp/s.sh", role);
    }
};

TEST_F(ShellLocal, KeepsVariablesOutOfTheProcessListUnlessTheTemplatePlacesThem) {
    LocalShellOptions options;
    options.script.env = {{"TOKEN", "it's"}};
    ProcessSpec spec = process_of(options);
    EXPECT_EQ(spec.program, "/bin/sh");
    EXPECT_THAT(spec.arguments, ElementsAre("-c", "/tmp/s.sh"));
    EXPECT_EQ(spec.environment["TOKEN"], "it's");
    EXPECT_EQ(spec.environment["PACKER_BUILD_NAME"], "debian");

    options.script.env_var_format = "%s=\"%s\" ";
    spec = process_of(options);
    EXPECT_THAT(spec.arguments,
                ElementsAre("-c",
                            "PACKER_BUILDER_TYPE=\"qemu\" PACKER_BUILD_NAME=\"debian\" "
                            "TOKEN=\"it'\"'\"'s\"  /tmp/s.sh"));
    EXPECT_THAT(spec.environment, IsEmpty());
}

TEST_F(ShellLocal, StartsTheGivenProgramWithoutAShell) {
    know({{"ID", "i-1"}});
    LocalShellOptions options;
    options.execute_command = {"python3", "-u", "{{.Script}}", "{{.Command}} {{.ID}}", "{{.Vars}}"};
    const ProcessSpec spec = process_of(options);
    EXPECT_EQ(spec.program, "python3");
    EXPECT_THAT(spec.arguments,
                ElementsAre("-u", "/tmp/s.sh", "/tmp/s.sh i-1",
                            "PACKER_BUILDER_TYPE='qemu' PACKER_BUILD_NAME='debian' "));
}

TEST_F(ShellLocal, GivesALoneCommandToAShellAsPostProcessor) {
    LocalShellOptions options;
    options.execute_command = {"bash {{.Script}}"};
    const ProcessSpec spec = process_of(options, LocalShellRole::PostProcessor);
    EXPECT_EQ(spec.program, "sh");
    EXPECT_THAT(spec.arguments, ElementsAre("-c", "bash /tmp/s.sh"));
    EXPECT_EQ(process_of(options).program, "bash /tmp/s.sh");
}

TEST_F(ShellLocal, RendersVariablesOnceMore) {
    know({{"ID", "i-1"}});
    LocalShellOptions options;
    options.script.environment_vars = {"A={{.ID}}"};
    options.script.env = {{"B", "{{ build `ID` }}"}};
    const ProcessSpec spec = process_of(options);
    EXPECT_EQ(spec.environment.at("A"), "i-1");
    EXPECT_EQ(spec.environment.at("B"), "i-1");
}

TEST_F(ShellLocal, TakesExactlyOneKindOfScript) {
    EXPECT_THAT(problems_with({}),
                ElementsAre("Command, Inline, Script and Scripts options cannot all be empty."));
    EXPECT_THAT(problems_with({{"inline", Setting::List{"a"}}, {"script", "/x"}})[0],
                HasSubstr("You may only specify one of the following options: Command, Inline, "
                          "Script or Scripts."));
    EXPECT_THAT(problems_with({{"script", "/no/such"}}),
                ElementsAre("Bad script '/no/such': No such file or directory."));
    EXPECT_THAT(problems_with({{"command", "true"}})[0], HasSubstr("deprecated"));
}

TEST_F(ShellLocal, KnowsTheSystemsThatItMayBeLimitedTo) {
    EXPECT_THAT(problems_with({{"inline", Setting::List{"a"}},
                               {"only_on", Setting::List{"linux", "beos"}}})[0],
                HasSubstr("Invalid OS specified for only_on: 'beos'"));
}

TEST_F(ShellLocal, TurnsWindowsPathsForTheSubsystem) {
    EXPECT_EQ(wsl_path("C:\\build\\x.sh"), "/mnt/c/build/x.sh");
    EXPECT_EQ(wsl_path("scripts\\x.sh"), "scripts/x.sh");
    EXPECT_EQ(wsl_path("/usr/x.sh"), "/usr/x.sh");
    EXPECT_THAT(problems_with({{"script", "Q:\\x.sh"}, {"use_linux_pathing", true}}),
                ElementsAre("Bad script '/mnt/q/x.sh': No such file or directory."));
    EXPECT_THAT(problems_with({{"inline", Setting::List{"a"}}, {"use_linux_pathing", true}})[0],
                HasSubstr("cannot be combined with command or inline"));
}

}  // namespace
}  // namespace kiln::test
