#include "base/cancel.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace kiln {
namespace {

using namespace std::chrono_literals;

TEST(Cancel, ATokenOfItsOwnIsNeverCancelled) {
    const CancelToken token;
    EXPECT_FALSE(token.cancelled());
    EXPECT_NO_THROW(token.throw_if_cancelled());
    EXPECT_FALSE(token.wait_for(1ms));
}

TEST(Cancel, TellsTheFirstReason) {
    CancelSource source;
    source.cancel("interrupt");
    source.cancel("later");
    try {
        source.token().throw_if_cancelled();
        FAIL() << "did not throw";
    } catch (const Cancelled& cancelled) {
        EXPECT_STREQ(cancelled.what(), "interrupt");
    }
}

TEST(Cancel, ReachesChildrenAndNotParents) {
    CancelSource parent;
    CancelSource child(parent.token());
    CancelSource grandchild(child.token());
    child.cancel("child");
    EXPECT_FALSE(parent.token().cancelled());
    EXPECT_TRUE(grandchild.token().cancelled());
}

TEST(Cancel, AChildOfACancelledParentIsCancelledFromTheStart) {
    CancelSource parent;
    parent.cancel("gone");
    const CancelSource child(parent.token());
    EXPECT_TRUE(child.token().cancelled());
    EXPECT_EQ(child.token().reason(), "gone");
}

TEST(Cancel, WakesASleeper) {
    CancelSource source;
    std::thread canceller([source]() mutable { source.cancel("wake"); });
    EXPECT_TRUE(source.token().wait_for(30s));
    canceller.join();
}

TEST(Cancel, MakesItsDescriptorReadable) {
    CancelSource source;
    pollfd waiting{source.token().fd(), POLLIN, 0};
    EXPECT_EQ(poll(&waiting, 1, 0), 0);
    source.cancel("now");
    EXPECT_EQ(poll(&waiting, 1, 0), 1);
}

TEST(Deadline, CancelsWhenItsTimeIsUp) {
    CancelSource source;
    const Deadline deadline(source, 1ms, "too late");
    EXPECT_TRUE(source.token().wait_for(30s));
    EXPECT_EQ(source.token().reason(), "too late");
    EXPECT_TRUE(deadline.expired());
}

TEST(Deadline, LeavesTheSourceAloneWhenDestroyedBefore) {
    CancelSource source;
    { const Deadline deadline(source, 30s, "too late"); }
    EXPECT_FALSE(source.token().cancelled());
}

}  // namespace
}  // namespace kiln
