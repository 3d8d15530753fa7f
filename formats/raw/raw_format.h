#pragma once

#include "formats/format.h"

namespace kiln::formats {

extern const Format kRawFormat;

}  // namespace kiln::formats
