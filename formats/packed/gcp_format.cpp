#include "formats/packed/gcp_format.h"

#include <array>

#include "formats/core/output_options.h"
#include "formats/engine/read_all.h"
#include "formats/outputs.h"
#include "formats/packed/gcp_sink.h"
#include "formats/packed/gcp_source.h"

namespace kiln::formats {

namespace {

void check(const InputFile& file, CheckReport& report, const OpenOptions& options,
           const ConvertOptions& work) {
    const auto source = open_gcp(file, options);
    constexpr std::uint64_t kGib = std::uint64_t{1} << 30;
    if (source->virtual_size() % kGib != 0) {
        report.notes.emplace_back(
            "The disk's size is no multiple of 1 GiB: Google Compute Engine will refuse it.");
    }
    read_all(*source, work, report);
}

std::unique_ptr<Sink> sink(const OutputSpec& spec, OutputOptions& options) {
    GcpOptions gcp;
    gcp.speed = spec.speed;
    gcp.sha256 = spec.sha256;
    gcp.digests = spec.digests;
    gcp.round_to_gib = options.choice<bool>("round", true, {{"1G", true}, {"off", false}});
    // A pipe gets its data as they come, without a temporary file, unless it is asked for.
    gcp.sparse = options.flag("sparse", spec.path != "-");
    return make_gcp_sink(spec.path, gcp);
}

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"tar.gz"sv};

}  // namespace

const Format kGcpFormat = {
    .name = "gcp",
    .title = "Google Compute Engine archive",
    .extensions = kExtensions,
    .options = "round=1G|off\nsparse=on|off",
    .recognizes = is_gcp_archive,
    .open = open_gcp,
    .check = check,
    .make_sink = sink,
};

}  // namespace kiln::formats
