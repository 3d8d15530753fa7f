#include "formats/packed/packing.h"

#include <algorithm>
#include <array>
#include <limits>

#include "formats/bytes/signature.h"
#include "formats/packed/filter_stream.h"
#include "formats/packed/inflate_stream.h"
#include "formats/packed/xz_index.h"
#include "formats/packed/zip_directory.h"
#include "formats/packed/zstd_stream.h"

namespace kiln::formats {

namespace {

struct Known {
    Packing packing;
    Signature signature;
};

using namespace std::string_view_literals;
constexpr std::array kKnown = {
    Known{Packing::Gzip, {0, "\x1f\x8b\x08"sv, "gzip"}},
    Known{Packing::Xz,
          {0,
           "\xfd"
           "7zXZ\0"sv,
           "xz"}},
    Known{Packing::Zstd, {0, "\x28\xb5\x2f\xfd"sv, "zstd"}},
    Known{Packing::Bzip2, {0, "BZh"sv, "bzip2"}},
    Known{Packing::Zip, {0, "PK\x03\x04"sv, "zip"}},
};

}  // namespace

Packing find_packing(const InputFile& file) {
    std::array<std::byte, 8> bytes{};
    const auto head = std::span(bytes).first(std::min<std::uint64_t>(file.size(), bytes.size()));
    file.read(0, head);
    const auto known =
        std::ranges::find_if(kKnown, [&](const Known& one) { return one.signature.matches(head); });
    return known == kKnown.end() ? Packing::None : known->packing;
}

std::string_view packing_name(Packing packing) {
    const auto known = std::ranges::find(kKnown, packing, &Known::packing);
    return known == kKnown.end() ? "" : known->signature.words;
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

void check_decoder_memory(const InputFile& file, Packing packing, const CancelToken& cancel) {
    if (packing == Packing::Xz) xz_plain_size(file, cancel);
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
