#pragma once

namespace kiln {

/// kiln's own version.
extern const char* const kiln_version;

/// The version of Packer whose templates kiln reads as they are: what `packer.version` and
/// `required_version` see.
constexpr auto template_version = "1.16.0";

}  // namespace kiln
