#pragma once

#include "formats/bytes/checksum.h"
#include "tests/unit/formats/sparse_disk.h"

namespace kiln::formats {

/// Tables for tests, written by hand so that any field of them can be wrong.

inline void put_mbr_entry(SparseDisk& disk, std::uint64_t sector, unsigned index, std::uint8_t type,
                          std::uint32_t first, std::uint32_t count, std::uint8_t status = 0) {
    const std::uint64_t at = sector * 512 + 446 + index * 16;
    disk.put(at, status);
    disk.put(at + 4, type);
    disk.put(at + 8, first);
    disk.put(at + 12, count);
    disk.put<std::uint16_t>(sector * 512 + 510, 0xAA55);
}

struct GptEntry {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::string_view name;
    std::uint64_t attributes = 0;
};

inline std::uint32_t crc_of(const SparseDisk& disk, std::uint64_t offset, std::uint64_t length) {
    std::vector<std::byte> bytes(length);
    disk.read(offset, bytes);
    return ~crc32_raw(~0U, bytes);
}

/// Computes the checksum of a header after a test has changed it.
inline void seal_gpt_header(SparseDisk& disk, std::uint64_t at) {
    disk.put<std::uint32_t>(at + 16, 0);
    disk.put(at + 16, crc_of(disk, at, 92));
}

inline void put_gpt_header(SparseDisk& disk, std::uint64_t sector_size, std::uint64_t own,
                           std::uint64_t other, std::uint64_t entries, std::uint32_t count) {
    const std::uint64_t at = own * sector_size;
    const std::uint64_t sectors = disk.virtual_size() / sector_size;
    disk.write(at, "EFI PART");
    disk.put<std::uint32_t>(at + 8, 0x10000);
    disk.put<std::uint32_t>(at + 12, 92);
    disk.put(at + 24, own);
    disk.put(at + 32, other);
    disk.put<std::uint64_t>(at + 40, 34);
    disk.put<std::uint64_t>(at + 48, sectors - 34);
    disk.write(at + 56, "DISKDISKDISKDISK");
    disk.put(at + 72, entries);
    disk.put(at + 80, count);
    disk.put<std::uint32_t>(at + 84, 128);
    disk.put(at + 88, crc_of(disk, entries * sector_size, std::uint64_t{count} * 128));
    seal_gpt_header(disk, at);
}

/// A GPT with its backup and a protective MBR; all partitions are of the type "Linux file system".
inline void put_gpt(SparseDisk& disk, const std::vector<GptEntry>& entries,
                    std::uint64_t sector_size = 512) {
    constexpr std::uint8_t kLinux[] = {0xAF, 0x3D, 0xC6, 0x0F, 0x83, 0x84, 0x72, 0x47,
                                       0x8E, 0x79, 0x3D, 0x69, 0xD8, 0x47, 0x7D, 0xE4};
    constexpr std::uint32_t kCount = 128;
    const std::uint64_t last = disk.virtual_size() / sector_size - 1;
    const std::uint64_t table = kCount * 128 / sector_size;
    for (const std::uint64_t start : {std::uint64_t{2}, last - table}) {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const std::uint64_t at = start * sector_size + i * 128;
            disk.write(at, std::as_bytes(std::span(kLinux)));
            disk.put<std::uint64_t>(at + 16, i + 1);
            disk.put(at + 32, entries[i].first);
            disk.put(at + 40, entries[i].last);
            disk.put(at + 48, entries[i].attributes);
            for (std::size_t c = 0; c < entries[i].name.size(); ++c) {
                disk.put<std::uint16_t>(at + 56 + c * 2,
                                        static_cast<std::uint8_t>(entries[i].name[c]));
            }
        }
    }
    put_mbr_entry(disk, 0, 0, 0xEE, 1, 0xFFFFFFFF);
    put_gpt_header(disk, sector_size, 1, last, 2, kCount);
    put_gpt_header(disk, sector_size, last, 1, last - table, kCount);
}

/// A physical volume with its label, its metadata area from 4096 to 1 MiB, and a text in it.
inline void put_physical_volume(SparseDisk& disk, std::uint64_t base, std::uint64_t size,
                                std::string_view uuid, std::string_view text) {
    constexpr std::uint32_t kSeed = 0xF597A6CF;
    constexpr std::uint64_t kArea = 4096;
    constexpr std::uint64_t kAreaSize = 1024 * 1024 - kArea;
    const auto sum = [&](std::uint64_t offset, std::uint64_t length) {
        std::vector<std::byte> bytes(length);
        disk.read(offset, bytes);
        return crc32_raw(kSeed, bytes);
    };
    const std::uint64_t label = base + 512;
    disk.write(label, "LABELONE");
    disk.put<std::uint64_t>(label + 8, 1);
    disk.put<std::uint32_t>(label + 20, 32);
    disk.write(label + 24, "LVM2 001");
    disk.write(label + 32, uuid);
    disk.put(label + 64, size);
    disk.put<std::uint64_t>(label + 72, 1024 * 1024);  // where data begins, then an empty entry
    disk.put<std::uint64_t>(label + 104, kArea);
    disk.put<std::uint64_t>(label + 112, kAreaSize);
    disk.put(label + 16, sum(label + 20, 492));
    const std::uint64_t area = base + kArea;
    // Somewhere near the end of the ring, so that long texts go round it.
    const std::uint64_t offset = kAreaSize - 512;
    const std::uint64_t first = std::min<std::uint64_t>(text.size(), kAreaSize - offset);
    disk.write(area + offset, text.substr(0, first));
    disk.write(area + 512, text.substr(first));
    disk.write(area + 4, " LVM2 x[5A%r0N*>");
    disk.put<std::uint32_t>(area + 20, 1);
    disk.put(area + 24, kArea);
    disk.put(area + 32, kAreaSize);
    disk.put(area + 40, offset);
    disk.put<std::uint64_t>(area + 48, text.size());
    disk.put(area + 56, crc32_raw(kSeed, as_byte_span(text)));
    disk.put(area, sum(area + 4, 508));
}

}  // namespace kiln::formats
