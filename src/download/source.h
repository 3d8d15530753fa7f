#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace kiln::download {

/// One place an input can come from, read from an `iso_url`-like text: a path, `file:` or http(s).
/// The query parameters that steer kiln itself (`checksum`, `archive`) are taken out of `url`.
struct Source {
    enum class Kind { Local, Http };
    Kind kind = Kind::Local;
    std::filesystem::path path;  ///< Local: absolute, not necessarily there
    std::string url;             ///< Http: what to ask for, user information included
    std::string checksum;        ///< `?checksum=`, empty when not given
    /// The suffix by which the input is unpacked (`.tar.gz`), empty when it is used as it is. From
    /// the name, or `?archive=EXT`; `?archive=false` turns unpacking off.
    std::string archive;

    /// For messages and matching: the path, or the URL without user information.
    std::string display() const;
    /// The path or the URL without its query and fragment, for names in checksum files.
    std::string name_path() const;
};

/// Throws Error for a scheme that kiln does not fetch (git, hg, smb, gcs, s3, ...), for a `file:`
/// URL of another host and for an empty text. Relative paths are taken from the working directory.
Source parse_source(std::string_view text);

/// The URL without `user:password@`; other text unchanged.
std::string without_credentials(std::string_view url);

}  // namespace kiln::download
