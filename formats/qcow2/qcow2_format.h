#pragma once

#include "formats/format.h"

namespace kiln::formats {

extern const Format kQcow2Format;

}  // namespace kiln::formats
