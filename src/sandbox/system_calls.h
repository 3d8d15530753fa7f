#pragma once

namespace kiln {

/// Whether the kernel takes seccomp filters.
bool seccomp_available();

/// Leaves the calling thread, and those it starts from then on, the system calls that reading and
/// writing files takes, for good. Those that only an attack would make (sockets, new programs,
/// other processes' memory) kill the process; the rest fail with EPERM. Throws kiln::Error.
void restrict_system_calls();

}  // namespace kiln
