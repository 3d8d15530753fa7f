#include <gmock/gmock.h>

#include "boot/boot_command.h"

namespace kiln::boot {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(BootCommandWarnings, TellsMisspeltKeys) {
    EXPECT_THAT(boot_command_warnings("ab<entre>"),
                ElementsAre("boot_command, character 3: `<entre>` is typed literally; did you mean "
                            "`<enter>`?"));
    EXPECT_THAT(boot_command_warnings("<spacebr>"), ElementsAre(HasSubstr("`<spacebar>`")));
    EXPECT_THAT(boot_command_warnings("<leftCtlOn>"), ElementsAre(HasSubstr("`<leftCtrlOn>`")));
    EXPECT_THAT(boot_command_warnings("<ecs>"), ElementsAre(HasSubstr("`<esc>`")));
    EXPECT_THAT(boot_command_warnings("<page up>"), ElementsAre(HasSubstr("`<pageUp>`")));
    EXPECT_THAT(boot_command_warnings("<wiat1m20s>"), ElementsAre(HasSubstr("`<wait1m20s>`")));
}

TEST(BootCommandWarnings, KnowsTheNamesThatOthersHaveForKeys) {
    EXPECT_THAT(boot_command_warnings("<escape>"), ElementsAre(HasSubstr("`<esc>`")));
    EXPECT_THAT(boot_command_warnings("<ctrlOn>"), ElementsAre(HasSubstr("`<leftCtrlOn>`")));
    EXPECT_THAT(boot_command_warnings("<altOff>"), ElementsAre(HasSubstr("`<leftAltOff>`")));
    EXPECT_THAT(boot_command_warnings("<space>"), ElementsAre(HasSubstr("`<spacebar>`")));
    EXPECT_THAT(boot_command_warnings("<win>"), ElementsAre(HasSubstr("`<leftSuper>`")));
}

TEST(BootCommandWarnings, SaysThatAKeyHasNoToken) {
    EXPECT_THAT(boot_command_warnings("<capslock>"),
                ElementsAre(HasSubstr("boot commands have no such key")));
    EXPECT_THAT(boot_command_warnings("<f13>"),
                ElementsAre(HasSubstr("boot commands have no such key")));
}

TEST(BootCommandWarnings, TellsWaitsThatAreNone) {
    for (const auto* text :
         {"<wait 5>", "<Wait>", "<wait05>", "<wait1.5>", "<waitOn>", "<wait \"x>", "<wait"}) {
        EXPECT_THAT(boot_command_warnings(text), ElementsAre(HasSubstr("it is not a wait")))
            << text;
    }
}

TEST(BootCommandWarnings, TellsATokenWithoutEnd) {
    EXPECT_THAT(boot_command_warnings("<enter<wait>"),
                ElementsAre(HasSubstr("`<enter` is typed literally; its `>` is missing")));
    EXPECT_THAT(boot_command_warnings("x<esc"), ElementsAre(HasSubstr("its `>` is missing")));
}

TEST(BootCommandWarnings, IsSilentForGoodCommandsAndPlainText) {
    for (const auto* text :
         {"<enter><wait5><leftCtrlOn>c<leftCtrlOff>", "a<b", "cat <<EOF", "<html><body></p>",
          "x < y > z", "<lt>", "echo <file >out", "{{ .HTTPIP }}:{{ .HTTPPort }}", ""}) {
        EXPECT_THAT(boot_command_warnings(text), IsEmpty()) << text;
    }
}

TEST(BootCommandWarnings, LeavesErrorsToTheParser) {
    EXPECT_THAT(boot_command_warnings("<entre><wait0s>"), IsEmpty());
}

}  // namespace
}  // namespace kiln::boot
