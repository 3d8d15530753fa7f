#include "formats/probe.h"

#include <array>

#include "base/error.h"

namespace kiln::formats {

namespace {

struct Magic {
    std::size_t position;
    std::string_view bytes;
    std::string_view name;
};

using namespace std::string_view_literals;
constexpr std::array kNotReadable = {
    Magic{0, "# Disk DescriptorFile"sv, "a VMDK descriptor with its data in other files"},
    Magic{0, "COWD"sv, "a VMDK of ESX's old sparse kind"},
    Magic{0, "vhdxfile"sv, "a VHDX"},
    Magic{0, "conectix"sv, "a dynamic VHD"},
    Magic{64, "\x7f\x10\xda\xbe"sv, "a VDI"},
    Magic{0, "LUKS\xba\xbe"sv, "encrypted (LUKS)"},
    Magic{0, "\x1f\x8b"sv, "compressed (gzip)"},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          "compressed (xz)"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "compressed (zstd)"},
    Magic{0, "BZh"sv, "compressed (bzip2)"},
    Magic{0, "PK\x03\x04"sv, "a zip archive"},
    Magic{0, "QED\0"sv, "a QED image"},
};

}  // namespace

const Format& probe_format(const InputFile& file, bool allow_raw) {
    for (const Format* format : all_formats()) {
        if (format->recognizes(file)) return *format;
    }
    std::array<char, 512> head{};
    const std::size_t length = std::min<std::uint64_t>(file.size(), head.size());
    file.read(0, std::as_writable_bytes(std::span(head)).first(length));
    const std::string_view text(head.data(), length);
    for (const Magic& magic : kNotReadable) {
        if (text.size() > magic.position && text.substr(magic.position).starts_with(magic.bytes)) {
            throw Error(fmt::format("{} is {}, which cannot be read", file.name(), magic.name))
                .with_hint("Convert or unpack it first; or give its format if it is raw data.");
        }
    }
    if (allow_raw) return format_named("raw");
    throw Error(fmt::format("the format of {} is not known", file.name()))
        .because("it begins with no image's magic")
        .with_hint("If it is a raw image, say so: --from raw (format = \"raw\").");
}

}  // namespace kiln::formats
