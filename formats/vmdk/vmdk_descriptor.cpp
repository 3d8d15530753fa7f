#include "formats/vmdk/vmdk_descriptor.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

struct Geometry {
    std::uint64_t cylinders;
    unsigned heads;
    unsigned sectors;
};

constexpr std::size_t kMaxLines = 8192;
constexpr std::size_t kMaxLine = 4096;

std::string_view trim(std::string_view text);
std::string unquote(std::string_view text);
std::uint32_t hexadecimal(std::string_view text);
std::string_view take_word(std::string_view& line);
std::uint64_t take_number(std::string_view& line);
std::string take_quoted(std::string_view& line);
VmdkExtentLine::Access access_named(std::string_view word);
VmdkExtentLine::Type type_named(std::string_view word);
Geometry geometry(std::uint64_t sectors, std::string_view adapter_type);

}  // namespace

VmdkDescriptor VmdkDescriptor::parse(std::string_view text, std::string_view file) {
    VmdkDescriptor descriptor;
    descriptor.create_type.clear();
    text = text.substr(0, text.find('\0'));
    for (std::size_t count = 0; !text.empty(); ++count) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (count == kMaxLines || end > kMaxLine) {
            throw Error(fmt::format("the descriptor of {} has too many or too long lines", file));
        }
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
        if (key == "CID") {
            descriptor.cid = hexadecimal(value);
            descriptor.has_cid = true;
        }
        if (key == "parentCID") descriptor.parent_cid = hexadecimal(value);
        if (key == "parentFileNameHint") descriptor.parent_hint = value;
        if (key.starts_with("ddb.")) descriptor.data_base.emplace(key, value);
    }
    return descriptor;
}

std::vector<VmdkExtentLine> VmdkDescriptor::extent_lines() const {
    if (extents.size() > kMaxExtents) {
        throw Error(fmt::format("{} extents", extents.size()))
            .because(fmt::format("at most {} are read", kMaxExtents));
    }
    std::vector<VmdkExtentLine> lines;
    std::uint64_t sectors = 0;
    for (std::size_t i = 0; i < extents.size(); ++i) {
        try {
            lines.push_back(VmdkExtentLine::parse(extents[i]));
        } catch (const Error& error) {
            throw Error(fmt::format("extent {} cannot be understood", i + 1)).because(error);
        }
        if (lines.back().sectors > kMaxSectors - sectors) {
            throw Error(fmt::format("extent {} makes the disk larger than any can be", i + 1));
        }
        sectors += lines.back().sectors;
    }
    return lines;
}

VmdkExtentLine VmdkExtentLine::parse(std::string_view line) {
    VmdkExtentLine extent;
    extent.access = access_named(take_word(line));
    extent.sectors = take_number(line);
    extent.type = type_named(take_word(line));
    line = trim(line);
    if (extent.type == Type::Zero) return extent;
    extent.file_name = take_quoted(line);
    line = trim(line);
    if (extent.flat() && !line.empty()) extent.offset = take_number(line);
    if (extent.offset > VmdkDescriptor::kMaxSectors) throw Error("its offset is too large");
    return extent;
}

std::string NewVmdkDescriptor::to_text() const {
    const std::string digest =
        digest_hex(DigestType::Sha256, fmt::format("kiln {} {}", create_type, sectors));
    // The first digit is limited: fffffffe and ffffffff have a meaning of their own.
    const std::string cid = fmt::format("7{}", digest.substr(0, 7));
    const Geometry chs = geometry(sectors, adapter_type);
    std::string text = fmt::format(
        "# Disk DescriptorFile\n"
        "version=1\n"
        "CID={}\n"
        "parentCID=ffffffff\n"
        "createType=\"{}\"\n"
        "\n"
        "# Extent description\n"
        "{}\n"
        "\n"
        "# The Disk Data Base\n"
        "#DDB\n"
        "\n",
        cid, create_type, extent_line);
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

std::string embedded_descriptor(std::string_view create_type, std::uint64_t sectors,
                                std::string_view file_name, std::string_view adapter_type,
                                unsigned hardware_version) {
    // The extent is the file that the descriptor stands in, whatever it is called.
    const std::string_view name = fits_in_extent_line(file_name) ? file_name : "disk.vmdk";
    return NewVmdkDescriptor{std::string(create_type), sectors,
                             fmt::format("RW {} SPARSE \"{}\"", sectors, name),
                             std::string(adapter_type), hardware_version}
        .to_text();
}

std::string stream_optimized_descriptor(std::uint64_t sectors, std::string_view file_name,
                                        std::string_view adapter_type, unsigned hardware_version) {
    return embedded_descriptor("streamOptimized", sectors, file_name, adapter_type,
                               hardware_version);
}

bool fits_in_extent_line(std::string_view name) {
    return !name.empty() && name != "-" && name.size() <= 255 &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return c >= 0x20 && c != 0x7f && c != '"' && c != '/' && c != '\\';
           });
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

std::string_view take_word(std::string_view& line) {
    line = trim(line);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

std::uint64_t take_number(std::string_view& line) {
    const std::string_view word = take_word(line);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size()) {
        throw Error("a number of sectors is expected");
    }
    return value;
}

std::string take_quoted(std::string_view& line) {
    const std::size_t end = line.starts_with('"') ? line.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) throw Error("a file name in quotes is expected");
    const std::string_view name = line.substr(1, end - 1);
    // Such names would also garble messages.
    const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (std::any_of(name.begin(), name.end(), control)) {
        throw Error("its file name has control characters");
    }
    line.remove_prefix(end + 1);
    return std::string(name);
}

VmdkExtentLine::Access access_named(std::string_view word) {
    using Access = VmdkExtentLine::Access;
    if (word == "RW") return Access::ReadWrite;
    if (word == "RDONLY") return Access::ReadOnly;
    if (word == "NOACCESS") return Access::None;
    throw Error("an access mode (RW, RDONLY, NOACCESS) is expected");
}

VmdkExtentLine::Type type_named(std::string_view word) {
    using Type = VmdkExtentLine::Type;
    constexpr std::array<std::pair<std::string_view, Type>, 6> kTypes = {{
        {"FLAT", Type::Flat},
        {"VMFS", Type::Vmfs},
        {"SPARSE", Type::Sparse},
        {"VMFSSPARSE", Type::VmfsSparse},
        {"SESPARSE", Type::SeSparse},
        {"ZERO", Type::Zero},
    }};
    for (const auto& [name, type] : kTypes) {
        if (name == word) return type;
    }
    if (word == "VMFSRDM" || word == "VMFSRAW") {
        throw Error("it stands for a device of the host that wrote it");
    }
    throw Error("its type is none of FLAT, VMFS, SPARSE, VMFSSPARSE, SESPARSE, ZERO");
}

Geometry geometry(std::uint64_t sectors, std::string_view adapter_type) {
    if (adapter_type == "ide") {
        return {std::min<std::uint64_t>(divide_up(sectors, 16 * 63), 16383), 16, 63};
    }
    return {std::min<std::uint64_t>(divide_up(sectors, 255 * 63), 65535), 255, 63};
}

}  // namespace
}  // namespace kiln::formats
