#include "template_fixture.h"

namespace kiln {
namespace {

struct Erroneous {
    std::string name;
    std::string text;
    std::vector<std::string> expected;  ///< `summary @ line`, in any order

    friend void PrintTo(const Erroneous& one, std::ostream* out) { *out << one.name; }
};

class ErroneousTemplate : public TemplateTest, public ::testing::WithParamInterface<Erroneous> {};

TEST_P(ErroneousTemplate, IsToldWithItsPlace) {
    load(GetParam().text);
    EXPECT_THAT(found(), ::testing::UnorderedElementsAreArray(GetParam().expected)) << details();
}

const std::string kSource = "source \"box\" \"a\" {}\n";

std::string build_with(const std::string& inside) {
    return kSource + "build {\n  sources = [\"box.a\"]\n" + inside + "\n}\n";
}

std::string plugin(const std::string& value) {
    return "packer {\n  required_plugins {\n    x = " + value + "\n  }\n}\n";
}

INSTANTIATE_TEST_SUITE_P(
    Root, ErroneousTemplate,
    ::testing::Values(
        Erroneous{"UnknownBlock", "sauce \"a\" \"b\" {\n}\n", {"Unsupported block type @ 1"}},
        Erroneous{"RootAttribute", "a = 1\n", {"Unsupported argument @ 1"}},
        Erroneous{"ProvisionerAtRoot",
                  "provisioner \"box\" {\n}\npost-processors {\n}\n",
                  {"Unsupported block type @ 1", "Unsupported block type @ 3"}},
        Erroneous{"DynamicAtRoot",
                  "dynamic \"source\" {\n  for_each = []\n  content {}\n}\n",
                  {"Unsupported block type @ 1"}},
        Erroneous{"MissingLabel", "source \"box\" {\n}\n", {"Missing name for source @ 1"}},
        Erroneous{"ExtraLabel", "locals \"x\" {\n}\n", {"Extraneous label for locals @ 1"}},
        Erroneous{"Several",
                  "a = 1\nfoo {}\nvariable \"x y\" {}\n",
                  {"Unsupported argument @ 1", "Unsupported block type @ 2",
                   "Invalid variable name @ 3"}}));

INSTANTIATE_TEST_SUITE_P(
    PackerBlock, ErroneousTemplate,
    ::testing::Values(
        Erroneous{"UnknownMember", "packer {\n  version = 1\n}\n", {"Unsupported argument @ 2"}},
        Erroneous{"UnknownBlock", "packer {\n  plugins {}\n}\n", {"Unsupported block type @ 2"}},
        Erroneous{"Reference",
                  "packer {\n  required_version = var.x\n}\n",
                  {"Variables not allowed @ 2"}},
        Erroneous{"NoConstraint",
                  "packer {\n  required_version = \"new\"\n}\n",
                  {"Invalid version constraint @ 2"}},
        Erroneous{"OldVersion",
                  "packer {\n  required_version = \"< 1.0\"\n}\nfoo {}\n",
                  {"Unsupported Packer Core version @ 2"}},
        Erroneous{"PluginString", plugin("\"~> 1\""), {"Invalid plugin requirement @ 3"}},
        Erroneous{"PluginList", plugin("[]"), {"Invalid required_plugins object @ 3"}},
        Erroneous{"PluginNull", plugin("null"), {"Invalid required_plugins object @ 3"}},
        Erroneous{"PluginEmpty",
                  plugin("{}"),
                  {"No version constraint was set @ 3", "No source was set @ 3"}},
        Erroneous{"PluginMember",
                  plugin("{ version = \"1\", source = \"a/b/c\", c = 1 }"),
                  {"Invalid required_plugins object @ 3"}},
        Erroneous{"PluginVersion",
                  plugin("{ version = \"x\", source = \"a/b/c\" }"),
                  {"Invalid version constraint @ 3"}},
        Erroneous{"PluginVersionNumber",
                  plugin("{ version = 1, source = \"a/b/c\" }"),
                  {"Invalid version constraint @ 3"}},
        Erroneous{"PluginPrerelease",
                  plugin("{ version = \">= 1.0.0-dev\", source = \"a/b/c\" }"),
                  {"Invalid version constraint @ 3"}},
        Erroneous{
            "PluginSourceType", plugin("{ version = \"1\", source = 1 }"), {"Invalid source @ 3"}},
        Erroneous{"PluginSourceShort",
                  plugin("{ version = \"1\", source = \"a/b\" }"),
                  {"Failed to parse source @ 3"}},
        Erroneous{"PluginSourceScheme",
                  plugin("{ version = \"1\", source = \"https://a/b/c\" }"),
                  {"Failed to parse source @ 3"}},
        Erroneous{"PluginSourcePrefix",
                  plugin("{ version = \"1\", source = \"a/b/packer-plugin-c\" }"),
                  {"Failed to parse source @ 3"}},
        Erroneous{"PluginSourceSlash",
                  plugin("{ version = \"1\", source = \"/a/b/c\" }"),
                  {"Failed to parse source @ 3"}},
        Erroneous{"PluginReference",
                  plugin("{ version = var.x, source = \"a/b/c\" }"),
                  {"Variables not allowed @ 3"}},
        Erroneous{"PluginTwice",
                  plugin("{ version = \"1\", source = \"a/b/c\" }") +
                      plugin("{ version = \"1\", source = \"a/b/c\" }"),
                  {"Duplicate required_plugin.\"x\" block @ 8"}},
        Erroneous{"PluginName",
                  "packer {\n  required_plugins {\n    a--b = { version = \"1\", source = "
                  "\"a/b/c\" }\n  }\n}\n",
                  {"Invalid plugin local name @ 3"}}));

INSTANTIATE_TEST_SUITE_P(
    Variables, ErroneousTemplate,
    ::testing::Values(
        Erroneous{"Name", "variable \"1x\" {\n  default = 1\n}\n", {"Invalid variable name @ 1"}},
        Erroneous{"Member",
                  "variable \"x\" {\n  default = 1\n  nullable = true\n}\n",
                  {"Unsupported argument @ 3"}},
        Erroneous{"Twice",
                  "variable \"x\" {\n  default = 1\n}\nvariables {\n  x = 2\n}\n",
                  {"Duplicate variable @ 5"}},
        Erroneous{"DefaultReference",
                  "variable \"x\" {\n  default = var.y\n}\n",
                  {"Variables not allowed @ 2"}},
        Erroneous{"DefaultFunction",
                  "variable \"x\" {\n  default = lower(\"A\")\n}\n",
                  {"Call to unknown function @ 2"}},
        Erroneous{"DefaultType",
                  "variable \"x\" {\n  type = number\n  default = \"abc\"\n}\n",
                  {"Invalid default value for variable @ 3"}},
        Erroneous{"Type",
                  "variable \"x\" {\n  type = strin\n  default = 1\n}\n",
                  {"Invalid type specification @ 2"}},
        Erroneous{"Description",
                  "variable \"x\" {\n  description = var.y\n  default = 1\n}\n",
                  {"Variables not allowed @ 2"}},
        Erroneous{"Sensitive",
                  "variable \"x\" {\n  sensitive = \"maybe\"\n  default = 1\n}\n",
                  {"Unsuitable value type @ 2"}},
        Erroneous{
            "BlockInVariables", "variables {\n  a {\n  }\n}\n", {"Unexpected \"a\" block @ 2"}},
        Erroneous{"DynamicInside",
                  "variable \"x\" {\n  default = 1\n  dynamic \"validation\" {\n  }\n}\n",
                  {"Unsupported block type @ 3"}},
        Erroneous{"RuleEmpty",
                  "variable \"x\" {\n  default = 1\n  validation {\n  }\n}\n",
                  {"Missing required argument @ 3", "Missing required argument @ 3"}},
        Erroneous{"RuleOther",
                  "variable \"x\" {\n  default = 1\n  validation {\n    condition = var.x == "
                  "var.y\n    error_message = \"M.\"\n  }\n}\n",
                  {"Invalid reference in variable validation @ 4"}},
        Erroneous{"RuleNothing",
                  "variable \"x\" {\n  default = 1\n  validation {\n    condition = true\n    "
                  "error_message = \"M.\"\n  }\n}\n",
                  {"Invalid variable validation condition @ 4"}},
        Erroneous{"RuleMessageStart",
                  "variable \"x\" {\n  default = 1\n  validation {\n    condition = var.x == 1\n   "
                  " error_message = \"low.\"\n  }\n}\n",
                  {"Invalid validation error message @ 5"}},
        Erroneous{"RuleMessageEnd",
                  "variable \"x\" {\n  default = 1\n  validation {\n    condition = var.x == 1\n   "
                  " error_message = \"No stop\"\n  }\n}\n",
                  {"Invalid validation error message @ 5"}},
        Erroneous{"RuleFails",
                  "variable \"x\" {\n  default = 1\n  validation {\n    condition = var.x == 2\n   "
                  " error_message = \"Ünequal!\"\n  }\n}\n",
                  {"Invalid value for default variable @ 2"}},
        Erroneous{"Unset", "variable \"x\" {\n}\n", {"Unset variable \"x\" @ 1"}}));

INSTANTIATE_TEST_SUITE_P(
    LocalsAndData, ErroneousTemplate,
    ::testing::Values(
        Erroneous{"Twice",
                  "locals {\n  a = 1\n}\nlocal \"a\" {\n  expression = 2\n}\n",
                  {"Duplicate local definition @ 4"}},
        Erroneous{"NoExpression",
                  "local \"a\" {\n}\nlocals {\n  b = local.a\n}\n",
                  {"Missing required argument @ 1"}},
        Erroneous{"LocalMember",
                  "local \"a\" {\n  expression = 1\n  type = number\n}\n",
                  {"Unsupported argument @ 3"}},
        Erroneous{
            "LocalName", "local \"a b\" {\n  expression = 1\n}\n", {"Invalid local name @ 1"}},
        Erroneous{"BlockInLocals", "locals {\n  a {\n  }\n}\n", {"Unexpected \"a\" block @ 2"}},
        Erroneous{"Undeclared", "locals {\n  a = var.nope\n}\n", {"Unsupported attribute @ 2"}},
        Erroneous{"BuildInLocal", "locals {\n  a = build.ID\n}\n", {"Unsupported attribute @ 2"}},
        Erroneous{
            "WholeLocal", "locals {\n  a = local\n}\n", {"failed to prepare execution graph @ 2"}},
        Erroneous{"UnknownRoot", "locals {\n  a = vars.x\n}\n", {"Unknown variable @ 2"}},
        Erroneous{"UnknownFunction",
                  "locals {\n  a = uper(\"x\")\n}\n",
                  {"Call to unknown function @ 2"}},
        Erroneous{"DataName", "data \"a b\" \"c\" {\n}\n", {"Invalid data source name @ 1"}},
        Erroneous{"DataType", "data \"a\" \"c\" {\n}\n", {"warning: Unknown data type a @ 1"}}));

const std::string kIgnored = "warning: hcp_packer_registry is ignored @ 1";

INSTANTIATE_TEST_SUITE_P(
    Registry, ErroneousTemplate,
    ::testing::Values(
        Erroneous{"Two",
                  "hcp_packer_registry {\n}\nhcp_packer_registry {\n}\n",
                  {kIgnored, "Only one hcp_packer_registry block is allowed @ 3"}},
        Erroneous{"Member",
                  "hcp_packer_registry {\n  bucket = \"x\"\n}\n",
                  {"Unsupported argument @ 2", kIgnored}},
        Erroneous{"BucketName",
                  "hcp_packer_registry {\n  bucket_name = \"a_b\"\n}\n",
                  {"Invalid bucket_name @ 2", kIgnored}},
        Erroneous{"Description",
                  "hcp_packer_registry {\n  description = \"" + std::string(256, 'x') + "\"\n}\n",
                  {"Invalid description @ 2", kIgnored}},
        Erroneous{"Labels",
                  "hcp_packer_registry {\n  labels = {}\n  bucket_labels = {}\n}\n",
                  {"labels and bucket_labels are the same @ 2", kIgnored}},
        Erroneous{"InsideABuild",
                  build_with("  hcp_packer_registry {\n  }"),
                  {"warning: hcp_packer_registry belongs to the top of the template @ 4",
                   "warning: hcp_packer_registry is ignored @ 4"}}));

INSTANTIATE_TEST_SUITE_P(
    SourcesAndBuilds, ErroneousTemplate,
    ::testing::Values(
        Erroneous{"SourceTwice", kSource + kSource, {"Duplicate source block @ 2"}},
        Erroneous{"SourceName", "source \"box\" \"a b\" {}\n", {"Invalid source name @ 1"}},
        Erroneous{"NoSource", "build {\n}\n", {"missing source reference @ 1"}},
        Erroneous{"EmptySources", "build {\n  sources = []\n}\n", {"missing source reference @ 1"}},
        Erroneous{"SourceFormat",
                  kSource + "build {\n  sources = [\"box\",\n    \"box.a.b\"]\n}\n",
                  {"Invalid source reference @ 3", "Invalid source reference @ 4"}},
        Erroneous{"SourceUnknown",
                  kSource + "build {\n  sources = [\"box.b\"]\n}\n",
                  {"Unknown source box.b @ 3"}},
        Erroneous{"SourcesType",
                  kSource + "build {\n  sources = { a = [] }\n}\n",
                  {"Unsuitable value type @ 3"}},
        Erroneous{"SourcesFailed",
                  kSource + "build {\n  sources = [local.nope]\n}\n",
                  {"Unsupported attribute @ 3"}},
        Erroneous{"InlineUnknown",
                  kSource + "build {\n  source \"source.box.b\" {\n  }\n}\n",
                  {"Unknown source box.b @ 3"}},
        Erroneous{"InlineDuplicate",
                  "source \"box\" \"a\" {\n  text = 1\n}\nbuild {\n  source \"box.a\" {\n    text "
                  "= 2\n  }\n}\n",
                  {"Duplicate argument @ 6"}},
        Erroneous{"InlineName",
                  kSource + "build {\n  source \"box.a\" {\n    name = local.x\n  }\n}\n",
                  {"Variables not allowed @ 4"}},
        Erroneous{"BuildAttribute", build_with("  nmae = \"x\""), {"Unsupported argument @ 4"}},
        Erroneous{
            "BuildBlock", build_with("  provisoner \"x\" {\n  }"), {"Unsupported block type @ 4"}},
        Erroneous{"ProvisionerLabel",
                  build_with("  provisioner {\n  }"),
                  {"Missing type for provisioner @ 4"}},
        Erroneous{
            "OnlyAndExcept",
            build_with("  provisioner \"box\" {\n    only = [\"a\"]\n    except = [\"b\"]\n  }"),
            {"only one of 'only' or 'except' may be specified @ 6"}},
        Erroneous{"OnlyType",
                  build_with("  provisioner \"box\" {\n    only = \"a\"\n  }"),
                  {"Unsuitable value type @ 5"}},
        Erroneous{"OverrideType",
                  build_with("  provisioner \"box\" {\n    override = \"a\"\n  }"),
                  {"provisioner's override block must be an HCL object @ 5"}},
        Erroneous{"OverrideEntry",
                  build_with("  provisioner \"box\" {\n    override = { a = 1 }\n  }"),
                  {"provisioner's override block must be an HCL object @ 5"}},
        Erroneous{"Pause",
                  build_with("  provisioner \"box\" {\n    pause_before = \"soon\"\n  }"),
                  {"Failed to parse pause_before duration @ 5"}},
        Erroneous{"Timeout",
                  build_with("  provisioner \"box\" {\n    timeout = 5\n  }"),
                  {"Failed to parse timeout duration @ 5"}},
        Erroneous{"Retries",
                  build_with("  provisioner \"box\" {\n    max_retries = 1.5\n  }"),
                  {"Unsuitable value type @ 5"}},
        Erroneous{"RetriesNegative",
                  build_with("  provisioner \"box\" {\n    max_retries = -1\n  }"),
                  {"Unsuitable value type @ 5"}},
        Erroneous{"Continue",
                  build_with("  provisioner \"box\" {\n    continue_on_error = \"perhaps\"\n  }"),
                  {"Unsuitable value type @ 5"}},
        Erroneous{"TwoCleanups",
                  build_with("  error-cleanup-provisioner \"box\" {\n  }\n  "
                             "error-cleanup-provisioner \"box\" {\n  }"),
                  {"Only one error-cleanup-provisioner is allowed @ 6"}},
        Erroneous{"PostOnlyAndExcept",
                  build_with("  post-processor \"box\" {\n    only = [\"a\"]\n    except = "
                             "[\"b\"]\n  }"),
                  {"only one of 'only' or 'except' may be specified @ 6"}},
        Erroneous{"ChainBlock",
                  build_with("  post-processors {\n    provisioner \"x\" {\n    }\n  }"),
                  {"Unsupported block type @ 5"}},
        Erroneous{"ChainAttribute",
                  build_with("  post-processors {\n    a = 1\n  }"),
                  {"Unsupported argument @ 5"}},
        Erroneous{"Dynamic",
                  build_with("  dynamic \"provisioner\" {\n    for_each = 5\n    labels = "
                             "[\"box\"]\n    content {\n    }\n  }"),
                  {"Invalid dynamic for_each value @ 5"}},
        Erroneous{"BuildValueInMeta",
                  build_with("  provisioner \"box\" {\n    name = build.ID\n  }"),
                  {"Unsupported attribute @ 5"}}));

TEST_F(ErroneousTemplate, UnknownSourceSuggestsOrListsWhatThereIs) {
    load("source \"box\" \"alpha\" {}\nbuild {\n  sources = [\"box.alpa\", \"box.zzzzzz\"]\n}\n");
    EXPECT_THAT(details(), ::testing::HasSubstr("Did you mean \"box.alpha\"?"));
    EXPECT_THAT(details(), ::testing::HasSubstr("Known: [box.alpha]"));
}

TEST_F(ErroneousTemplate, BuildValuesAreToldToComeTooLateForMetaArguments) {
    load(build_with("  provisioner \"box\" {\n    override = { a = { text = build.User } }\n  }"));
    EXPECT_THAT(details(), ::testing::HasSubstr("The values of build.* are not known here"));
}

TEST_F(ErroneousTemplate, BlocksAtTheWrongPlaceAreToldWhereTheyBelong) {
    load("provisioner \"box\" {\n}\n");
    EXPECT_THAT(details(), ::testing::HasSubstr("belongs into a build block"));
    const Template result = load(
        "source \"box\" \"a\" {\n  provisioner \"box\" {\n  }\n}\n"
        "build {\n  sources = [\"box.a\"]\n}\n");
    EXPECT_THAT(found(), ::testing::IsEmpty());
    evaluate(result.builds.at(0).sources.at(0).body);
    EXPECT_THAT(found(), ::testing::ElementsAre("Unsupported block type @ 2"));
    EXPECT_THAT(details(), ::testing::HasSubstr("belongs into a build block"));
    load("memory = 1\nlocals = {}\n");
    EXPECT_THAT(details(), ::testing::HasSubstr("*.pkrvars.hcl"));
    EXPECT_THAT(details(), ::testing::HasSubstr("write locals { ... } without an equals sign"));
}

TEST_F(ErroneousTemplate, MistakesInDeclarationsDoNotHideThoseInTheRest) {
    const Template result = load(R"(
variable "x" {
  type    = strin
  default = 1
}
variable "y" {
  type    = number
  default = "many"
}
locals {
  a = var.z
  b = var.x
  c = var.y + 1
}
build {
  sources = ["box.nope"]
  provisioner "box" {
    max_retries = "often"
  }
}
)");
    EXPECT_THAT(found(), ::testing::ElementsAre(
                             "Invalid type specification @ 3",
                             "Invalid default value for variable @ 8", "Unsupported attribute @ 11",
                             "Unknown source box.nope @ 16", "Unsuitable value type @ 18"));
    EXPECT_FALSE(result.readable);
    EXPECT_THAT(details(), ::testing::HasSubstr("Did you mean \"string\"?"));
}

TEST_F(ErroneousTemplate, UnknownBlocksThatDeclareNothingDoNotHideTheRest) {
    load("locals {\n  a = var.x\n}\nbiuld {\n}\nbuild {\n  sources = [\"box.b\"]\n}\n");
    EXPECT_THAT(found(),
                ::testing::ElementsAre("Unsupported block type @ 4", "Unsupported attribute @ 2",
                                       "Unknown source box.b @ 7"));
}

TEST_F(ErroneousTemplate, UnknownBlocksStopTheSearchForWhatMayStandInThem) {
    load("variabel \"x\" {\n}\nlocals {\n  a = var.x\n}\n");
    EXPECT_THAT(found(), ::testing::ElementsAre("Unsupported block type @ 1"));
}

TEST_F(ErroneousTemplate, TypesInQuotesAreToldToBeWrittenWithout) {
    load("variable \"x\" {\n  type = \"string\"\n  default = 1\n}\n");
    EXPECT_THAT(found(), ::testing::ElementsAre("Invalid type specification @ 2"));
    EXPECT_THAT(details(), ::testing::HasSubstr("without quotes: type = string."));
}

TEST_F(ErroneousTemplate, DiagnosticsShowTheirLines) {
    load("locals {\n  a = upper(5, 6)\n}\n");
    ASSERT_EQ(diagnostics.size(), 1u);
    const std::string text = format_diagnostic(diagnostics[0], sources, false);
    EXPECT_THAT(text, ::testing::HasSubstr("main.pkr.hcl line 2, in locals:"));
    EXPECT_THAT(text, ::testing::HasSubstr("   2:   a = upper(5, 6)"));
}

}  // namespace
}  // namespace kiln
