#include "formats/packed/content_kind.h"

#include <array>

#include "formats/bytes/signature.h"
#include "formats/bytes/tar_header.h"

namespace kiln::formats {

namespace {

using namespace std::string_view_literals;
constexpr std::array kSignatures = {
    Signature{0, "QFI\xfb"sv, "a qcow2 image"},
    Signature{0, "KDMV"sv, "a VMDK"},
    Signature{0, "COWD"sv, "a VMDK"},
    Signature{0, "# Disk DescriptorFile"sv, "a VMDK's descriptor"},
    Signature{0, "vhdxfile"sv, "a VHDX"},
    Signature{0, "conectix"sv, "a VHD"},
    Signature{64, "\x7f\x10\xda\xbe"sv, "a VDI"},
    Signature{0, "\x1f\x8b\x08"sv, "gzip data once more"},
    Signature{0,
              "\xfd"
              "7zXZ\0"sv,
              "xz data"},
    Signature{0, "\x28\xb5\x2f\xfd"sv, "zstd data"},
    Signature{0, "BZh"sv, "bzip2 data"},
    Signature{0, "PK\x03\x04"sv, "a zip archive"},
};

}  // namespace

std::string_view content_kind(std::span<const std::byte> head) {
    for (const std::string_view kind : {find_signature(kSignatures, head), unreadable_kind(head)}) {
        if (!kind.empty()) return kind;
    }
    if (head.size() >= kTarBlock && TarHeader::decode(head.first(kTarBlock))) {
        return "a tar archive, and not one with only a disk.raw in it";
    }
    return {};
}

}  // namespace kiln::formats
