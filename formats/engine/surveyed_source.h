#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/cancel.h"
#include "formats/source.h"

namespace kiln::formats {

/// A source whose map has been walked once and is remembered: finding a hole in a raw file is a
/// system call that looks through the page cache, and a converter asks three times. It remembers
/// 65536 runs of data (1 MiB); behind those, the source is asked again.
///
/// Threads and errors are the source's, which must live as long.
class SurveyedSource : public Source {
  public:
    /// Walks the map. Throws Cancelled.
    SurveyedSource(const Source& source, const CancelToken& cancel);

    /// What the map calls data.
    std::uint64_t data_bytes() const { return data_bytes_; }

    std::uint64_t virtual_size() const override { return source_.virtual_size(); }
    /// Data, or a hole for all else.
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        source_.read(offset, out);
    }
    SourceInfo info() const override { return source_.info(); }
    bool sequential() const override { return source_.sequential(); }

  private:
    struct Run {
        std::uint64_t offset = 0;
        std::uint64_t end = 0;
    };
    void remember(const Extent& data);

    const Source& source_;
    std::uint64_t data_bytes_ = 0;
    std::vector<Run> runs_;
    std::uint64_t known_end_ = 0;  // where the memory ends
};

}  // namespace kiln::formats
