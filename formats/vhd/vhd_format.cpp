#include "formats/vhd/vhd_format.h"

#include <array>

#include "formats/core/output_options.h"
#include "formats/engine/converter.h"
#include "formats/outputs.h"
#include "formats/vhd/vhd_check.h"
#include "formats/vhd/vhd_header.h"
#include "formats/vhd/vhd_sink.h"
#include "formats/vhd/vhd_source.h"

namespace kiln::formats {

namespace {

void check(const InputFile& file, CheckReport& report, const OpenOptions& options,
           const ConvertOptions& work) {
    check_vhd(file, report, options, work.cancel);
}

std::unique_ptr<Sink> vhd_sink(const OutputSpec& spec, OutputOptions& options) {
    using Subformat = VhdSinkOptions::Subformat;
    VhdSinkOptions vhd;
    vhd.subformat =
        options.choice<Subformat>("subformat", Subformat::Dynamic,
                                  {{"dynamic", Subformat::Dynamic}, {"fixed", Subformat::Fixed}});
    vhd.align = options.size("align", vhd::kSector);
    vhd.force_size = options.flag("force_size", true);
    vhd.sha256 = spec.sha256;
    vhd.digests = spec.digests;
    return make_vhd_sink(spec.path, vhd);
}

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"vhd"sv, "vpc"sv};

}  // namespace

const Format kVhdFormat = {
    .name = "vhd",
    .title = "Virtual PC, Hyper-V, Azure",
    .extensions = kExtensions,
    .options =
        "subformat=dynamic|fixed\n"
        "align=SIZE\n"
        "force_size=on|off",
    .recognizes = vhd::has_cookie,
    .open = open_vhd,
    .check = check,
    .make_sink = vhd_sink,
};

}  // namespace kiln::formats
