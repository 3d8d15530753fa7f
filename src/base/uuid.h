#pragma once

#include <string>

namespace kiln {

/// A random UUID, version 4 (RFC 9562, section 5.4), in lower case.
std::string random_uuid();

/// A UUID whose first 32 bits are the Unix time, so that they sort by the time they were made;
/// the rest is random.
std::string time_ordered_uuid();

}  // namespace kiln
