#pragma once

#include <string>
#include <vector>

#include "formats/file/input_file.h"
#include "formats/source.h"

namespace kiln::formats {

/// A disk in a Vagrant box, ready to be opened.
struct BoxDisk {
    InputFile file;
    std::string name;      ///< the member's
    std::string provider;  ///< of `metadata.json`: `libvirt`, `virtualbox`; may be empty
    std::string format;    ///< the disk's: `qcow2`, `vmdk`, `vhdx`, `raw`
    bool split = false;    ///< more files with parts of it are in the box
};

/// Whether the file is a tar archive that holds, near its beginning, what boxes hold.
bool is_box(const InputFile& file);

/// Goes through the archive once and takes out the disk that `options.disk` means. Throws Error
/// when there is none or several, the format is not told, or the temporary directory is full;
/// Cancelled.
BoxDisk find_box_disk(const InputFile& file, const OpenOptions& options);

}  // namespace kiln::formats
