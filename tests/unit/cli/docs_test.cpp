#include <nlohmann/json.hpp>

#include "cli/docs/components.h"
#include "cli/docs/json_schema.h"
#include "cli/docs/reference.h"
#include "command_fixture.h"

namespace kiln {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const fs::path source_directory = KILN_SOURCE_DIRECTORY;
constexpr auto remedy = "run: kiln docs -markdown docs/reference";

class DocsTest : public CommandTest {};

TEST_F(DocsTest, ListsAllComponents) {
    EXPECT_EQ(kiln({"docs"}), 0);
    for (const auto& component : docs::all_documented()) {
        EXPECT_THAT(out, HasSubstr("\n  " + component.type + " "));
    }
}

TEST_F(DocsTest, TellsEveryOptionOfAComponent) {
    EXPECT_EQ(kiln({"docs", "qemu"}), 0);
    EXPECT_THAT(out, HasSubstr("builder qemu\n"));
    for (const auto& option : docs::find_components("builder/qemu")[0].schema->option_names()) {
        EXPECT_THAT(out, HasSubstr(" " + option + " "));
    }
    EXPECT_THAT(out, Not(HasSubstr("\x1b")));
}

TEST_F(DocsTest, FitsTheWidth) {
    EXPECT_EQ(kiln({"docs", "qemu"}), 0);
    std::size_t start = 0;
    while (start < out.size()) {
        const std::size_t end = out.find('\n', start);
        EXPECT_LE(end - start, 100) << out.substr(start, end - start);
        start = end + 1;
    }
}

TEST_F(DocsTest, TellsASingleOption) {
    EXPECT_EQ(kiln({"docs", "qemu", "disk_size"}), 0);
    EXPECT_THAT(out, HasSubstr("builder qemu: disk_size (string)"));
}

TEST_F(DocsTest, TellsAllComponentsOfAName) {
    EXPECT_EQ(kiln({"docs", "shell-local"}), 0);
    EXPECT_THAT(out, HasSubstr("provisioner shell-local\n"));
    EXPECT_THAT(out, HasSubstr("post-processor shell-local\n"));
    EXPECT_EQ(kiln({"docs", "provisioner/shell-local"}), 0);
    EXPECT_THAT(out, Not(HasSubstr("post-processor shell-local\n")));
}

TEST_F(DocsTest, SuggestsNames) {
    EXPECT_EQ(kiln({"docs", "qemo"}), 1);
    EXPECT_THAT(out, HasSubstr("Did you mean \"qemu\"?"));
    EXPECT_EQ(kiln({"docs", "qemu", "disk_sise"}), 1);
    EXPECT_THAT(out, HasSubstr("Did you mean \"disk_size\"?"));
}

TEST_F(DocsTest, ReferencePagesAreWhatTheSchemasSay) {
    const fs::path reference = source_directory / "docs" / "reference";
    const auto pages = docs::reference_pages();
    for (const auto& [path, text] : pages) {
        ASSERT_TRUE(fs::exists(reference / path)) << path << " is missing; " << remedy;
        EXPECT_TRUE(read_file(reference / path) == text) << path << " is old; " << remedy;
    }
    for (const auto& entry : fs::recursive_directory_iterator(reference)) {
        if (entry.is_directory()) continue;
        const std::string path = fs::relative(entry.path(), reference).string();
        EXPECT_TRUE(pages.contains(path)) << path << " is about nothing; " << remedy;
    }
}

TEST_F(DocsTest, ManualPageIsWhatTheCommandsSay) {
    EXPECT_TRUE(read_file(source_directory / "docs/man/kiln.1") == docs::manual_page())
        << "run: kiln docs -manual > docs/man/kiln.1";
}

TEST_F(DocsTest, JsonSchemaKnowsEveryOption) {
    EXPECT_EQ(kiln({"docs", "-json-schema"}), 0);
    const auto schema = nlohmann::json::parse(out);
    for (const auto& component : docs::all_documented()) {
        const auto& body = schema["$defs"][component.block + "." + component.type];
        for (const auto& option : component.schema->option_names()) {
            EXPECT_TRUE(body["properties"].contains(option)) << component.type << " " << option;
        }
        EXPECT_FALSE(body["additionalProperties"].get<bool>());
    }
    EXPECT_TRUE(schema["properties"].contains("build"));
}

}  // namespace
}  // namespace kiln
