#include "formats/packed/box_format.h"

#include <array>

#include "formats/core/container_source.h"
#include "formats/engine/converter.h"
#include "formats/packed/box_archive.h"
#include "formats/qcow2/qcow2_format.h"
#include "formats/raw/raw_format.h"
#include "formats/vhd/vhd_format.h"
#include "formats/vhdx/vhdx_format.h"
#include "formats/vmdk/vmdk_format.h"

namespace kiln::formats {

namespace {

const Format& format_of(const BoxDisk& disk, const InputFile& box);
OpenOptions inner_options(const Format& format, const OpenOptions& options);

std::unique_ptr<Source> open(InputFile file, const OpenOptions& options) {
    BoxDisk disk = find_box_disk(file, options);
    const Format& format = format_of(disk, file);
    auto source = format.open(std::move(disk.file), inner_options(format, options));
    return make_container_source(std::move(source), "box",
                                 {{"member", disk.name},
                                  {"member format", disk.format},
                                  {"provider", disk.provider.empty() ? "-" : disk.provider}});
}

void check(const InputFile& file, CheckReport& report, const OpenOptions& options,
           const ConvertOptions& work) {
    OpenOptions own = options;
    own.cancel = work.cancel;
    const BoxDisk disk = find_box_disk(file, own);
    const Format& format = format_of(disk, file);
    format.check(disk.file, report, inner_options(format, own), work);
}

const Format& format_of(const BoxDisk& disk, const InputFile& box) {
    if (disk.split) {
        throw Error(
            fmt::format("the disk {} in {} is cut into several files", disk.name, box.name()))
            .with_hint("Unpack the box with tar and give the disk with --allow-backing.");
    }
    for (const Format* format :
         {&kQcow2Format, &kVmdkFormat, &kVhdFormat, &kVhdxFormat, &kRawFormat}) {
        if (format->name == disk.format) return *format;
    }
    throw Error(fmt::format("{} in {} is of the format {}", disk.name, box.name(), disk.format))
        .because("disks of that format are not read out of a box")
        .with_hint("Unpack the box with tar and give the disk itself.");
}

// What the disk names lies nowhere: there is no directory around it.
OpenOptions inner_options(const Format& format, const OpenOptions& options) {
    OpenOptions inner = options;
    inner.format = &format;
    inner.disk.clear();
    inner.allow_backing = false;
    return inner;
}

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"box"sv};

}  // namespace

const Format kBoxFormat = {
    .name = "box",
    .title = "Vagrant box",
    .extensions = kExtensions,
    .options = "",
    .recognizes = is_box,
    .open = open,
    .check = check,
    .make_sink = nullptr,
};

}  // namespace kiln::formats
