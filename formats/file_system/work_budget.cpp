#include "formats/file_system/work_budget.h"

namespace kiln::formats {

void WorkBudget::spend(std::uint64_t blocks) {
    if (blocks > blocks_) throw TooMuchWork();
    blocks_ -= blocks;
    if (deadline_ && std::chrono::steady_clock::now() > *deadline_) throw TooMuchWork();
}

}  // namespace kiln::formats
