#include <nlohmann/json.hpp>

#include "command_fixture.h"

namespace kiln {
namespace {

using testing::HasSubstr;
using testing::Not;

class ValidateTest : public CommandTest {};

TEST_F(ValidateTest, SaysThatATemplateIsValid) {
    const std::string file = write_template("");
    EXPECT_EQ(kiln({"validate", file}), 0);
    EXPECT_EQ(out, "The configuration is valid.\n");
    EXPECT_EQ(kiln({"validate", "-syntax-only", file}), 0);
    EXPECT_EQ(out, "Syntax-only check passed. Everything looks okay.\n");
}

TEST_F(ValidateTest, TakesEveryFlagOfThePeer) {
    const std::string file = write_template("variable \"x\" { default = 1 }");
    EXPECT_EQ(
        kiln({"validate", "-syntax-only=false", "-no-warn-undeclared-var", "-evaluate-datasources",
              "-ignore-prerelease-plugins", "-use-sequential-evaluation", "-only=null.*",
              "-except=b", "-var", "x=2", "-config-type=HCL2", "--machine-readable", file}),
        0)
        << out;
    EXPECT_THAT(out, HasSubstr("The configuration is valid."));
}

TEST_F(ValidateTest, TellsAllErrorsAndNothingElse) {
    const std::string file = write_template("variable \"u\" {}\nlocals { x = nonsense.y }");
    EXPECT_EQ(kiln({"validate", file}), 1);
    EXPECT_THAT(out, HasSubstr("Unset variable \"u\""));
    EXPECT_THAT(out, HasSubstr("nonsense"));
    EXPECT_THAT(out, Not(HasSubstr("valid.")));
}

TEST_F(ValidateTest, RefusesAVariableWithoutAValue) {
    EXPECT_EQ(kiln({"validate", "-var", "x", write_template("")}), 1);
    EXPECT_THAT(out, HasSubstr("No '=' value in arg: x"));
}

TEST_F(ValidateTest, WarnsOfUndeclaredVariablesUnlessToldNotTo) {
    const std::string file = write_template("");
    const std::string values = write("v.pkrvars.hcl", "who = 1\n");
    EXPECT_EQ(kiln({"validate", "-var-file", values, file}), 0);
    EXPECT_THAT(out, HasSubstr("Undefined variable"));
    EXPECT_EQ(kiln({"validate", "-no-warn-undeclared-var", "-var-file", values, file}), 0);
    EXPECT_EQ(out, "The configuration is valid.\n");
}

TEST_F(ValidateTest, AsksDataSourcesOnlyWhenTold) {
    const std::string file = write_template(
        "data \"http\" \"gone\" { url = \"http://127.0.0.1:1/\" }\n"
        "locals { body = data.http.gone.body }");
    EXPECT_EQ(kiln({"validate", file}), 0) << out;
    EXPECT_EQ(kiln({"validate", "-evaluate-datasources", file}), 1);
    EXPECT_THAT(out, HasSubstr("http"));
}

TEST_F(ValidateTest, ReadsATemplateFromStandardInput) {
    EXPECT_EQ(kiln({"validate", "-config-type=hcl2", "-"},
                   "source \"null\" \"a\" { communicator = \"none\" }\n"
                   "build { sources = [\"null.a\"] }"),
              0)
        << out;
    EXPECT_EQ(kiln({"validate", "-config-type=yaml", "-"}, ""), 1);
    EXPECT_THAT(out, HasSubstr("one of [json, hcl2] is needed"));
}

TEST_F(ValidateTest, PrintsDiagnosticsWithTheirRangesForEditors) {
    const std::string file = write_template("locals {\n  x = nonsense.y\n}");
    EXPECT_EQ(kiln({"validate", "-json", file}), 1);
    const auto json = nlohmann::json::parse(out);
    EXPECT_EQ(json["valid"], false);
    EXPECT_EQ(json["error_count"], 1);
    const auto& diagnostic = json["diagnostics"][0];
    EXPECT_EQ(diagnostic["severity"], "error");
    EXPECT_EQ(diagnostic["range"]["filename"], file);
    EXPECT_EQ(diagnostic["range"]["start"]["line"], 2);
    EXPECT_EQ(diagnostic["range"]["start"]["column"], 7);
    EXPECT_EQ(diagnostic["range"]["start"]["byte"], 15);
    EXPECT_EQ(diagnostic["snippet"]["code"], "  x = nonsense.y");
    EXPECT_EQ(diagnostic["snippet"]["context"], "locals");
    EXPECT_EQ(diagnostic["snippet"]["highlight_start_offset"], 6);
}

TEST_F(ValidateTest, PrintsJsonForAValidTemplateToo) {
    EXPECT_EQ(kiln({"validate", "-json", write_template("")}), 0);
    const auto json = nlohmann::json::parse(out);
    EXPECT_EQ(json["valid"], true);
    EXPECT_EQ(json["format_version"], "1.0");
    EXPECT_TRUE(json["diagnostics"].empty());
}

TEST_F(ValidateTest, PrintsLinesForPrograms) {
    EXPECT_EQ(kiln({"-machine-readable", "validate", write_template("")}), 0);
    EXPECT_THAT(out, HasSubstr(",,ui,say,The configuration is valid.\n"));
}

TEST_F(ValidateTest, SaysWhatIsMissingWhenNoBuildIsSelected) {
    EXPECT_EQ(kiln({"build", "-only=other.*", write_template("")}), 1);
    EXPECT_THAT(out, HasSubstr("No builds to run"));
}

}  // namespace
}  // namespace kiln
