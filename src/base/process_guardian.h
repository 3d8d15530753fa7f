#pragma once

#include <sys/types.h>

namespace kiln {

/// What the guardian is to start. Everything is prepared before fork(2): between fork and exec in a
/// process that has threads, only async-signal-safe calls are allowed, so nothing here allocates.
struct GuardianOrder {
    const char* program = nullptr;
    char* const* arguments = nullptr;
    char* const* environment = nullptr;
    const char* directory = nullptr;
    int input = -1;
    int output = -1;
    int error = -1;
    int leash = -1;   ///< reading end: end of file means that kiln is gone, or wants the child gone
    int status = -1;  ///< a GuardianStart, and at the end the child's wait status as an int
};

/// The guardian's first report.
struct GuardianStart {
    pid_t child = -1;
    int error = 0;  ///< errno of the step that failed
};

/// The byte that, written into the leash, lets the child outlive kiln.
constexpr char guardian_release = 'r';

/// Runs in the forked process: starts the program in a process group of its own, and stays until it
/// ends. The program dies with the guardian (PR_SET_PDEATHSIG) and with kiln (the leash).
[[noreturn]] void run_guardian(const GuardianOrder& order);

}  // namespace kiln
