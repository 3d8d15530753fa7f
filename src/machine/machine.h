#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/duration.h"
#include "boot/keyboard.h"
#include "boot/screen.h"

namespace kiln {

/// How a guest's run ended.
struct MachineExit {
    bool clean = false;   ///< the guest powered off, or was asked to and did
    std::string reason;   ///< for people: "powered off", "killed by signal 9 (Killed)"
    std::string details;  ///< what the hypervisor printed, when that explains it
};

/// A guest from power-on to disposal, whatever the hypervisor. A back end (`qemu/`, later
/// `libvirt/`, `vmware/`) makes one from its own typed definition; a build's steps see this alone.
/// Not thread-safe, except that `exited` and `power_off` may be called from another thread.
/// Destruction disposes of the guest: no process, socket or lock stays.
/// Every call throws Error with what the hypervisor said.
class Machine {
  public:
    virtual ~Machine() = default;

    /// Powers the guest on. Returns when the hypervisor runs it.
    virtual void start(const CancelToken& cancel) = 0;

    /// The keys of the guest's keyboard. Valid while the machine runs.
    virtual boot::Keyboard& keyboard() = 0;
    /// What the guest shows. Valid while the machine runs.
    virtual boot::Screen& screen() = 0;
    /// The file that the guest's first serial line is written to, when there is one.
    virtual std::optional<std::filesystem::path> serial_log() const = 0;

    /// How the guest ended, or nothing while it runs.
    virtual std::optional<MachineExit> exited() = 0;
    /// Waits for the guest to end by itself; nothing when `limit` passes first.
    virtual std::optional<MachineExit> wait_for_exit(const CancelToken& cancel, Duration limit) = 0;

    /// Presses the ACPI power button.
    virtual void press_power_button() = 0;
    /// Ends the guest at once, as if the plug were pulled.
    virtual void power_off() = 0;
    /// Leaves the guest running when kiln ends (`-on-error=abort`). The object is empty afterwards.
    virtual void release() = 0;

    /// Keeps the running guest's memory, devices and disks under `name`, and goes on.
    virtual void checkpoint(const std::string& name, const CancelToken& cancel) = 0;
    /// Takes the running guest back to a checkpoint.
    virtual void restore(const std::string& name, const CancelToken& cancel) = 0;
};

}  // namespace kiln
