#include "cli/docs/components.h"
#include "command_fixture.h"

namespace kiln {
namespace {

using testing::HasSubstr;
using testing::Not;

class PluginsTest : public CommandTest {
  protected:
    std::string requirement(const std::string& name, const std::string& version = "~> 1.1") {
        return "packer {\n  required_plugins {\n    " + name + " = {\n      version = \"" +
               version + "\"\n      source  = \"github.com/hashicorp/" + name +
               "\"\n    }\n  }\n}\n";
    }
};

TEST_F(PluginsTest, AnswersARequirementWithWhatIsBuiltIn) {
    const std::string file = write_template(requirement("qemu", ">= 99"));
    EXPECT_EQ(kiln({"init", file}), 0) << out;
    EXPECT_THAT(out, HasSubstr("github.com/hashicorp/qemu >= 99: built into kiln v"));
    EXPECT_THAT(out, HasSubstr("source qemu"));
    EXPECT_EQ(kiln({"init", "-upgrade", "-force", file}), 0);
}

TEST_F(PluginsTest, SaysWhatIsKnownAndCannotRunYet) {
    for (const auto& component : docs::all_documented()) {
        if (component.block != "source" || component.unavailable.empty()) continue;
        EXPECT_EQ(kiln({"plugins", "install", "github.com/someone/" + component.type}), 0);
        EXPECT_THAT(out, HasSubstr("source " + component.type + ": not yet able to run"));
    }
}

TEST_F(PluginsTest, NamesTheComponentsThatAreMissing) {
    const std::string file =
        write("t.pkr.hcl",
              requirement("proxmox") +
                  "source \"proxmox-iso\" \"x\" {}\nbuild { sources = [\"proxmox-iso.x\"] }");
    EXPECT_EQ(kiln({"init", file}), 1);
    EXPECT_THAT(out, HasSubstr("Failed getting the \"github.com/hashicorp/proxmox\" plugin:"));
    EXPECT_THAT(out, HasSubstr("source \"proxmox-iso\"  (" + file + ":"));
    EXPECT_THAT(out, HasSubstr("kiln fetches no plugins"));
    EXPECT_EQ(kiln({"init", "-upgrade", file}), 1);
    EXPECT_THAT(out, HasSubstr("fetch nothing"));
}

TEST_F(PluginsTest, LetsBuildsWorkThatDoNotNeedTheMissingPlugin) {
    EXPECT_EQ(kiln({"init", write_template(requirement("proxmox"))}), 0);
    EXPECT_THAT(out, HasSubstr("Failed getting"));
}

TEST_F(PluginsTest, SaysThatNothingIsRequired) {
    EXPECT_EQ(kiln({"init", write_template("")}), 0);
    EXPECT_THAT(out, HasSubstr("No plugins requirement found"));
}

TEST_F(PluginsTest, RefusesLegacyTemplates) {
    const std::string file = write("t.json", "{\"builders\": []}");
    for (const char* command : {"init", "required"}) {
        const bool init = std::string(command) == "init";
        EXPECT_EQ(init ? kiln({"init", file}) : kiln({"plugins", command, file}), 1);
        EXPECT_THAT(out, HasSubstr("Packer plugins currently only works with HCL2 configuration "
                                   "templates"));
    }
}

TEST_F(PluginsTest, RefusesABadConstraint) {
    EXPECT_EQ(kiln({"init", write_template(requirement("qemu", "newest"))}), 1);
    EXPECT_THAT(out, HasSubstr("Invalid version constraint"));
}

TEST_F(PluginsTest, ListsWhatATemplateRequires) {
    EXPECT_EQ(kiln({"plugins", "required", write_template(requirement("qemu"))}), 0);
    EXPECT_EQ(out, "qemu github.com/hashicorp/qemu \"~> 1.1\" [built in]\n");
    EXPECT_EQ(kiln({"plugin", "required", write_template(requirement("proxmox"))}), 0);
    EXPECT_EQ(out, "proxmox github.com/hashicorp/proxmox \"~> 1.1\" []\n");
}

TEST_F(PluginsTest, ListsWhatIsBuiltIn) {
    EXPECT_EQ(kiln({"plugins", "installed"}), 0);
    EXPECT_THAT(out, HasSubstr("builder qemu (built into kiln v"));
}

TEST_F(PluginsTest, InstallsNothing) {
    EXPECT_EQ(kiln({"plugins", "install", "github.com/hashicorp/qemu", "~> 1.0"}), 0);
    EXPECT_THAT(out, HasSubstr("built into kiln"));
    EXPECT_EQ(kiln({"plugins", "install", "github.com/hashicorp/proxmox"}), 1);
    EXPECT_THAT(out, HasSubstr("kiln fetches no plugins"));
    EXPECT_EQ(kiln({"plugins", "install", "-path", "x", "github.com/hashicorp/qemu"}), 1);
    EXPECT_THAT(out, HasSubstr("kiln runs no plugin binaries"));
    EXPECT_EQ(kiln({"plugins", "install", "-path", "x", "github.com/hashicorp/qemu", "1"}), 1);
    EXPECT_THAT(out, HasSubstr("exclude each other"));
    EXPECT_EQ(kiln({"plugins", "install", "github.com/hashicorp/qemu", ">= 1.0.0-beta"}), 1);
    EXPECT_THAT(out, HasSubstr("Unsupported prerelease for constraint \">= 1.0.0-beta\""));
    EXPECT_EQ(kiln({"plugins", "install", "qemu"}), 1);
    EXPECT_THAT(out, HasSubstr("is not the address of a plugin"));
}

TEST_F(PluginsTest, RemovesNothing) {
    EXPECT_EQ(kiln({"plugins", "remove", "github.com/hashicorp/qemu"}), 1);
    EXPECT_THAT(out, HasSubstr("built into kiln and stay"));
    const std::string file = write("plugin", "");
    EXPECT_EQ(kiln({"plugins", "remove", file}), 1);
    EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(PluginsTest, ShowsItsSubcommands) {
    EXPECT_EQ(kiln({"plugins"}), 1);
    EXPECT_THAT(out, HasSubstr("\n    required "));
    EXPECT_EQ(kiln({"plugins", "-h"}), 0);
    EXPECT_EQ(kiln({"plugins", "nonsense"}), 1);
    EXPECT_THAT(out, Not(HasSubstr("plugin required")));
}

}  // namespace
}  // namespace kiln
