#include "formats/file/output_file.h"

#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

namespace kiln::formats {
namespace fs = std::filesystem;

namespace {
constexpr std::size_t kReadBack = std::size_t{256} << 10;  // stays in the cache for the digest
void check_target(const fs::path& path);
}  // namespace

OutputFile::OutputFile(const fs::path& path) : name_(path.string()) {
    if (path == "-") {
        name_ = "standard output";
        return;
    }
    check_target(path);
    file_.emplace(path);
}

void OutputFile::append(std::span<const std::byte> bytes) {
    write_fully(seekable() ? std::optional(position_) : std::nullopt, bytes);
    position_ += bytes.size();
}

void OutputFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
    write_fully(offset, bytes);
}

void OutputFile::set_size(std::uint64_t size) {
    if (ftruncate(file_->fd(), static_cast<off_t>(size)) != 0) fail(errno);
}

void OutputFile::allocate(std::uint64_t size) {
    if (size == 0) return;
    if (const int error = posix_fallocate(file_->fd(), 0, static_cast<off_t>(size)); error != 0) {
        fail(error);
    }
}

std::string OutputFile::sha256(const CancelToken& cancel) const {
    OutputResult result;
    digest(result, {}, cancel);
    return result.sha256;
}

void OutputFile::digest(OutputResult& result, std::span<const DigestType> further,
                        const CancelToken& cancel) const {
    std::vector<Digester> digesters;
    digesters.emplace_back(DigestType::Sha256);
    for (const DigestType type : further) digesters.emplace_back(type);
    std::vector<std::byte> block(kReadBack);
    std::uint64_t offset = 0;
    while (true) {
        cancel.throw_if_cancelled();
        const ssize_t count =
            pread(file_->fd(), block.data(), block.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw system_error(fmt::format("cannot read {} back", name_), errno);
        if (count == 0) break;
        const auto bytes = std::span(block).first(static_cast<std::size_t>(count));
        for (Digester& digester : digesters) digester.update(bytes);
        offset += bytes.size();
    }
    result.sha256 = digesters.front().finish_hex();
    for (std::size_t i = 0; i < further.size(); ++i) {
        result.digests.push_back({further[i], digesters[i + 1].finish_hex()});
    }
}

std::uint64_t OutputFile::size() const {
    struct stat status {};
    if (!seekable()) return position_;
    if (fstat(file_->fd(), &status) != 0) fail(errno);
    return static_cast<std::uint64_t>(status.st_size);
}

void OutputFile::sync() {
    if (file_) file_->sync();
}

void OutputFile::commit(Sync sync) {
    if (file_) file_->commit(sync);
}

void OutputFile::write_fully(std::optional<std::uint64_t> offset,
                             std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            offset ? pwrite(file_->fd(), bytes.data(), bytes.size(), static_cast<off_t>(*offset))
                   : write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(errno);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        if (offset) *offset += static_cast<std::uint64_t>(count);
    }
}

void OutputFile::fail(int errno_value) const {
    Error error = system_error(fmt::format("cannot write {}", name_), errno_value);
    if (errno_value == ENOSPC || errno_value == EDQUOT) {
        throw std::move(error).with_hint(
            "The disk is full. Free some space or write to another directory; what was written "
            "has been removed.");
    }
    if (errno_value == EFBIG) {
        throw std::move(error).with_hint(
            "The file system or a limit (ulimit -f) does not allow a file of this size.");
    }
    throw error;
}

std::optional<Sink::Space> space_beside(const fs::path& path, std::uint64_t bytes) {
    if (path == "-") return std::nullopt;
    const fs::path parent = path.parent_path();
    return Sink::Space{parent.empty() ? "." : parent.string(), bytes};
}

namespace {

void check_target(const fs::path& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        throw Error(fmt::format("{} exists and is not a regular file", path.string()))
            .with_hint("Name a file that does not exist yet, or one to replace.");
    }
}

}  // namespace
}  // namespace kiln::formats
