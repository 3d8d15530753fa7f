#include <filesystem>

#include "command_fixture.h"

namespace kiln {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto old_template = R"({
  "variables": {"who": "me"},
  "builders": [{"type": "null", "communicator": "none"}],
  "provisioners": [{"type": "shell-local", "inline": ["echo {{user `who`}}"]}],
  "post-processors": [{"type": "manifest", "filename": "m.json"}]
})";

class LegacyCommandsTest : public CommandTest {};

TEST_F(LegacyCommandsTest, FixPrintsTheMendedTemplate) {
    EXPECT_EQ(kiln({"fix", write("t.json", old_template)}), 0) << out;
    EXPECT_THAT(out, StartsWith("{\n  \"builders\": ["));
    EXPECT_THAT(out, HasSubstr("\"output\": \"m.json\""));
    EXPECT_EQ(kiln({"fix", "-"}, old_template), 0);
    EXPECT_THAT(out, HasSubstr("\"output\": \"m.json\""));
}

TEST_F(LegacyCommandsTest, FixRefusesWhatIsNoLegacyTemplate) {
    EXPECT_EQ(kiln({"fix", write_template("")}), 1);
    EXPECT_THAT(out, HasSubstr("is an HCL2 template"));
    EXPECT_EQ(kiln({"fix", write("t.json", "{")}), 1);
    EXPECT_THAT(out, HasSubstr("Error: "));
    EXPECT_EQ(kiln({"fix", path("gone.json")}), 1);
    EXPECT_THAT(out, HasSubstr("gone.json"));
}

TEST_F(LegacyCommandsTest, FixChecksItsResultUnlessToldNotTo) {
    const std::string file = write("t.json", R"({"builders": [], "unheard": 1})");
    EXPECT_EQ(kiln({"fix", file}), 1);
    EXPECT_THAT(out, HasSubstr("Error: "));
    EXPECT_EQ(kiln({"fix", "-validate=false", file}), 0) << out;
    EXPECT_THAT(out, StartsWith("{\n"));
}

TEST_F(LegacyCommandsTest, UpgradeWritesATemplateThatIsValid) {
    const std::string file = write("t.json", old_template);
    EXPECT_EQ(kiln({"fix", file}), 0);
    const std::string fixed = write("fixed.json", out);
    EXPECT_EQ(kiln({"hcl2_upgrade", fixed}), 0) << out;
    EXPECT_EQ(out, "Successfully created " + fixed + ".pkr.hcl. Exit 0\n");
    EXPECT_EQ(kiln({"validate", fixed + ".pkr.hcl"}), 0) << out;
    EXPECT_EQ(kiln({"fmt", "-check", fixed + ".pkr.hcl"}), 0);
}

TEST_F(LegacyCommandsTest, UpgradeTakesAnotherNameForItsOutput) {
    const std::string target = path("other.pkr.hcl");
    EXPECT_EQ(kiln({"hcl2_upgrade", "-with-annotations", "-output-file", target, "-"},
                   R"({"builders": [{"type": "null", "communicator": "none"}]})"),
              0)
        << out;
    EXPECT_THAT(read_file(target), HasSubstr("#"));
    EXPECT_EQ(kiln({"hcl2_upgrade", "-"}, "{}"), 1);
    EXPECT_THAT(out, HasSubstr("-output-file"));
}

TEST_F(LegacyCommandsTest, UpgradeWritesTheFileForUnknownComponentsAndFails) {
    const std::string file = write("t.json", R"({"builders": [{"type": "unheard-of", "a": "b"}]})");
    EXPECT_EQ(kiln({"hcl2_upgrade", file}), 1);
    EXPECT_THAT(out, HasSubstr("unheard-of"));
    EXPECT_THAT(out, HasSubstr("Exit 1"));
    EXPECT_TRUE(fs::exists(file + ".pkr.hcl"));
}

TEST_F(LegacyCommandsTest, UpgradeWritesNothingForWhatCannotBeRead) {
    const std::string file = write("t.json", "{");
    EXPECT_EQ(kiln({"hcl2_upgrade", file}), 1);
    EXPECT_FALSE(fs::exists(file + ".pkr.hcl"));
    EXPECT_EQ(kiln({"hcl2_upgrade", write_template("")}), 1);
    EXPECT_THAT(out, HasSubstr("is an HCL2 template already"));
}

}  // namespace
}  // namespace kiln
