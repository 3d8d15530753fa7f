#pragma once

#include "formats/file/input_file.h"
#include "formats/vhdx/log_overlay.h"
#include "formats/vhdx/vhdx_header.h"

namespace kiln::formats::vhdx {

/// What waits in a file's log.
struct LogReplay {
    LogOverlay changes;
    std::uint64_t file_size = 0;  ///< the file is at least this long after the replay
    std::uint64_t entries = 0;
};

/// Replays the log of `header`, which has one, in memory:
///
///     the ring is cut into sectors of 4 KiB; an entry is a header, descriptors, data sectors
///     active sequence = entries that follow each other, numbers without a gap, from the entry that
///     the last one calls its tail up to the last one; of several, the one with the greatest number
///
/// A torn entry has a wrong checksum and so is none: what stands before it still counts. Throws
/// Error when there is no such sequence, the file is shorter than the log says it was, an entry
/// contradicts itself, or the log is larger than is taken into memory (64 MiB of log,
/// `max_pages` pages of changes).
LogReplay replay_log(const InputFile& file, const Header& header, std::size_t max_pages);

}  // namespace kiln::formats::vhdx
