#pragma once

#include <cstdio>
#include <cstdlib>

namespace kiln::fuzz {

/// Ends the run with a finding when a rule does not hold.
inline void require(bool holds, const char* rule) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", rule);
    std::abort();
}

}  // namespace kiln::fuzz
