#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace kiln::download {

/// The digest an input must have.
struct Checksum {
    DigestType type = DigestType::Sha256;
    std::string hex;  ///< lower-case, of the type's length

    /// `sha256:<hex>`: the normal form, which also names the cache file.
    std::string to_string() const;
    friend bool operator==(const Checksum&, const Checksum&) = default;
};

/// Reads `none` (nothing is returned), `HEX` (the type follows from the length) and `TYPE:HEX` with
/// TYPE one of md5 sha1 sha256 sha512 in any case. Throws Error, `<reason> in "<text>"`, for
/// anything else, `file:` included: that form needs the network, see resolve_checksum in
/// download.h.
std::optional<Checksum> parse_checksum(std::string_view text);

/// Finds the line for an input in a checksum file: GNU `HEX  name`, BSD `ALGO (name) = HEX`, or a
/// lone `HEX`. Lines that begin with `#`, `/` or `-`, and lines without a digest, are skipped.
///
/// A line matches when its name is the input's base name (also after `*` or `?`), its path relative
/// to the checksum file, or its whole path; failing such a line, the first whose name, without
/// leading dots and slashes, is part of the input's path; failing that, the first line whose name
/// cannot be told. `input` and `checksum_file` are paths or URLs without a query.
std::optional<Checksum> find_checksum(std::string_view text, std::string_view input,
                                      std::string_view checksum_file);

}  // namespace kiln::download
