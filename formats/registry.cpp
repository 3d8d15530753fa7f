#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include "base/error.h"
#include "base/suggest.h"
#include "formats/format.h"
#include "formats/ova/ova_format.h"
#include "formats/ova/ovf_format.h"
#include "formats/packed/box_format.h"
#include "formats/packed/gcp_format.h"
#include "formats/packed/packed_formats.h"
#include "formats/qcow2/qcow2_format.h"
#include "formats/raw/raw_format.h"
#include "formats/vdi/vdi_format.h"
#include "formats/vhd/vhd_format.h"
#include "formats/vhdx/vhdx_format.h"
#include "formats/vmdk/vmdk_format.h"

namespace kiln::formats {

namespace {

// A new format is one line here and one in its folder's place in CMakeLists.txt. Raw has no magic
// and stands last.
const std::array kFormats = {&kQcow2Format,  &kVmdkFormat,   &kVhdxFormat,  &kVhdFormat,
                             &kVdiFormat,    &kBoxFormat,    &kOvaFormat,   &kOvfFormat,
                             &kGcpFormat,    &kRawGzFormat,  &kRawXzFormat, &kRawZstFormat,
                             &kRawBz2Format, &kRawZipFormat, &kRawFormat};

// Names that users bring from other tools.
constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kAliases = {{
    {"vpc", "vhd"},
}};

bool ends_with_extension(std::string_view file_name, std::string_view extension);

}  // namespace

std::span<const Format* const> all_formats() {
    return kFormats;
}

const Format* find_format(std::string_view name) {
    for (const auto& [alias, real] : kAliases) {
        if (alias == name) name = real;
    }
    const auto found =
        std::ranges::find(kFormats, name, [](const Format* format) { return format->name; });
    return found == kFormats.end() ? nullptr : *found;
}

const Format& format_named(std::string_view name) {
    if (const Format* format = find_format(name)) return *format;
    std::vector<std::string> names;
    for (const Format* format : kFormats) names.emplace_back(format->name);
    throw Error(fmt::format("the image format {} is not known.{}", name,
                            did_you_mean(std::string(name), names)))
        .with_hint(fmt::format("Formats are {}.", fmt::join(names, ", ")));
}

const Format* format_of_file_name(std::string_view file_name) {
    const Format* best = nullptr;
    std::size_t length = 0;
    for (const Format* format : kFormats) {
        for (const std::string_view extension : format->extensions) {
            if (extension.size() > length && ends_with_extension(file_name, extension)) {
                best = format;
                length = extension.size();
            }
        }
    }
    return best;
}

namespace {

bool ends_with_extension(std::string_view file_name, std::string_view extension) {
    if (file_name.size() < extension.size() + 1) return false;
    const std::string_view end = file_name.substr(file_name.size() - extension.size() - 1);
    const auto lower = [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
    return end.front() == '.' && std::ranges::equal(end.substr(1), extension, [&](char a, char b) {
               return lower(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
           });
}

}  // namespace
}  // namespace kiln::formats
