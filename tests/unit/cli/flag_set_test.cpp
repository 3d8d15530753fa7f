#include "cli/flag_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kiln {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

class FlagSetTest : public testing::Test {
  protected:
    FlagSetTest() {
        flags.add_switch("force", &force, "Replace.");
        flags.add_switch("color", &color, "Colour.");
        flags.add_list("var", &variables, "name=value", "A variable.");
        flags.add_comma_list("only", &only, "Only these.");
        flags.add_number("count", &count, "n", "How many.");
        flags.add_choice("mode", &mode, {"fast", "slow"}, "How.");
        flags.add_positional("PATH", &path, ValueKind::File, "The file.");
    }
    std::string refusal(const Words& arguments) {
        try {
            flags.parse(arguments);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }

    FlagSet flags{"try", "Tries."};
    bool force = false;
    bool color = true;
    Words variables;
    Words only;
    int count = 0;
    std::string mode = "fast";
    std::string path;
};

TEST_F(FlagSetTest, TakesOneDashOrTwo) {
    flags.parse({"-force", "--count", "3", "-mode=slow", "p"});
    EXPECT_TRUE(force);
    EXPECT_EQ(count, 3);
    EXPECT_EQ(mode, "slow");
    EXPECT_EQ(path, "p");
}

TEST_F(FlagSetTest, TakesAValueThatBeginsWithADash) {
    flags.parse({"-var", "-x=-y", "-count", "-1", "p"});
    EXPECT_THAT(variables, ElementsAre("-x=-y"));
    EXPECT_EQ(count, -1);
}

TEST_F(FlagSetTest, KeepsEqualsSignsInValues) {
    flags.parse({"-var=a=b=c", "-var", "d=", "p"});
    EXPECT_THAT(variables, ElementsAre("a=b=c", "d="));
}

TEST_F(FlagSetTest, SplitsListsAtCommasAndAppends) {
    flags.parse({"-only=a,b", "-only", "c,,d", "p"});
    EXPECT_THAT(only, ElementsAre("a", "b", "c", "d"));
}

TEST_F(FlagSetTest, TurnsSwitchesOffByEveryWordForFalse) {
    for (const char* word : {"0", "f", "F", "FALSE", "false", "False"}) {
        color = true;
        flags.parse({std::string("-color=") + word, "p"});
        EXPECT_FALSE(color) << word;
    }
    for (const char* word : {"1", "t", "T", "TRUE", "true", "True"}) {
        color = false;
        flags.parse({std::string("-color=") + word, "p"});
        EXPECT_TRUE(color) << word;
    }
}

TEST_F(FlagSetTest, LeavesTheWordAfterASwitchAlone) {
    EXPECT_THAT(refusal({"-color", "false", "p"}), HasSubstr("The argument p is one too many."));
}

TEST_F(FlagSetTest, RefusesWhatIsNoFlag) {
    EXPECT_EQ(refusal({"-forse", "p"}),
              "flag provided but not defined: -forse\nDid you mean -force?");
    EXPECT_EQ(refusal({"--unheard", "p"}), "flag provided but not defined: -unheard");
    EXPECT_EQ(refusal({"---force", "p"}), "bad flag syntax: ---force");
    EXPECT_EQ(refusal({"-=x", "p"}), "bad flag syntax: -=x");
}

TEST_F(FlagSetTest, RefusesWrongValues) {
    EXPECT_EQ(refusal({"-count=x", "p"}),
              "invalid value \"x\" for flag -count: a whole number is needed");
    EXPECT_EQ(refusal({"-count=99999999999", "p"}),
              "invalid value \"99999999999\" for flag -count: a whole number is needed");
    EXPECT_EQ(refusal({"-mode=loud", "p"}),
              "invalid value \"loud\" for flag -mode: one of [fast, slow] is needed");
    EXPECT_THAT(refusal({"-color=maybe", "p"}), HasSubstr("invalid boolean value \"maybe\""));
    EXPECT_THAT(refusal({"-var"}), HasSubstr("flag needs an argument: -var"));
}

TEST_F(FlagSetTest, EndsTheFlagsAtTheFirstArgument) {
    EXPECT_THAT(refusal({"p", "-force"}), HasSubstr("The flag -force stands behind the arguments"));
    EXPECT_FALSE(force);
}

TEST_F(FlagSetTest, EndsTheFlagsAtTheDoubleDash) {
    flags.parse({"-force", "--", "-count"});
    EXPECT_EQ(path, "-count");
}

TEST_F(FlagSetTest, TakesADashForAnArgument) {
    flags.parse({"-"});
    EXPECT_EQ(path, "-");
}

TEST_F(FlagSetTest, CountsItsArguments) {
    EXPECT_EQ(refusal({"-force"}), "The argument PATH is missing.");
    EXPECT_EQ(refusal({"a", "b"}), "The argument b is one too many.");
}

TEST_F(FlagSetTest, ShowsFlagsSortedInItsHelp) {
    const std::string help = flags.help();
    EXPECT_THAT(help, HasSubstr("Usage: kiln try [flags] PATH\n\nTries.\n"));
    EXPECT_LT(help.find("-color"), help.find("-count n"));
    EXPECT_THAT(help, HasSubstr("  -mode fast|slow  How.\n"));
}

}  // namespace
}  // namespace kiln
