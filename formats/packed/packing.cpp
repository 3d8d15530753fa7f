#include "formats/packed/packing.h"

#include <algorithm>
#include <array>
#include <limits>

#include "formats/packed/filter_stream.h"
#include "formats/packed/inflate_stream.h"
#include "formats/packed/xz_index.h"
#include "formats/packed/zip_directory.h"
#include "formats/packed/zstd_stream.h"

namespace kiln::formats {

namespace {

struct Known {
    Packing packing;
    std::string_view name;
    std::string_view magic;
};

using namespace std::string_view_literals;
constexpr std::array kKnown = {
    Known{Packing::Gzip, "gzip", "\x1f\x8b\x08"sv},
    Known{Packing::Xz, "xz",
          "\xfd"
          "7zXZ\0"sv},
    Known{Packing::Zstd, "zstd", "\x28\xb5\x2f\xfd"sv},
    Known{Packing::Bzip2, "bzip2", "BZh"sv},
    Known{Packing::Zip, "zip", "PK\x03\x04"sv},
};

}  // namespace

Packing find_packing(const InputFile& file) {
    std::array<char, 8> head{};
    const std::size_t length = std::min<std::uint64_t>(file.size(), head.size());
    file.read(0, std::as_writable_bytes(std::span(head)).first(length));
    for (const Known& known : kKnown) {
        if (std::string_view(head.data(), length).starts_with(known.magic)) return known.packing;
    }
    return Packing::None;
}

std::string_view packing_name(Packing packing) {
    const auto known = std::ranges::find(kKnown, packing, &Known::packing);
    return known == kKnown.end() ? "" : known->name;
}

std::unique_ptr<ByteStream> open_stream(const InputFile& file, Packing packing) {
    switch (packing) {
        case Packing::None:
            return make_plain_stream(file);
        case Packing::Gzip:
            return make_gzip_stream(file);
        case Packing::Xz:
            return make_filter_stream(file, ArchiveFilter::Xz);
        case Packing::Zstd:
            return make_zstd_stream(file);
        case Packing::Bzip2:
            return make_filter_stream(file, ArchiveFilter::Bzip2);
        case Packing::Zip:
            return open_zip_member(file, find_zip_member(file));
    }
    throw Error("no such packing");
}

std::optional<std::uint64_t> told_plain_size(const InputFile& file, Packing packing,
                                             const CancelToken& cancel) {
    switch (packing) {
        case Packing::None:
            return file.size();
        case Packing::Xz:
            return xz_plain_size(file, cancel);
        case Packing::Zstd:
            return zstd_plain_size(file, cancel);
        case Packing::Zip:
            return find_zip_member(file).plain_size;
        case Packing::Gzip:
        case Packing::Bzip2:
            break;
    }
    return std::nullopt;
}

std::uint64_t find_plain_size(const InputFile& file, Packing packing, const CancelToken& cancel) {
    if (const auto told = told_plain_size(file, packing, cancel)) return *told;
    return open_stream(file, packing)->skip(std::numeric_limits<std::uint64_t>::max(), cancel);
}

}  // namespace kiln::formats
