#include "engine/selection.h"

#include <gtest/gtest.h>

namespace kiln {
namespace {

TEST(Selection, TakesEverythingWhenNothingIsAsked) {
    EXPECT_TRUE(Selection({}, {}).selects("qemu.a"));
}

TEST(Selection, KeepsWhatOnlyNamesAndThenDropsWhatExceptNames) {
    Selection selection({"qemu.*"}, {"*.b"});
    EXPECT_TRUE(selection.selects("qemu.a"));
    EXPECT_FALSE(selection.selects("qemu.b"));
    EXPECT_FALSE(selection.selects("null.a"));
}

TEST(Selection, LetsAStarCrossDots) {
    EXPECT_TRUE(Selection({"*.a"}, {}).selects("lab.qemu.a"));
}

TEST(Selection, ExceptAlsoNamesPostProcessorsAndOnlyNeverDoes) {
    Selection selection({"qemu.a"}, {"manifest"});
    EXPECT_TRUE(selection.excludes_post_processor("manifest"));
    EXPECT_FALSE(selection.excludes_post_processor("checksum"));
}

TEST(Selection, WarnsOfPatternsThatMatchedNothing) {
    Selection selection({"qemu.a", "nothing"}, {"nobody"});
    selection.selects("qemu.a");
    Diagnostics diagnostics;
    selection.report_unmatched({"qemu.a"}, diagnostics);
    ASSERT_EQ(diagnostics.size(), 2u);
    EXPECT_EQ(diagnostics[0].severity, Severity::Warning);
    EXPECT_EQ(diagnostics[0].detail, "Possible build names: [qemu.a]");
}

TEST(Selection, RefusesAMalformedPattern) {
    EXPECT_THROW(Selection({"[a"}, {}).selects("a"), Error);
}

}  // namespace
}  // namespace kiln
