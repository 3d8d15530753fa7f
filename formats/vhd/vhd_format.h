#pragma once

#include "formats/format.h"

namespace kiln::formats {

extern const Format kVhdFormat;

}  // namespace kiln::formats
