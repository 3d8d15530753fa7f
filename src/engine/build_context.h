#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/event.h"
#include "base/run_record.h"

namespace kiln {

/// What becomes of a build whose step failed (spec/cli.md, section 8).
enum class OnError { Cleanup, Abort, Ask, RunCleanupProvisioner };

/// Asks the user. Prompts of builds that run side by side are put one after another.
class Prompter {
  public:
    virtual ~Prompter() = default;
    /// Shows `question` and reads a line. Throws Error when there is no terminal to ask on,
    /// Cancelled when told to.
    virtual std::string ask(const Reporter& report, const std::string& question,
                            const CancelToken& cancel) = 0;
};

/// Measures a build's phases and tells of them. Thread-safe.
class PhaseClock {
  public:
    explicit PhaseClock(Reporter report) : report_(std::move(report)) {}

    /// Runs until destruction.
    class Running {
      public:
        Running(PhaseClock& clock, std::string phase);
        ~Running();
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;

      private:
        PhaseClock& clock_;
        std::string phase_;
        std::chrono::steady_clock::time_point start_;
    };

    [[nodiscard]] Running start(std::string phase) { return {*this, std::move(phase)}; }
    std::vector<PhaseTime> times() const;

  private:
    friend class Running;
    Reporter report_;
    mutable std::mutex mutex_;
    std::vector<PhaseTime> times_;
};

/// What is the same for every build of a run.
struct RunSettings {
    std::string run_uuid;
    bool force = false;
    bool debug = false;
    OnError on_error = OnError::Cleanup;
    std::filesystem::path cache_directory;
    /// Where logs, screenshots and serial lines of this run are kept.
    std::filesystem::path log_directory;
};

/// What a component gets to work with while a build runs. One per build; used by its thread alone,
/// members that are shared say so themselves.
struct BuildContext {
    Reporter report;
    CancelToken cancel;
    std::string display_name;  ///< `[build.]type.name`
    std::string source_name;   ///< packer_build_name
    std::string builder_type;
    const RunSettings& run;
    RunRecord& record;
    Prompter& prompter;
    PhaseClock& phases;

    /// A file of this build in the run's log directory: `<display name>.<suffix>`.
    std::filesystem::path log_file(std::string_view suffix) const;
};

}  // namespace kiln
