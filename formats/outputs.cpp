#include "formats/outputs.h"

#include "base/error.h"
#include "formats/core/output_options.h"

namespace kiln::formats {

std::unique_ptr<Sink> make_sink(const OutputSpec& spec) {
    if (spec.format->make_sink == nullptr) {
        throw Error(
            fmt::format("images of the format {} can be read and not written", spec.format->name))
            .with_hint("kiln image convert --help lists the formats that can be written.");
    }
    OutputOptions options(spec.format->name, spec.options);
    std::unique_ptr<Sink> sink = spec.format->make_sink(spec, options);
    options.finish();
    return sink;
}

}  // namespace kiln::formats
