#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::formats {

/// What an OVF descriptor says of files and disks (DMTF DSP0243).
struct OvfDescriptor {
    struct File {
        std::string id;
        std::string href;
        std::optional<std::uint64_t> size;
        std::string size_text;    ///< as it stands there
        std::string compression;  ///< `gzip`, or empty
        bool chunked = false;     ///< cut into several files
    };
    struct Disk {
        std::string id;
        std::string file;    ///< the href of its file
        std::string format;  ///< a URI
        bool has_parent = false;
        /// Why this disk cannot be read; empty when it can.
        std::string obstacle;
    };
    std::vector<File> files;
    std::vector<Disk> disks;  ///< those that have a file

    const File* find_file(std::string_view id) const;
};

/// Throws Error when the text is no well-formed XML or no OVF.
OvfDescriptor parse_ovf(std::string_view text);

/// The disk that `choice` means, which can be read. Throws Error otherwise; `container` is for
/// messages.
const OvfDescriptor::Disk& choose_ovf_disk(const OvfDescriptor& descriptor, std::string_view choice,
                                           std::string_view container);

}  // namespace kiln::formats
