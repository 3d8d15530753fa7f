#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/event.h"
#include "formats/sink.h"
#include "formats/source.h"

namespace kiln::formats {

struct ConvertOptions {
    unsigned threads = 0;  ///< worker threads; 0: one per processor
    CancelToken cancel;
    /// Called from worker threads, one call at a time, at most some ten times a second, and once
    /// with `finished`. Must not throw.
    std::function<void(const ProgressEvent&)> progress;
    std::string progress_id = "convert";
    std::string progress_label = "converting";
    Sync sync = Sync::Yes;  ///< of the outputs before they get their names
    /// Refuse to start when the target's file system has clearly too little room.
    bool check_space = true;
};

struct ConvertResult {
    std::uint64_t virtual_size = 0;
    std::uint64_t data_bytes = 0;       ///< what the source's map calls data, and so was read
    std::vector<OutputResult> outputs;  ///< in the order of the sinks
};

/// Reads `source` once and writes it to every sink.
///
///     extents -> workers: read, find zeros, encode for each sink -> append in order -> tables
///
/// Workers take numbered batches of 256 KiB (more if a sink's block is larger). Whoever finishes
/// the batch that is next in order appends it, and the ready ones after it, while the others go on;
/// so there is no writer thread to hand over to. A sequential source is read by one worker at a
/// time, in order, while the others encode. Digests run in a thread of their own per sink. The
/// bytes written depend on the source and the sinks' options only, not on threads or time.
///
/// Memory: 3 batches per thread, each with a buffer and one encoded copy per compressing sink:
/// about 2 MiB per thread with one sink of 64 KiB blocks.
///
/// Sinks are finished and synced at the same time, and all of them before the first one is
/// committed: with the slow part done, hardly anything can come between their names. On an error or
/// cancellation (thrown as kiln::Error or kiln::Cancelled) no output exists under its final name;
/// the temporaries go with the sinks.
ConvertResult convert(const Source& source, std::span<const std::unique_ptr<Sink>> sinks,
                      const ConvertOptions& options = {});

/// The same without `commit`: for containers that write several disks into one file.
ConvertResult convert_uncommitted(const Source& source, std::span<Sink* const> sinks,
                                  const ConvertOptions& options = {});

}  // namespace kiln::formats
