#include "legacy_fixture.h"
#include "template/expression.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(LegacyTemplate, IsOneBuildOfItsBuildersInTheOrderOfTheirNames) {
    const Template result = load_legacy(R"json({
  "_comment": "keys like this one are comments",
  "description": "A machine.",
  "min_packer_version": "1.5.0",
  "push": {"ignored": true},
  "builders": [
    {"type": "box", "name": "vm", "iso": "a.iso"},
    {"type": "box", "iso": "b.iso"}
  ],
  "provisioners": [
    {"type": "box", "text": "one", "only": ["vm"], "pause_before": "10s", "max_retries": "2"},
    {"type": "box", "except": "box", "pause_before": 5000000000, "timeout": "1m",
     "override": {"vm": {"text": "other", "cpus": 3}}, "max_retries": 3}
  ],
  "error-cleanup-provisioner": {"type": "box", "text": "cleanup"},
  "post-processors": [
    "box",
    {"type": "box", "name": "p", "keep_input_artifact": true, "only": ["vm"]},
    [{"type": "box", "text": "1"}, "box"]
  ]
})json");
    EXPECT_THAT(found(), IsEmpty()) << details();
    EXPECT_EQ(result.language, TemplateLanguage::Json);
    EXPECT_TRUE(result.readable);
    EXPECT_EQ(result.description, "A machine.");
    ASSERT_EQ(result.builds.size(), 1u);
    const BuildBlock& build = result.builds[0];
    EXPECT_EQ(build.name, "");
    ASSERT_EQ(build.sources.size(), 2u);
    EXPECT_EQ(build.sources[0].name, "box");
    EXPECT_EQ(build.sources[1].name, "vm");
    EXPECT_EQ(build.sources[1].local_name, "vm");
    EXPECT_EQ(build.sources[1].range.start.line, 7u);
    EXPECT_EQ(evaluate(build.sources[1].body), (Setting::Map{{"iso", "a.iso"}}));

    ASSERT_EQ(build.provisioners.size(), 2u);
    EXPECT_THAT(build.provisioners[0].meta.only, ElementsAre("vm"));
    EXPECT_EQ(build.provisioners[0].meta.pause_before, std::chrono::seconds(10));
    EXPECT_EQ(build.provisioners[0].meta.max_retries, 2);
    EXPECT_EQ(evaluate(build.provisioners[0].body), (Setting::Map{{"text", "one"}}));
    const ProvisionerMeta& meta = build.provisioners[1].meta;
    EXPECT_THAT(meta.except, ElementsAre("box"));
    EXPECT_EQ(meta.pause_before, std::chrono::seconds(5));
    EXPECT_EQ(meta.timeout, std::chrono::minutes(1));
    EXPECT_EQ(meta.max_retries, 3);
    EXPECT_EQ(meta.override_by_source.at("vm"),
              (Setting::Map{{"text", "other"}, {"cpus", Setting(3)}}));
    ASSERT_TRUE(build.error_cleanup);
    EXPECT_EQ(evaluate(build.error_cleanup->body), (Setting::Map{{"text", "cleanup"}}));

    ASSERT_EQ(build.chains.size(), 3u);
    EXPECT_EQ(build.chains[0][0].name, "box");
    EXPECT_TRUE(evaluate(build.chains[0][0].body).empty());
    EXPECT_EQ(build.chains[1][0].name, "p");
    EXPECT_EQ(build.chains[1][0].keep_input_artifact, true);
    EXPECT_THAT(build.chains[1][0].only, ElementsAre("vm"));
    EXPECT_EQ(build.chains[2].size(), 2u);
    EXPECT_FALSE(build.chains[2][0].keep_input_artifact);
    EXPECT_THAT(found(), IsEmpty()) << details();
}

TEST_F(LegacyTemplate, ValuesBecomeWhatTheirOptionsNeed) {
    const Template result = load_legacy(R"json({
  "builders": [{
    "type": "box", "text": 12, "cpus": "{{ user `cpus` }}", "headless": "true", "wait": 3000000000,
    "tags": ["a", 1, true, null], "ports": ["1", 2], "arguments": [["-m", 512], "-x"],
    "labels": {"n": 1.50, "b": false}, "iso": null, "tristate": 1,
    "disk": {"size": 10, "discard": "1"}, "NETWORK": {"bridge": "br0", "nested": [{"size": "1"}]}
  }],
  "variables": {"cpus": 2}
})json");
    EXPECT_THAT(found(), IsEmpty()) << details();
    const Setting::Map settings = rendered(source(result).body);
    EXPECT_THAT(found(), IsEmpty()) << details();
    Problems problems;
    const auto options = test_schema(false).decode(settings, problems);
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(options.text, "12");
    EXPECT_EQ(options.cpus, 2);
    EXPECT_TRUE(options.headless);
    EXPECT_EQ(options.tristate, true);
    EXPECT_EQ(options.wait, std::chrono::seconds(3));
    EXPECT_THAT(options.tags, ElementsAre("a", "1", "1", ""));
    EXPECT_THAT(options.ports, ElementsAre(1, 2));
    EXPECT_THAT(options.arguments, ElementsAre(ElementsAre("-m", "512"), ElementsAre("-x")));
    EXPECT_EQ(options.labels.at("n"), "1.5");
    EXPECT_EQ(options.labels.at("b"), "0");
    EXPECT_EQ(options.iso, "");
    ASSERT_EQ(options.disks.size(), 1u);
    EXPECT_EQ(options.disks[0].size, "10");
    EXPECT_TRUE(options.disks[0].discard);
    EXPECT_EQ(options.network.bridge, "br0");
    EXPECT_EQ(options.network.nested.size(), 1u);
}

TEST_F(LegacyTemplate, TextForAListIsSplitAtCommasOnceItIsRendered) {
    const Template result = load_legacy(R"json({
  "variables": {"tags": "a,b", "labels": "x"},
  "builders": [{"type": "box", "tags": "{{user `tags`}}", "labels": [{"a": "1"}, {"b": "2"}]}]
})json");
    Problems problems;
    const auto options = test_schema(false).decode(rendered(source(result).body), problems);
    EXPECT_THAT(options.tags, ElementsAre("a", "b"));
    EXPECT_EQ(options.labels.size(), 2u);
    EXPECT_TRUE(problems.empty());
}

TEST_F(LegacyTemplate, UnknownOptionsAreErrorsAtTheirKeys) {
    const Template result = load_legacy(R"json({
  "builders": [{"type": "box",
    "txet": "x",
    "packer_build_name": "hidden and harmless",
    "network": {"brigde": "x"}
  }]
})json");
    evaluate(source(result).body);
    EXPECT_THAT(found(), ElementsAre("unknown configuration key: '\"txet\"' @ 3",
                                     "unknown configuration key: '\"brigde\"' @ 5"));
    EXPECT_THAT(details(), HasSubstr("Did you mean \"text\"?"));
}

TEST_F(LegacyTemplate, VariablesUseEachOtherTheEnvironmentAndTheTemplatesDirectory) {
    const ScopedEnvironment environment("KILN_TEST_LEGACY", "outside");
    const Template result = load_legacy(R"json({
  "variables": {
    "a": "{{user `b`}}-{{user `c`}}",
    "b": "<{{ user `d` }}>",
    "c": "{{env `KILN_TEST_LEGACY`}}",
    "d": "deep",
    "dir": "{{template_dir}}",
    "version": "{{packer_version}}",
    "field": "http://{{ .HTTPIP }}:{{.HTTPPort}}/{{user `d`}}"
  },
  "builders": [{"type": "box", "text": "{{user `a`}} {{user `field`}} {{template_dir}}"}]
})json");
    EXPECT_THAT(found(), IsEmpty()) << details();
    EXPECT_EQ(text_of(result.variables, "a"), "<deep>-outside");
    EXPECT_EQ(text_of(result.variables, "version"), "1.16.0");
    EXPECT_EQ(text_of(result.variables, "dir"), directory.path().string());
    EXPECT_EQ(text_of(result.variables, "field"), "http://{{ .HTTPIP }}:{{.HTTPPort}}/deep");
    EXPECT_EQ(result.variable_values.at("a"), "<deep>-outside");
    EXPECT_EQ(rendered(source(result).body).at("text"),
              Setting("<deep>-outside http://{{ .HTTPIP }}:{{.HTTPPort}}/deep " +
                      directory.path().string()));
}

TEST_F(LegacyTemplate, LateTextsGetTheirVariablesBefore) {
    Schema<TestOptions> schema("box", "");
    schema.option("text", &TestOptions::text, "").rendered_late();
    schema.option("tags", &TestOptions::tags, "").rendered_late();
    box = std::make_shared<Schema<TestOptions>>(schema);
    const Template result = load_legacy(R"json({
  "variables": {"command": "sudo sh '{{ .Path }}'", "x": "v"},
  "builders": [{"type": "box", "text": "{{ .Vars }} {{user `command`}}{{if true}}{{user `x`}}{{end}}",
    "tags": ["{{ user `x` | upper }}", "{{user \"x\"}}"]}]
})json");
    const Setting::Map settings = evaluate(source(result).body);
    EXPECT_EQ(settings.at("text"), Setting("{{ .Vars }} sudo sh '{{ .Path }}'{{if true}}v{{end}}"));
    EXPECT_EQ(settings.at("tags"), Setting(Setting::List{"{{ user `x` | upper }}", "v"}));
}

TEST_F(LegacyTemplate, GivenValuesWinOverFilesAndFilesOverDefaults) {
    write("one.json", R"({"a": "one", "b": "one", "extra": "from a file"})");
    write("two.json", R"({"b": "two"})");
    options.variable_files = {directory.path() / "one.json", directory.path() / "two.json"};
    options.variables = {{"c", "first"}, {"c", "{{user `a`}}!"}, {"undeclared", "u"}};
    const Template result = load_legacy(R"json({
  "variables": {"a": "d", "b": "d", "c": null, "d": "d"},
  "builders": [{"type": "box", "text": "{{user `extra`}} {{user `undeclared`}}"}]
})json");
    EXPECT_THAT(found(), IsEmpty()) << details();
    EXPECT_EQ(text_of(result.variables, "a"), "one");
    EXPECT_EQ(text_of(result.variables, "b"), "two");
    EXPECT_EQ(text_of(result.variables, "c"), "one!");
    EXPECT_EQ(text_of(result.variables, "d"), "d");
    EXPECT_EQ(rendered(source(result).body).at("text"), Setting("from a file u"));
}

TEST_F(LegacyTemplate, RequiredVariablesMustBeSet) {
    const Template result = load_legacy(R"json({
  "variables": {
    "a": null,
    "b": "x {{user `a`}}"
  },
  "builders": [{"type": "box"}]
})json");
    EXPECT_THAT(found(), ElementsAre("required variable not set: a @ 3"));
    EXPECT_TRUE(result.variables[0].required());
    EXPECT_EQ(result.variables[1].default_text, "x {{user `a`}}");
}

TEST_F(LegacyTemplate, CirclesOfVariablesAreErrorsOnce) {
    load_legacy(R"json({
  "variables": {
    "a": "{{user `b`}}",
    "b": "{{user `c`}}",
    "c": "{{user `a`}}",
    "d": "{{user `nothing`}}"
  },
  "builders": [{"type": "box"}]
})json");
    EXPECT_THAT(found(), ElementsAre("Failed to interpolate variable c @ 5",
                                     "Failed to interpolate variable d @ 6"));
    EXPECT_THAT(details(), HasSubstr("a -> b -> c -> a"));
    EXPECT_THAT(details(), HasSubstr("variable nothing not set"));
}

TEST_F(LegacyTemplate, VariablesThatGrowWithoutEndAreErrors) {
    std::string text = "{\"variables\": {\"v0\": \"0123456789abcdef\"";
    for (int i = 1; i < 90; ++i) {
        text += fmt::format(",\n\"v{0}\": \"{{{{user `v{1}`}}}}{{{{user `v{1}`}}}}\"", i, i - 1);
    }
    load_legacy(text + "}, \"builders\": [{\"type\": \"box\"}]}");
    ASSERT_EQ(diagnostics.size(), 1u) << ::testing::PrintToString(found());
    EXPECT_THAT(details(), HasSubstr("its value gets too long"));
}

TEST_F(LegacyTemplate, ManyFieldsInAVariableTakeLinearTime) {
    std::string value;
    for (int i = 0; i < 40000; ++i) value += "{{ .HTTPIP }}x";
    const Template result = load_legacy("{\"variables\": {\"v\": \"" + value +
                                        "\"}, \"builders\": [{\"type\": \"box\"}]}");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.variables, "v"), value);
}

TEST_F(LegacyTemplate, UndefinedVariablesInComponentsAreEmptyAndWarnedOf) {
    const Template result = load_legacy(R"json({
  "variables": {"name": "x"},
  "builders": [{"type": "box",
    "text": "<{{user `nmae`}}>"}]
})json");
    EXPECT_THAT(found(), ElementsAre("warning: Undefined user variable nmae @ 4"));
    EXPECT_THAT(details(), HasSubstr("Did you mean \"name\"?"));
    EXPECT_EQ(rendered(source(result).body).at("text"), Setting("<>"));
}

TEST_F(LegacyTemplate, EnvironmentAndSecretsBelongToVariablesOnly) {
    options.secrets.vault = [](const std::string& path, const std::string& key) {
        return "vault:" + path + "+" + key;
    };
    options.secrets.consul_key = [](const std::string& key) { return "consul_key:" + key; };
    options.secrets.aws_secret = [](const std::string& name, const std::string& key) {
        return "aws_secretsmanager:" + name + "+" + key;
    };
    const Template result = load_legacy(R"json({
  "variables": {"v": "{{vault `secret/data/x` `key`}}", "c": "{{consul_key `k`}}",
    "s": "{{aws_secretsmanager `n` `k`}} {{aws_secretsmanager `n`}}"},
  "builders": [{"type": "box", "text": "{{env `HOME`}}", "iso": "{{vault `a` `b`}}"}]
})json");
    EXPECT_EQ(text_of(result.variables, "v"), "vault:secret/data/x+key");
    EXPECT_EQ(text_of(result.variables, "c"), "consul_key:k");
    EXPECT_EQ(text_of(result.variables, "s"), "aws_secretsmanager:n+k aws_secretsmanager:n+");
    rendered(source(result).body);
    EXPECT_THAT(found(), ElementsAre(HasSubstr("in the \"variables\" section only"),
                                     HasSubstr("in the \"variables\" section only")));
}

TEST_F(LegacyTemplate, SensitiveVariablesAreHidden) {
    options.variables = {{"given", "given-secret"}};
    const Template result = load_legacy(R"json({
  "variables": {"password": "pass-{{user `part`}}", "part": "word", "given": ""},
  "sensitive-variables": ["password", "given"],
  "builders": [{"type": "box"}]
})json");
    EXPECT_EQ(text_of(result.variables, "password"), "<sensitive>");
    EXPECT_EQ(result.variables[2].default_text, "<sensitive>");
    EXPECT_THAT(result.sensitive_variables, ElementsAre("password", "given"));
    EXPECT_EQ(secrets().redact("it is pass-word or given-secret"),
              "it is <sensitive> or <sensitive>");
}

TEST_F(LegacyTemplate, NamesOfBuildersAreRendered) {
    const Template result = load_legacy(R"json({
  "variables": {"os": "debian"},
  "builders": [{"type": "box", "name": "{{user `os`}}-vm"}],
  "provisioners": [{"type": "box", "only": ["{{user `os`}}-vm"],
                    "override": {"{{user `os`}}-vm": {"text": "x"}}}]
})json");
    EXPECT_THAT(found(), IsEmpty()) << details();
    EXPECT_EQ(source(result).name, "debian-vm");
    EXPECT_THAT(result.builds[0].provisioners[0].meta.only, ElementsAre("debian-vm"));
    EXPECT_TRUE(result.builds[0].provisioners[0].meta.override_by_source.contains("debian-vm"));
}

TEST_F(LegacyTemplate, ComesFromStandardInputToo) {
    options.path = "-";
    options.stdin_text = R"({"builders": [{"type": "box", "text": "{{template_dir}}"}]})";
    const Template result = load();
    EXPECT_THAT(found(), IsEmpty());
    rendered(source(result).body);
    EXPECT_THAT(found(), ElementsAre(HasSubstr("the template comes from standard input")));
}

TEST_F(LegacyTemplate, ConsoleRendersTexts) {
    const Template result =
        load_legacy(R"({"variables": {"a": "v"}, "builders": [{"type": "box"}]})");
    const auto evaluate_text = [&](const std::string& text) {
        return evaluate_expression(result, text, "<console-input>", sources, diagnostics);
    };
    EXPECT_EQ(evaluate_text("{{user `a` | upper}} {{ packer_version }}").as_string(), "V 1.16.0");
    EXPECT_EQ(evaluate_text("no template").as_string(), "no template");
    EXPECT_FALSE(evaluate_text("{{nonsense}}").is_known());
    EXPECT_THAT(found(), ElementsAre("Interpolation error @ 1"));

    options.path = "";
    const Template empty = load();
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(evaluate_expression(empty, "{{upper `x`}}", "<console-input>", sources, diagnostics)
                  .as_string(),
              "X");
}

TEST_F(LegacyTemplate, SyntaxCheckReadsVariablesAndRendersNothing) {
    write("box.json", R"({"variables": {"a": null}, "builders": [{"type": "nobody"}]})");
    check_template_syntax(options, sources, diagnostics);
    EXPECT_THAT(found(), IsEmpty());
    write("vars.json", "{\"a\": [1]}");
    options.variable_files = {directory.path() / "vars.json", directory.path() / "none.json"};
    check_template_syntax(options, sources, diagnostics);
    EXPECT_THAT(found(),
                ElementsAre("Invalid variables file @ 1", "Failed to read variables file"));
}

TEST_F(LegacyTemplate, GivenValuesThatNothingAsksForAreWarnedOf) {
    write("vars.json", R"({"shared": "x", "names": "y"})");
    options.variable_files = {directory.path() / "vars.json"};
    options.variables = {{"nmae", "v"}, {"used", "v"}};
    const std::string text = R"json({"variables": {"name": "n"},
        "builders": [{"type": "box", "text": "{{user `used`}}"}]})json";
    load_legacy(text);
    EXPECT_THAT(found(), ElementsAre("warning: Undefined variable"));
    EXPECT_THAT(details(), HasSubstr("Did you mean \"name\"?"));
    options.warn_undeclared_variables = true;
    load_legacy(text);
    EXPECT_EQ(found().size(), 2u) << "of files only what is nearly a variable";
}

TEST_F(LegacyTemplate, HclByAnotherNameIsToldApart) {
    load_legacy("# a comment\nsource \"box\" \"a\" {\n}\n");
    EXPECT_THAT(found(), ElementsAre("This looks like a template in HCL @ 1"));
    EXPECT_THAT(details(), HasSubstr("box.pkr.hcl."));
    load_legacy("variables {}");
    EXPECT_THAT(found(), ElementsAre("This looks like a template in HCL @ 1"));
    load_legacy("data: yaml");
    EXPECT_THAT(found(), ::testing::Not(ElementsAre("This looks like a template in HCL @ 1")));
}

TEST_F(LegacyTemplate, SyntaxErrorsShowTheTextAround) {
    load_legacy("{\n  \"builders\": [\n    {\"type\": \"box\",}\n  ]\n}");
    EXPECT_THAT(found(), ElementsAre("Trailing comma in object @ 3"));
    EXPECT_THAT(format_diagnostic(diagnostics[0], sources, false), HasSubstr("box.json line 3"));
    EXPECT_THAT(format_diagnostic(diagnostics[0], sources, false),
                HasSubstr("3:     {\"type\": \"box\",}"));
}

TEST_F(LegacyTemplate, OtherFilesOfTheLanguageAreToldApart) {
    for (const char* name : {"x.hcl", "x.pkrvars.hcl"}) {
        write(name, "a = 1\n");
        options.path = directory.path() / name;
        load();
        EXPECT_THAT(found(), ElementsAre(HasSubstr("is no template by its name")));
    }
    options.path = directory.path() / "none.json";
    load();
    EXPECT_THAT(found(), ElementsAre(HasSubstr("Could not find any config file in")));
}

}  // namespace
}  // namespace kiln
