#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "base/cancel.h"
#include "base/event.h"
#include "sandbox/sandbox.h"

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
    using Rules = std::function<SandboxRules()>;

    /// The value of `--sandbox`: `on`, `off`, or `auto` for on where the kernel can.
    std::string sandbox = "auto";

    void choose(Run run, Rules rules) {
        run_ = std::move(run);
        rules_ = std::move(rules);
    }
    /// Runs what was chosen: the exit code, 0 for success (`compare`: identical), 1 for damage that
    /// `check` found or a difference. Throws kiln::Error for everything that went wrong, and
    /// Cancelled.
    int run(const ImageContext& context) const { return run_(context); }

    /// The rules of the sandbox that `run` belongs into; nothing when it is off. Throws kiln::Error
    /// when it is wanted and the kernel cannot.
    std::optional<SandboxRules> sandbox_rules() const;

  private:
    Run run_;
    Rules rules_;
};

/// Adds the image commands below `app`, which is the command `image`; one of them is required.
/// After `app` has parsed, `run` of the result does the work.
std::shared_ptr<const ImageCommand> add_image_commands(CLI::App& app);

}  // namespace kiln
