#include "image_checksums.h"

#include <algorithm>
#include <cstring>

#include "crc.h"
#include "image_places.h"

namespace kiln::fuzz {

namespace {

void mend_sum_vhd(SparseImage& image, std::uint64_t offset, std::size_t size, std::size_t field);
void mend_vhd(SparseImage& image);
void mend_crc32c(SparseImage& image, std::uint64_t offset, std::size_t size);
void mend_vhdx(SparseImage& image);
void mend_tar(SparseImage& image);

}  // namespace

void mend_checksums(std::string_view format, SparseImage& image) {
    if (format == "any") format = format_of(image);
    if (format == "vhd") mend_vhd(image);
    if (format == "vhdx") mend_vhdx(image);
    if (format == "ova" || format == "gcp" || format == "box") mend_tar(image);
    if (format == "disk") mend_disk(image);
}

std::vector<std::uint64_t> tar_headers(const SparseImage& image) {
    std::vector<std::uint64_t> headers;
    for (std::uint64_t at = 0; at + 512 <= image.size() && headers.size() < 16;) {
        const Bytes block = image.read(at, 512);
        if (block[0] == std::byte{0}) break;
        headers.push_back(at);
        std::uint64_t size = 0;
        for (std::size_t i = 124; i < 135; ++i) {
            const auto digit = std::to_integer<unsigned>(block[i]) - '0';
            if (digit < 8) size = size * 8 + digit;
        }
        at += 512 + formats::round_up(size, 512);
    }
    return headers;
}

namespace {

void mend_sum_vhd(SparseImage& image, std::uint64_t offset, std::size_t size, std::size_t field) {
    if (!formats::fits(offset, size, image.size())) return;
    image.set_number(offset + field, 4, true, 0);
    std::uint32_t sum = 0;
    for (const std::byte byte : image.read(offset, size))
        sum += std::to_integer<std::uint32_t>(byte);
    image.set_number(offset + field, 4, true, ~sum);
}

void mend_vhd(SparseImage& image) {
    if (image.size() < 512) return;
    mend_sum_vhd(image, image.size() - 512, 512, 64);
    if (image.number(0, 8, true) != 0x636f6e6563746978) return;
    mend_sum_vhd(image, 0, 512, 64);
    mend_sum_vhd(image, image.number(16, 8, true), 1024, 36);
}

void mend_crc32c(SparseImage& image, std::uint64_t offset, std::size_t size) {
    mend_crc<kCastagnoli>(image, offset, size, 4);
}

void mend_vhdx(SparseImage& image) {
    mend_crc32c(image, 0x10000, 4096);
    mend_crc32c(image, 0x20000, 4096);
    mend_crc32c(image, 0x30000, 65536);
    mend_crc32c(image, 0x40000, 65536);
    const std::uint64_t log = image.number(0x10000 + 72, 8, false);
    for (std::uint64_t at = log, entries = 0; entries < 4; ++entries) {
        if (image.number(at, 4, false) != 0x65676f6c) break;  // "loge"
        const std::uint64_t length = image.number(at + 8, 4, false);
        if (length < 64 || length > (1U << 20)) break;
        mend_crc32c(image, at, length);
        at += length;
    }
}

void mend_tar(SparseImage& image) {
    for (const std::uint64_t header : tar_headers(image)) {
        const Bytes block = image.read(header, 512);
        if (std::memcmp(block.data() + 257, "ustar", 5) != 0) return;  // packed
        unsigned sum = 0;
        for (std::size_t i = 0; i < block.size(); ++i) {
            sum += i >= 148 && i < 156 ? ' ' : std::to_integer<unsigned>(block[i]);
        }
        const std::string text = fmt::format("{:06o}", sum) + '\0' + ' ';
        image.write(header + 148, formats::as_byte_span(text));
    }
}

}  // namespace
}  // namespace kiln::fuzz
