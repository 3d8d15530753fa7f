#include "formats/packed/content_kind.h"

#include <array>

#include "formats/tar_header.h"

namespace kiln::formats {

namespace {

struct Magic {
    std::size_t position;
    std::string_view bytes;
    std::string_view kind;
};

using namespace std::string_view_literals;
constexpr std::array kMagics = {
    Magic{0, "QFI\xfb"sv, "a qcow2 image"},
    Magic{0, "QED\0"sv, "a QED image"},
    Magic{0, "KDMV"sv, "a VMDK"},
    Magic{0, "COWD"sv, "a VMDK"},
    Magic{0, "# Disk DescriptorFile"sv, "a VMDK's descriptor"},
    Magic{0, "vhdxfile"sv, "a VHDX"},
    Magic{0, "conectix"sv, "a VHD"},
    Magic{64, "\x7f\x10\xda\xbe"sv, "a VDI"},
    Magic{0, "LUKS\xba\xbe"sv, "an encrypted volume (LUKS)"},
    Magic{0, "\x1f\x8b\x08"sv, "gzip data once more"},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          "xz data"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "zstd data"},
    Magic{0, "BZh"sv, "bzip2 data"},
    Magic{0, "PK\x03\x04"sv, "a zip archive"},
};

}  // namespace

std::string_view content_kind(std::span<const std::byte> head) {
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    for (const Magic& magic : kMagics) {
        if (text.size() > magic.position && text.substr(magic.position).starts_with(magic.bytes)) {
            return magic.kind;
        }
    }
    if (head.size() >= kTarBlock && TarHeader::decode(head.first(kTarBlock))) {
        return "a tar archive, and not one with only a disk.raw in it";
    }
    return {};
}

}  // namespace kiln::formats
