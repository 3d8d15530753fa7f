#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace kiln::formats::judge {

/// The most that a command may hold for a hostile file, in bytes.
#ifdef __SANITIZE_ADDRESS__
// The sanitizer's shadow and quarantine are no memory that the command asked for.
inline constexpr std::uint64_t kMaxMemory = ~std::uint64_t{0};
#else
inline constexpr std::uint64_t kMaxMemory = std::uint64_t{256} << 20;
#endif

/// How a program ended and what it took.
struct ChildResult {
    int code = 0;
    int signal = 0;  ///< when not 0, what killed it
    bool timed_out = false;
    std::uint64_t peak_memory = 0;  ///< bytes resident
    std::string out;
    std::string err;
};

struct ChildLimits {
    std::chrono::seconds time{20};
    /// Bytes of a file; writing more fails as on a full disk (SIGXFSZ is ignored). 0: no limit.
    std::uint64_t file_size = 0;
};

/// Runs a program found by its path with nothing on its standard input. Its memory is measured by
/// the kernel, so that the caller must be small itself.
ChildResult run_limited(const std::vector<std::string>& arguments, const ChildLimits& limits = {});

}  // namespace kiln::formats::judge
