#pragma once

#include <filesystem>

namespace kiln {

/// UEFI firmware for a guest: the code, and the empty variable store that each guest gets a copy
/// of.
struct UefiFirmware {
    std::filesystem::path code;
    std::filesystem::path variables;
};

/// Settles the firmware from the template's two options (empty: the first pair that is installed,
/// at the places where Debian, Fedora and Arch keep it; a pair always belongs together). Throws
/// Error with the package to install when there is none, or when a file named is not there.
UefiFirmware find_uefi_firmware(const std::filesystem::path& code,
                                const std::filesystem::path& variables);

}  // namespace kiln
