// Opening a qcow2 with the images below it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/outputs.h"
#include "formats/qcow2/qcow2_source.h"
#include "formats/raw/raw_source.h"

namespace kiln::formats {
namespace fs = std::filesystem;

namespace {

// A chain that is longer is a loop or an attack; qemu-img would take it, people do not make it.
constexpr unsigned kMaxDepth = 32;

std::unique_ptr<Source> open_chain(InputFile file, const OpenOptions& options, unsigned depth);
std::unique_ptr<Source> open_backing(const InputFile& file, const Qcow2Header& header,
                                     const OpenOptions& options, unsigned depth);
fs::path backing_path(const InputFile& file, const Qcow2Header& header);
void check_directory(const fs::path& path, const OpenOptions& options);

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
    if (!options.allow_backing) {
        throw Error(fmt::format("{} needs the backing file {}", file.name(), header.backing_name))
            .because("files that are named inside an image are not opened")
            .with_hint(
                "If you trust the image, allow it with --allow-backing (allow_backing = true).");
    }
    if (depth == kMaxDepth) {
        throw Error(
            fmt::format("{} is in a chain of more than {} backing files", file.name(), kMaxDepth))
            .with_hint("Perhaps a backing file names itself.");
    }
    // A guest could have written a header of its own choice into a raw backing file; so no probing.
    if (header.backing_format != "raw" && header.backing_format != "qcow2") {
        throw Error(
            fmt::format("{} does not say that its backing file is raw or qcow2", file.name()))
            .because(header.backing_format.empty()
                         ? "the format is missing"
                         : fmt::format("it says {}", header.backing_format))
            .with_hint("Add the format with: qemu-img rebase -u -b BACKING -F FORMAT IMAGE");
    }
    const fs::path path = backing_path(file, header);
    check_directory(path, options);
    InputFile below = InputFile::open(path);
    if (header.backing_format == "raw") return make_raw_source(std::move(below));
    return open_chain(std::move(below), options, depth + 1);
}

fs::path backing_path(const InputFile& file, const Qcow2Header& header) {
    const std::string& name = header.backing_name;
    // "json:", "nbd://", "fd:": words of QEMU's that are no files. A path with a colon behind its
    // first slash is one.
    const std::size_t colon = name.find(':');
    if (name.find('\0') != std::string::npos ||
        (colon != std::string::npos && colon < name.find('/'))) {
        throw Error(fmt::format("{} names a backing file that is not a path", file.name()))
            .because(fmt::format("the name is {}", name.substr(0, name.find('\0'))))
            .with_hint("Only backing files on this machine can be read.");
    }
    return file.path().parent_path() / name;
}

void check_directory(const fs::path& path, const OpenOptions& options) {
    if (options.backing_directories.empty()) return;
    std::error_code error;
    const fs::path real = fs::canonical(path, error);
    for (const fs::path& directory : options.backing_directories) {
        std::error_code ignored;
        const fs::path root = fs::canonical(directory, ignored);
        if (error || root.empty()) continue;
        const auto [end, rest] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
        if (end == root.end() && rest != real.end()) return;
    }
    throw Error(fmt::format("the backing file {} is not below an allowed directory", path.string()))
        .with_hint("Add its directory to the allowed ones if you trust the image.");
}

}  // namespace
}  // namespace kiln::formats
