#pragma once

#include <functional>
#include <memory>
#include <ostream>

#include "base/cancel.h"
#include "base/event.h"

namespace CLI {
class App;
}

namespace kiln {

/// What the image commands need of their surroundings. `out` takes the result, `events` the
/// progress; both must outlive the call.
struct ImageContext {
    std::ostream& out;
    EventSink& events;
    CancelToken cancel;
};

/// Which of the commands was chosen, with its options. Filled by parsing.
class ImageCommand {
  public:
    using Run = std::function<int(const ImageContext&)>;

    void choose(Run run) { run_ = std::move(run); }
    /// Runs what was chosen: the exit code, 0 for success (`compare`: identical), 1 for damage that
    /// `check` found or a difference. Throws kiln::Error for everything that went wrong, and
    /// Cancelled.
    int run(const ImageContext& context) const { return run_(context); }

  private:
    Run run_;
};

/// Adds `info`, `convert`, `check` and `compare` below `app`, which is the command `image`; one of
/// them is required. After `app` has parsed, `run` of the result does the work.
std::shared_ptr<const ImageCommand> add_image_commands(CLI::App& app);

}  // namespace kiln
