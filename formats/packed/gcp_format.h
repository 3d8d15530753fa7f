#pragma once

#include "formats/format.h"

namespace kiln::formats {

/// Archives as Google Compute Engine imports and exports them: `.tar.gz` with a `disk.raw`.
extern const Format kGcpFormat;

}  // namespace kiln::formats
