#include "post_processor/shell_local.h"
#include "tests/unit/post_processor/artifact_fixture.h"

namespace kiln::test {
namespace {

class ShellLocalAfterABuild : public PostProcessorTest {};

TEST_F(ShellLocalAfterABuild, SeesTheBuildsValuesAndHandsTheArtifactOn) {
    know({{"ID", "i-7"}});
    const auto input = artifact_of({"disk.qcow2"});
    const auto pp = make<ShellLocalPostProcessor>(
        local_shell_schema, {{"inline", Setting::List{"echo $PACKER_BUILD_NAME {{.ID}} $WHO"}},
                             {"execute_command", Setting::List{"{{.Vars}} bash {{.Script}}"}},
                             {"env", Setting::Map{{"WHO", "you"}}}});
    const auto done = pp->process(context_, input);
    EXPECT_EQ(done.artifact, input);
    EXPECT_TRUE(done.keep_default);
    EXPECT_TRUE(done.force_keep);
    EXPECT_EQ(sink_.said.back(), "debian i-7 you");
}

}  // namespace
}  // namespace kiln::test
