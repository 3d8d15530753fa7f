#include "command_fixture.h"

namespace kiln {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ConsoleTest : public CommandTest {
  protected:
    std::string evaluate(const std::string& input, int exit_code = 0) {
        const std::string file =
            write("t.pkr.hcl", "variable \"a\" { default = \"v\" }\nlocals { l = [1, \"x\"] }\n");
        EXPECT_EQ(kiln({"console", file}, input), exit_code);
        return out;
    }
};

TEST_F(ConsoleTest, PrintsTheLastLinesResult) {
    EXPECT_EQ(evaluate("1\nupper(var.a)\n"), "V\n");
    EXPECT_EQ(evaluate("local.l"), "[\n  1,\n  \"x\",\n]\n");
    EXPECT_EQ(evaluate("{b = null, a = 1/3}"), "{\n  \"a\" = 0.3333333333333333\n}\n");
    EXPECT_EQ(evaluate("1\n\n"), "\n");
    EXPECT_EQ(evaluate(""), "\n");
}

TEST_F(ConsoleTest, StopsAtExit) {
    EXPECT_EQ(evaluate("1\nexit\n2\n"), "1\n");
}

TEST_F(ConsoleTest, FailsAfterAnyErrorButGoesOn) {
    const std::string text = evaluate("nonsense\n2\n", 1);
    EXPECT_THAT(text, StartsWith("Error: "));
    EXPECT_THAT(text, HasSubstr("<console-input>"));
    EXPECT_TRUE(text.ends_with("\n2\n")) << text;
}

TEST_F(ConsoleTest, HasNoDataAndNoBuild) {
    EXPECT_THAT(evaluate("data.http.x", 1), HasSubstr("Error: "));
    EXPECT_THAT(evaluate("build.ID", 1), HasSubstr("Error: "));
}

TEST_F(ConsoleTest, ShowsTheVariables) {
    EXPECT_EQ(evaluate("variables"),
              "> input-variables:\n\nvar.a: \"v\"\n\n> local-variables:\n\n"
              "local.l: \"[\\n  1,\\n  \\\"x\\\",\\n]\"\n\n\n");
    EXPECT_THAT(evaluate("help"), HasSubstr("variables"));
}

TEST_F(ConsoleTest, WorksWithoutATemplate) {
    EXPECT_EQ(kiln({"console", "-config-type=hcl2"}, "1 + 2"), 0);
    EXPECT_EQ(out, "3\n");
    EXPECT_EQ(kiln({"console"}, "{{ upper `a` }} b"), 0) << out;
    EXPECT_EQ(out, "A b\n");
}

TEST_F(ConsoleTest, RendersTextsOfALegacyTemplate) {
    const std::string file =
        write("t.json", R"({"variables": {"a": "1"}, "builders": [{"type": "null"}]})");
    EXPECT_EQ(kiln({"console", "-var", "a=2", file}, "{{user `a`}} x"), 0);
    EXPECT_EQ(out, "2 x\n");
    EXPECT_EQ(kiln({"console", file}, "variables"), 0);
    EXPECT_EQ(out, "a: 1,\n\n");
}

TEST_F(ConsoleTest, HidesSensitiveValues) {
    const std::string file =
        write("t.pkr.hcl", "variable \"s\" {\n  default = \"geheimnis\"\n  sensitive = true\n}\n");
    EXPECT_EQ(kiln({"console", file}, "\"x ${var.s}\""), 0);
    EXPECT_EQ(out, "x <sensitive>\n");
}

}  // namespace
}  // namespace kiln
