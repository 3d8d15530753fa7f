#pragma once

#include "formats/format.h"

namespace kiln::formats {

extern const Format kVdiFormat;

}  // namespace kiln::formats
