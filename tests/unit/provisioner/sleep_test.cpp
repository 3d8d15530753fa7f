#include "provisioner/sleep.h"

#include "tests/unit/provisioner/component_fixture.h"
#include "tests/unit/provisioner/fake_communicator.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;

class Sleep : public ComponentTest {
  protected:
    FakeCommunicator guest_;
};

TEST_F(Sleep, WaitsForItsDuration) {
    const auto start = std::chrono::steady_clock::now();
    make<SleepProvisioner>(sleep_schema, {{"duration", "30ms"}})
        ->provision(context_, guest_, data_);
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(30));
}

TEST_F(Sleep, EndsAtOnceWhenCancelled) {
    cancel_.cancel("interrupted");
    const auto sleep = make<SleepProvisioner>(sleep_schema, {{"duration", "1h"}});
    EXPECT_THROW(sleep->provision(context_, guest_, data_), Cancelled);
}

TEST_F(Sleep, RefusesANegativeDuration) {
    make<SleepProvisioner>(sleep_schema, {{"duration", "-1s"}});
    EXPECT_THAT(problems_, ElementsAre("duration must not be negative."));
}

}  // namespace
}  // namespace kiln::test
