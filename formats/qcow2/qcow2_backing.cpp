// Opening a qcow2 with the images below it.
#include "base/error.h"
#include "formats/file/reference.h"
#include "formats/qcow2/qcow2_source.h"
#include "formats/raw/raw_source.h"

namespace kiln::formats {

namespace {

std::unique_ptr<Source> open_chain(InputFile file, const OpenOptions& options, unsigned depth);
std::unique_ptr<Source> open_backing(const InputFile& file, const Qcow2Header& header,
                                     const OpenOptions& options, unsigned depth);

}  // namespace

std::unique_ptr<Source> open_qcow2(InputFile file, const OpenOptions& options) {
    return open_chain(std::move(file), options, 0);
}

namespace {

std::unique_ptr<Source> open_chain(InputFile file, const OpenOptions& options, unsigned depth) {
    Qcow2Header header = Qcow2Header::decode(file);
    std::unique_ptr<Source> backing;
    if (!header.backing_name.empty() && !options.ignore_backing) {
        backing = open_backing(file, header, options, depth);
    }
    return std::make_unique<Qcow2Source>(std::move(file), std::move(header), std::move(backing));
}

std::unique_ptr<Source> open_backing(const InputFile& file, const Qcow2Header& header,
                                     const OpenOptions& options, unsigned depth) {
    if (depth == kMaxChainDepth) {
        throw Error(fmt::format("{} is in a chain of more than {} backing files", file.name(),
                                kMaxChainDepth))
            .with_hint("Perhaps a backing file names itself.");
    }
    InputFile below = open_reference(file, header.backing_name, "the backing file", options);
    // A guest could have written a header of its own choice into a raw backing file; so no probing.
    if (header.backing_format != "raw" && header.backing_format != "qcow2") {
        throw Error(
            fmt::format("{} does not say that its backing file is raw or qcow2", file.name()))
            .because(header.backing_format.empty()
                         ? "the format is missing"
                         : fmt::format("it says {}", header.backing_format))
            .with_hint("Add the format with: qemu-img rebase -u -b BACKING -F FORMAT IMAGE");
    }
    if (header.backing_format == "raw") return make_raw_source(std::move(below));
    return open_chain(std::move(below), options, depth + 1);
}

}  // namespace
}  // namespace kiln::formats
