#include "local_shell/script_options.h"

#include <gmock/gmock.h>

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> problems_with(const Setting::Map& settings) {
    Problems problems;
    script_options_schema().decode(settings, problems);
    std::vector<std::string> messages;
    for (const auto& problem : problems) messages.push_back(problem.message);
    return messages;
}

TEST(ScriptOptions, RefusesAVariableWithoutAName) {
    EXPECT_THAT(problems_with({{"environment_vars", Setting::List{"A=1", "B", "=C"}}}),
                ElementsAre("Environment variable not in format 'key=value': B",
                            "Environment variable not in format 'key=value': =C"));
}

TEST(ScriptOptions, RefusesAFormatThatLosesTheNameOrTheValue) {
    EXPECT_THAT(problems_with({{"env_var_format", "%s='%s' "}}), IsEmpty());
    EXPECT_THAT(problems_with({{"env_var_format", "100%% %s=%s"}}), IsEmpty());
    EXPECT_EQ(problems_with({{"env_var_format", "%s"}}).size(), 1U);
    EXPECT_EQ(problems_with({{"env_var_format", "%s=%q"}}).size(), 1U);
    EXPECT_EQ(problems_with({{"env_var_format", "%s=%s%"}}).size(), 1U);
}

TEST(ScriptOptions, WritesVariablesInByteOrderAndSurvivesSingleQuotes) {
    const std::map<std::string, std::string> environment = {
        {"b", "it's"}, {"A", "$(no) \"expansion\" 100%s"}, {"_", ""}};
    EXPECT_EQ(format_environment(environment, "%s='%s' "),
              "A='$(no) \"expansion\" 100%s' _='' b='it'\"'\"'s' ");
    EXPECT_EQ(format_environment({{"K", "v"}}, "set %s=%s %%\n"), "set K=v %\n");
}

TEST(ScriptOptions, LetsTheMapWinOverTheListAndAddsTheBuild) {
    ScriptOptions options;
    options.environment_vars = {"A=list=1", "B=list", "PACKER_BUILD_NAME=mine"};
    options.env = {{"B", "map"}};
    PrepareContext prepared;
    prepared.source_name = "debian";
    prepared.builder_type = "qemu";
    const Setting::Map data = {{"PackerHTTPAddr", "10.0.2.2:8042"},
                               {"PackerHTTPIP", "ERR_HTTP_IP_NOT_IMPLEMENTED_BY_BUILDER"},
                               {"PackerHTTPPort", 8042}};
    const std::map<std::string, std::string> expected = {{"A", "list=1"},
                                                         {"B", "map"},
                                                         {"PACKER_BUILD_NAME", "mine"},
                                                         {"PACKER_BUILDER_TYPE", "qemu"},
                                                         {"PACKER_HTTP_ADDR", "10.0.2.2:8042"},
                                                         {"PACKER_HTTP_PORT", "8042"}};
    EXPECT_EQ(script_environment(options, prepared, data), expected);
}

TEST(ScriptOptions, RendersInlineCommandsOnceMore) {
    ScriptOptions options;
    options.inline_commands = {"echo {{.ID}}", "echo {{ build `ID` }} {{.word}}"};
    PrepareContext prepared;
    prepared.interpolation.build_values["ID"] = "i-1";
    prepared.interpolation.fields["ID"] = "i-1";
    EXPECT_EQ(inline_script(options, "", prepared, {{"word", "x"}}),
              "#!/bin/sh -e\necho i-1\necho i-1 x\n");
}

TEST(ScriptOptions, KeepsTheShebangThatTheCommandsBring) {
    ScriptOptions options;
    options.inline_commands = {"#!/usr/bin/python3", "print(1)"};
    EXPECT_EQ(inline_script(options, "", {}, {}), "#!/usr/bin/python3\nprint(1)\n");
    EXPECT_EQ(inline_script(options, "/bin/bash -x", {}, {}),
              "#!/bin/bash -x\n#!/usr/bin/python3\nprint(1)\n");
}

TEST(ScriptOptions, NamesTheAllowedExitStatuses) {
    ScriptOptions options;
    EXPECT_NO_THROW(require_accepted(options, 0));
    options.valid_exit_codes = {0, 42};
    EXPECT_NO_THROW(require_accepted(options, 42));
    try {
        require_accepted(options, 1);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "Script exited with non-zero exit status: 1. Allowed exit codes are: [0 42]");
    }
    options.valid_exit_codes.clear();
    EXPECT_NO_THROW(require_accepted(options, 0));
    EXPECT_THROW(require_accepted(options, 3), Error);
}

TEST(ScriptOptions, ShowsOfALineWhatATerminalWouldLeave) {
    EXPECT_EQ(shown_line("10%\r50%\r100% \t\r"), "100%");
    EXPECT_EQ(shown_line("  indented"), "  indented");
    EXPECT_EQ(shown_line(" \r "), "");
}

}  // namespace
}  // namespace kiln
