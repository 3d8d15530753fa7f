#pragma once

#include <cstdint>
#include <mutex>
#include <span>

#include "formats/file/input_file.h"
#include "formats/file/table_cache.h"
#include "formats/vhdx/log_overlay.h"
#include "formats/vhdx/vhdx_header.h"

namespace kiln::formats::vhdx {

/// A VHDX file as it is once its log is replayed, which happens in memory: the file itself is never
/// written. Any thread.
class VhdxFile {
  public:
    /// Throws Error when no header can be used, or a log waits that cannot be replayed, or that
    /// changes more than `max_pages` pages of 4 KiB.
    explicit VhdxFile(InputFile file, std::size_t max_pages = LogOverlay::kMaxPages);

    const InputFile& input() const { return file_; }
    const std::string& name() const { return file_.name(); }
    const Header& header() const { return header_; }
    std::uint64_t replayed_entries() const { return replayed_; }
    /// How many pages of the replay are in memory.
    std::size_t pages() const { return changes_.pages(); }
    /// With what the log makes the file longer.
    std::uint64_t size() const { return size_; }

    /// Fills `out`; throws when the range is not within `size()`.
    void read(std::uint64_t offset, std::span<std::byte> out) const;

    /// Reads the numbers of a table (BAT, sector bitmap), fast for one after the other. One thread;
    /// not longer than the file lives.
    class Words {
      public:
        explicit Words(const VhdxFile& file) : file_(file) {}
        /// `offset` is a multiple of 8.
        std::uint64_t at(std::uint64_t offset);

      private:
        const VhdxFile& file_;
        TableCache::Table window_;
        std::uint64_t start_ = 0;
    };

    /// As InputFile's, with what the log changes among the `length` bytes as data. Asks the file
    /// system only where the last answer ends: some (tmpfs) look at every page up to the next hole.
    FileStretch stretch(std::uint64_t offset, std::uint64_t length) const;

  private:
    InputFile file_;
    Header header_;
    LogOverlay changes_;
    std::uint64_t size_;
    std::uint64_t replayed_ = 0;
    mutable TableCache tables_;
    mutable std::mutex stretch_mutex_;
    mutable FileStretch last_stretch_;
};

}  // namespace kiln::formats::vhdx
