#pragma once

#include <string>

#include "base/schema.h"

namespace kiln {

/// The texts of `serial` and `parallel` (spec/vmware-builder.md, section 2.7):
/// `FILE:path[,yield]`, `DEVICE:path[,yield]`, `PIPE:path,client|server,app|vm[,yield]`,
/// `AUTO:[yield]`, `NONE`; types in any case, yield TRUE or FALSE.
void check_serial_port(const std::string& text, Problems& problems);
/// `FILE:path`, `DEVICE:path[,BI|UNI]`, `AUTO:[BI|UNI]`, `NONE`.
void check_parallel_port(const std::string& text, Problems& problems);

}  // namespace kiln
