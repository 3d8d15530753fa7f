#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"

namespace kiln {

/// The run record: what a run of kiln has made and not yet cleaned, on disk, so that the next start
/// can clean it when this run could not (kill -9, power loss).
///
/// Constraints: an entry must be on disk before the thing it names exists; appending must be cheap,
/// since every build writes a handful; a record must say whether its run still lives without
/// trusting process ids, which are reused.
///
/// Form: `<state>/runs/<run id>.record`, locked (flock) for as long as the run lives. Lines of
/// `<CRC-32 of the JSON, 8 hex digits> <JSON object>\n`:
///     {"op":"claim","id":1,"kind":"path","path":"/abs/output-x","what":"output directory"}
///     {"op":"made","id":1,"device":D,"inode":I}      the path exists now, and is this very one
///     {"op":"claim","id":2,"kind":"process","pid":P,"start":T,"what":"guest"}
///     {"op":"done","id":1}                           cleaned, or handed to the user
///
/// Recovery: a record whose lock is free belongs to a dead run. Lines are read up to the first that
/// is torn or fails its checksum. Claims that are not done are undone, last first: a process is
/// killed when its start time is the recorded one, a path is removed when it is still the one that
/// was made. Then the record is removed.
class RunRecord {
  public:
    /// One thing to clean. Destruction marks it done; the owner removes the thing itself first.
    class Claim {
      public:
        Claim() = default;
        ~Claim() { done(); }
        Claim(Claim&& other) noexcept;
        Claim& operator=(Claim&& other) noexcept;

        /// For a path: it exists now.
        void made();
        void done();

      private:
        friend class RunRecord;
        Claim(RunRecord* record, std::uint64_t id, std::filesystem::path path)
            : record_(record), id_(id), path_(std::move(path)) {}

        RunRecord* record_ = nullptr;
        std::uint64_t id_ = 0;
        std::filesystem::path path_;
    };

    /// Begins a record under `state_directory`, which is made. Throws Error when it cannot.
    RunRecord(const std::filesystem::path& state_directory, const std::string& run_id);
    /// Removes the record: whatever is still claimed was left on purpose.
    ~RunRecord();
    RunRecord(const RunRecord&) = delete;
    RunRecord& operator=(const RunRecord&) = delete;

    /// Says that `path` (file or directory) is about to be made. Thread-safe.
    Claim claim_path(const std::filesystem::path& path, const std::string& what);
    /// Says that a process runs. Thread-safe.
    Claim claim_process(pid_t pid, const std::string& what);

  private:
    void append(const std::string& json);

    std::filesystem::path path_;
    UniqueFd fd_;
    std::mutex mutex_;
    std::uint64_t next_id_ = 1;
};

/// Cleans what dead runs left under `state_directory`; one sentence for each thing that was cleaned
/// or could not be. Never throws for a damaged record.
std::vector<std::string> recover_dead_runs(const std::filesystem::path& state_directory);

}  // namespace kiln
