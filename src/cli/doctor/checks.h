#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.h"

namespace kiln::doctor {

enum class Verdict {
    Good,
    Limited,  ///< builds work, but something is slower or not possible
    Missing,  ///< builds with the qemu builder cannot work
};

/// What one look at the host found: a value, so that the printed and the JSON form come from one.
struct Finding {
    std::string subject;  ///< "QEMU"
    Verdict verdict = Verdict::Good;
    std::string found;   ///< "7.2.22 (/usr/bin/qemu-system-x86_64)"
    std::string means;   ///< what the lack means; empty when nothing lacks
    std::string remedy;  ///< the command that mends it; may be empty
};

/// Where builds will write.
struct Places {
    std::filesystem::path cache;
    std::filesystem::path state;
    std::filesystem::path temporary;
    std::filesystem::path working;
};

/// Looks at everything that builds need. Takes a second or so; changes nothing.
std::vector<Finding> examine_host(const Places& places, const CancelToken& cancel);

}  // namespace kiln::doctor
