#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/build_context.h"

namespace kiln {

/// One step of a build's recipe. A step owns what it makes and takes it back itself.
class Step {
  public:
    virtual ~Step() = default;
    /// The name in messages, in the words of the trade: `start guest`.
    virtual std::string name() const = 0;
    virtual void run(BuildContext& context) = 0;
    /// Takes back what `run` made, also when `run` failed half-way. `failed` tells that the build
    /// did not succeed, so that results must go too. Must bound its own time and may throw; the
    /// runner reports it and goes on.
    virtual void undo(BuildContext& context, bool failed) = 0;
    /// Called in place of `undo` when the user wants everything left as it is.
    virtual void keep(BuildContext&) {}
    /// Whether `undo` is wanted even with `-on-error=run-cleanup-provisioner`.
    virtual bool undo_when_only_provisioner_cleans() const { return false; }
};

/// Runs steps in order and takes them back in reverse order, as `-on-error` and `-debug` want it
/// (spec/cli.md, section 8). Throws the first failure after the steps were taken back.
void run_steps(const std::vector<std::unique_ptr<Step>>& steps, BuildContext& context);

}  // namespace kiln
