#include "provisioner/breakpoint.h"

#include "tests/unit/provisioner/component_fixture.h"
#include "tests/unit/provisioner/fake_communicator.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Breakpoint : public ComponentTest {
  protected:
    void run(const Setting::Map& settings) {
        FakeCommunicator guest;
        make<BreakpointProvisioner>(breakpoint_schema, settings)->provision(context_, guest, data_);
    }
};

TEST_F(Breakpoint, WaitsForEnter) {
    run({});
    EXPECT_THAT(sink_.said, ElementsAre("Pausing at breakpoint provisioner."));
    EXPECT_THAT(prompter_.questions, ElementsAre("Press enter to continue."));
}

TEST_F(Breakpoint, ShowsItsNote) {
    run({{"note", "after update"}});
    EXPECT_THAT(sink_.said,
                ElementsAre("Pausing at breakpoint provisioner with note \"after update\"."));
}

TEST_F(Breakpoint, GoesOnWhenDisabled) {
    run({{"disable", true}});
    run({{"disable", true}, {"note", "n"}});
    EXPECT_THAT(sink_.said,
                ElementsAre("Breakpoint provisioner disabled; continuing...",
                            "Breakpoint provisioner with note \"n\" disabled; continuing..."));
    EXPECT_THAT(prompter_.questions, IsEmpty());
}

}  // namespace
}  // namespace kiln::test
