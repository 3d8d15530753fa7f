#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "machine/qemu/qemu_command.h"

namespace kiln::qemu {

/// How a definition's disks and CDs stand on the command line.
struct AttachedDrives {
    std::vector<std::string> drives;   ///< values of `-drive`
    std::vector<std::string> devices;  ///< values of `-device` that rows of the user's replace
    /// Values of `-device` that stay beside the user's: without them an interface that QEMU has no
    /// short form for would have no controller.
    std::vector<std::string> fixed_devices;
};

/// Attaches disks and CDs. Where the user has rows for `-drive` or `-device` the forms are those
/// that Packer's users know (spec/qemu-builder.md, section 10.5), so that the rows fit; else UEFI
/// guests get boot indices, so that an installed disk comes before the CD.
AttachedDrives attach_drives(const QemuDefinition& definition, bool user_has_drives,
                             bool user_has_devices);

/// True for the machine types `pc` and `q35` in all their versions.
bool is_pc(std::string_view machine_type);

}  // namespace kiln::qemu
