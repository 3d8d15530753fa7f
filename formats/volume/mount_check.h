#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "formats/source.h"

namespace kiln::formats {

/// What a guest would meet when it mounts its disk.
struct MountReport {
    struct Part {
        std::string what;  ///< `partition 2`, `logical volume vg/root`, `disk`
        std::string type;  ///< of its file system, or what else it holds
        std::string label;
        std::string uuid;
        std::string os;  ///< of a root file system
        /// Why it would not mount cleanly, or why that cannot be told ("unknown features (incompat
        /// 0x100): cannot tell"); empty when it would.
        std::string problem;
        bool examined = true;  ///< false for what is no file system, or one that is not known
    };
    std::vector<Part> parts;
    /// Lines of an /etc/fstab whose file system is not on this disk, as whole sentences.
    std::vector<std::string> problems;
    std::vector<std::string> notes;  ///< what could not be judged, and why
    bool mountable() const;          ///< there is a file system, and no problem anywhere
};

/// Looks at every file system on the disk (its state, as its own driver would judge it before
/// mounting), and at the /etc/fstab of each system on it: whether what is named there by UUID,
/// label or logical volume is there. Reads metadata only and mounts nothing. Bounded as
/// read_layout. Throws kiln::Error only when the disk cannot be read at all.
MountReport check_mounts(const Source& disk, const CancelToken& cancel = {});

/// One line of fstab(5).
struct FstabEntry {
    std::string device;  ///< with its octal escapes resolved: `UUID=...`, `LABEL=...`, `/dev/...`
    std::string mount_point;
    std::string type;
    bool optional = false;  ///< `nofail` or `noauto`: the system starts without it
};

/// The entries of an fstab; comments and lines of fewer than three words are left out.
std::vector<FstabEntry> parse_fstab(std::string_view text);

}  // namespace kiln::formats
