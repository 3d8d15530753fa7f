#include "formats/vdi/vdi_format.h"

#include <array>

#include "base/error.h"
#include "formats/core/output_options.h"
#include "formats/engine/converter.h"
#include "formats/outputs.h"
#include "formats/vdi/vdi_check.h"
#include "formats/vdi/vdi_header.h"
#include "formats/vdi/vdi_sink.h"
#include "formats/vdi/vdi_source.h"

namespace kiln::formats {

namespace {

void check(const InputFile& file, CheckReport& report, const OpenOptions&,
           const ConvertOptions& work) {
    check_vdi(file, report, work.cancel);
}

std::unique_ptr<Sink> vdi_sink(const OutputSpec& spec, OutputOptions& options) {
    using Subformat = VdiSinkOptions::Subformat;
    // qemu-img's word for the same.
    const bool is_static = options.flag("static", false);
    VdiSinkOptions vdi;
    vdi.subformat =
        options.choice<Subformat>("subformat", is_static ? Subformat::Static : Subformat::Dynamic,
                                  {{"dynamic", Subformat::Dynamic}, {"static", Subformat::Static}});
    if (is_static && vdi.subformat != Subformat::Static) {
        throw Error("static=on and subformat=dynamic contradict each other");
    }
    vdi.sha256 = spec.sha256;
    vdi.digests = spec.digests;
    return make_vdi_sink(spec.path, vdi);
}

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"vdi"sv};

}  // namespace

const Format kVdiFormat = {
    .name = "vdi",
    .title = "VirtualBox",
    .extensions = kExtensions,
    .options =
        "subformat=dynamic|static\n"
        "static=on|off",
    .recognizes = vdi::has_signature,
    .open = open_vdi,
    .check = check,
    .make_sink = vdi_sink,
};

}  // namespace kiln::formats
