#pragma once

#include <string>
#include <string_view>

namespace kiln {

enum class Archive { None, Tar, Zip };
enum class Compression { None, Gzip, Lz4, Bgzf, Xz, Bzip2 };

/// What `compress` makes, as its output's name tells.
struct CompressionTarget {
    Archive archive = Archive::Tar;
    Compression compression = Compression::Gzip;
    /// The extension that decided, when it is none that is known (the result is then tar and gzip).
    std::string unknown_extension;

    friend bool operator==(const CompressionTarget&, const CompressionTarget&) = default;
};

/// Decides by the last two extensions (dot, lower-case letters and digits) of the name as it stands
/// in the template, or of `name.format` when a format is given (spec/components.md, section 4.3).
CompressionTarget detect_compression(std::string_view name, std::string_view format);

/// As messages name it: `pgzip`, `lz4`, `bgzf`, `xz`, `bzip2`.
std::string_view compression_name(Compression compression);

}  // namespace kiln
