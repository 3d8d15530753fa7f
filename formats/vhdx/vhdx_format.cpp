#include "formats/vhdx/vhdx_format.h"

#include <array>

#include "formats/core/output_options.h"
#include "formats/engine/converter.h"
#include "formats/outputs.h"
#include "formats/vhdx/vhdx_check.h"
#include "formats/vhdx/vhdx_header.h"
#include "formats/vhdx/vhdx_sink.h"
#include "formats/vhdx/vhdx_source.h"

namespace kiln::formats {

namespace {

void check(const InputFile& file, CheckReport& report, const OpenOptions& options,
           const ConvertOptions& work) {
    check_vhdx(file, report, options, work.cancel);
}

std::unique_ptr<Sink> vhdx_sink(const OutputSpec& spec, OutputOptions& options) {
    using Subformat = VhdxSinkOptions::Subformat;
    VhdxSinkOptions vhdx;
    vhdx.subformat =
        options.choice<Subformat>("subformat", Subformat::Dynamic,
                                  {{"dynamic", Subformat::Dynamic}, {"fixed", Subformat::Fixed}});
    vhdx.block_size = options.size("block_size", 0);
    vhdx.log_size = options.size("log_size", 0);
    vhdx.block_state_zero = options.flag("block_state_zero", true);
    vhdx.sha256 = spec.sha256;
    vhdx.digests = spec.digests;
    return make_vhdx_sink(spec.path, vhdx);
}

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"vhdx"sv};

}  // namespace

const Format kVhdxFormat = {
    .name = "vhdx",
    .title = "Hyper-V virtual disk, version 2",
    .extensions = kExtensions,
    .options =
        "subformat=dynamic|fixed\n"
        "block_size=SIZE\n"
        "log_size=SIZE\n"
        "block_state_zero=on|off",
    .recognizes = vhdx::has_file_identifier,
    .open = open_vhdx,
    .check = check,
    .make_sink = vhdx_sink,
};

}  // namespace kiln::formats
