#include "template/legacy/upgrade/upgrade.h"

#include "template/interpolate.h"
#include "template_fixture.h"

namespace kiln {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// What hcl2_upgrade writes of legacy templates.
class Upgrade : public TemplateTest {
  protected:
    Upgrade() { upgrade_options.find_schema = options.find_schema; }

    std::string upgraded(const std::string& text) {
        diagnostics.clear();
        result = upgrade_template(text, "box.json", upgrade_options, sources, diagnostics);
        return result.text;
    }

    /// What every component of a template comes to, with its texts rendered.
    std::map<std::string, Setting> components(const Template& tmpl) {
        std::map<std::string, Setting> all;
        for (const BuildBlock& build : tmpl.builds) {
            for (const SourceUse& source : build.sources) {
                const std::string name = source.type + "." + source.local_name;
                all[name] = settings(source.body, source);
                for (std::size_t i = 0; i < build.provisioners.size(); ++i) {
                    const ProvisionerBlock& block = build.provisioners[i];
                    all[fmt::format("{} provisioner {}", name, i)] = settings(block.body, source);
                }
                for (std::size_t i = 0; i < build.chains.size(); ++i) {
                    for (std::size_t j = 0; j < build.chains[i].size(); ++j) {
                        all[fmt::format("{} post-processor {}.{}", name, i, j)] =
                            settings(build.chains[i][j].body, source);
                    }
                }
            }
        }
        return all;
    }
    Setting settings(const ComponentBody& body, const SourceUse& source) {
        Setting::Map settings = evaluate(body, "", source.local_name);
        InterpolateContext context;
        context.version = "1.16.0";
        context.build_name = source.name;
        context.build_type = source.type;
        context.build_values = BuildVariables::placeholders("", {}).values;
        body.complete(context);
        Problems problems;
        interpolate_settings(settings, *box, context, problems);
        for (const Problem& problem : problems) ADD_FAILURE() << problem.message;
        // Compared as the component gets them: decoded.
        const TestOptions decoded = test_schema(false).decode(settings, problems);
        for (const Problem& problem : problems) ADD_FAILURE() << problem.message;
        Setting::Map plain{{"iso", decoded.iso},
                           {"text", decoded.text},
                           {"cpus", Setting(decoded.cpus)},
                           {"headless", Setting(decoded.headless)},
                           {"wait", format_duration(decoded.wait)}};
        plain["tags"] = Setting(Setting::List(decoded.tags.begin(), decoded.tags.end()));
        Setting::List lines;
        for (const auto& line : decoded.arguments) {
            lines.push_back(Setting(Setting::List(line.begin(), line.end())));
        }
        plain["arguments"] = Setting(lines);
        for (const auto& [key, value] : decoded.labels) plain["label " + key] = value;
        for (const auto& disk : decoded.disks) {
            plain["disks"] = Setting(fmt::format("{} {}", disk.size, disk.discard));
        }
        plain["bridge"] = decoded.network.bridge;
        return Setting(std::move(plain));
    }

    /// Loads the template before and after, and expects the same components.
    void expect_same_builds(const std::string& text) {
        write("old.json", text);
        options.path = directory.path() / "old.json";
        const Template before = load();
        EXPECT_FALSE(diagnostics.has_errors()) << details();
        const auto wanted = components(before);
        EXPECT_FALSE(diagnostics.has_errors()) << details();
        const std::string written = upgraded(text);
        EXPECT_THAT(found(), IsEmpty()) << details();
        write("new.pkr.hcl", written);
        options.path = directory.path() / "new.pkr.hcl";
        const Template after = load();
        EXPECT_THAT(found(), IsEmpty()) << details() << written;
        EXPECT_EQ(components(after), wanted) << written;
        EXPECT_THAT(found(), IsEmpty()) << details() << written;
    }

    UpgradeOptions upgrade_options;
    UpgradeResult result;
};

TEST_F(Upgrade, WritesEverySectionInItsOrderAndCanonicalForm) {
    EXPECT_EQ(upgraded(R"json({
  "description": "A \"box\".",
  "min_packer_version": "1.7.0",
  "variables": {
    "cpus": "2",
    "home": "{{env `HOME`}}",
    "name": "box-{{user `cpus`}}",
    "password": null,
    "stamp": "{{timestamp}}"
  },
  "sensitive-variables": ["password"],
  "builders": [
    {"type": "box", "name": "the vm", "iso": "${HOME}.iso", "cpus": "{{user `cpus`}}",
     "headless": "true", "wait": 5000000000,
     "tags": ["{{user `name`}}", "b"], "disk": [{"size": "1G"}], "labels": {"a b": "c"}}
  ],
  "provisioners": [
    {"type": "box", "only": ["the vm"], "pause_before": "5s", "max_retries": 2,
     "override": {"the vm": {"text": "{{ .Path }} {{user `password`}}"}},
     "text": "{{ .Vars }} {{build `ID`}} {{ `x` | upper }}"}
  ],
  "post-processors": [
    "box",
    [{"type": "box", "name": "p", "keep_input_artifact": true}, "box"]
  ]
})json"),
              R"json(packer {
  required_version = ">= 1.7.0"
}

variable "cpus" {
  type    = string
  default = "2"
}

variable "home" {
  type    = string
  default = "${env("HOME")}"
}

variable "password" {
  type      = string
  sensitive = true
}

locals {
  timestamp = regex_replace(timestamp(), "[- TZ:]", "")
  name      = "box-${var.cpus}"
  stamp     = "${local.timestamp}"
}

source "box" "the_vm" {
  cpus     = var.cpus
  headless = true
  iso      = "$${HOME}.iso"
  labels = {
    "a b" = "c"
  }
  tags = [
    local.name,
    "b",
  ]
  wait = "5s"
  disk {
    size = "1G"
  }
}

build {
  description = "A \"box\"."
  sources     = ["source.box.the_vm"]

  provisioner "box" {
    only         = ["box.the_vm"]
    pause_before = "5s"
    max_retries  = 2
    override = {
      the_vm = {
        text = "{{ .Path }} ${var.password}"
      }
    }
    text = "{{ .Vars }} ${build.ID} {{ `x` | upper }}"
  }

  post-processor "box" {
  }

  post-processors {
    post-processor "box" {
      name                = "p"
      keep_input_artifact = true
    }

    post-processor "box" {
    }

  }
}
)json");
    EXPECT_TRUE(result.complete);
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Upgrade, KeepsTheBuilds) {
    const ScopedEnvironment environment("KILN_TEST_UPGRADE", "outside");
    expect_same_builds(R"json({
  "variables": {
    "a": "{{user `b`}}-{{env `KILN_TEST_UPGRADE`}}",
    "b": "plain ${not} %{hcl} \"quoted\" \\ back",
    "yes": "1", "no": "", "true": true, "list": "x,y", "n": 3,
    "with.dot": "dotted", "9": "nine",
    "url": "http://{{ .HTTPIP }}/{{user `n`}}"
  },
  "builders": [
    {"type": "box", "name": "vm", "iso": "{{user `a`}}", "text": "{{user `with.dot`}} {{user `9`}}",
     "cpus": "{{user `n`}}", "headless": "{{user `yes`}}", "tags": "{{user `list`}}",
     "arguments": [["-m", 512], ["{{user `b`}}"]], "labels": {"k": "{{user `b`}}", "n": 2},
     "disk": {"size": "{{user `n`}}G", "discard": true}, "network": {"bridge": "br0"}},
    {"type": "box", "name": "other_vm", "headless": "{{user `no`}}", "tags": "a,b", "wait": "1m30s",
     "text": "{{upper (user `a`)}} {{user `undeclared`}}{{if eq `x` (user `b`)}}no{{else}}yes{{end}}"}
  ],
  "provisioners": [
    {"type": "box", "text": "{{packer_version}} {{lower `X`}} {{build_name}} {{build_type}}", "tags": []},
    {"type": "box", "text": "line\nbreak\tand {{build `ID`}}", "headless": "{{user `true`}}"}
  ],
  "post-processors": [["box", {"type": "box", "text": "{{replace_all `a` `b` `banana`}}"}]]
})json");
}

TEST_F(Upgrade, UnnamedBuildersGetNames) {
    const std::string text = upgraded(R"json({"builders": [
        {"type": "box", "name": "z"}, {"type": "box"}]})json");
    EXPECT_THAT(text, HasSubstr("source \"box\" \"autogenerated_2\""));
    EXPECT_THAT(text, HasSubstr("\"source.box.autogenerated_2\",\n    \"source.box.z\","));
}

TEST_F(Upgrade, CallsBecomeExpressions) {
    const std::string text = upgraded(R"json({"builders": [{"type": "box", "tags": [
        "{{isotime}}", "{{isotime \"2006-01-02\"}}", "{{strftime `%Y`}}", "{{template_dir}}/x",
        "{{pwd}}", "{{packer_version}}", "{{uuid}}", "{{timestamp}}", "{{build_name}}-{{build_type}}",
        "{{- user `v` -}}", "{{ .Name }}", "{{user `v` | upper}}", "{{split `a b` ` ` 0}}"]}],
        "variables": {"v": "x"}})json");
    for (const char* wanted :
         {R"("${timestamp()}")", R"("${legacy_isotime("2006-01-02")}")",
          R"("${legacy_strftime("%Y")}")", R"("${path.root}/x")", R"("${path.cwd}")",
          R"("${packer.version}")", R"("${uuidv4()}")", R"("${local.timestamp}")",
          R"("${source.name}-${source.type}")", R"("{{- `${var.v}` -}}")", R"("{{ .Name }}")",
          R"("{{`${var.v}` | upper}}")", R"("{{split `a b` ` ` 0}}")"}) {
        EXPECT_THAT(text, HasSubstr(wanted));
    }
}

TEST_F(Upgrade, LocalsHaveTheEnvironmentAndSecrets) {
    const std::string text = upgraded(R"json({"builders": [{"type": "box"}], "variables": {
        "a": "{{env `HOME`}}/{{user `b`}}", "b": "x", "s": "{{vault `p` `k`}}{{consul_key `c`}}"},
        "sensitive-variables": ["s"]})json");
    EXPECT_THAT(text, HasSubstr("variable \"env_HOME\" {\n  type    = string\n"
                                "  default = env(\"HOME\")\n}"));
    EXPECT_THAT(text, HasSubstr("a = \"${var.env_HOME}/${var.b}\""));
    EXPECT_THAT(text, HasSubstr("local \"s\" {\n  expression = \"${vault(\"p\", \"k\")}"
                                "${consul_key(\"c\")}\"\n  sensitive  = true\n}"));
}

TEST_F(Upgrade, PluginsOfKnownComponentsAreRequired) {
    upgrade_options.find_schema = nullptr;
    const std::string text = upgraded(R"json({
        "builders": [{"type": "qemu"}, {"type": "vmware-iso"}, {"type": "qemux"}],
        "provisioners": [{"type": "ansible-local"}], "post-processors": ["vagrant"]})json");
    EXPECT_THAT(text, StartsWith("packer {\n  required_plugins {\n    ansible = {\n"
                                 "      source  = \"github.com/hashicorp/ansible\"\n"
                                 "      version = \"~> 1\"\n    }\n    qemu = {"));
    EXPECT_THAT(text,
                AllOf(HasSubstr("vagrant = {"), HasSubstr("vmware = {"), Not(HasSubstr("docker"))));
}

TEST_F(Upgrade, UnknownComponentsAreToldAndWrittenByTheirLook) {
    const std::string text = upgraded(R"json({"builders": [
      {"type": "cloud", "region": "eu", "n": 1, "flag": true, "nothing": null,
       "tags": {"a": "{{user `v`}}"}, "list": ["x"], "mappings": [{"device": "a"}, {"device": "b"}],
       "deep": {"inner": {"x": 1}, "y": [1]}}]})json");
    EXPECT_THAT(found(), ElementsAre("Unknown builder type cloud @ 2"));
    EXPECT_FALSE(result.complete);
    EXPECT_THAT(text, HasSubstr(R"(source "cloud" "autogenerated_1" {
  region = "eu"
  n      = 1
  flag   = true
  tags = {
    a = var.v
  }
  list = ["x"]
  mappings {
    device = "a"
  }
  mappings {
    device = "b"
  }
  deep {
    inner = {
      x = 1
    }
    y = [1]
  }
})"));
}

TEST_F(Upgrade, UnknownOptionsOfKnownComponentsStay) {
    const std::string text = upgraded(R"json({"builders": [{"type": "box", "txet": "x"}]})json");
    EXPECT_THAT(text, HasSubstr("txet = \"x\""));
}

TEST_F(Upgrade, WhatHclCannotSayIsLeftOutWithAWarning) {
    const std::string text = upgraded(R"json({"builders": [
      {"type": "box", "labels": {"a": {"b": 1}}}]})json");
    EXPECT_THAT(text, HasSubstr("# \"labels\" is left out: in HCL it holds texts only"));
    EXPECT_THAT(found(), ElementsAre("warning: \"labels\" could not be carried over @ 2"));
    EXPECT_TRUE(result.complete);
}

TEST_F(Upgrade, NamesThatHclDoesNotTakeAreLeftOutOrQuoted) {
    const std::string text = upgraded(R"json({"builders": [{"type": "cloud", "": [], "a|b": 1,
      "tags": {"a|b": "x", "for": "y"}}]})json");
    EXPECT_THAT(text, HasSubstr("# \"a|b\" is left out: no option of HCL has such a name."));
    EXPECT_THAT(text, HasSubstr("# \"\" is left out"));
    EXPECT_THAT(text, HasSubstr("\"a|b\" = \"x\""));
    EXPECT_THAT(text, HasSubstr("\"for\" = \"y\""));
}

TEST_F(Upgrade, NumbersThatMayBeNothingAreZeroThen) {
    const std::string text = upgraded(R"json({"variables": {"n": "", "m": "2"}, "builders": [
      {"type": "box", "cpus": "{{user `n`}}"}, {"type": "box", "name": "b", "cpus": "{{user `m`}}"}]})json");
    EXPECT_THAT(text, HasSubstr("cpus = var.n == \"\" ? \"0\" : var.n\n"));
    EXPECT_THAT(text, HasSubstr("cpus = var.m\n"));
}

TEST_F(Upgrade, AnnotationsExplainEverySection) {
    upgrade_options.with_annotations = true;
    const std::string text = upgraded(
        R"json({"min_packer_version": "1.0.0", "variables": {"a": "b", "c": "{{user `a`}}"},
                "builders": [{"type": "box"}]})json");
    for (const char* section : {"packer {", "variable \"", "locals {", "source \"", "build {"}) {
        const std::size_t at = text.find(std::string("\n") + section);
        const bool first = text.find(section) > 0;
        ASSERT_TRUE(first) << section;
        ASSERT_NE(at, std::string::npos) << section;
        const std::size_t line = text.rfind('\n', at - 1);
        EXPECT_EQ(text[line + 1], '#') << section;
    }
}

TEST_F(Upgrade, TemplatesThatCannotBeReadAreNotWritten) {
    EXPECT_EQ(upgraded("{"), "");
    EXPECT_FALSE(result.complete);
    EXPECT_TRUE(diagnostics.has_errors());
    EXPECT_EQ(upgraded(R"json({"builders": []})json"), "");
}

TEST_F(Upgrade, ATimestampOfTheTemplatesOwnIsNoCircle) {
    const std::string text = upgraded(R"json({"builders": [{"type": "box",
        "text": "{{timestamp}} {{user `timestamp`}}"}], "variables": {"timestamp": "{{timestamp}}"}})json");
    EXPECT_THAT(text, HasSubstr("timestamp      = \"${local.timestamp_text}\""));
    EXPECT_THAT(text, HasSubstr("text = \"${local.timestamp_text} ${local.timestamp}\""));
}

}  // namespace
}  // namespace kiln
