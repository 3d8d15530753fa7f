#include "sparse_image.h"

#include <algorithm>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/bytes/zero.h"
#include "formats/file/input_file.h"

namespace kiln::fuzz {

using formats::fits;
using formats::load_le;
using formats::store_le;

SparseImage SparseImage::parse(std::span<const std::uint8_t> input) {
    constexpr std::size_t kHead = 12;
    SparseImage image;
    std::span<const std::byte> rest = std::as_bytes(input);
    if (rest.size() < 8) return image;
    image.resize(load_le<std::uint64_t>(rest, 0));
    rest = rest.subspan(8);
    while (rest.size() >= kHead) {
        const auto offset = load_le<std::uint64_t>(rest, 0);
        const std::size_t length =
            std::min<std::size_t>(load_le<std::uint32_t>(rest, 8), rest.size() - kHead);
        image.write(offset, rest.subspan(kHead, length));
        rest = rest.subspan(kHead + length);
    }
    return image;
}

SparseImage SparseImage::load(const std::filesystem::path& path) {
    const formats::InputFile file = formats::InputFile::open(path);
    SparseImage image;
    image.resize(file.size());
    std::vector<std::byte> buffer(1U << 20);
    for (std::uint64_t at = 0; at < image.size_;) {
        const formats::FileStretch stretch = file.stretch(at, 1);
        const std::uint64_t left = std::min(stretch.end, image.size_) - at;
        const auto part = std::span(buffer).first(std::min<std::uint64_t>(left, buffer.size()));
        if (stretch.data) {
            file.read(at, part);
            image.write(at, part);
        }
        at += stretch.data ? part.size() : left;
    }
    return image;
}

std::vector<std::uint8_t> SparseImage::encode() const {
    std::vector<std::byte> out(8);
    store_le(out, 0, size_);
    std::uint64_t run_end = ~std::uint64_t{0};
    std::size_t run_head = 0;
    for (const auto& [offset, page] : pages_) {
        if (formats::is_zero(page)) continue;
        std::span<const std::byte> bytes = page;
        if (offset != run_end) {
            run_head = out.size();
            out.resize(out.size() + 12);
            store_le(out, run_head, offset);
        }
        run_end = offset + kPage;
        out.insert(out.end(), bytes.begin(), bytes.end());
        store_le(out, run_head + 8, static_cast<std::uint32_t>(out.size() - run_head - 12));
    }
    std::vector<std::uint8_t> result(out.size());
    std::memcpy(result.data(), out.data(), out.size());
    return result;
}

void SparseImage::resize(std::uint64_t size) {
    size_ = std::min(size, kMaxSize);
    pages_.erase(pages_.lower_bound(formats::round_up(size_, kPage)), pages_.end());
    if (const auto last = pages_.find(size_ / kPage * kPage); last != pages_.end()) {
        std::fill(last->second.begin() + static_cast<std::ptrdiff_t>(size_ % kPage),
                  last->second.end(), std::byte{0});
    }
}

std::vector<std::byte> SparseImage::read(std::uint64_t offset, std::size_t length) const {
    std::vector<std::byte> out(length);
    if (length == 0 || offset >= size_) return out;
    const std::uint64_t end = offset + std::min<std::uint64_t>(length, size_ - offset);
    for (auto at = pages_.lower_bound(offset / kPage * kPage);
         at != pages_.end() && at->first < end; ++at) {
        const std::uint64_t from = std::max(at->first, offset);
        const std::uint64_t to = std::min(at->first + kPage, end);
        std::memcpy(out.data() + (from - offset), at->second.data() + (from - at->first),
                    to - from);
    }
    return out;
}

void SparseImage::write(std::uint64_t offset, std::span<const std::byte> bytes) {
    if (offset >= size_) return;
    bytes = bytes.first(std::min<std::uint64_t>(bytes.size(), size_ - offset));
    while (!bytes.empty()) {
        const std::uint64_t start = offset / kPage * kPage;
        const std::size_t within = offset - start;
        const auto part = bytes.first(std::min<std::size_t>(bytes.size(), kPage - within));
        auto page = pages_.find(start);
        if (page == pages_.end() && !formats::is_zero(part)) {
            page = pages_.emplace(start, std::vector<std::byte>(kPage)).first;
        }
        if (page != pages_.end()) {
            std::memcpy(page->second.data() + within, part.data(), part.size());
        }
        bytes = bytes.subspan(part.size());
        offset += part.size();
    }
}

std::uint64_t SparseImage::number(std::uint64_t offset, unsigned width, bool big_endian) const {
    std::vector<std::byte> bytes = read(offset, width);
    if (big_endian) std::ranges::reverse(bytes);
    bytes.resize(8);
    return load_le<std::uint64_t>(bytes, 0);
}

void SparseImage::set_number(std::uint64_t offset, unsigned width, bool big_endian,
                             std::uint64_t value) {
    std::vector<std::byte> bytes(8);
    store_le(bytes, 0, value);
    bytes.resize(width);
    if (big_endian) std::ranges::reverse(bytes);
    write(offset, bytes);
}

void SparseImage::store(const std::filesystem::path& path) const {
    store(open_file(path, O_RDWR | O_CREAT | O_TRUNC).get());
}

UniqueFd SparseImage::store_in_memory() const {
    UniqueFd fd(::memfd_create("image", MFD_CLOEXEC));
    if (!fd) throw system_error("cannot make a file in memory", errno);
    store(fd.get());
    return fd;
}

std::filesystem::path SparseImage::path_of(const UniqueFd& fd) {
    return fmt::format("/proc/self/fd/{}", fd.get());
}

void SparseImage::store(int fd) const {
    if (::ftruncate(fd, static_cast<off_t>(size_)) != 0) {
        throw system_error("cannot set the size of an image", errno);
    }
    for (const auto& [offset, page] : pages_) {
        const std::size_t length = std::min<std::uint64_t>(page.size(), size_ - offset);
        if (::pwrite(fd, page.data(), length, static_cast<off_t>(offset)) !=
            static_cast<ssize_t>(length)) {
            throw system_error("cannot write an image", errno);
        }
    }
}

}  // namespace kiln::fuzz
