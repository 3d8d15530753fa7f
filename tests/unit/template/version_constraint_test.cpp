#include "template/version_constraint.h"

#include <gtest/gtest.h>

namespace kiln {
namespace {

bool allows(const std::string& constraint, const std::string& version) {
    return VersionConstraint::parse(constraint).value().allows(Version::parse(version).value());
}

TEST(VersionConstraintTest, ComparesByOperator) {
    EXPECT_TRUE(allows("1.16.0", "1.16.0"));
    EXPECT_TRUE(allows("= 1.16", "1.16.0"));
    EXPECT_FALSE(allows("= 1.16.1", "1.16.0"));
    EXPECT_TRUE(allows("!= 1.16.1", "1.16.0"));
    EXPECT_TRUE(allows("> 1.9", "1.16.0"));
    EXPECT_FALSE(allows("> 1.16", "1.16.0"));
    EXPECT_TRUE(allows(">=1.16", "1.16.0"));
    EXPECT_TRUE(allows("< 2", "1.16.0"));
    EXPECT_FALSE(allows("<= 1.15.99", "1.16.0"));
    EXPECT_TRUE(allows("v1.16.0", "1.16.0"));
}

TEST(VersionConstraintTest, EveryConditionOfAListMustHold) {
    EXPECT_TRUE(allows(">= 1.9, < 2.0, != 1.15.0", "1.16.0"));
    EXPECT_FALSE(allows(">= 1.9, < 1.16", "1.16.0"));
}

TEST(VersionConstraintTest, PessimisticStaysWithinAllNumbersButTheLast) {
    EXPECT_TRUE(allows("~> 1.2", "1.16.0"));
    EXPECT_FALSE(allows("~> 1.2", "2.0.0"));
    EXPECT_FALSE(allows("~> 1.17", "1.16.0"));
    EXPECT_TRUE(allows("~> 1.2.3", "1.2.9"));
    EXPECT_FALSE(allows("~> 1.2.3", "1.3.0"));
    EXPECT_FALSE(allows("~> 1.2.3", "1.2.2"));
    EXPECT_TRUE(allows("~> 1", "1.16.0"));
}

TEST(VersionConstraintTest, PrereleasesComeBeforeTheirRelease) {
    EXPECT_TRUE(allows(">= 1.16.0-dev", "1.16.0"));
    EXPECT_FALSE(allows("1.16.0-dev", "1.16.0"));
    EXPECT_TRUE(allows("< 1.0.0-beta.10", "1.0.0-beta.2"));
    EXPECT_TRUE(allows("< 1.0.0-beta", "1.0.0-2"));
    EXPECT_TRUE(VersionConstraint::parse("~> 1.0.0-dev")->names_prerelease());
}

TEST(VersionConstraintTest, RefusesWhatIsNoConstraint) {
    for (const char* text : {"", " ", ">=", "1.x", "a", "=> 1", "1.", ".1", "1,", "1.0-", "1.0 2",
                             ">> 1", "99999999999", "1.0-a_b"}) {
        EXPECT_FALSE(VersionConstraint::parse(text)) << text;
    }
}

}  // namespace
}  // namespace kiln
