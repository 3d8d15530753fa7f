#pragma once

#include <filesystem>

namespace kiln {

/// Writes a raw disk whose boot sector prints `ready>` and then echoes every key. Esc and the ACPI
/// power button power the guest off.
void write_echo_disk(const std::filesystem::path& path);

/// The same as a QCOW2 image.
void write_echo_qcow2(const std::filesystem::path& path);

}  // namespace kiln
