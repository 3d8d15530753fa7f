#include "template_fixture.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Dynamic blocks wherever a template may have them: in builds, in the bodies of sources,
/// provisioners and post-processors, and inside of each other.
class DynamicBlock : public TemplateTest {
  protected:
    static const Setting::List& list(const Setting::Map& settings, const std::string& name) {
        return *settings.at(name).as_list();
    }
};

TEST_F(DynamicBlock, MakeProvisionersOfABuildWithTheirOwnArguments) {
    const Template result = load(R"(
variable "scripts" {
  default = { setup = "1G", cleanup = "2G" }
}
source "box" "a" {}
build {
  sources = ["box.a"]
  dynamic "provisioner" {
    for_each = var.scripts
    labels   = ["box"]
    iterator = step
    content {
      name         = step.key
      only         = ["box.a"]
      pause_before = "${length(step.key)}s"
      text         = "${step.value} ${build.ID}"
      dynamic "disk" {
        for_each = [step.value, "3G"]
        content {
          size = "${step.key}-${disk.value}"
        }
      }
    }
  }
  provisioner "box" {
    name = "last"
  }
}
)");
    EXPECT_THAT(found(), IsEmpty()) << details();
    const auto& provisioners = result.builds.at(0).provisioners;
    ASSERT_EQ(provisioners.size(), 3u);
    EXPECT_EQ(provisioners[0].name, "cleanup");
    EXPECT_EQ(provisioners[0].meta.pause_before, std::chrono::seconds(7));
    EXPECT_EQ(provisioners[2].name, "last");
    const Setting::Map settings = evaluate(provisioners[1].body);
    EXPECT_EQ(settings.at("text"), Setting("1G <unknown>"));
    EXPECT_EQ(settings.at("disk"), Setting(Setting::List{Setting::Map{{"size", "setup-1G"}},
                                                         Setting::Map{{"size", "setup-3G"}}}));
    EXPECT_THAT(found(), IsEmpty()) << details();
}

TEST_F(DynamicBlock, MakePostProcessorsAloneAndInChains) {
    const Template good = load(R"(
source "box" "a" {}
build {
  sources = ["box.a"]
  dynamic "post-processor" {
    for_each = ["x"]
    labels   = ["box"]
    iterator = it
    content {
      text = it.value
    }
  }
  post-processors {
    post-processor "box" {
      text = "first"
    }
    dynamic "post-processor" {
      for_each = ["b", "c"]
      labels   = ["box"]
      iterator = it
      content {
        name = it.value
        text = "${it.key} ${it.value}"
      }
    }
  }
}
)");
    EXPECT_THAT(found(), IsEmpty()) << details();
    const auto& chains = good.builds.at(0).chains;
    ASSERT_EQ(chains.size(), 2u);
    EXPECT_EQ(evaluate(chains[0][0].body).at("text"), Setting("x"));
    ASSERT_EQ(chains[1].size(), 3u);
    EXPECT_EQ(chains[1][2].name, "c");
    EXPECT_EQ(evaluate(chains[1][2].body).at("text"), Setting("1 c"));
}

TEST_F(DynamicBlock, AreNestedInSourcesAndKnowTheirSource) {
    const Template result = load(R"(
locals {
  networks = [{ bridge = "br0", disks = ["a", "b"] }]
}
source "box" "vm" {
  dynamic "network" {
    for_each = local.networks
    content {
      bridge = "${source.name}-${network.value.bridge}"
      dynamic "nested" {
        for_each = network.value.disks
        iterator = disk
        content {
          size = "${network.key}${disk.key}${disk.value}"
        }
      }
    }
  }
  dynamic "disk" {
    for_each = { for i in [1, 2, 3] : "d${i}" => i if i != 2 }
    content {
      size    = "${disk.key}-${disk.value}G"
      discard = disk.value == 3
    }
  }
  disk {
    size = "last"
  }
}
build {
  source "box.vm" {
    name = "renamed"
    dynamic "disk" {
      for_each = ["added"]
      content {
        size = disk.value
      }
    }
  }
}
)");
    EXPECT_THAT(found(), IsEmpty()) << details();
    const Setting::Map settings = evaluate(result.builds.at(0).sources.at(0).body, "", "renamed");
    EXPECT_THAT(found(), IsEmpty()) << details();
    const Setting::Map network = *settings.at("network").as_map();
    EXPECT_EQ(network.at("bridge"), Setting("renamed-br0"));
    EXPECT_EQ(network.at("nested"),
              Setting(Setting::List{Setting::Map{{"size", "00a"}}, Setting::Map{{"size", "01b"}}}));
    const auto& disks = list(settings, "disk");
    ASSERT_EQ(disks.size(), 4u);
    EXPECT_EQ(disks[0], Setting(Setting::Map{{"size", "d1-1G"}, {"discard", Setting(false)}}));
    EXPECT_EQ(disks[1], Setting(Setting::Map{{"size", "d3-3G"}, {"discard", Setting(true)}}));
    EXPECT_EQ(disks[2], Setting(Setting::Map{{"size", "last"}}));
    EXPECT_EQ(disks[3], Setting(Setting::Map{{"size", "added"}}));
}

TEST_F(DynamicBlock, MayMakeTheRegistryBlockThatIsNotUsed) {
    load(R"(
variable "enabled" {
  default = true
}
source "box" "a" {}
build {
  sources = ["box.a"]
  dynamic "hcp_packer_registry" {
    for_each = var.enabled ? [1] : []
    content {
      bucket_name  = "debian-12"
      bucket_labels = { "os" = "debian" }
    }
  }
}
)");
    EXPECT_THAT(found(),
                ElementsAre("warning: hcp_packer_registry belongs to the top of the template @ 8",
                            "warning: hcp_packer_registry is ignored @ 8"))
        << details();
}

TEST_F(DynamicBlock, OverNothingMakeNothingAndOverTheUnknownOne) {
    const Template result = load(R"(
source "box" "vm" {
  dynamic "disk" {
    for_each = []
    content {}
  }
  dynamic "disk" {
    for_each = packer.versionFingerprint == "" ? ["a"] : ["b"]
    content {
      size = disk.value
    }
  }
}
build {
  sources = ["box.vm"]
}
)");
    EXPECT_THAT(found(), IsEmpty()) << details();
    const Setting::Map settings = evaluate(result.builds.at(0).sources.at(0).body);
    EXPECT_THAT(found(), IsEmpty()) << details();
    EXPECT_EQ(list(settings, "disk").size(), 1u);
}

TEST_F(DynamicBlock, MistakesHaveTheirPlaces) {
    const Template result = load(R"(
source "box" "vm" {
  dynamic "disk" {
    for_each = null
    content {}
  }
  dynamic "disc" {
    for_each = ["a"]
    content {}
  }
  dynamic "disk" {
    for_each = ["a"]
  }
  dynamic "disk" {
    for_each = ["a"]
    content {
      size = dsik.value
    }
  }
}
build {
  sources = ["box.vm"]
}
)");
    EXPECT_THAT(found(), IsEmpty()) << details();
    evaluate(result.builds.at(0).sources.at(0).body);
    std::vector<std::size_t> lines;
    for (const Diagnostic& one : diagnostics) lines.push_back(one.subject->start.line);
    EXPECT_THAT(lines, ::testing::IsSupersetOf(std::vector<std::size_t>{4, 7, 11, 17}));
}

}  // namespace
}  // namespace kiln
