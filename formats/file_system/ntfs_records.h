#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formats/file_system/volume.h"

namespace kiln::formats {

/// The boot sector of NTFS, checked so that nothing that is computed from it overflows.
struct NtfsBootSector {
    /// Nothing when there is none. Throws kiln::Error when it is damaged.
    static std::optional<NtfsBootSector> read(const Volume& volume);

    std::uint32_t cluster_size = 0;
    std::uint32_t record_size = 0;
    std::uint64_t size = 0;  ///< bytes; the copy of the boot sector is behind them
    std::uint64_t clusters = 0;
    std::uint64_t mft_cluster = 0;
    std::uint64_t serial = 0;
};

/// Clusters of a stream that lie together.
struct NtfsRun {
    std::uint64_t cluster = 0;
    std::uint64_t count = 0;
};

/// What an attribute without a name holds: its bytes, or where they lie.
struct NtfsStream {
    bool resident = false;
    std::vector<std::byte> bytes;  // resident
    std::vector<NtfsRun> runs;     // in order, without holes
    std::uint64_t size = 0;
    std::uint64_t written = 0;  ///< bytes from here on were never written, and are zeros
};

/// The records of the master file table and the streams of files in them. Every record is checked
/// and its fixups are undone. Lists of runs are bounded, as are lists of attributes.
class NtfsRecords {
  public:
    enum class Type : std::uint32_t {
        AttributeList = 0x20,
        VolumeName = 0x60,
        VolumeInformation = 0x70,
        Data = 0x80,
        IndexRoot = 0x90,
        IndexAllocation = 0xA0,
    };

    NtfsRecords(const Volume& volume, const NtfsBootSector& boot);

    /// Nothing when the file has none. Throws kiln::Error when it is damaged, compressed,
    /// encrypted or sparse. Indexes are those of names (`$I30`).
    std::optional<NtfsStream> stream(std::uint64_t record, Type type) const;
    /// Whether the record is of a file that exists and has this sequence number.
    bool is_in_use(std::uint64_t record, std::uint16_t sequence) const;
    /// Fills `out`; throws when the stream is shorter.
    void read(const NtfsStream& stream, std::uint64_t offset, std::span<std::byte> out) const;
    const NtfsStream& table() const { return table_; }

    /// Puts back what the last two bytes of each 512 were; throws when a write was torn.
    static void undo_fixups(std::span<std::byte> block);

  private:
    std::vector<std::byte> read_record(std::uint64_t number) const;
    std::optional<NtfsStream> find(std::span<const std::byte> record, Type type,
                                   std::uint64_t first_cluster) const;
    NtfsStream parse(std::span<const std::byte> attribute) const;
    void read_runs(std::span<const std::byte> pairs, std::uint64_t count, NtfsStream& stream) const;
    void append_listed(std::uint64_t record, Type type, const NtfsStream& list,
                       NtfsStream& stream) const;

    const Volume& volume_;
    const NtfsBootSector& boot_;
    NtfsStream table_;
};

[[noreturn]] void ntfs_damaged(std::string_view why);

}  // namespace kiln::formats
