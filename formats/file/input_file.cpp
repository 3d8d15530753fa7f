#include "formats/file/input_file.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {
std::uint64_t size_of(int fd, const std::filesystem::path& path);
}

InputFile InputFile::open(const std::filesystem::path& path) {
    // O_NONBLOCK: opening a pipe must not wait for its writer. It has no effect on files.
    UniqueFd fd = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    InputFile file;
    file.size_ = size_of(fd.get(), path);
    file.path_ = path;
    file.name_ = path.string();
    file.fd_ = std::make_shared<const UniqueFd>(std::move(fd));
    return file;
}

InputFile InputFile::adopt(UniqueFd fd, std::string name) {
    InputFile file;
    file.size_ = size_of(fd.get(), name);
    file.name_ = std::move(name);
    file.fd_ = std::make_shared<const UniqueFd>(std::move(fd));
    return file;
}

InputFile InputFile::window(std::uint64_t offset, std::uint64_t size,
                            const std::string& name) const {
    if (!fits(offset, size, size_)) {
        throw Error(fmt::format("{}: {} lies beyond the end of the file", name_, name));
    }
    InputFile part = *this;
    part.base_ += offset;
    part.size_ = size;
    part.name_ = fmt::format("{} in {}", name, name_);
    part.is_window_ = true;
    return part;
}

std::uint64_t InputFile::allocated() const {
    struct stat status {};
    if (is_window_ || fstat(fd_->get(), &status) != 0 || !S_ISREG(status.st_mode)) return size_;
    return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

void InputFile::read(std::uint64_t offset, std::span<std::byte> out) const {
    if (!fits(offset, out.size(), size_)) {
        throw Error(fmt::format("{}: {} bytes at offset {} lie beyond the end of the file", name_,
                                out.size(), offset))
            .because(fmt::format("the file has {} bytes", size_));
    }
    while (!out.empty()) {
        const ssize_t count =
            pread(fd_->get(), out.data(), out.size(), static_cast<off_t>(base_ + offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            throw system_error(fmt::format("cannot read {} at offset {}", name_, offset), errno);
        }
        if (count == 0) throw_shrunk();
        out = out.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
}

FileStretch InputFile::stretch(std::uint64_t offset, std::uint64_t length) const {
    const std::uint64_t data = seek(offset, SEEK_DATA);
    if (data > offset) return {offset, data, false};
    const std::uint64_t hole = seek(offset, SEEK_HOLE);
    return {offset, hole > offset ? hole : offset + length, true};
}

std::uint64_t InputFile::seek(std::uint64_t offset, int whence) const {
    if (offset >= size_) return size_;
    const off_t found = lseek(fd_->get(), static_cast<off_t>(base_ + offset), whence);
    if (found < 0) {
        const bool at_end = errno == ENXIO;  // only a hole follows, or the file ends before
        if (!at_end) return whence == SEEK_DATA ? offset : size_;
        check_size();
        return size_;
    }
    return std::min(static_cast<std::uint64_t>(found) - base_, size_);
}

// A hole at the end of a file looks like the end of one that has been cut.
void InputFile::check_size() const {
    struct stat status {};
    if (fstat(fd_->get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    if (static_cast<std::uint64_t>(status.st_size) < base_ + size_) throw_shrunk();
}

void InputFile::throw_shrunk() const {
    throw Error(fmt::format("{} has become shorter while it was read", name_))
        .with_hint("Make sure that nothing writes to the image, then try again.");
}

namespace {

std::uint64_t size_of(int fd, const std::filesystem::path& path) {
    struct stat status {};
    if (fstat(fd, &status) != 0) {
        throw system_error(fmt::format("cannot examine {}", path.string()), errno);
    }
    if (S_ISREG(status.st_mode)) return static_cast<std::uint64_t>(status.st_size);
    std::uint64_t size = 0;
    if (S_ISBLK(status.st_mode) && ioctl(fd, BLKGETSIZE64, &size) == 0) return size;
    throw Error(fmt::format("{} is neither a file nor a block device", path.string()))
        .with_hint("Save the image to a file first.");
}

}  // namespace
}  // namespace kiln::formats
