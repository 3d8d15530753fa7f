#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "formats/vhdx/vhdx_header.h"
#include "formats/vhdx/vhdx_layout.h"

namespace kiln::formats {

using Bytes = std::vector<std::byte>;

/// Makes VHDX files that no tool at hand makes: differencing disks and such whose log waits to be
/// replayed. Log, metadata and table have fixed places; sector bitmaps and blocks follow.
struct VhdxBuilder {
    static constexpr std::uint64_t kLog = vhdx::kMiB;
    static constexpr std::uint64_t kMetadata = 2 * vhdx::kMiB;
    static constexpr std::uint64_t kBat = 3 * vhdx::kMiB;
    static constexpr std::uint64_t kFirstBlock = 4 * vhdx::kMiB;

    struct Change {
        std::uint64_t offset = 0;
        Bytes page;                ///< 4 KiB, or empty for zeros:
        std::uint64_t length = 0;  ///< of the zeros
    };
    struct LogEntry {
        std::uint64_t sequence = 0;
        std::vector<Change> changes;
        bool torn = false;  ///< half of it has not reached the disk
    };
    struct Block {
        vhdx::BlockState state = vhdx::BlockState::FullyPresent;
        Bytes bytes;  ///< shorter than a block: zeros follow
    };

    std::uint64_t disk_size = 4 * vhdx::kMiB;
    std::uint32_t block_size = vhdx::kMiB;
    std::uint32_t sector_size = 512;
    vhdx::Guid data_write = vhdx::guid("00112233-4455-6677-8899-aabbccddeeff");
    std::map<std::uint64_t, Block> blocks;
    /// Sectors of the disk that are in this file: first and number.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> present;
    /// A parent locator's entries; none: the disk has no parent.
    std::vector<std::pair<std::string, std::string>> locator;

    std::vector<LogEntry> log;
    std::uint64_t log_start = 0;  ///< where the first entry stands in the log
    std::uint64_t log_first = 0;  ///< the number of the entry that the others call their tail
    std::uint64_t file_size_in_log = 0;    ///< FlushedFileOffset; 0: the file's size
    std::uint64_t last_offset_in_log = 0;  ///< LastFileOffset; 0: the file's size

    Bytes build() const;
    /// Where a block's bytes stand in the file that `build` makes.
    std::uint64_t place(std::uint64_t block) const;
    std::uint64_t bat_place(std::uint64_t block) const;

    /// With the keys of a locator that people's images have.
    void set_parent(const std::string& relative_path, const vhdx::Guid& identity);

  private:
    std::uint64_t bitmaps_place(std::uint64_t chunk) const;
    std::uint64_t chunks() const;
    void write_metadata(Bytes& file) const;
    void write_blocks(Bytes& file) const;
    void write_log(Bytes& file) const;
    Bytes encode_entry(const LogEntry& entry, std::uint32_t tail, std::uint64_t file_size) const;
};

/// Sets the checksum of the structure of `size` bytes at `offset` anew.
void fix_checksum(Bytes& file, std::size_t offset, std::size_t size);
/// Of both headers, or both region tables.
void fix_headers(Bytes& file);
void fix_regions(Bytes& file);

Bytes page_of(char fill);

}  // namespace kiln::formats
