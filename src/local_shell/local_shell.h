#pragma once

#include "local_shell/local_shell_options.h"

namespace kiln {

/// Which component runs the scripts. The post-processor gives a lone `execute_command` to `sh -c`.
enum class LocalShellRole { Provisioner, PostProcessor };

/// Runs the scripts of `shell-local` one after another, their output line by line to the reporter.
/// Each script is a process group of its own; cancelling kills it. Throws Error when a script
/// cannot be started or ends with a status that is not allowed, Cancelled when told to.
void run_local_shell(const LocalShellOptions& options, const PrepareContext& prepared,
                     const Setting::Map& data, BuildContext& context, LocalShellRole role);

/// The process that runs `script`, as a value for tests.
ProcessSpec local_shell_process(const LocalShellOptions& options, const PrepareContext& prepared,
                                const Setting::Map& data, const std::string& script,
                                LocalShellRole role);

}  // namespace kiln
