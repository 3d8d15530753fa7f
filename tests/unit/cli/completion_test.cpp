#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/completion/complete.h"
#include "cli/completion/scripts.h"

namespace kiln {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Words = std::vector<std::string>;

Words words_for(const Words& line) {
    Words found;
    for (const auto& candidate : complete(line)) found.push_back(candidate.word);
    return found;
}

TEST(Completion, OffersCommands) {
    EXPECT_THAT(words_for({"va"}), ElementsAre("validate"));
    EXPECT_THAT(words_for({""}), Contains("plugins"));
    EXPECT_THAT(words_for({""}), Not(Contains("plugin")));
    EXPECT_THAT(words_for({"plugins", ""}),
                ElementsAre("install", "installed", "remove", "required"));
    EXPECT_THAT(words_for({"image", "co"}), ElementsAre("convert", "compare"));
}

TEST(Completion, OffersFlagsWithTheDashesThatWereTyped) {
    EXPECT_THAT(words_for({"build", "-on"}), ElementsAre("-only", "-on-error"));
    EXPECT_THAT(words_for({"build", "--on-"}), ElementsAre("--on-error"));
    EXPECT_THAT(words_for({"image", "info", "--j"}), ElementsAre("--json"));
    EXPECT_THAT(words_for({"nonsense", "-"}), IsEmpty());
}

TEST(Completion, OffersTheChoicesOfAFlag) {
    EXPECT_THAT(words_for({"build", "-on-error", "a"}), ElementsAre("abort", "ask"));
    EXPECT_THAT(words_for({"build", "-on-error=a"}),
                ElementsAre("-on-error=abort", "-on-error=ask"));
    EXPECT_THAT(words_for({"completion", "z"}), ElementsAre("zsh"));
}

TEST(Completion, AsksTheShellForFiles) {
    EXPECT_THAT(words_for({"build", "-force", ""}), ElementsAre(":file"));
    EXPECT_THAT(words_for({"fmt", "a", ""}), ElementsAre(":file"));
    EXPECT_THAT(words_for({"build", "-var-file", ""}), ElementsAre(":file"));
    EXPECT_THAT(words_for({"build", "a", ""}), IsEmpty());
}

TEST(Completion, OffersComponentsAndTheirOptions) {
    EXPECT_THAT(words_for({"docs", "qe"}), ElementsAre("qemu"));
    EXPECT_THAT(words_for({"docs", "qemu", "disk_si"}), Contains("disk_size"));
}

TEST(Completion, HasAScriptForEachShell) {
    for (const auto& shell : completion_shells()) {
        EXPECT_THAT(std::string(completion_script(shell)), HasSubstr(" complete -- ")) << shell;
    }
}

}  // namespace
}  // namespace kiln
