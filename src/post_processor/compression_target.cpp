#include "post_processor/compression_target.h"

#include <array>
#include <vector>

namespace kiln {
namespace {

struct Known {
    std::string_view extension;
    std::string_view name;
    Compression compression;
};

constexpr std::array<Known, 5> known_compressions = {{
    {"gz", "pgzip", Compression::Gzip},
    {"lz4", "lz4", Compression::Lz4},
    {"bgzf", "bgzf", Compression::Bgzf},
    {"xz", "xz", Compression::Xz},
    {"bzip2", "bzip2", Compression::Bzip2},
}};

std::vector<std::string> extensions_of(std::string_view name);

}  // namespace

CompressionTarget detect_compression(std::string_view name, std::string_view format) {
    std::string text(name);
    if (!format.empty()) (text += '.') += format;
    const std::vector<std::string> extensions = extensions_of(text);
    if (extensions.empty()) return {};
    const std::string& last = extensions.back();
    if (last == "zip") return {Archive::Zip, Compression::None, {}};
    if (last == "tar") return {Archive::Tar, Compression::None, {}};
    for (const auto& known : known_compressions) {
        if (known.extension != last) continue;
        const bool tar = extensions.size() > 1 && extensions[extensions.size() - 2] == "tar";
        return {tar ? Archive::Tar : Archive::None, known.compression, {}};
    }
    return {Archive::Tar, Compression::Gzip, last};
}

std::string_view compression_name(Compression compression) {
    for (const auto& known : known_compressions) {
        if (known.compression == compression) return known.name;
    }
    return "no compression";
}

namespace {

std::vector<std::string> extensions_of(std::string_view name) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::vector<std::string> extensions;
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos;
         dot = name.find('.', dot + 1)) {
        const std::size_t end = std::min(name.find_first_not_of(allowed, dot + 1), name.size());
        if (end > dot + 1) extensions.emplace_back(name.substr(dot + 1, end - dot - 1));
    }
    return extensions;
}

}  // namespace
}  // namespace kiln
