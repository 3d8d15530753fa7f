#pragma once

#include <mutex>

#include "engine/build_context.h"

namespace kiln {

/// Asks on the controlling terminal, whatever standard input and output are.
class TerminalPrompter : public Prompter {
  public:
    explicit TerminalPrompter(bool machine_readable) : machine_readable_(machine_readable) {}
    std::string ask(const Reporter& report, const std::string& question,
                    const CancelToken& cancel) override;

  private:
    const bool machine_readable_;
    std::mutex one_at_a_time_;
};

}  // namespace kiln
