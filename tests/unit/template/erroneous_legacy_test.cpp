#include "legacy_fixture.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;

struct WrongLegacy {
    const char* name;
    std::string text;
    std::vector<std::string> found;
};

class WrongLegacyTemplate : public LegacyTemplate,
                            public ::testing::WithParamInterface<WrongLegacy> {};

TEST_P(WrongLegacyTemplate, IsToldWithItsPlace) {
    const Template result = load_legacy(GetParam().text);
    EXPECT_EQ(found(), GetParam().found) << details();
}

// The builder that most of the templates need.
const std::string kBuilder = "\"builders\": [{\"type\": \"box\"}]";

INSTANTIATE_TEST_SUITE_P(
    Mistakes, WrongLegacyTemplate,
    ::testing::Values(
        WrongLegacy{"Array", "[1]", {"A template is a JSON object @ 1"}},
        WrongLegacy{"Empty", "", {"Missing value @ 1"}},
        WrongLegacy{"NoBuilders", "{}", {"at least one builder must be defined @ 1"}},
        WrongLegacy{"RootKey",
                    "{" + kBuilder + ",\n\"provisoners\": []}",
                    {"Unknown root level key in template: 'provisoners' @ 2"}},
        WrongLegacy{"DuplicateKey",
                    "{" + kBuilder + ",\n\"variables\": {\"a\": \"1\",\n\"a\": \"2\"}}",
                    {"Duplicate key \"a\" @ 3"}},
        WrongLegacy{"BuilderWithoutType",
                    "{\"builders\": [\n{\"name\": \"x\"}]}",
                    {"builder 1: missing 'type' @ 2"}},
        WrongLegacy{"BuilderNoObject",
                    "{\"builders\": [\n\"box\"]}",
                    {"builder 1: an object is needed @ 2"}},
        WrongLegacy{"BuildersNoList", "{\"builders\": 5}", {"Invalid builders @ 1"}},
        WrongLegacy{"SameNames",
                    "{\"builders\": [{\"type\": \"box\"},\n{\"type\": \"box\"}]}",
                    {"builder with name 'box' already exists @ 2"}},
        WrongLegacy{"SameRenderedNames",
                    "{\"builders\": [{\"type\": \"box\", \"name\": \"a\"},\n{\"type\": \"box\", "
                    "\"name\": \"{{lower `A`}}\"}]}",
                    {"builder with name 'a' already exists @ 2"}},
        WrongLegacy{"ProvisionerWithoutType",
                    "{" + kBuilder + ",\n\"provisioners\": [{\"inline\": []}]}",
                    {"provisioner 1: missing 'type' @ 2"}},
        WrongLegacy{
            "OnlyNotFound",
            "{" + kBuilder + ",\n\"provisioners\": [{\"type\": \"box\",\n\"only\": [\"bx\"]}]}",
            {"provisioner 1: 'only' specified builder 'bx' not found @ 3"}},
        WrongLegacy{
            "ExceptNotFound",
            "{" + kBuilder + ",\n\"provisioners\": [{\"type\": \"box\",\n\"except\": [\"a\"]}]}",
            {"provisioner 1: 'except' specified builder 'a' not found @ 3"}},
        WrongLegacy{"OnlyAndExcept",
                    "{" + kBuilder +
                        ",\n\"provisioners\": [{\"type\": \"box\", \"only\": [\"box\"],\n"
                        "\"except\": [\"box\"]}]}",
                    {"provisioner 1: only one of 'only' or 'except' may be specified @ 3"}},
        WrongLegacy{"OverrideNotFound",
                    "{" + kBuilder +
                        ",\n\"provisioners\": [{\"type\": \"box\",\n\"override\": {\"no\": {}}}]}",
                    {"provisioner 1: override 'no' doesn't exist @ 3"}},
        WrongLegacy{"OverrideNoObject",
                    "{" + kBuilder +
                        ",\n\"provisioners\": [{\"type\": \"box\",\n\"override\": {\"box\": 1}}]}",
                    {"provisioner 1: the override for 'box' must be an object @ 3"}},
        WrongLegacy{"BadPause",
                    "{" + kBuilder +
                        ",\n\"provisioners\": [{\"type\": \"box\",\n\"pause_before\": \"soon\"}]}",
                    {"Failed to parse pause_before duration @ 3"}},
        WrongLegacy{"BadRetries",
                    "{" + kBuilder +
                        ",\n\"provisioners\": [{\"type\": \"box\",\n\"max_retries\": \"many\"}]}",
                    {"Failed to parse max_retries @ 3"}},
        WrongLegacy{"PostProcessorWithoutType",
                    "{" + kBuilder + ",\n\"post-processors\": [[{\"output\": \"x\"}]]}",
                    {"post-processor 1.1: missing 'type' @ 2"}},
        WrongLegacy{
            "PostProcessorOnly",
            "{" + kBuilder + ",\n\"post-processors\": [{\"type\": \"box\",\n\"only\": [\"x\"]}]}",
            {"post-processor 1.1: 'only' specified builder 'x' not found @ 3"}},
        WrongLegacy{"KeepNoBool",
                    "{" + kBuilder +
                        ",\n\"post-processors\": [{\"type\": \"box\",\n"
                        "\"keep_input_artifact\": \"maybe\"}]}",
                    {"post-processor 1.1: keep_input_artifact must be true or false @ 3"}},
        WrongLegacy{"VariableNoText",
                    "{" + kBuilder + ",\n\"variables\": {\n\"a\": [1]}}",
                    {"variable a: the default must be a string @ 3"}},
        WrongLegacy{"VariablesNoObject",
                    "{" + kBuilder + ",\n\"variables\": [1]}",
                    {"Invalid variables @ 2"}},
        WrongLegacy{"TooNew",
                    "{\"nonsense\": 1,\n\"min_packer_version\": \"9.9.9\"}",
                    {"This template requires Packer version 9.9.9 or higher; using 1.16.0 @ 2"}},
        WrongLegacy{
            "NoVersion", "{\"min_packer_version\": \"new\"}", {"Invalid min_packer_version @ 1"}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(LegacyTemplate, MistakesOfTheFormDoNotHideOthers) {
    const Template result = load_legacy(R"json({
  "variables": {"needed": null},
  "builders": [{"type": "box", "txet": "x"}, {"name": "untyped"}],
  "provisioners": [{"type": "box", "only": ["bx"], "timeout": "soon"}]
})json");
    EXPECT_THAT(found(), ElementsAre("builder 2: missing 'type' @ 3",
                                     "provisioner 1: 'only' specified builder 'bx' not found @ 4",
                                     "required variable not set: needed @ 2",
                                     "Failed to parse timeout duration @ 4"));
    EXPECT_FALSE(result.readable);
    evaluate(source(result).body);
    EXPECT_EQ(found().back(), "unknown configuration key: '\"txet\"' @ 3");
}

}  // namespace
}  // namespace kiln
