#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "formats/packed/byte_stream.h"
#include "formats/source.h"

namespace kiln::formats {

/// A disk whose bytes come out of a stream, one after the other. Reading the last one also reads
/// what is behind it, so that a checksum at the end counts.
///
/// Threads and order: as `Source::sequential` says. `read` throws kiln::Error when it is asked for
/// what has gone by, and when the stream has fewer or more bytes than the disk.
class SequentialSource : public Source {
  public:
    /// `info` has the virtual size; `name` is for messages. `cancel` ends what is read over.
    SequentialSource(std::unique_ptr<ByteStream> stream, SourceInfo info, std::string name,
                     CancelToken cancel)
        : stream_(std::move(stream)),
          info_(std::move(info)),
          name_(std::move(name)),
          cancel_(std::move(cancel)) {}

    std::uint64_t virtual_size() const override { return info_.virtual_size; }
    /// Nothing is known without decoding: all is data.
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    SourceInfo info() const override { return info_; }
    bool sequential() const override { return true; }

  private:
    [[noreturn]] void shorter() const;

    mutable std::mutex mutex_;
    std::unique_ptr<ByteStream> stream_;
    mutable std::uint64_t position_ = 0;
    SourceInfo info_;
    std::string name_;
    CancelToken cancel_;
};

}  // namespace kiln::formats
