#include "formats/vmdk/vmdk_format.h"

#include <array>

#include "base/error.h"
#include "formats/core/output_options.h"
#include "formats/outputs.h"
#include "formats/vmdk/flat_sink.h"
#include "formats/vmdk/monolithic_sparse_sink.h"
#include "formats/vmdk/stream_optimized_sink.h"
#include "formats/vmdk/vmdk_check.h"
#include "formats/vmdk/vmdk_source.h"

namespace kiln::formats {

namespace {

enum class Subformat { StreamOptimized, MonolithicSparse, MonolithicFlat, Vmfs };

bool recognizes(const InputFile& file) {
    return vmdk_kind(file) != VmdkKind::None;
}

void check(const InputFile& file, CheckReport& report, const OpenOptions& options,
           const ConvertOptions& work) {
    check_vmdk(file, report, work, options);
}

std::unique_ptr<Sink> vmdk_sink(const OutputSpec& spec, OutputOptions& options) {
    const auto subformat =
        options.choice<Subformat>("subformat", Subformat::StreamOptimized,
                                  {{"streamOptimized", Subformat::StreamOptimized},
                                   {"monolithicSparse", Subformat::MonolithicSparse},
                                   {"monolithicFlat", Subformat::MonolithicFlat},
                                   {"vmfs", Subformat::Vmfs}});
    VmdkSinkOptions vmdk;
    vmdk.adapter_type = options.choice<std::string>("adapter_type", vmdk.adapter_type,
                                                    {{"ide", "ide"},
                                                     {"lsilogic", "lsilogic"},
                                                     {"buslogic", "buslogic"},
                                                     {"legacyESX", "legacyESX"},
                                                     {"pvscsi", "pvscsi"}});
    vmdk.hardware_version =
        static_cast<unsigned>(std::min<std::uint64_t>(options.number("hwversion", 4), 9999));
    vmdk.sha256 = spec.sha256;
    vmdk.digests = spec.digests;
    const bool zeroed_grain = options.flag("zeroed_grain", false);
    if (zeroed_grain && subformat != Subformat::MonolithicSparse) {
        throw Error("zeroed_grain needs subformat=monolithicSparse");
    }
    switch (subformat) {
        case Subformat::MonolithicSparse:
            return make_monolithic_sparse_sink(spec.path, zeroed_grain, vmdk);
        case Subformat::MonolithicFlat:
            return make_flat_vmdk_sink(spec.path, FlatKind::MonolithicFlat, vmdk);
        case Subformat::Vmfs:
            return make_flat_vmdk_sink(spec.path, FlatKind::Vmfs, vmdk);
        case Subformat::StreamOptimized:
            break;
    }
    return make_stream_optimized_sink(spec.path, {vmdk.adapter_type, vmdk.hardware_version,
                                                  spec.speed, vmdk.sha256, vmdk.digests});
}

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"vmdk"sv};

}  // namespace

const Format kVmdkFormat = {
    .name = "vmdk",
    .title = "VMware virtual disk",
    .extensions = kExtensions,
    .options =
        "subformat=streamOptimized|monolithicSparse|monolithicFlat|vmfs\n"
        "adapter_type=ide|lsilogic|buslogic|legacyESX|pvscsi\n"
        "hwversion=N\n"
        "zeroed_grain=on|off",
    .recognizes = recognizes,
    .open = open_vmdk,
    .check = check,
    .make_sink = vmdk_sink,
};

}  // namespace kiln::formats
