#include "provisioner/register.h"

#include <gmock/gmock.h>

namespace kiln {
namespace {

TEST(RegisterProvisioners, MakesEachTypeKnownWithDocumentation) {
    Registry registry;
    register_provisioners(registry);
    EXPECT_THAT(registry.types("provisioner"),
                ::testing::ElementsAre("breakpoint", "file", "shell", "shell-local", "sleep"));
    for (const auto& type : registry.types("provisioner")) {
        const auto entry = registry.provisioner(type);
        ASSERT_TRUE(entry);
        EXPECT_NE(entry->create(), nullptr);
        EXPECT_EQ(entry->schema->name(), type);
        for (const auto& option : entry->schema->options()) {
            EXPECT_GT(option.doc.size(), 10U) << type << "." << option.name;
        }
    }
}

}  // namespace
}  // namespace kiln
