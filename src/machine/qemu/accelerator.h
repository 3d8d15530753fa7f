#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/duration.h"

namespace kiln::qemu {

/// What a look at the host's KVM found.
struct KvmProbe {
    bool usable = false;  ///< KVM is there and runs guests at hardware speed
    /// Why it is not usable, for people: "/dev/kvm is absent (...)". Empty when it is.
    std::string reason;
    /// What the user can do about it; may be empty.
    std::string hint;
    /// How many loop turns a second a tiny guest made; nothing when none could be run.
    std::optional<double> turns_per_second;
    /// The same loop on the host's own processor.
    std::optional<double> host_turns_per_second;
    Duration took{0};
};

/// Opens the device, runs a tiny guest for some milliseconds and compares its speed with the host's
/// own: KVM nested in a machine without nested acceleration opens well but crawls, and a build is
/// then many times faster without it. Takes at most a quarter of a second, whatever KVM does, and
/// leaves no process or thread behind. Does not throw.
KvmProbe probe_kvm(const std::filesystem::path& device = "/dev/kvm");

/// The accelerator that suits the host, and why when it is not KVM.
struct AcceleratorChoice {
    std::string accelerator;  ///< `kvm` or `tcg`
    std::string reason;       ///< for the notice; empty for kvm
};

/// Chooses for a QEMU binary: KVM only runs guests of the host's own architecture.
AcceleratorChoice choose_accelerator(const std::string& qemu_binary,
                                     const std::filesystem::path& device = "/dev/kvm");

}  // namespace kiln::qemu
