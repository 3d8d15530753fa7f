#include "base/error.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace kiln {
namespace {

TEST(Error, PrintsMessageCausesAndHint) {
    const Error error = Error("cannot start the guest")
                            .because("qemu exited with status 1")
                            .with_hint("Run `kiln doctor`.");
    EXPECT_STREQ(error.what(), "cannot start the guest: qemu exited with status 1");
    EXPECT_EQ(error.to_string(),
              "cannot start the guest: qemu exited with status 1\nRun `kiln doctor`.");
}

TEST(Error, TakesOverTheCausesAndTheHintOfTheErrorBelow) {
    const Error inner =
        Error("cannot read disk.raw").because("input/output error").with_hint("Mend it.");
    const Error outer = Error("conversion failed").because(inner);
    EXPECT_STREQ(outer.what(), "conversion failed: cannot read disk.raw: input/output error");
    EXPECT_EQ(outer.hint(), "Mend it.");
}

TEST(Error, KeepsItsOwnHintWhenTheErrorBelowHasOneToo) {
    const Error inner = Error("inner").with_hint("Inner hint.");
    EXPECT_EQ(Error("outer").with_hint("Outer hint.").because(inner).hint(), "Outer hint.");
}

TEST(Error, DescribesAnyException) {
    EXPECT_EQ(describe(std::runtime_error("plain")), "plain");
    EXPECT_EQ(describe(Error("mine").with_hint("Do this.")), "mine\nDo this.");
}

TEST(Error, NamesTheSystemError) {
    EXPECT_STREQ(system_error("cannot open x", ENOENT).what(),
                 "cannot open x: No such file or directory");
}

}  // namespace
}  // namespace kiln
