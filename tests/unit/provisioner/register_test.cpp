#include "provisioner/register.h"

#include <gmock/gmock.h>

namespace kiln {
namespace {

TEST(RegisterProvisioners, TellsWhatRunsFromWhatIsDeclared) {
    Registry registry;
    register_provisioners(registry);
    EXPECT_THAT(registry.types("provisioner"),
                ::testing::IsSupersetOf({"breakpoint", "file", "shell", "shell-local", "sleep"}));
    for (const char* type : {"breakpoint", "file", "shell", "shell-local", "sleep"}) {
        EXPECT_EQ(registry.unavailable("provisioner", type), "") << type;
    }
    EXPECT_NE(registry.unavailable("provisioner", "powershell"), "");
}

}  // namespace
}  // namespace kiln
