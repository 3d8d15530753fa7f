#include "formats/file/reference.h"

#include <algorithm>

#include "base/error.h"

namespace kiln::formats {
namespace fs = std::filesystem;

namespace {

fs::path path_of(const InputFile& from, std::string_view name, std::string_view what);
void check_directory(const fs::path& path, std::string_view what, const OpenOptions& options);

}  // namespace

InputFile open_reference(const InputFile& from, std::string_view name, std::string_view what,
                         const OpenOptions& options) {
    if (!options.allow_backing) {
        throw Error(fmt::format("{} needs {} {}", from.name(), what, name))
            .because("files that are named inside an image are not opened")
            .with_hint(
                "If you trust the image, allow it with --allow-backing (allow_backing = true).");
    }
    const fs::path path = path_of(from, name, what);
    check_directory(path, what, options);
    return InputFile::open(path);
}

namespace {

fs::path path_of(const InputFile& from, std::string_view name, std::string_view what) {
    // A path with a colon behind its first slash is one.
    const std::size_t colon = name.find(':');
    if (name.empty() || name.find('\0') != std::string_view::npos ||
        (colon != std::string_view::npos && colon < name.find('/'))) {
        throw Error(fmt::format("{} names as {} what is not a path", from.name(), what))
            .because(fmt::format("the name is \"{}\"", name.substr(0, name.find('\0'))))
            .with_hint("Only files on this machine can be read.");
    }
    return from.path().parent_path() / name;
}

void check_directory(const fs::path& path, std::string_view what, const OpenOptions& options) {
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
    throw Error(fmt::format("{} {} is not below an allowed directory", what, path.string()))
        .with_hint("Add its directory to the allowed ones if you trust the image.");
}

}  // namespace
}  // namespace kiln::formats
