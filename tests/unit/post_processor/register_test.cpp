#include "post_processor/register.h"

#include <gmock/gmock.h>

namespace kiln {
namespace {

TEST(RegisterPostProcessors, MakesEachTypeKnownWithDocumentation) {
    Registry registry;
    register_post_processors(registry);
    EXPECT_THAT(registry.types("post-processor"),
                ::testing::ElementsAre("artifice", "checksum", "compress", "manifest", "ova",
                                       "shell-local"));
    for (const auto& type : registry.types("post-processor")) {
        const auto entry = registry.post_processor(type);
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
