#include "formats/core/check_report.h"

namespace kiln::formats {

void CheckReport::corruption(std::string problem) {
    ++corruptions;
    if (lists_more()) problems.push_back(std::move(problem));
}

void CheckReport::leak(std::string problem) {
    ++leaks;
    if (lists_more()) problems.push_back(std::move(problem));
}

}  // namespace kiln::formats
