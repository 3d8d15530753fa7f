#include "template_fixture.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class VariableTest : public TemplateTest {
  protected:
    std::string value(const std::string& name) { return text_of(load().variables, name); }
};

TEST_F(VariableTest, PrecedenceRisesFromDefaultToCommandLine) {
    write("main.pkr.hcl",
          "variable \"x\" {\n  default = \"default\"\n}\nvariable \"y\" {\n  default = \"d\"\n}\n");
    EXPECT_EQ(value("x"), "default");
    const ScopedEnvironment environment("PKR_VAR_x", "environment");
    EXPECT_EQ(value("x"), "environment");
    write("a.auto.pkrvars.hcl", "x = \"auto a\"\n");
    EXPECT_EQ(value("x"), "auto a");
    write("b.auto.pkrvars.hcl", "x = \"auto b\"\n");
    EXPECT_EQ(value("x"), "auto b");
    write("one.hcl", "x = \"file one\"\n");
    write("two.hcl", "x = \"file two\"\n");
    options.variable_files = {directory.path() / "one.hcl", directory.path() / "two.hcl"};
    EXPECT_EQ(value("x"), "file two");
    options.variables = {{"x", "first"}, {"x", "last"}};
    EXPECT_EQ(value("x"), "last");
    EXPECT_EQ(value("y"), "d");
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(VariableTest, AutomaticFilesBelongToDirectoriesOnly) {
    write("main.pkr.hcl", "variable \"x\" {\n  default = \"d\"\n}\n");
    write("a.auto.pkrvars.hcl", "x = \"auto\"\n");
    options.path = directory.path() / "main.pkr.hcl";
    EXPECT_EQ(value("x"), "d");
}

TEST_F(VariableTest, JsonFilesKeepTheirTypesAndTakeStringsLiterally) {
    write("main.pkr.hcl",
          "variable \"s\" {}\nvariable \"l\" {\n  type = list(string)\n}\nvariable \"n\" {}\n");
    write("a.auto.pkrvars.json", R"({"s": "${not} a %{template", "l": ["a", "b"], "n": 1.50})");
    EXPECT_EQ(value("s"), "${not} a %{template");
    EXPECT_EQ(value("l"), "[\n  \"a\",\n  \"b\",\n]");
    EXPECT_EQ(value("n"), "1.5");
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(VariableTest, JsonFilesComeAfterNativeOnes) {
    write("main.pkr.hcl", "variable \"x\" {}\n");
    write("z.auto.pkrvars.hcl", "x = \"hcl\"\n");
    write("a.auto.pkrvars.json", "{\"x\": \"json\"}");
    EXPECT_EQ(value("x"), "json");
}

TEST_F(VariableTest, BadJsonFilesAreErrors) {
    write("main.pkr.hcl", "variable \"x\" {\n  default = 1\n}\n");
    write("bad.json", "{\"x\": ");
    write("list.json", "[{}]");
    write("block.json", R"({"variable": {"x": {}}})");
    for (const char* name : {"bad.json", "list.json", "block.json", "none.json"}) {
        options.variable_files.push_back(directory.path() / name);
    }
    load();
    EXPECT_THAT(found(), ElementsAre("Missing value @ 1", "Incorrect JSON value type @ 1",
                                     "Variable declaration in a variables file @ 1",
                                     "Failed to read variables file"));
}

TEST_F(VariableTest, ValuesOfJsonFilesHaveTheirPlaces) {
    write("main.pkr.hcl", "variable \"n\" {\n  type = number\n}\nvariable \"none\" {}\n");
    write("x.json", "{\n  \"n\": [1],\n  \"none\": null,\n  \"m\": 1\n}\n");
    options.variable_files = {directory.path() / "x.json"};
    options.warn_undeclared_variables = true;
    const Template result = load();
    EXPECT_THAT(found(),
                ElementsAre("warning: Undefined variable @ 4", "Invalid value for variable @ 2"));
    EXPECT_EQ(diagnostics[0].subject->filename, (directory.path() / "x.json").string());
}

TEST_F(VariableTest, NullInAJsonFileSetsTheVariable) {
    write("main.pkr.hcl", "variable \"x\" {\n  type = string\n}\nlocals { a = var.x == null }\n");
    write("x.auto.pkrvars.json", R"({"x": null})");
    const Template result = load();
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "a"), "true");
}

TEST_F(VariableTest, TextsAreLiteralForStringsAndNumbersAndExpressionsElse) {
    write("main.pkr.hcl", R"(
variable "s" { type = string }
variable "n" { type = number }
variable "any" { type = any }
variable "untyped" {}
variable "b" { type = bool }
variable "l" { type = list(number) }
variable "o" { type = object({ a = optional(string, "d"), b = string }) }
)");
    options.variables = {{"s", "[1]"},        {"n", "12"},   {"any", "[1]"},
                         {"untyped", "true"}, {"b", "true"}, {"l", "[1, \"2\"]"},
                         {"o", "{b = \"x\"}"}};
    EXPECT_EQ(value("s"), "[1]");
    EXPECT_EQ(value("n"), "12");
    EXPECT_EQ(value("any"), "[1]");
    EXPECT_EQ(value("untyped"), "true");
    EXPECT_EQ(value("b"), "true");
    EXPECT_EQ(value("l"), "[\n  1,\n  2,\n]");
    EXPECT_EQ(value("o"), "{\n  \"a\" = \"d\"\n  \"b\" = \"x\"\n}");
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(VariableTest, NullInAFileSetsTheVariableToNull) {
    write("main.pkr.hcl",
          "variable \"x\" {\n  type = string\n  default = \"d\"\n}\n"
          "locals { is_null = var.x == null }\n");
    write("a.auto.pkrvars.hcl", "x = null\n");
    const Template result = load();
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "is_null"), "true");
}

TEST_F(VariableTest, UntypedVariableHasTheTypeOfItsDefault) {
    write("main.pkr.hcl",
          "variable \"x\" {\n  default = 5\n}\nvariable \"e\" {\n  default = {}\n}\n");
    options.variables = {{"x", "six"}};
    load();
    EXPECT_THAT(found(), ElementsAre("Invalid argument value for -var variable @ 1"));
    EXPECT_THAT(details(), HasSubstr("number"));
    options.variables = {{"e", "six"}};
    EXPECT_EQ(value("e"), "six");
}

TEST_F(VariableTest, EnvironmentIsReadInDefaultsAlone) {
    const ScopedEnvironment environment("KILN_TEST_VALUE", "from env");
    write("main.pkr.hcl",
          "variable \"x\" {\n  default = env(\"KILN_TEST_VALUE\")\n}\n"
          "variable \"empty\" {\n  default = env(\"KILN_TEST_UNSET\")\n}\n");
    EXPECT_EQ(value("x"), "from env");
    EXPECT_EQ(value("empty"), "");
    load("locals { a = env(\"HOME\") }\n");
    EXPECT_THAT(found(), ElementsAre("Call to unknown function @ 1"));
}

TEST_F(VariableTest, VariablesBlockDeclaresNamesWithDefaults) {
    write("main.pkr.hcl", "variables {\n  a = 1\n  b = \"z\"\n}\n");
    options.variables = {{"b", "set"}};
    EXPECT_EQ(value("a"), "1");
    EXPECT_EQ(value("b"), "set");
}

TEST_F(VariableTest, EveryUnsetVariableIsTold) {
    load(
        "variable \"used\" {}\nvariable \"unused\" {\n  type = string\n}\nlocals { a = var.used "
        "}\n");
    EXPECT_THAT(found(),
                ElementsAre("Unset variable \"unused\" @ 2", "Unset variable \"used\" @ 1"));
}

TEST_F(VariableTest, UndeclaredNamesMatterByWhereTheyStand) {
    const ScopedEnvironment environment("PKR_VAR_ghost", "x");
    write("main.pkr.hcl", "variable \"colour\" {\n  default = 1\n}\n");
    write("a.auto.pkrvars.hcl", "color = 2\n");
    load();
    EXPECT_THAT(found(), IsEmpty());
    options.warn_undeclared_variables = true;
    load();
    EXPECT_THAT(found(), ElementsAre("warning: Undefined variable @ 1"));
    EXPECT_THAT(details(), HasSubstr("Did you mean \"colour\"?"));
    options.warn_undeclared_variables = false;
    options.variables = {{"color", "2"}};
    load();
    EXPECT_THAT(found(), ElementsAre("Undefined -var variable"));
}

TEST_F(VariableTest, WrongValuesAreToldByWhereTheyStand) {
    const ScopedEnvironment environment("PKR_VAR_n", "env");
    write("main.pkr.hcl",
          "variable \"n\" {\n  type = number\n}\nvariable \"b\" {\n  type = bool\n}\n");
    write("a.auto.pkrvars.hcl", "\nb = []\n");
    options.variables = {{"b", "no way"}};
    load();
    EXPECT_THAT(found(),
                ElementsAre("Invalid value for variable @ 1", "Invalid value for variable @ 2",
                            "Extra characters after expression @ 1"));
}

TEST_F(VariableTest, ArgumentsOfStructuredTypesAreToldToBeExpressions) {
    const ScopedEnvironment environment("PKR_VAR_m", "word");
    write("main.pkr.hcl",
          "variable \"sizes\" {\n  type = list(number)\n}\nvariable \"m\" {\n  type = "
          "map(string)\n}\n");
    options.variables = {{"sizes", "big"}};
    load();
    EXPECT_THAT(found(), ElementsAre("Variables not allowed @ 1", "Variables not allowed @ 1"));
    EXPECT_THAT(details(), HasSubstr("because its type is list(number). Write it like -var "
                                     "'sizes=[1, 2]'."));
    EXPECT_THAT(details(), HasSubstr("Write it like PKR_VAR_m='{ name = \"value\" }'."));
}

TEST_F(VariableTest, VariableFilesHoldPlainValues) {
    write("main.pkr.hcl", "variable \"x\" {\n  default = 1\n}\n");
    write("bad.hcl", "variable \"y\" {\n}\nother {\n}\nx = upper(\"a\")\n");
    write("file.txt", "");
    options.variable_files = {directory.path() / "bad.hcl", directory.path() / "file.txt"};
    load();
    EXPECT_THAT(
        found(),
        ElementsAre("Variable declaration in a variables file @ 1",
                    "Unexpected \"other\" block @ 3", "Function calls not allowed @ 5",
                    "Could not guess format of " + (directory.path() / "file.txt").string()));
}

TEST_F(VariableTest, ValidationChecksTheValueThatWon) {
    const std::string text = R"(
variable "x" {
  default = "short"
  validation {
    condition     = upper(var.x) == "LONG"
    error_message = "X must be long."
  }
  validation {
    condition     = var.x != "bad"
    error_message = "X must not be bad!"
  }
}
)";
    load(text);
    EXPECT_THAT(found(), ElementsAre("Invalid value for default variable @ 3"));
    EXPECT_THAT(details(),
                HasSubstr("X must be long.\n\nThis was checked by the validation rule at"));
    EXPECT_THAT(details(), HasSubstr("main.pkr.hcl:5,"));
    options.variables = {{"x", "long"}};
    load();
    EXPECT_THAT(found(), IsEmpty());
    options.variables = {{"x", "bad"}};
    load();
    EXPECT_THAT(found(), ElementsAre("Invalid value for cmd variable @ 1",
                                     "Invalid value for cmd variable @ 1"));
    options.variables.clear();
    write("a.auto.pkrvars.hcl", "x = \"y\"\n");
    load();
    EXPECT_THAT(found(), ElementsAre("Invalid value for varfile variable @ 1"));
    std::filesystem::remove(directory.path() / "a.auto.pkrvars.hcl");
    const ScopedEnvironment environment("PKR_VAR_x", "e");
    load();
    EXPECT_THAT(found(), ElementsAre("Invalid value for env variable @ 1"));
}

TEST_F(VariableTest, ValidationResultMustBeABool) {
    load(R"(
variable "x" {
  default = "a"
  validation {
    condition     = var.x
    error_message = "X."
  }
}
variable "y" {
  type = bool
  default = null
  validation {
    condition     = var.y
    error_message = "X."
  }
}
)");
    EXPECT_THAT(found(), ElementsAre("Invalid variable validation result @ 5",
                                     "Invalid variable validation result @ 13"));
}

TEST_F(VariableTest, SensitiveValuesAreHiddenEverywhere) {
    write("main.pkr.hcl", R"(
variable "password" {
  sensitive = true
}
variable "list" {
  type      = list(string)
  default   = ["inner-secret", ""]
  sensitive = true
}
variable "pin" {
  type      = number
  sensitive = true
}
local "derived" {
  expression = "x-${var.password}"
  sensitive  = true
}
)");
    options.variables = {{"password", "hunter2\nsecond-line"}, {"pin", "1"}};
    const Template result = load();
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.variables, "password"), "<sensitive>");
    EXPECT_EQ(text_of(result.locals, "derived"), "<sensitive>");
    EXPECT_THAT(result.sensitive_variables, ElementsAre("list", "password", "pin"));
    EXPECT_EQ(result.variable_values.at("password"), "hunter2\nsecond-line");
    EXPECT_EQ(secrets().redact("inner-secret second-line 1 x-hunter2"),
              "<sensitive> <sensitive> 1 <sensitive>");
}

TEST_F(VariableTest, SensitiveTextIsASecretEvenWhenItIsWrong) {
    write("main.pkr.hcl", "variable \"l\" {\n  type = list(number)\n  sensitive = true\n}\n");
    options.variables = {{"l", "top-secret-words"}};
    load();
    EXPECT_FALSE(found().empty());
    EXPECT_EQ(secrets().redact("top-secret-words"), "<sensitive>");
}

TEST_F(VariableTest, UserVariablesAreTexts) {
    const Template result = load("variables {\n  a = 1.5\n  b = true\n  c = \"x\"\n  d = []\n}\n");
    const std::map<std::string, std::string> expected = {{"a", "1.5"}, {"b", "true"}, {"c", "x"}};
    EXPECT_EQ(result.variable_values, expected);
}

}  // namespace
}  // namespace kiln
