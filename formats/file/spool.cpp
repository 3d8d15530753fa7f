#include "formats/file/spool.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "formats/bytes/zero.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kSpaceLeft = std::uint64_t{64} << 20;
constexpr std::uint64_t kCheckEvery = std::uint64_t{32} << 20;

UniqueFd make_unnamed_file(const std::filesystem::path& directory);
std::size_t read_some(int fd, std::span<std::byte> out, const CancelToken& cancel,
                      const std::string& name);

}  // namespace

Spool::Spool(std::string name, std::filesystem::path directory)
    : name_(std::move(name)),
      directory_(std::move(directory)),
      fd_(make_unnamed_file(directory_.empty() ? temp_root() : directory_)) {
    check_space();
}

void Spool::append(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        // Up to the next page of the file, so that holes are whole pages.
        const std::size_t page = ZeroMap::kPage - size_ % ZeroMap::kPage;
        const auto part = bytes.first(std::min(page, bytes.size()));
        std::size_t run = part.size();
        if (is_zero(part)) {
            size_ += run;
            bytes = bytes.subspan(run);
            continue;
        }
        while (run < bytes.size()) {
            const auto next =
                bytes.subspan(run).first(std::min(ZeroMap::kPage, bytes.size() - run));
            if (is_zero(next)) break;
            run += next.size();
        }
        write(size_, bytes.first(run));
        size_ += run;
        bytes = bytes.subspan(run);
    }
}

InputFile Spool::finish() {
    if (ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0) {
        throw system_error(fmt::format("cannot keep {} in a temporary file", name_), errno);
    }
    return InputFile::adopt(std::move(fd_), name_);
}

void Spool::write(std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)) fail_full();
        if (count < 0) {
            throw system_error(fmt::format("cannot keep {} in a temporary file", name_), errno);
        }
        offset += static_cast<std::uint64_t>(count);
        written_ += static_cast<std::uint64_t>(count);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    if (written_ - checked_ >= kCheckEvery) check_space();
}

void Spool::check_space() {
    checked_ = written_;
    if (!directory_.empty()) return;
    struct statvfs status {};
    if (fstatvfs(fd_.get(), &status) != 0) return;
    if (status.f_bavail < kSpaceLeft / status.f_frsize) fail_full();
}

void Spool::fail_full() const {
    if (!directory_.empty()) {
        throw Error(fmt::format("there is no room for {} in {}", name_, directory_.string()))
            .with_hint(
                "Free some space or write to another directory; what was written has been "
                "removed.");
    }
    throw Error(
        fmt::format("{} does not fit into the temporary directory {}", name_, temp_root().string()))
        .with_hint("Set TMPDIR to a directory with more room, or unpack the image yourself.");
}

InputFile spool(int fd, const CancelToken& cancel, const std::string& name) {
    constexpr std::size_t kBlock = std::size_t{1} << 20;
    Spool file(name);
    std::vector<std::byte> block(kBlock);
    std::size_t filled = 0;
    while (const std::size_t count =
               read_some(fd, std::span(block).subspan(filled), cancel, name)) {
        filled += count;
        if (filled < block.size()) continue;
        file.append(block);
        filled = 0;
    }
    file.append(std::span(block).first(filled));
    return file.finish();
}

namespace {

UniqueFd make_unnamed_file(const std::filesystem::path& directory) {
    UniqueFd fd(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600));
    if (fd) return fd;
    // File systems without unnamed files: the name goes at once.
    std::string name = (directory / "kiln-XXXXXX").string();
    fd.reset(mkostemp(name.data(), O_CLOEXEC));
    if (!fd) {
        throw system_error(fmt::format("cannot make a file in {}", directory.string()), errno);
    }
    unlink(name.c_str());
    return fd;
}

std::size_t read_some(int fd, std::span<std::byte> out, const CancelToken& cancel,
                      const std::string& name) {
    while (true) {
        cancel.throw_if_cancelled();
        pollfd wait[2] = {{fd, POLLIN, 0}, {cancel.fd(), POLLIN, 0}};
        if (poll(wait, 2, -1) < 0 && errno != EINTR) {
            throw system_error(fmt::format("cannot wait for {}", name), errno);
        }
        if (wait[0].revents == 0) continue;
        const ssize_t count = read(fd, out.data(), out.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR && errno != EAGAIN) {
            throw system_error(fmt::format("cannot read {}", name), errno);
        }
    }
}

}  // namespace
}  // namespace kiln::formats
