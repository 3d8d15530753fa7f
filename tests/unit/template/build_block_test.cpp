#include "template_fixture.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BuildBlockTest : public TemplateTest {
  protected:
    /// A template with one source `box.a` and a build that uses it.
    Template load_build(const std::string& inside) {
        return load("source \"box\" \"a\" {\n}\nbuild {\n  sources = [\"box.a\"]\n" + inside +
                    "\n}\n");
    }
};

TEST_F(BuildBlockTest, SourcesAreNamedWithOrWithoutPrefix) {
    const Template result = load(R"(
source "box" "a" {}
source "other" "b" {}
build {
  name        = "n-${upper("x")}"
  description = "D"
  sources     = ["source.box.a", "other.b"]
  source "source.box.a" {
    name = "renamed"
  }
  source "box.a" {}
}
build {
  sources = ["box.a"]
}
)");
    EXPECT_THAT(found(), IsEmpty());
    ASSERT_EQ(result.builds.size(), 2u);
    const BuildBlock& build = result.builds[0];
    EXPECT_EQ(build.name, "n-X");
    EXPECT_EQ(build.description, "D");
    ASSERT_EQ(build.sources.size(), 4u);
    EXPECT_EQ(build.sources[0].type + build.sources[0].name, "boxa");
    EXPECT_EQ(build.sources[1].type + build.sources[1].name, "otherb");
    EXPECT_EQ(build.sources[2].name, "a");
    EXPECT_EQ(build.sources[2].local_name, "renamed");
    EXPECT_EQ(build.sources[3].local_name, "a");
    EXPECT_EQ(build.sources[0].range.start.line, 2u);
    EXPECT_EQ(build.sources[2].range.start.line, 8u);
    EXPECT_EQ(result.builds[1].name, "");
}

TEST_F(BuildBlockTest, UnusedSourcesAreNotLookedInto) {
    load(
        "source \"box\" \"unused\" {\n  nonsense = local.nothing\n}\nsource \"box\" \"a\" {}\n"
        "build {\n  sources = [\"box.a\"]\n}\n");
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(BuildBlockTest, TypesThatKilnLacksDoNotFailTheLoad) {
    const Template result = load(R"(
source "mystery" "a" {
  anything {}
}
build {
  sources = ["mystery.a"]
  provisioner "mystery" { x = 1 }
  post-processor "mystery" { y = 2 }
}
)");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(result.builds[0].provisioners[0].type, "mystery");
    EXPECT_EQ(result.builds[0].provisioners[0].range.start.line, 7u);
}

TEST_F(BuildBlockTest, MetaArgumentsOfProvisioners) {
    const Template result = load_build(R"(
  provisioner "box" {
    name              = "first-${build.name}"
    only              = ["box.a"]
    override          = { a = { text = "o", tags = ["x"], cpus = 2 } }
    pause_before      = "10s"
    timeout           = "1h30m"
    max_retries       = "3"
    continue_on_error = true
    text              = "t"
  }
  provisioner "box" {
    except = ["box.b"]
    only   = null
  }
  error-cleanup-provisioner "box" {
    text = "cleanup"
  })");
    EXPECT_THAT(found(), IsEmpty());
    const BuildBlock& build = result.builds.at(0);
    ASSERT_EQ(build.provisioners.size(), 2u);
    const ProvisionerBlock& first = build.provisioners[0];
    EXPECT_EQ(first.name, "first-");
    EXPECT_THAT(first.meta.only, ElementsAre("box.a"));
    EXPECT_EQ(first.meta.pause_before, std::chrono::seconds(10));
    EXPECT_EQ(first.meta.timeout, std::chrono::minutes(90));
    EXPECT_EQ(first.meta.max_retries, 3);
    EXPECT_TRUE(first.meta.continue_on_error);
    const Setting::Map override_of_a = {{"text", "o"}, {"tags", Setting::List{"x"}}, {"cpus", 2}};
    EXPECT_EQ(first.meta.override_by_source.at("a"), override_of_a);
    EXPECT_EQ(first.meta.override_by_source.at("a").at("text").range()->start.line, 9u);
    EXPECT_THAT(build.provisioners[1].meta.except, ElementsAre("box.b"));
    ASSERT_TRUE(build.error_cleanup);
    EXPECT_EQ(evaluate(build.error_cleanup->body), (Setting::Map{{"text", "cleanup"}}));
    EXPECT_EQ(evaluate(first.body), (Setting::Map{{"text", "t"}}));
}

TEST_F(BuildBlockTest, PostProcessorsStandAloneOrInChains) {
    const Template result = load_build(R"(
  post-processor "box" {
    name                = "one"
    keep_input_artifact = false
    only                = ["box.a"]
  }
  post-processors {
    post-processor "box" {
      text = "first"
    }
    post-processor "box" {
      except = ["box.a"]
    }
  }
  post-processors {
  })");
    EXPECT_THAT(found(), IsEmpty());
    const auto& chains = result.builds.at(0).chains;
    ASSERT_EQ(chains.size(), 2u);
    EXPECT_EQ(chains[0].at(0).name, "one");
    EXPECT_EQ(chains[0].at(0).keep_input_artifact, false);
    EXPECT_THAT(chains[0].at(0).only, ElementsAre("box.a"));
    ASSERT_EQ(chains[1].size(), 2u);
    EXPECT_FALSE(chains[1][0].keep_input_artifact.has_value());
    EXPECT_THAT(chains[1][1].except, ElementsAre("box.a"));
    EXPECT_EQ(evaluate(chains[1][0].body), (Setting::Map{{"text", "first"}}));
}

TEST_F(BuildBlockTest, DynamicBlocksMakeProvisionersAndPostProcessors) {
    const Template result = load_build(R"(
  dynamic "provisioner" {
    for_each = ["x", "y"]
    iterator = step
    labels   = ["box"]
    content {
      name = "p-${step.value}"
      text = "${step.value} on ${source.name}"
      dynamic "disk" {
        for_each = [1, 2]
        content {
          size = "${step.value}${disk.value}"
        }
      }
    }
  }
  post-processors {
    dynamic "post-processor" {
      for_each = { a = 1, b = 2 }
      labels   = ["box"]
      content {
        text = "${post-processor.key}"
      }
    }
  })");
    EXPECT_THAT(found(), IsEmpty());
    const BuildBlock& build = result.builds.at(0);
    ASSERT_EQ(build.provisioners.size(), 2u);
    EXPECT_EQ(build.provisioners[1].name, "p-y");
    const Setting::Map expected = {
        {"text", "y on a"},
        {"disk", Setting::List{Setting::Map{{"size", "y1"}}, Setting::Map{{"size", "y2"}}}}};
    EXPECT_EQ(evaluate(build.provisioners[1].body), expected);
    ASSERT_EQ(build.chains.at(0).size(), 2u);
    EXPECT_EQ(evaluate(build.chains[0][1].body), (Setting::Map{{"text", "b"}}));
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(BuildBlockTest, InlineSourceAddsToTheSourceBody) {
    const Template result = load(R"(
source "box" "a" {
  text = "base"
  disk {
    size = "1"
  }
}
build {
  source "box.a" {
    name = "more"
    iso  = "added for ${source.name}"
    disk {
      size = "2"
    }
  }
}
)");
    EXPECT_THAT(found(), IsEmpty());
    const SourceUse& use = result.builds.at(0).sources.at(0);
    const Setting::Map expected = {
        {"text", "base"},
        {"iso", "added for more"},
        {"disk", Setting::List{Setting::Map{{"size", "1"}}, Setting::Map{{"size", "2"}}}}};
    EXPECT_EQ(evaluate(use.body, "", use.local_name), expected);
}

TEST_F(BuildBlockTest, SourceNamesAreNotKnownInMetaArguments) {
    load_build("  provisioner \"box\" {\n    only = [\"null.${source.name}\"]\n  }");
    EXPECT_THAT(found(), ElementsAre("Unsuitable value type @ 6"));
    EXPECT_THAT(details(), HasSubstr("must be known before any build starts"));
}

TEST_F(BuildBlockTest, BuildLevelRegistryIsIgnoredWithAWarning) {
    load_build("  hcp_packer_registry {\n    bucket_name = \"xyz\"\n  }");
    EXPECT_THAT(found(),
                ElementsAre("warning: hcp_packer_registry belongs to the top of the template @ 5",
                            "warning: hcp_packer_registry is ignored @ 5"));
}

}  // namespace
}  // namespace kiln
