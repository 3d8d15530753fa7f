#include "formats/vmdk/vmdk_format.h"

#include <array>

#include "formats/bytes.h"
#include "formats/output_options.h"
#include "formats/outputs.h"
#include "formats/vmdk/stream_optimized_sink.h"
#include "formats/vmdk/vmdk_check.h"
#include "formats/vmdk/vmdk_source.h"

namespace kiln::formats {

namespace {

bool recognizes(const InputFile& file) {
    std::array<std::byte, 4> magic{};
    if (file.size() < magic.size()) return false;
    file.read(0, magic);
    return load_le<std::uint32_t>(magic, 0) == VmdkHeader::kMagic;
}

void check(const InputFile& file, CheckReport& report, const OpenOptions&,
           const ConvertOptions& work) {
    check_vmdk(file, report, work);
}

std::unique_ptr<Sink> vmdk_sink(const OutputSpec& spec, OutputOptions& options) {
    StreamOptimizedOptions vmdk;
    options.choice<bool>("subformat", true, {{"streamOptimized", true}});
    vmdk.adapter_type = options.choice<std::string>("adapter_type", vmdk.adapter_type,
                                                    {{"ide", "ide"},
                                                     {"lsilogic", "lsilogic"},
                                                     {"buslogic", "buslogic"},
                                                     {"legacyESX", "legacyESX"},
                                                     {"pvscsi", "pvscsi"}});
    vmdk.hardware_version =
        static_cast<unsigned>(std::min<std::uint64_t>(options.number("hwversion", 4), 9999));
    vmdk.speed = spec.speed;
    vmdk.sha256 = spec.sha256;
    return make_stream_optimized_sink(spec.path, vmdk);
}

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"vmdk"sv};

}  // namespace

const Format kVmdkFormat = {
    .name = "vmdk",
    .title = "VMware virtual disk",
    .extensions = kExtensions,
    .options =
        "subformat=streamOptimized\n"
        "adapter_type=ide|lsilogic|buslogic|legacyESX|pvscsi\n"
        "hwversion=N",
    .recognizes = recognizes,
    .open = open_vmdk,
    .check = check,
    .make_sink = vmdk_sink,
};

}  // namespace kiln::formats
