#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/error.h"

namespace kiln::formats {

/// Thrown when a budget is used up.
struct TooMuchWork : Error {
    TooMuchWork() : Error("the question would take too long") {}
};

/// What a question about a file system may cost, so that a damaged or huge one cannot make it last:
/// blocks read, and time.
class WorkBudget {
  public:
    explicit WorkBudget(std::uint64_t blocks) : blocks_(blocks) {}
    WorkBudget(std::uint64_t blocks, std::chrono::milliseconds time)
        : blocks_(blocks), deadline_(std::chrono::steady_clock::now() + time) {}
    /// Throws TooMuchWork.
    void spend(std::uint64_t blocks = 1);

  private:
    std::uint64_t blocks_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace kiln::formats
