#include "formats/inspect.h"

namespace kiln::formats {

namespace {
constexpr std::size_t kMaxProblems = 100;
}

void CheckReport::corruption(std::string problem) {
    ++corruptions;
    if (problems.size() < kMaxProblems) problems.push_back(std::move(problem));
}

void CheckReport::leak(std::string problem) {
    ++leaks;
    if (problems.size() < kMaxProblems) problems.push_back(std::move(problem));
}

}  // namespace kiln::formats
