#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace kiln {
namespace {

using Words = std::vector<std::string>;

TEST(Arguments, GivesLongFlagsTheirSecondDash) {
    EXPECT_EQ(normalize_arguments({"-only=a", "-f", "--var", "x=-y", "-force", "t.pkr.hcl"}),
              (Words{"--only=a", "-f", "--var", "x=-y", "--force", "t.pkr.hcl"}));
}

TEST(Arguments, LeavesWhatFollowsTheDoubleDashAlone) {
    EXPECT_EQ(normalize_arguments({"--", "-only"}), (Words{"--", "-only"}));
}

TEST(Arguments, TakesMachineReadableFromAnywhereOnce) {
    Words words = {"build", "-machine-readable", "x"};
    EXPECT_TRUE(take_machine_readable(words));
    EXPECT_EQ(words, (Words{"build", "x"}));
    EXPECT_FALSE(take_machine_readable(words));
}

TEST(Arguments, HidesTheValuesOfVariables) {
    Words words = {"kiln", "build", "-var", "pw=secret", "-var=a=b=c", "-var-file", "x=y", "-var"};
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    hide_variable_arguments(static_cast<int>(pointers.size()), pointers.data());
    EXPECT_EQ(words, (Words{"kiln", "build", "-var", "pw=******", "-var=a=***", "-var-file", "x=y",
                            "-var"}));
}

}  // namespace
}  // namespace kiln
