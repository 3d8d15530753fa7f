#include "formats/raw/raw_format.h"

#include <array>

#include "formats/core/output_options.h"
#include "formats/engine/read_all.h"
#include "formats/outputs.h"
#include "formats/raw/raw_sink.h"
#include "formats/raw/raw_source.h"

namespace kiln::formats {

namespace {

bool recognizes(const InputFile&) {
    return false;
}

std::unique_ptr<Source> open(InputFile file, const OpenOptions&) {
    return make_raw_source(std::move(file));
}

void check(const InputFile& file, CheckReport& report, const OpenOptions&,
           const ConvertOptions& work) {
    read_all(*make_raw_source(file), work, report);
}

std::unique_ptr<Sink> raw_sink(const OutputSpec& spec, OutputOptions& options) {
    RawSinkOptions raw;
    using Preallocation = RawSinkOptions::Preallocation;
    raw.preallocation = options.choice<Preallocation>("preallocation", Preallocation::Off,
                                                      {{"off", Preallocation::Off},
                                                       {"falloc", Preallocation::Falloc},
                                                       {"full", Preallocation::Full}});
    raw.sha256 = spec.sha256;
    raw.digests = spec.digests;
    return make_raw_sink(spec.path, raw);
}

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"raw"sv, "img"sv};

}  // namespace

const Format kRawFormat = {
    .name = "raw",
    .title = "raw disk",
    .extensions = kExtensions,
    .options = "preallocation=off|falloc|full",
    .recognizes = recognizes,
    .open = open,
    .check = check,
    .make_sink = raw_sink,
};

}  // namespace kiln::formats
