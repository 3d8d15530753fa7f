#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace kiln::formats {

/// What `check` found. `corruptions` make the disk read wrong, `leaks` only waste space.
struct CheckReport {
    std::string format;
    std::uint64_t corruptions = 0;
    std::uint64_t leaks = 0;
    std::vector<std::string> problems;  ///< the first `kMaxProblems`, whole sentences
    std::vector<std::string> notes;     ///< what could not be judged, and why

    bool clean() const { return corruptions == 0 && leaks == 0; }
    void corruption(std::string problem);
    void leak(std::string problem);
    /// The same for damage that may come millions of times: words are made while they are listed.
    template <std::invocable Words>
    void corruption(const Words& words) {
        lists_more() ? corruption(std::string(words())) : static_cast<void>(++corruptions);
    }
    bool lists_more() const { return problems.size() < kMaxProblems; }

    static constexpr std::size_t kMaxProblems = 100;
};

}  // namespace kiln::formats
