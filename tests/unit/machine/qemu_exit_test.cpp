#include "machine/qemu/qemu_exit.h"

#include <fstream>

#include <gmock/gmock.h>

#include "base/file.h"

namespace kiln::qemu {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

TEST(QemuExit, AGuestThatPoweredOffEndedCleanly) {
    const MachineExit end = machine_exit({0, 0}, "guest-shutdown", "warning: x");
    EXPECT_TRUE(end.clean);
    EXPECT_EQ(end.reason, "powered off");
    EXPECT_EQ(end.details, "");
}

TEST(QemuExit, ACutOfPowerIsNotClean) {
    EXPECT_FALSE(machine_exit({0, 0}, "host-qmp-quit", "").clean);
    EXPECT_FALSE(machine_exit({0, 0}, "host-signal", "").clean);
    EXPECT_FALSE(machine_exit({0, 0}, "guest-panic", "").clean);
}

TEST(QemuExit, AnErrorOfQemuComesWithWhatItPrinted) {
    const MachineExit killed = machine_exit({0, 9}, "", "last words");
    EXPECT_FALSE(killed.clean);
    EXPECT_EQ(killed.reason, "QEMU was killed by signal 9 (Killed)");
    EXPECT_EQ(killed.details, "last words");
    EXPECT_EQ(machine_exit({1, 0}, "guest-shutdown", "").reason, "QEMU ended with exit status 1");
}

TEST(QemuExit, StartFailureHasQemusMessageAndANextStep) {
    const Error error = start_failure("qemu-system-x86_64", {1, 0},
                                      "qemu-system-x86_64: -display gtk: Display 'gtk' is not "
                                      "available, please check the package");
    EXPECT_THAT(error.what(), HasSubstr("did not start the guest (exit status 1)"));
    EXPECT_THAT(error.what(), HasSubstr("Display 'gtk' is not available"));
    EXPECT_THAT(error.hint(), HasSubstr("headless = true"));
    EXPECT_EQ(start_failure("q", {1, 0}, "something new").hint(), "");
}

TEST(QemuExit, TheTailHasTheLastLinesWithoutControlCharacters) {
    const TempDir directory(temp_root());
    const auto log = directory.path() / "log";
    EXPECT_EQ(output_tail(log), "");
    {
        std::ofstream file(log);
        for (int i = 0; i < 5000; ++i) file << "line " << i << "\r\n";
        file << "\x1b[1mend\n\n";
    }
    const std::string tail = output_tail(log);
    EXPECT_THAT(tail, HasSubstr("line 4999\n"));
    EXPECT_THAT(tail, EndsWith("[1mend"));
    EXPECT_LE(std::ranges::count(tail, '\n'), 12);
    EXPECT_EQ(tail.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace kiln::qemu
