#pragma once

#include "formats/format.h"

namespace kiln::formats {

extern const Format kVhdxFormat;

}  // namespace kiln::formats
