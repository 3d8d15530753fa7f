#include "machine/qemu/accelerator.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "base/file.h"

namespace kiln::qemu {
namespace {

using testing::HasSubstr;

TEST(AcceleratorProbe, SaysThatTheDeviceIsAbsent) {
    const KvmProbe probe = probe_kvm("/nonexistent/kvm");
    EXPECT_FALSE(probe.usable);
    EXPECT_EQ(probe.reason, "/nonexistent/kvm is absent");
    EXPECT_THAT(probe.hint, HasSubstr("kvm_intel"));
    EXPECT_FALSE(probe.turns_per_second);
}

TEST(AcceleratorProbe, SaysThatAFileIsNoKvm) {
    const TempDir directory(temp_root());
    const auto file = directory.path() / "kvm";
    std::ofstream(file) << "no device";
    const KvmProbe probe = probe_kvm(file);
    EXPECT_FALSE(probe.usable);
    EXPECT_THAT(probe.reason, HasSubstr("makes no guest"));
}

TEST(AcceleratorProbe, IsDoneInAQuarterOfASecondWhateverTheHostHas) {
    const KvmProbe probe = probe_kvm();
    EXPECT_LT(probe.took, std::chrono::milliseconds(250));
    EXPECT_EQ(probe.usable, probe.reason.empty()) << probe.reason;
}

TEST(AcceleratorChoice, TakesNoKvmForAnotherProcessor) {
    const auto choice = choose_accelerator("/usr/bin/qemu-system-s390x");
    EXPECT_EQ(choice.accelerator, "tcg");
    EXPECT_THAT(choice.reason, HasSubstr("not s390x"));
}

TEST(AcceleratorChoice, TellsWhyItIsNotKvm) {
    const auto choice = choose_accelerator("qemu-kvm", "/nonexistent/kvm");
    EXPECT_EQ(choice.accelerator, "tcg");
    EXPECT_THAT(choice.reason, HasSubstr("/nonexistent/kvm is absent. Load the module"));
}

}  // namespace
}  // namespace kiln::qemu
