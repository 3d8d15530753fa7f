#include "formats/vmdk/extent_files.h"

#include <algorithm>

#include "base/error.h"
#include "base/size.h"
#include "formats/bytes/bytes.h"
#include "formats/file/reference.h"
#include "formats/raw/raw_source.h"
#include "formats/vmdk/hosted_sparse.h"
#include "formats/vmdk/se_sparse.h"
#include "formats/vmdk/vmfs_sparse.h"

namespace kiln::formats {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxOpen = 8;
constexpr std::string_view kWord = "the extent file";

InputFile open_file_of(const InputFile& descriptor, const VmdkExtentLine& line,
                       OpenOptions options);
std::unique_ptr<Source> open_flat(const InputFile& file, const VmdkExtentLine& line);
std::unique_ptr<Source> open_sparse(InputFile file, VmdkExtentLine::Type type);

}  // namespace

std::unique_ptr<Source> open_extent(const InputFile& descriptor, const VmdkExtentLine& line,
                                    const OpenOptions& options) {
    InputFile file = open_file_of(descriptor, line, options);
    if (line.flat()) return open_flat(file, line);
    const std::string name = file.name();
    std::unique_ptr<Source> source = open_sparse(std::move(file), line.type);
    if (source->virtual_size() < line.sectors * kVmdkSector) {
        throw Error(fmt::format("{} is smaller than {} says", name, descriptor.name()))
            .because(fmt::format("it holds {} sectors of {}", source->virtual_size() / kVmdkSector,
                                 line.sectors));
    }
    return source;
}

ExtentFiles::ExtentFiles(InputFile descriptor, std::vector<VmdkExtentLine> lines,
                         const OpenOptions& options)
    : descriptor_(std::move(descriptor)), lines_(std::move(lines)), options_(options) {}

std::shared_ptr<const Source> ExtentFiles::get(std::size_t number) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::ranges::find(open_, number, [](const auto& item) { return item.first; });
    if (found != open_.end()) {
        open_.splice(open_.begin(), open_, found);
        return found->second;
    }
    open_.emplace_front(number, open_extent(descriptor_, lines_[number], options_));
    if (open_.size() > kMaxOpen) open_.pop_back();
    return open_.front().second;
}

namespace {

InputFile open_file_of(const InputFile& descriptor, const VmdkExtentLine& line,
                       OpenOptions options) {
    const std::string& name = line.file_name;
    const fs::path own = descriptor.path();
    if (line.access == VmdkExtentLine::Access::None) {
        throw Error(fmt::format("{} has an extent that must not be read", descriptor.name()))
            .because(fmt::format("the access mode of {} is NOACCESS", name));
    }
    if (options.backing_directories.empty() && options.allow_backing) {
        if (name.find('/') != std::string::npos || name == "." || name == "..") {
            throw Error(
                fmt::format("{} has an extent that does not lie beside it", descriptor.name()))
                .because(fmt::format("it names {}", name))
                .with_hint("If you trust the image, allow that directory with --backing-dir.");
        }
        options.backing_directories = {own.has_parent_path() ? own.parent_path() : fs::path(".")};
    }
    InputFile file = open_reference(descriptor, name, kWord, options);
    std::error_code ignored;
    if (fs::equivalent(file.path(), own, ignored)) {
        throw Error(fmt::format("{} names itself as one of its extents", descriptor.name()));
    }
    return file;
}

std::unique_ptr<Source> open_flat(const InputFile& file, const VmdkExtentLine& line) {
    const std::uint64_t start = line.offset * kVmdkSector;
    const std::uint64_t length = line.sectors * kVmdkSector;
    if (!fits(start, length, file.size())) {
        throw Error(fmt::format("{} is too short", file.name()))
            .because(fmt::format("its extent ends at byte {} and the file at {}", start + length,
                                 file.size()));
    }
    if (start == 0 && length == file.size()) return make_raw_source(file);
    return make_raw_source(file.window(start, length, "the extent"));
}

std::unique_ptr<Source> open_sparse(InputFile file, VmdkExtentLine::Type type) {
    switch (type) {
        case VmdkExtentLine::Type::VmfsSparse:
            return std::make_unique<VmfsSparse>(std::move(file));
        case VmdkExtentLine::Type::SeSparse:
            return std::make_unique<SeSparse>(std::move(file));
        default:
            return std::make_unique<HostedSparse>(std::move(file));
    }
}

}  // namespace
}  // namespace kiln::formats
