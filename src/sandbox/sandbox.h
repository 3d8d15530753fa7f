#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "base/cancel.h"

namespace kiln {

/// What work on files that nobody vouches for may touch. Everything else is out of its reach: other
/// files, the network, other processes, new programs.
struct SandboxRules {
    std::vector<std::filesystem::path> readable;  ///< files, or directories with all below
    std::vector<std::filesystem::path> writable;  ///< directories to make and replace files in
};

/// Whether the kernel can do both halves: Landlock (which files; Linux 5.13 and its switch) and
/// seccomp filters (which system calls).
bool sandbox_available();

/// Runs `work` in a child that is restricted by the rules, and returns the code that `work`
/// returned. The child has one thread at the start and no way back to the caller's objects: what it
/// changes is lost with it, what it prints is seen. `cancel` is passed on; the child dies with its
/// parent. `work` must not throw; it reports its own errors.
///
/// Throws kiln::Error when the child cannot be restricted, and when it dies: of a crash, for lack
/// of memory, or for a system call that reading images does not need. That is what the sandbox is
/// for.
int run_sandboxed(const SandboxRules& rules, const CancelToken& cancel,
                  const std::function<int(const CancelToken&)>& work);

}  // namespace kiln
