#include "formats/vmdk/vmdk_descriptor.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "formats/bytes.h"

namespace kiln::formats {

namespace {

struct Geometry {
    std::uint64_t cylinders;
    unsigned heads;
    unsigned sectors;
};

constexpr std::size_t kMaxLines = 4096;

std::string_view trim(std::string_view text);
std::string unquote(std::string_view text);
std::uint32_t hexadecimal(std::string_view text);
Geometry geometry(std::uint64_t sectors, std::string_view adapter_type);
std::string safe_file_name(std::string_view name);

}  // namespace

VmdkDescriptor VmdkDescriptor::parse(std::string_view text) {
    VmdkDescriptor descriptor;
    descriptor.create_type.clear();
    text = text.substr(0, text.find('\0'));
    for (std::size_t count = 0; !text.empty(); ++count) {
        if (count == kMaxLines) throw Error("the VMDK descriptor has too many lines");
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;
        if (line.starts_with("RW ") || line.starts_with("RDONLY ") ||
            line.starts_with("NOACCESS ")) {
            descriptor.extents.emplace_back(line);
            continue;
        }
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view key = trim(line.substr(0, equals));
        const std::string value = unquote(trim(line.substr(equals + 1)));
        if (key == "createType") descriptor.create_type = value;
        if (key == "CID") descriptor.cid = hexadecimal(value);
        if (key == "parentCID") descriptor.parent_cid = hexadecimal(value);
        if (key == "parentFileNameHint") descriptor.parent_hint = value;
        if (key.starts_with("ddb.")) descriptor.data_base.emplace(key, value);
    }
    return descriptor;
}

std::string stream_optimized_descriptor(std::uint64_t sectors, std::string_view file_name,
                                        std::string_view adapter_type, unsigned hardware_version) {
    // Not random, so that the same disk gives the same file; not from the content, which is not
    // known yet when the descriptor is written.
    const std::string digest =
        digest_hex(DigestType::Sha256, fmt::format("kiln streamOptimized {}", sectors));
    // The first digit is limited: fffffffe and ffffffff have a meaning of their own.
    const std::string cid = fmt::format("7{}", digest.substr(0, 7));
    const Geometry chs = geometry(sectors, adapter_type);
    std::string text = fmt::format(
        "# Disk DescriptorFile\n"
        "version=1\n"
        "CID={}\n"
        "parentCID=ffffffff\n"
        "createType=\"streamOptimized\"\n"
        "\n"
        "# Extent description\n"
        "RW {} SPARSE \"{}\"\n"
        "\n"
        "# The Disk Data Base\n"
        "#DDB\n"
        "\n",
        cid, sectors, safe_file_name(file_name));
    text += fmt::format(
        "ddb.adapterType = \"{}\"\n"
        "ddb.geometry.cylinders = \"{}\"\n"
        "ddb.geometry.heads = \"{}\"\n"
        "ddb.geometry.sectors = \"{}\"\n"
        "ddb.longContentID = \"{}{}\"\n"
        "ddb.toolsVersion = \"2147483647\"\n"  // tools that the guest's distribution maintains
        "ddb.virtualHWVersion = \"{}\"\n",
        adapter_type, chs.cylinders, chs.heads, chs.sectors, digest.substr(8, 24), cid,
        hardware_version);
    return text;
}

namespace {

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r";
    const std::size_t start = text.find_first_not_of(kSpace);
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

std::string unquote(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        text = text.substr(1, text.size() - 2);
    }
    return std::string(text);
}

std::uint32_t hexadecimal(std::string_view text) {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

Geometry geometry(std::uint64_t sectors, std::string_view adapter_type) {
    if (adapter_type == "ide") {
        return {std::min<std::uint64_t>(divide_up(sectors, 16 * 63), 16383), 16, 63};
    }
    return {std::min<std::uint64_t>(divide_up(sectors, 255 * 63), 65535), 255, 63};
}

// The name is for people; the extent is the file that the descriptor stands in.
std::string safe_file_name(std::string_view name) {
    const bool plain = !name.empty() && name.size() <= 255 &&
                       std::all_of(name.begin(), name.end(), [](unsigned char c) {
                           return c >= 0x20 && c != 0x7f && c != '"' && c != '/' && c != '\\';
                       });
    return plain && name != "-" ? std::string(name) : "disk.vmdk";
}

}  // namespace
}  // namespace kiln::formats
