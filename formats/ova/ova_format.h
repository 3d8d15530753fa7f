#pragma once

#include "formats/format.h"

namespace kiln::formats {

extern const Format kOvaFormat;

}  // namespace kiln::formats
