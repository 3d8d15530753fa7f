#include "formats/volume/partition_type.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace kiln::formats {

namespace {

struct GptType {
    std::string_view guid;
    std::string_view name;
};
struct MbrType {
    unsigned id;
    std::string_view name;
};

// From the UEFI specification, the Discoverable Partitions Specification and Microsoft's list.
constexpr std::array kGptTypes = {
    GptType{kEfiSystemPartition, "EFI system"},
    GptType{"21686148-6449-6E6F-744E-656564454649", "BIOS boot"},
    GptType{"0FC63DAF-8483-4772-8E79-3D69D8477DE4", "Linux file system"},
    GptType{"0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", "Linux swap"},
    GptType{"E6D6D379-F507-44C2-A23C-238F2A3DF928", "Linux LVM"},
    GptType{"A19D880F-05FC-4D3B-A006-743F0F84911E", "Linux RAID"},
    GptType{"CA7D7CCB-63ED-4C53-861C-1742536059CC", "Linux LUKS"},
    GptType{"BC13C2FF-59E6-4262-A352-B275FD6F7172", "Linux extended boot"},
    GptType{"933AC7E1-2EB4-4F13-B844-0E14E2AEF915", "Linux home"},
    GptType{"3B8F8425-20E0-4F3B-907F-1A25A76F98E8", "Linux server data"},
    GptType{"4D21B016-B534-45C2-A9FB-5C16E091FD2D", "Linux variable data"},
    GptType{"44479540-F297-41B2-9AF7-D131D5F0458A", "Linux root (x86)"},
    GptType{"4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709", "Linux root (x86-64)"},
    GptType{"B921B045-1DF0-41C3-AF44-4C6F280D3FAE", "Linux root (ARM 64)"},
    GptType{"8484680C-9521-48C6-9C11-B0720656F69E", "Linux /usr (x86-64)"},
    GptType{"2C7357ED-EBD2-46D9-AEC1-23D437EC2BF5", "Linux root verity (x86-64)"},
    GptType{"9E1A2D38-C612-4316-AA26-8B49521E5A8B", "PowerPC PReP boot"},
    GptType{"EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "Microsoft basic data"},
    GptType{"E3C9E316-0B5C-4DB8-817D-F92DF00215AE", "Microsoft reserved"},
    GptType{"DE94BBA4-06D1-4D40-A16A-BFD50179D6AC", "Windows recovery environment"},
    GptType{"5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", "Microsoft LDM metadata"},
    GptType{"AF9B60A0-1431-4F62-BC68-3311714A69AD", "Microsoft LDM data"},
    GptType{"E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D", "Microsoft Storage Spaces"},
    GptType{"48465300-0000-11AA-AA11-00306543ECAC", "Apple HFS/HFS+"},
    GptType{"7C3457EF-0000-11AA-AA11-00306543ECAC", "Apple APFS"},
    GptType{"516E7CB4-6ECF-11D6-8FF8-00022D09712B", "FreeBSD data"},
    GptType{"83BD6B9D-7F41-11DC-BE0B-001560B84F0F", "FreeBSD boot"},
    GptType{"516E7CB5-6ECF-11D6-8FF8-00022D09712B", "FreeBSD swap"},
    GptType{"516E7CB6-6ECF-11D6-8FF8-00022D09712B", "FreeBSD UFS"},
    GptType{"516E7CBA-6ECF-11D6-8FF8-00022D09712B", "FreeBSD ZFS"},
    GptType{"6A898CC3-1DD2-11B2-99A6-080020736631", "ZFS or Apple /usr"},
    GptType{"AA31E02A-400F-11DB-9590-000C2911D1B8", "VMware VMFS"},
    GptType{"9D275380-40AD-11DB-BF97-000C2911D1B8", "VMware diagnostics"},
};

constexpr std::array kMbrTypes = {
    MbrType{0x01, "FAT12"},
    MbrType{0x04, "FAT16 (small)"},
    MbrType{0x05, "extended"},
    MbrType{0x06, "FAT16"},
    MbrType{0x07, "NTFS or exFAT"},
    MbrType{0x0B, "FAT32"},
    MbrType{0x0C, "FAT32 (LBA)"},
    MbrType{0x0E, "FAT16 (LBA)"},
    MbrType{0x0F, "extended (LBA)"},
    MbrType{0x11, "hidden FAT12"},
    MbrType{0x16, "hidden FAT16"},
    MbrType{0x17, "hidden NTFS"},
    MbrType{0x1B, "hidden FAT32"},
    MbrType{0x27, "Windows recovery"},
    MbrType{0x41, "PowerPC PReP boot"},
    MbrType{0x42, "Windows dynamic disk"},
    MbrType{0x82, "Linux swap"},
    MbrType{0x83, "Linux"},
    MbrType{0x85, "Linux extended"},
    MbrType{0x8E, "Linux LVM"},
    MbrType{0xA5, "FreeBSD"},
    MbrType{0xA6, "OpenBSD"},
    MbrType{0xA9, "NetBSD"},
    MbrType{0xAF, "HFS/HFS+"},
    MbrType{0xBF, "Solaris"},
    MbrType{0xEE, "GPT protective"},
    MbrType{0xEF, "EFI system"},
    MbrType{0xFB, "VMware VMFS"},
    MbrType{0xFC, "VMware swap"},
    MbrType{0xFD, "Linux RAID"},
};

}  // namespace

std::string gpt_type_name(std::string_view guid) {
    const auto found = std::find_if(kGptTypes.begin(), kGptTypes.end(),
                                    [&](const GptType& type) { return type.guid == guid; });
    return std::string(found == kGptTypes.end() ? guid : found->name);
}

std::string mbr_type_name(unsigned id) {
    const auto found = std::find_if(kMbrTypes.begin(), kMbrTypes.end(),
                                    [&](const MbrType& type) { return type.id == id; });
    return found == kMbrTypes.end() ? fmt::format("{:#04x}", id) : std::string(found->name);
}

}  // namespace kiln::formats
