#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "formats/bytes/zero.h"
#include "formats/format.h"
#include "formats/inspect.h"
#include "formats/packed/packing.h"
#include "formats/source.h"
#include "rule.h"
#include "sparse_image.h"

namespace kiln::fuzz {

// Disks may be of 64 TiB by right; only so much of one is looked at.
constexpr unsigned kMaxExtents = 500;
constexpr std::uint64_t kWholeReadSize = std::uint64_t{16} << 20;

/// Reading takes as long as there is to read, which is no finding. Where a file is compressed, that
/// is what comes out of it: the decoder runs up to here in any case.
inline bool takes_long(const formats::InputFile& file) try {
    constexpr std::uint64_t kMaxFile = std::uint64_t{32} << 20;
    if (file.size() > kMaxFile) return true;
    const formats::Packing packing = formats::find_packing(file);
    return packing != formats::Packing::None &&
           formats::open_stream(file, packing)->skip(kMaxFile, {}) == kMaxFile;
} catch (const Error&) {
    return false;
}

/// Walks a disk as a converter does and holds the source to its contract: extents are whole, in
/// range and without gaps, and what is no data reads as zeros.
inline void walk(const formats::Source& source) {
    using formats::Extent;
    const std::uint64_t size = source.virtual_size();
    std::array<std::byte, 4096> bytes{};
    std::uint64_t offset = 0;
    for (unsigned i = 0; i < kMaxExtents && offset < size; ++i) {
        const Extent extent = source.next_extent(offset, size - offset);
        require(extent.offset == offset, "an extent begins where it was asked for");
        require(extent.length != 0, "an extent is not empty");
        require(extent.length <= size - offset, "an extent ends within the disk");
        if (i < 50) {
            const auto part =
                std::span(bytes).first(std::min<std::uint64_t>(bytes.size(), extent.length));
            source.read(extent.end() - part.size(), part);
            require(extent.kind == Extent::Kind::Data || formats::is_zero(part),
                    "what is no data reads as zeros");
        }
        offset = extent.end();
    }
    if (size != 0 && !source.sequential()) {
        source.read(size - 1, std::span(bytes).first(1));
    }
}

/// An image that names another file is not opened by whoever did not allow that.
inline void refuse_backing(const std::filesystem::path& path, formats::OpenOptions options) {
    options.ignore_backing = false;
    try {
        formats::open_source(path, options);
    } catch (const Error&) {
        return;
    }
    require(false, "a file that is named inside of an image is not followed unasked");
}

/// Everything that can be done with a file that may be an image of `format`. Errors are fine.
inline void exercise(const formats::Format& format, const std::filesystem::path& path) {
    formats::OpenOptions options;
    options.format = &format;
    options.ignore_backing = true;
    for (const formats::Format* other : formats::all_formats()) {
        other->recognizes(formats::InputFile::open(path));
    }
    bool small = false;
    try {
        const auto source = formats::open_source(path, options);
        if (!source->info().backing_name.empty()) refuse_backing(path, options);
        small = source->virtual_size() <= kWholeReadSize;
        walk(*source);
    } catch (const Error& error) {
        require(!std::string_view(error.what()).empty(), "an error has words");
    }
    if (!small) return;
    formats::ConvertOptions work;
    work.threads = 1;
    try {
        formats::check_image(path, options, work);
    } catch (const Error&) {
    }
}

}  // namespace kiln::fuzz
