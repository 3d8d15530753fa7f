#include "formats/volume/signature.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/file_system/file_system.h"
#include "formats/volume/lvm_label.h"

namespace kiln::formats {

namespace {

using namespace std::string_view_literals;

struct Signature {
    std::string_view name;
    std::uint64_t offset;
    std::string_view magic;
    bool from_end = false;  // `offset` counts back from the end of the volume
};

// Numbers stand as their bytes do on disk.
constexpr std::array kSignatures = {
    Signature{"LUKS", 0, "LUKS\xBA\xBE"sv},
    Signature{"BitLocker", 3, "-FVE-FS-"sv},
    Signature{"Linux RAID member", 4096, "\xFC\x4E\x2B\xA9"sv},
    Signature{"Linux RAID member", 0, "\xFC\x4E\x2B\xA9"sv},
    Signature{"Intel RAID member", 1024, "Intel Raid ISM Cfg Sig. "sv, true},
    Signature{"DDF RAID member", 512, "\xDE\x11\xDE\x11"sv, true},
    Signature{"bcache", 4096 + 24,
              "\xC6\x85\x73\xF6\x4E\x1A\x45\xCA\x82\x65\xF5\x7F\x48\xBA\x6D\x81"sv},
    Signature{"bcachefs", 4096 + 24,
              "\xC6\x85\x73\xF6\x66\xCE\x90\xA9\xD9\x6A\x60\xCF\x80\x3D\xF7\xEF"sv},
    Signature{"btrfs", 0x10040, "_BHRfS_M"sv},
    Signature{"f2fs", 1024, "\x10\x20\xF5\xF2"sv},
    Signature{"erofs", 1024, "\xE2\xE1\xF5\xE0"sv},
    Signature{"squashfs", 0, "hsqs"sv},
    Signature{"ISO 9660", 32769, "CD001"sv},
    Signature{"UDF", 32769, "BEA01"sv},
    Signature{"exFAT", 3, "EXFAT   "sv},
    Signature{"ReFS", 3, "ReFS\0\0\0\0"sv},
    Signature{"APFS", 32, "NXSB"sv},
    Signature{"HFS+", 1024, "H+\0\4"sv},
    Signature{"HFS+", 1024, "HX\0\5"sv},
    Signature{"ReiserFS", 0x10034, "ReIsEr"sv},
    Signature{"JFS", 32768, "JFS1"sv},
    Signature{"NILFS2", 1024, "\2\0\0\0\0\0\x34\x34"sv},
    Signature{"GFS2", 65536, "\x01\x16\x19\x70"sv},
    Signature{"OCFS2", 8192, "OCFSV2"sv},
    Signature{"UFS2", 65536 + 1372, "\x19\x01\x54\x19"sv},
    Signature{"UFS1", 8192 + 1372, "\x54\x19\x01\x00"sv},
    Signature{"VMFS", 0x100000, "\x0D\xD0\x01\xC0"sv},
    Signature{"Stratis", 512 + 4, "!Stra0tis\x86\xFF\x02^\x41rh"sv},
    Signature{"VDO", 0, "dmvdo001"sv},
    Signature{"dm-integrity", 0, "integrt\0"sv},
    Signature{"dm-verity", 0, "verity\0\0"sv},
    Signature{"LVM1", 0, "HM\1\0"sv},
    Signature{"Ceph BlueStore", 0, "bluestore block device"sv},
    Signature{"DRBD", 4096 - 60, "\x83\x74\x02\x6B"sv, true},
    Signature{"DRBD", 4096 - 60, "\x83\x74\x02\x6D"sv, true},
};

bool has_magic(const Volume& volume, std::uint64_t offset, std::string_view magic);
bool has_raid_superblock_at_end(const Volume& volume);
bool has_zfs_label(const Volume& volume);

}  // namespace

std::string_view untouched_content(const Volume& volume) {
    for (const Signature& signature : kSignatures) {
        if (signature.from_end && signature.offset > volume.size()) continue;
        const std::uint64_t offset =
            signature.from_end ? volume.size() - signature.offset : signature.offset;
        if (has_magic(volume, offset, signature.magic)) return signature.name;
    }
    if (has_raid_superblock_at_end(volume)) return "Linux RAID member";
    if (has_zfs_label(volume)) return "ZFS";
    return {};
}

bool is_recognized(const Volume& volume) try {
    return !untouched_content(volume).empty() || read_lvm_label(volume) ||
           open_file_system(volume) != nullptr;
} catch (const Error&) {
    return true;  // only what was found can be damaged
}

namespace {

bool has_magic(const Volume& volume, std::uint64_t offset, std::string_view magic) {
    std::array<std::byte, 32> bytes{};
    const auto found = std::span(bytes).first(magic.size());
    if (!fits(offset, magic.size(), volume.size())) return false;
    volume.read(offset, found);
    return std::memcmp(found.data(), magic.data(), magic.size()) == 0;
}

// Version 1.0 lies 8 KiB before the end, rounded down to 4 KiB; version 0.90 in the last whole
// 64 KiB, in either byte order.
bool has_raid_superblock_at_end(const Volume& volume) {
    constexpr std::string_view kLittle = "\xFC\x4E\x2B\xA9"sv;
    constexpr std::string_view kBig = "\xA9\x2B\x4E\xFC"sv;
    constexpr std::uint64_t kNew = 8192;
    constexpr std::uint64_t kOld = 65536;
    const std::uint64_t size = volume.size();
    if (size >= kNew && has_magic(volume, (size - kNew) / 4096 * 4096, kLittle)) return true;
    if (size < 2 * kOld) return false;
    const std::uint64_t old = size / kOld * kOld - kOld;
    return has_magic(volume, old, kLittle) || has_magic(volume, old, kBig);
}

// A label is 256 KiB: 128 KiB of names, then a ring of uberblocks of 1 KiB or more each.
bool has_zfs_label(const Volume& volume) {
    constexpr std::uint64_t kLabel = 256 * 1024;
    constexpr std::uint64_t kRing = 128 * 1024;
    constexpr std::uint64_t kStep = 1024;
    for (std::uint64_t at = kRing; at < kLabel; at += kStep) {
        if (has_magic(volume, at, "\x0C\xB1\xBA\0\0\0\0\0"sv) ||
            has_magic(volume, at, "\0\0\0\0\0\xBA\xB1\x0C"sv)) {
            return true;
        }
    }
    return false;
}

}  // namespace
}  // namespace kiln::formats
