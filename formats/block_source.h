#pragma once

#include <memory>
#include <string_view>

#include "formats/file_window.h"
#include "formats/source.h"

namespace kiln::formats {

/// A disk whose blocks lie plainly in one file, where a table of 32-bit entries says: VHD and VDI.
/// A format tells what stands at an offset; this makes extents and reads of it. Neighbouring blocks
/// of one kind are one extent. What the file stores is told as data only where the file itself has
/// no hole.
class BlockSource : public Source {
  public:
    std::uint64_t virtual_size() const override { return size_; }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;

  protected:
    /// `parent` may be null: what is absent then reads as zeros.
    BlockSource(InputFile file, std::uint64_t size, std::unique_ptr<Source> parent)
        : file_(std::move(file)), size_(size), parent_(std::move(parent)) {}

    /// What the tables say of an offset, and for how many bytes from there (at least one).
    struct Mapping {
        enum class Kind { Absent, Zero, Stored } kind = Kind::Absent;
        std::uint64_t length = 0;
        std::uint64_t host = 0;  ///< of Stored: where the byte at the offset lies
    };
    /// The tables as one call reads them.
    struct Tables {
        explicit Tables(const InputFile& file) : entries(file), bitmap(file) {}
        FileWindow entries;
        FileWindow bitmap;
    };
    /// Stored ranges are within the file; throws Error otherwise.
    virtual Mapping map(std::uint64_t offset, Tables& tables) const = 0;

    const InputFile& file() const { return file_; }
    [[noreturn]] void damaged(std::uint64_t offset, std::string_view reason) const;

  private:
    /// Where the file has data, or none.
    struct FileStretch {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        bool data = false;
        bool holds(std::uint64_t host) const { return begin <= host && host < end; }
    };
    FileStretch stretch_at(std::uint64_t host, std::uint64_t length) const;
    Extent stored_extent(std::uint64_t offset, std::uint64_t end, Tables& tables) const;

    InputFile file_;
    std::uint64_t size_;
    std::unique_ptr<Source> parent_;
};

}  // namespace kiln::formats
