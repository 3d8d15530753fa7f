#pragma once

#include "formats/format.h"

namespace kiln::formats {

extern const Format kVmdkFormat;

}  // namespace kiln::formats
