#pragma once

#include <filesystem>

namespace kiln {

/// Where kiln keeps what outlives a run but is no cache: records of runs and their logs.
/// KILN_STATE_DIR, else `$XDG_STATE_HOME/kiln`, else `~/.local/state/kiln`.
std::filesystem::path state_directory();

/// The directory for a run's logs, made anew; the oldest ones beyond a fixed number are removed.
std::filesystem::path make_log_directory(const std::filesystem::path& state,
                                         const std::string& run_id);

}  // namespace kiln
