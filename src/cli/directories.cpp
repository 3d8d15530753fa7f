#include "cli/directories.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/error.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kept_runs = 20;

void remove_oldest(const fs::path& logs);

}  // namespace

fs::path state_directory() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return value == nullptr ? fs::path() : fs::path(value);
    };
    if (const fs::path own = variable("KILN_STATE_DIR"); !own.empty()) return own;
    if (const fs::path state = variable("XDG_STATE_HOME"); !state.empty()) return state / "kiln";
    const fs::path home = variable("HOME");
    if (home.empty()) {
        throw Error("there is no place for kiln's records")
            .because("HOME is not set")
            .with_hint("Set HOME or KILN_STATE_DIR.");
    }
    return home / ".local" / "state" / "kiln";
}

fs::path make_log_directory(const fs::path& state, const std::string& run_id) {
    const fs::path logs = state / "logs";
    fs::create_directories(logs / run_id);
    fs::permissions(logs / run_id, fs::perms::owner_all);
    remove_oldest(logs);
    return logs / run_id;
}

namespace {

void remove_oldest(const fs::path& logs) {
    std::vector<std::pair<fs::file_time_type, fs::path>> runs;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(logs, ignored)) {
        runs.emplace_back(entry.last_write_time(ignored), entry.path());
    }
    if (runs.size() <= kept_runs) return;
    std::sort(runs.begin(), runs.end());
    for (std::size_t i = 0; i + kept_runs < runs.size(); ++i)
        fs::remove_all(runs[i].second, ignored);
}

}  // namespace
}  // namespace kiln
