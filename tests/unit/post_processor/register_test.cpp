#include "post_processor/register.h"

#include <gmock/gmock.h>

namespace kiln {
namespace {

TEST(RegisterPostProcessors, TellsWhatRunsFromWhatIsDeclared) {
    Registry registry;
    register_post_processors(registry);
    for (const char* type :
         {"artifice", "checksum", "compress", "manifest", "ova", "shell-local"}) {
        EXPECT_TRUE(registry.has("post-processor", type)) << type;
        EXPECT_EQ(registry.unavailable("post-processor", type), "") << type;
    }
    EXPECT_NE(registry.unavailable("post-processor", "vagrant"), "");
}

}  // namespace
}  // namespace kiln
