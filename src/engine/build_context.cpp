#include "engine/build_context.h"

#include <fmt/format.h>

namespace kiln {

PhaseClock::Running::Running(PhaseClock& clock, std::string phase)
    : clock_(clock), phase_(std::move(phase)), start_(std::chrono::steady_clock::now()) {
    clock_.report_.emit(PhaseEvent{clock_.report_.build(), phase_, false, {}});
}

PhaseClock::Running::~Running() {
    const auto elapsed = std::chrono::steady_clock::now() - start_;
    {
        const std::lock_guard lock(clock_.mutex_);
        clock_.times_.push_back({phase_, elapsed});
    }
    clock_.report_.emit(PhaseEvent{clock_.report_.build(), phase_, true, elapsed});
}

std::vector<PhaseTime> PhaseClock::times() const {
    const std::lock_guard lock(mutex_);
    return times_;
}

std::filesystem::path BuildContext::log_file(std::string_view suffix) const {
    std::string name = display_name;
    for (char& c : name) {
        if (c == '/' || c == '\0') c = '_';
    }
    return run.log_directory / fmt::format("{}.{}", name, suffix);
}

}  // namespace kiln
