#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/process.h"
#include "machine/machine.h"

namespace kiln::qemu {

/// The last lines of what QEMU printed, without control characters. Empty when there are none or
/// they cannot be read.
std::string output_tail(const std::filesystem::path& log);

/// The error for a QEMU that ended before the guest ran: what it printed, and what to do where
/// that is known.
Error start_failure(const std::string& binary, const ExitStatus& status, const std::string& output);

/// What to do about a message of QEMU's, or nothing: a sentence for each of the usual ones.
std::string hint_for(const std::string& output);

/// How a guest ended: from QEMU's exit status, the reason in its SHUTDOWN event (empty when there
/// was none) and what it printed.
MachineExit machine_exit(const ExitStatus& status, const std::string& shutdown_reason,
                         std::string output);

}  // namespace kiln::qemu
