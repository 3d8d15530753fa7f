#include "command_fixture.h"

namespace kiln {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr auto help_start = "Usage: kiln [--version] [--help] <command> [<args>]\n\nAvailable";

class AppTest : public CommandTest {};

TEST_F(AppTest, ListsTheCommandsWhenNoneIsGiven) {
    EXPECT_EQ(kiln({}), 127);
    EXPECT_THAT(out, StartsWith(help_start));
    EXPECT_THAT(out, HasSubstr("\n    build "));
    EXPECT_THAT(out, HasSubstr("\n    plugins "));
    EXPECT_THAT(out, Not(HasSubstr("\n    plugin ")));
    EXPECT_THAT(out, Not(HasSubstr("plugins install")));
}

TEST_F(AppTest, SuggestsACommand) {
    EXPECT_EQ(kiln({"biuld", "x"}), 127);
    EXPECT_THAT(out, StartsWith("There is no command \"biuld\". Did you mean \"build\"?"));
    EXPECT_THAT(out, HasSubstr(help_start));
}

TEST_F(AppTest, ShowsHelpWhenAskedForIt) {
    for (const char* flag : {"-h", "-help", "--help"}) {
        EXPECT_EQ(kiln({flag}), 0);
        EXPECT_THAT(out, StartsWith(help_start));
        EXPECT_EQ(kiln({"build", "-force", flag}), 0);
        EXPECT_THAT(out, StartsWith("Usage: kiln build [flags] TEMPLATE"));
        EXPECT_EQ(kiln({flag, "fmt"}), 0);
        EXPECT_THAT(out, StartsWith("Usage: kiln fmt"));
    }
}

TEST_F(AppTest, PrintsTheVersionForEverySpelling) {
    for (const char* word : {"-v", "-version", "--version", "version"}) {
        EXPECT_EQ(kiln({word}), 0);
        EXPECT_THAT(out, StartsWith("kiln v"));
    }
}

TEST_F(AppTest, PrintsTheVersionForPrograms) {
    EXPECT_EQ(kiln({"version", "-machine-readable"}), 0);
    EXPECT_THAT(out, HasSubstr(",,version,"));
    EXPECT_THAT(out, HasSubstr(",,version-prelease,\n"));
    EXPECT_THAT(out, HasSubstr(",,ui,say,kiln v"));
}

TEST_F(AppTest, RefusesFlagsBeforeTheCommand) {
    EXPECT_EQ(kiln({"-force", "build", "x"}), 1);
    EXPECT_THAT(out, StartsWith("Invalid flags before the subcommand."));
}

TEST_F(AppTest, ShowsACommandsHelpForUnknownFlags) {
    EXPECT_EQ(kiln({"validate", "-what", "x"}), 1);
    EXPECT_THAT(out, StartsWith("flag provided but not defined: -what\n"));
    EXPECT_THAT(out, HasSubstr("Usage: kiln validate"));
}

TEST_F(AppTest, ShowsACommandsHelpForTheWrongNumberOfArguments) {
    EXPECT_EQ(kiln({"build"}), 1);
    EXPECT_THAT(out, HasSubstr("Usage: kiln build"));
    EXPECT_EQ(kiln({"build", "a", "-force"}), 1);
    EXPECT_THAT(out, HasSubstr("Usage: kiln build"));
    EXPECT_EQ(kiln({"-machine-readable", "build"}), 1);
    EXPECT_THAT(out, HasSubstr(",,ui,error,The argument TEMPLATE is missing."));
}

TEST_F(AppTest, InstallsCompletionIntoTheShellsOfTheUser) {
    const std::string bashrc = write("home/.bashrc", "alias x=y");
    const char* old_home = std::getenv("HOME");
    const std::string home = old_home == nullptr ? "" : old_home;
    setenv("HOME", path("home").c_str(), 1);
    unsetenv("XDG_CONFIG_HOME");
    EXPECT_EQ(kiln({"-autocomplete-install"}), 0);
    EXPECT_EQ(kiln({"-autocomplete-install"}), 0);
    EXPECT_THAT(out, HasSubstr("has completion already"));
    EXPECT_EQ(read_file(bashrc),
              "alias x=y\ncommand -v kiln >/dev/null && source <(kiln completion bash)  # kiln's "
              "completion\n");
    EXPECT_EQ(kiln({"-autocomplete-uninstall"}), 0);
    EXPECT_EQ(read_file(bashrc), "alias x=y\n");
    setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace kiln
