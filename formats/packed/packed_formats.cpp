#include "formats/packed/packed_formats.h"

#include <array>
#include <vector>

#include "formats/engine/read_all.h"
#include "formats/packed/content_kind.h"
#include "formats/packed/packing.h"
#include "formats/packed/sequential_source.h"

namespace kiln::formats {

namespace {

using namespace std::string_view_literals;

template <Packing packing>
bool recognizes(const InputFile& file) {
    return find_packing(file) == packing;
}

void refuse_other_formats(const InputFile& file, Packing packing) {
    std::vector<std::byte> head(kContentHead);
    head.resize(open_stream(file, packing)->read(head));
    const std::string_view kind = content_kind(head);
    if (kind.empty()) return;
    throw Error(fmt::format("{} is no compressed raw disk", file.name()))
        .because(fmt::format("inside of the {} data is {}", packing_name(packing), kind))
        .with_hint(
            "Unpack it and give what is inside. If it is a raw disk all the same, name the format "
            "(--from raw.gz, raw.xz...).");
}

template <Packing packing>
std::unique_ptr<Source> open(InputFile file, const OpenOptions& options) {
    if (options.format == nullptr) refuse_other_formats(file, packing);
    SourceInfo info;
    info.format = packing == Packing::Gzip    ? "raw.gz"
                  : packing == Packing::Xz    ? "raw.xz"
                  : packing == Packing::Zstd  ? "raw.zst"
                  : packing == Packing::Bzip2 ? "raw.bz2"
                                              : "raw.zip";
    info.compression = packing_name(packing);
    info.virtual_size = find_plain_size(file, packing, options.cancel);
    return std::make_unique<SequentialSource>(open_stream(file, packing), std::move(info),
                                              file.name(), options.cancel);
}

template <Packing packing>
void check(const InputFile& file, CheckReport& report, const OpenOptions& options,
           const ConvertOptions& work) {
    OpenOptions own = options;
    own.cancel = work.cancel;
    read_all(*open<packing>(file, own), work, report);
}

constexpr std::array kGzExtensions = {"raw.gz"sv, "img.gz"sv, "gz"sv};
constexpr std::array kXzExtensions = {"raw.xz"sv, "img.xz"sv, "xz"sv};
constexpr std::array kZstExtensions = {"raw.zst"sv, "img.zst"sv, "zst"sv};
constexpr std::array kBz2Extensions = {"raw.bz2"sv, "img.bz2"sv, "bz2"sv};
constexpr std::array kZipExtensions = {"raw.zip"sv, "img.zip"sv, "zip"sv};

}  // namespace

const Format kRawGzFormat = {
    .name = "raw.gz",
    .title = "raw disk, gzip",
    .extensions = kGzExtensions,
    .options = "",
    .recognizes = recognizes<Packing::Gzip>,
    .open = open<Packing::Gzip>,
    .check = check<Packing::Gzip>,
    .make_sink = nullptr,
};

const Format kRawXzFormat = {
    .name = "raw.xz",
    .title = "raw disk, xz",
    .extensions = kXzExtensions,
    .options = "",
    .recognizes = recognizes<Packing::Xz>,
    .open = open<Packing::Xz>,
    .check = check<Packing::Xz>,
    .make_sink = nullptr,
};

const Format kRawZstFormat = {
    .name = "raw.zst",
    .title = "raw disk, zstd",
    .extensions = kZstExtensions,
    .options = "",
    .recognizes = recognizes<Packing::Zstd>,
    .open = open<Packing::Zstd>,
    .check = check<Packing::Zstd>,
    .make_sink = nullptr,
};

const Format kRawBz2Format = {
    .name = "raw.bz2",
    .title = "raw disk, bzip2",
    .extensions = kBz2Extensions,
    .options = "",
    .recognizes = recognizes<Packing::Bzip2>,
    .open = open<Packing::Bzip2>,
    .check = check<Packing::Bzip2>,
    .make_sink = nullptr,
};

const Format kRawZipFormat = {
    .name = "raw.zip",
    .title = "raw disk in a zip archive",
    .extensions = kZipExtensions,
    .options = "",
    .recognizes = recognizes<Packing::Zip>,
    .open = open<Packing::Zip>,
    .check = check<Packing::Zip>,
    .make_sink = nullptr,
};

}  // namespace kiln::formats
