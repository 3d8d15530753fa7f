#include "template_fixture.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LoadTemplate : public TemplateTest {};

TEST_F(LoadTemplate, ReadsEveryTemplateFileOfADirectoryAsOneTemplate) {
    write("b.pkr.hcl", "locals { b = local.a }\n");
    write("a.pkr.hcl", "locals { a = \"x\" }\n");
    write("notes.hcl", "this is no template\n");
    write("sub/c.pkr.hcl", "nor is this read\n");
    const Template result = load();
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "b"), "x");
}

TEST_F(LoadTemplate, ReadsOneFileAloneWhenItIsNamed) {
    write("a.pkr.hcl", "locals { a = 1 }\n");
    write("b.pkr.hcl", "broken {\n");
    options.path = directory.path() / "a.pkr.hcl";
    const Template result = load();
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(result.locals.size(), 1u);
}

TEST_F(LoadTemplate, TellsThatThereIsNoTemplate) {
    load();
    EXPECT_THAT(found(),
                ElementsAre("Could not find any config file in " + directory.path().string()));
    options.path = directory.path() / "nothing.pkr.hcl";
    load();
    EXPECT_THAT(found(), ElementsAre("Could not find any config file in " +
                                     (directory.path() / "nothing.pkr.hcl").string()));
}

TEST_F(LoadTemplate, SyntaxErrorsOfAllFilesAreToldAtOnceAndNothingElse) {
    write("a.pkr.hcl", "locals {\n  a = \n}\n");
    write("b.pkr.hcl", "nonsense {}\nlocals { b = ] }\n");
    load();
    EXPECT_EQ(found().size(), 2u) << ::testing::PrintToString(found());
    EXPECT_THAT(details(), ::testing::Not(HasSubstr("nonsense")));
}

TEST_F(LoadTemplate, PathRootIsTheDirectoryAsGiven) {
    const Template result = load("locals { root = path.root }\n");
    EXPECT_EQ(text_of(result.locals, "root"), directory.path().string());
    options.path = directory.path() / "main.pkr.hcl";
    EXPECT_EQ(text_of(load().locals, "root"), directory.path().string());
}

TEST_F(LoadTemplate, PathCwdAndPackerVersionAreKnown) {
    const Template result = load("locals {\n  cwd = path.cwd\n  version = packer.version\n}\n");
    EXPECT_EQ(text_of(result.locals, "cwd"), std::filesystem::current_path().string());
    EXPECT_EQ(text_of(result.locals, "version"), "1.16.0");
}

TEST_F(LoadTemplate, RegistryFingerprintIsUnknown) {
    const Template result = load("locals { f = packer.versionFingerprint }\n");
    EXPECT_EQ(text_of(result.locals, "f"), "<unknown>");
}

TEST_F(LoadTemplate, FailedRequiredVersionStopsBeforeAnythingElseIsRead) {
    load("packer {\n  required_version = \">= 2.0\"\n}\nnonsense {}\n");
    EXPECT_THAT(found(), ElementsAre("Unsupported Packer Core version @ 2"));
}

TEST_F(LoadTemplate, RequiredVersionsOfAllPackerBlocksMustHold) {
    load(
        "packer {\n  required_version = \">= 1.9, < 2.0\"\n}\n"
        "packer {\n  required_version = \"~> 1.15.0\"\n}\n");
    EXPECT_THAT(found(), ElementsAre("Unsupported Packer Core version @ 5"));
}

TEST_F(LoadTemplate, PrereleaseOfTheRunningVersionIsNotCompared) {
    options.version = "1.16.0-dev";
    load("packer {\n  required_version = \">= 1.16.0\"\n}\n");
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(LoadTemplate, RequiredPluginsOfKnownFormAreAccepted) {
    load(R"(packer {
  required_plugins {
    qemu = {
      version = "~> 1.1"
      source  = "github.com/hashicorp/qemu"
    }
    "ansible" = { version = ">= 1.0.0, != 1.0.3", source = "example.com/a/b/c/ansible" }
  }
}
)");
    EXPECT_THAT(found(), ::testing::Each(HasSubstr("Invalid argument name")));
}

TEST_F(LoadTemplate, RegistryAndCommunicatorBlocksAreLeftAside) {
    load(
        "hcp_packer_registry {\n  bucket_name = \"xyz\"\n}\ncommunicator \"ssh\" \"c\" {\n  a = "
        "1\n}\n");
    EXPECT_THAT(found(), ElementsAre("warning: hcp_packer_registry is ignored @ 1"));
}

TEST_F(LoadTemplate, SyntaxCheckStopsBeforeEvaluation) {
    write("main.pkr.hcl", "variable \"unset\" {}\nlocals { a = local.nothing }\n");
    check_template_syntax(options, sources, diagnostics);
    EXPECT_THAT(found(), IsEmpty());
    load();
    EXPECT_EQ(found().size(), 2u);
}

TEST_F(LoadTemplate, SyntaxCheckReadsVariables) {
    write("main.pkr.hcl", "variable \"n\" {\n  type = number\n}\n");
    options.variables = {{"n", "many"}};
    check_template_syntax(options, sources, diagnostics);
    EXPECT_THAT(found(), ElementsAre("Invalid argument value for -var variable @ 1"));
}

TEST_F(LoadTemplate, ReadsStandardInput) {
    options.path = "-";
    options.language = TemplateLanguage::Hcl2;
    options.stdin_text = "locals { root = path.root }\n";
    const Template result = load();
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "root"), ".");
    options.stdin_text = "locals {\n  a = 1 + []\n}\n";
    load();
    EXPECT_EQ(diagnostics[0].subject->filename, "<stdin>");
    EXPECT_THAT(format_diagnostic(diagnostics[0], sources, false), HasSubstr("a = 1 + []"));
}

TEST_F(LoadTemplate, PathsTellTheLanguageAndTheOptionOnlyThatOfStandardInput) {
    const auto language = [&](const std::string& path, TemplateLanguage wanted) {
        options.path = path;
        options.language = wanted;
        return template_language(options);
    };
    using enum TemplateLanguage;
    write("d.json/x", "");
    EXPECT_EQ(language("x.pkr.hcl", Json), Hcl2);
    EXPECT_EQ(language("x.pkr.json", Json), Hcl2);
    EXPECT_EQ(language((directory.path() / "d.json").string(), Json), Hcl2);
    EXPECT_EQ(language("x.json", Hcl2), Json);
    EXPECT_EQ(language("x.hcl", FromPath), Json);
    EXPECT_EQ(language("-", FromPath), Json);
    EXPECT_EQ(language("-", Hcl2), Hcl2);
    EXPECT_EQ(language("", Json), Json);
}

TEST_F(LoadTemplate, TextsOfAnEditorComeBeforeThoseOfTheDisk) {
    write("a.pkr.hcl", "locals { a = 1 }\n");
    write("b.pkr.hcl", "locals { b = 1 }\n");
    write("x.auto.pkrvars.hcl", "v = 1\n");
    options.read_file = [](const std::filesystem::path& path) -> std::optional<std::string> {
        if (path.filename() == "a.pkr.hcl") return "variable \"v\" {}\nlocals { a = 2 }\n";
        if (path.filename() == "x.auto.pkrvars.hcl") return "v = 2\n";
        return std::nullopt;
    };
    const Template result = load();
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "a"), "2");
    EXPECT_EQ(text_of(result.locals, "b"), "1");
    EXPECT_EQ(text_of(result.variables, "v"), "2");
}

TEST_F(LoadTemplate, DescribesItsVariables) {
    options.variables = {{"a", "given"}};
    const Template result = load(R"(
variable "a" {
  description = "the first"
  default     = "default"
}
variable "b" {
  type = string
}
variable "c" {
  default   = "hidden"
  sensitive = true
}
)");
    ASSERT_EQ(result.variables.size(), 3u);
    const TemplateVariable& a = result.variables[0];
    EXPECT_EQ(a.description, "the first");
    EXPECT_EQ(a.text, "given");
    EXPECT_EQ(a.default_text, "default");
    EXPECT_FALSE(a.required());
    EXPECT_TRUE(result.variables[1].required());
    EXPECT_EQ(result.variables[1].text, "<unknown>");
    EXPECT_TRUE(result.variables[2].sensitive);
    EXPECT_EQ(result.variables[2].text, "<sensitive>");
    EXPECT_EQ(result.variables[2].default_text, "<sensitive>");
    EXPECT_EQ(a.range.start.line, 2u);
}

TEST_F(LoadTemplate, TellsWhichPluginsAreRequired) {
    write("a.pkr.hcl", R"(packer {
  required_plugins {
    qemu = {
      version = "~> 1.1"
      source  = "github.com/hashicorp/qemu"
    }
    bad = {
      version = "~> 1.1"
      source  = "nowhere"
    }
  }
}
)");
    write("b.pkr.hcl", R"(packer {
  required_plugins {
    Ansible = {
      version = ">= 1.0.0"
      source  = "github.com/hashicorp/ansible"
    }
    qemu = {
      version = ">= 1.0.0"
      source  = "github.com/hashicorp/qemu"
    }
  }
}
)");
    const auto plugins = read_plugin_requirements(options, sources, diagnostics);
    ASSERT_EQ(plugins.size(), 2u);
    EXPECT_EQ(plugins[0].accessor, "qemu");
    EXPECT_EQ(plugins[0].source, "github.com/hashicorp/qemu");
    EXPECT_EQ(plugins[0].constraint, "~> 1.1");
    EXPECT_EQ(plugins[1].accessor, "ansible");
    EXPECT_THAT(found(), ElementsAre("Failed to parse source @ 7",
                                     "Duplicate required_plugin.\"qemu\" block @ 7"));
}

TEST_F(LoadTemplate, CancelledWorkEnds) {
    write("main.pkr.hcl", "locals { a = 1 }\n");
    CancelSource source;
    source.cancel("interrupt");
    EXPECT_THROW(load_template(options, sources, diagnostics, source.token()), Cancelled);
}

}  // namespace
}  // namespace kiln
