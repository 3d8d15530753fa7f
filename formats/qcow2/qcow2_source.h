#pragma once

#include <memory>

#include "formats/file/input_file.h"
#include "formats/file/table_cache.h"
#include "formats/qcow2/qcow2_header.h"
#include "formats/source.h"

namespace kiln::formats {

/// A qcow2 of version 2 or 3: plain, zlib and zstd clusters, zero clusters, extended L2 entries,
/// and a backing image where one is given.
class Qcow2Source : public Source {
  public:
    /// `backing` may be null: what the file does not hold then reads as zeros.
    Qcow2Source(InputFile file, Qcow2Header header, std::unique_ptr<Source> backing);

    std::uint64_t virtual_size() const override { return header_.size; }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    SourceInfo info() const override;

  private:
    /// What the tables say of a guest offset, and for how many bytes from there (at least up to the
    /// end of its cluster or subcluster, never beyond the cluster).
    struct Mapping {
        enum class Kind { Unallocated, Zero, Plain, Compressed };
        Kind kind = Kind::Unallocated;
        std::uint64_t length = 0;
        std::uint64_t host = 0;   // of Plain: where the byte at the offset lies
        std::uint64_t entry = 0;  // of Compressed
    };
    Mapping map(std::uint64_t offset) const;
    Mapping map_extended(Mapping mapping, std::uint64_t host, std::uint64_t bitmap,
                         std::uint64_t in_cluster) const;
    std::map<std::string, std::string> writer_options() const;
    bool starts_compressed() const;
    TableCache::Table l2_table(std::uint64_t offset) const;
    void read_compressed(std::uint64_t offset, std::uint64_t entry, std::span<std::byte> out) const;
    [[noreturn]] void damaged(std::uint64_t offset, std::string_view reason) const;

    InputFile file_;
    Qcow2Header header_;
    std::unique_ptr<Source> backing_;
    std::vector<std::uint64_t> l1_;
    mutable TableCache tables_;
};

/// Opens the file, and its backing chain as far as the options allow.
std::unique_ptr<Source> open_qcow2(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
