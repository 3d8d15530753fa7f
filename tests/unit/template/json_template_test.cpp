#include "template_fixture.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// Templates in the JSON syntax of HCL2 (`*.pkr.json`): the same schema, the same rules.
class JsonTemplate : public TemplateTest {
  protected:
    Template load_json(const std::string& text) {
        write("main.pkr.json", text);
        return load();
    }
};

TEST_F(JsonTemplate, MeansWhatTheSameTemplateMeansInHcl) {
    write("x.auto.pkrvars.json", R"json({"tag": "${from} a file"})json");
    const Template result = load_json(R"json({
  "//": "a comment",
  "packer": {"required_version": ">= 1.9", "required_plugins": [{
    "qemu": {"version": "~> 1.1", "source": "github.com/hashicorp/qemu"}
  }]},
  "variable": {
    "name": {"type": "string", "default": "vm", "description": "${literal}"},
    "tag": {"type": "string"},
    "sizes": {
      "type": "list(object({ size = string, discard = optional(bool, true) }))",
      "default": [{"size": "1G"}, {"size": "2G", "discard": false}],
      "validation": {
        "condition" : "${length(var.sizes) > 1}", "error_message" : "Two disks."}
}
, "secret" : {
    "default" : "hidden-word", "sensitive" : true
}
}
,
    "locals"
    : {"full" : "${var.name}-${upper(\"x\")}", "list" : [ 1, "${1 + 1}", {"k" : "${var.tag}"} ]},
      "local" : {"one" : {"expression" : "${local.full}", "sensitive" : true}},
                "source" : {
                    "box" : {
                        "a" : {
                            "//" : "not an option",
                            "iso" : "${var.name}.iso",
                            "cpus" : 2,
                            "headless" : true,
                            "tags" : [ "${source.name}", "b" ],
                            "labels" : {"k-${var.name}" : "v"},
                            "disk" : [ {"size" : "10G"}, {"size" : "20G", "discard" : true} ],
                            "network" : {"bridge" : "br0"}
                        }
                    }
                },
                           "build"
    : [ {
        "name" : "first",
        "sources" : ["source.box.a"],
        "source" : {"box.a" : {"name" : "second", "text" : "more"}},
        "provisioner" : [
            {
                "box" : {
                    "name" : "setup",
                    "only" : ["box.a"],
                    "text" : "${build.ID}",
                    "pause_before" : "5s"
                }
            },
            {"box" : {"override" : {"second" : {"text" : "other"}}, "max_retries" : 2}}
        ],
        "error-cleanup-provisioner" : {"box" : {"text" : "cleanup"}},
        "post-processor" : {"box" : {"name" : "p", "keep_input_artifact" : true}},
        "post-processors" :
            {"post-processor" : [ {"box" : {"text" : "1"}}, {"box" : {"text" : "2"}} ]}
    } ]
})json");
    EXPECT_THAT(found(), IsEmpty()) << details();
    EXPECT_EQ(text_of(result.variables, "tag"), "${from} a file");
    EXPECT_EQ(result.variables[0].description, "${literal}");
    EXPECT_EQ(text_of(result.locals, "full"), "vm-X");
    EXPECT_EQ(text_of(result.locals, "one"), "<sensitive>");
    EXPECT_THAT(text_of(result.locals, "list"), HasSubstr("2,\n"));
    EXPECT_EQ(text_of(result.variables, "secret"), "<sensitive>");

    ASSERT_EQ(result.builds.size(), 1u);
    const BuildBlock& build = result.builds[0];
    EXPECT_EQ(build.name, "first");
    ASSERT_EQ(build.sources.size(), 2u);
    EXPECT_EQ(build.sources[1].local_name, "second");
    const Setting::Map settings = evaluate(build.sources[1].body, "first", "second");
    EXPECT_EQ(settings.at("iso"), Setting("vm.iso"));
    EXPECT_EQ(settings.at("tags"), Setting(Setting::List{"second", "b"}));
    EXPECT_EQ(settings.at("labels"), Setting(Setting::Map{{"k-vm", "v"}}));
    EXPECT_EQ(settings.at("disk").as_list()->size(), 2u);
    EXPECT_EQ(settings.at("network"), Setting(Setting::Map{{"bridge", "br0"}}));
    EXPECT_EQ(settings.at("text"), Setting("more"));

    ASSERT_EQ(build.provisioners.size(), 2u);
    EXPECT_EQ(build.provisioners[0].name, "setup");
    EXPECT_EQ(build.provisioners[0].meta.pause_before, std::chrono::seconds(5));
    EXPECT_EQ(evaluate(build.provisioners[0].body).at("text"), Setting("<unknown>"));
    EXPECT_EQ(build.provisioners[1].meta.override_by_source.at("second").at("text"),
              Setting("other"));
    EXPECT_EQ(build.provisioners[1].meta.max_retries, 2);
    ASSERT_TRUE(build.error_cleanup);
    ASSERT_EQ(build.chains.size(), 2u);
    EXPECT_EQ(build.chains[0][0].keep_input_artifact, true);
    EXPECT_EQ(build.chains[1].size(), 2u);
    EXPECT_THAT(found(), IsEmpty()) << details();
}

TEST_F(JsonTemplate, StandsBesideNativeFilesOfTheSameDirectory) {
    write("a.pkr.hcl", "variable \"x\" {\n  default = \"v\"\n}\n");
    const Template result = load_json(R"json({"locals": {"l": "${var.x}"}})json");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "l"), "v");
}

TEST_F(JsonTemplate, ADirectorysJsonFilesComeAfterItsNativeOnes) {
    write("z.pkr.hcl", "variable \"x\" {\n  default = 1\n}\n");
    load_json("{\n  \"variable\": {\n    \"x\": {}\n  }\n}");
    EXPECT_THAT(found(), ElementsAre("Duplicate variable @ 2"));
    EXPECT_EQ(diagnostics[0].subject->filename, (directory.path() / "main.pkr.json").string());
}

TEST_F(JsonTemplate, DefaultsMayCallEnv) {
    const ScopedEnvironment environment("KILN_TEST_JSON_TEMPLATE", "from outside");
    const Template result = load_json(
        R"json({"variable": {"x": {"default": "${env(\"KILN_TEST_JSON_TEMPLATE\")}"}}})json");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.variables, "x"), "from outside");
}

TEST_F(JsonTemplate, DynamicBlocksAreExpanded) {
    const Template result = load_json(R"json({
  "source": {"box": {"a": {
    "dynamic": {"disk": {
      "for_each": ["1G", "2G"],
      "iterator": "it",
      "content": {"size": "${it.value}-${it.key}"}
    }},
    "network": {"dynamic": [{"nested": [{
      "for_each": "${[\"x\"]}",
      "content": {"size": "${nested.value}"}
    }]}]}
  }}},
  "build": {
    "sources": ["box.a"],
    "dynamic": {"provisioner": {
      "for_each": {"one": "first", "two": "second"},
      "labels": ["box"],
      "content": {"name": "${provisioner.key}", "text": "${provisioner.value}"}
    }}
  }
})json");
    EXPECT_THAT(found(), IsEmpty()) << details();
    ASSERT_EQ(result.builds.size(), 1u);
    ASSERT_EQ(result.builds[0].sources.size(), 1u);
    const Setting::Map settings = evaluate(result.builds[0].sources[0].body);
    EXPECT_EQ(settings.at("disk"), Setting(Setting::List{Setting::Map{{"size", "1G-0"}},
                                                         Setting::Map{{"size", "2G-1"}}}));
    EXPECT_EQ(settings.at("network"),
              Setting(Setting::Map{{"nested", Setting::List{Setting::Map{{"size", "x"}}}}}));
    ASSERT_EQ(result.builds[0].provisioners.size(), 2u);
    EXPECT_EQ(result.builds[0].provisioners[1].name, "two");
    EXPECT_EQ(evaluate(result.builds[0].provisioners[1].body).at("text"), Setting("second"));
}

TEST_F(JsonTemplate, ErrorsHaveTheirPlaces) {
    load_json(R"json({
  "variable": {"x": {"type": "strin", "defualt": 1}},
  "locals": {"a": "${local.b}"},
  "sorce": {},
  "build": {"sources": ["box.nope"]}
})json");
    EXPECT_THAT(found(), UnorderedElementsAre("Extraneous JSON object property @ 2",
                                              "Invalid type specification @ 2", HasSubstr("@ 4")));
    EXPECT_THAT(details(), HasSubstr("Did you mean \"default\"?"));
    EXPECT_THAT(details(), HasSubstr("Did you mean \"source\"?"));
    for (const Diagnostic& one : diagnostics) {
        EXPECT_THAT(format_diagnostic(one, sources, false), HasSubstr("main.pkr.json line "));
    }
    load_json(R"json({
  "locals": {"a": "${local.b}", "c": "${1 + []}"},
  "build": {"sources": ["box.nope"], "provisioner": {"box": {"text": "${var.gone}"}}}
})json");
    EXPECT_THAT(found(), ElementsAre("failed to prepare execution graph @ 2", "Invalid operand @ 2",
                                     "Unknown source box.nope @ 3"));
}

TEST_F(JsonTemplate, SyntaxErrorsAreToldWithTheirPlace) {
    load_json("{\n  \"locals\": {\n    \"a\": 1,\n  }\n}");
    EXPECT_THAT(found(), ElementsAre("Trailing comma in object @ 3"));
    EXPECT_EQ(diagnostics[0].subject->start.column, 11u);
    EXPECT_THAT(format_diagnostic(diagnostics[0], sources, false), HasSubstr("\"a\": 1,"));
}

TEST_F(JsonTemplate, LegacyTemplatesAreToldApart) {
    load_json("{\n  \"variables\": {},\n  \"builders\": [], \"provisioners\": []\n}");
    EXPECT_THAT(found(), ElementsAre("This is a legacy JSON template @ 3"));
    EXPECT_THAT(details(), HasSubstr("hcl2_upgrade"));
}

TEST_F(JsonTemplate, RequiredVersionComesBeforeEverythingElse) {
    load_json(R"json({"packer": {"required_version": "> 9"}, "nonsense": {}})json");
    EXPECT_THAT(found(), ElementsAre("Unsupported Packer Core version @ 1"));
}

}  // namespace
}  // namespace kiln
