#include "image_checksums.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "image_places.h"

namespace kiln::fuzz {

namespace {

using Bytes = std::vector<std::byte>;

// Of its own on purpose: the library's is what is judged.
template <std::uint32_t kPolynomial>
std::uint32_t crc(const Bytes& bytes) {
    static const auto table = [] {
        std::array<std::uint32_t, 256> values{};
        for (std::uint32_t i = 0; i < values.size(); ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit) {
                value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
            }
            values[i] = value;
        }
        return values;
    }();
    std::uint32_t value = ~0U;
    for (const std::byte byte : bytes) {
        value = (value >> 8) ^ table[(value ^ std::to_integer<std::uint32_t>(byte)) & 0xff];
    }
    return value;
}
constexpr std::uint32_t kCastagnoli = 0x82f63b78;
constexpr std::uint32_t kIeee = 0xedb88320;

void mend_sum_vhd(SparseImage& image, std::uint64_t offset, std::size_t size, std::size_t field);
void mend_vhd(SparseImage& image);
void mend_crc32c(SparseImage& image, std::uint64_t offset, std::size_t size);
void mend_vhdx(SparseImage& image);
void mend_tar(SparseImage& image);
void mend_gpt(SparseImage& image);
void mend_file_systems(SparseImage& image);

}  // namespace

void mend_checksums(std::string_view format, SparseImage& image) {
    if (format == "vhd") mend_vhd(image);
    if (format == "vhdx") mend_vhdx(image);
    if (format == "ova" || format == "tar") mend_tar(image);
    if (format == "disk") {
        mend_gpt(image);
        mend_file_systems(image);
    }
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

std::vector<std::uint64_t> partition_starts(const SparseImage& image) {
    std::vector<std::uint64_t> starts;
    for (unsigned i = 0; i < 4; ++i) {
        starts.push_back(image.number(446 + i * 16 + 8, 4, false) * 512);
    }
    const std::uint64_t entries = image.number(512 + 72, 8, false) * 512;
    for (unsigned i = 0; i < 4 && entries < image.size(); ++i) {
        starts.push_back(image.number(entries + i * 128 + 32, 8, false) * 512);
    }
    std::erase_if(starts,
                  [&](std::uint64_t start) { return start < 1024 || start >= image.size(); });
    starts.push_back(0);
    return starts;
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

// The checksum stands at byte 4.
void mend_crc32c(SparseImage& image, std::uint64_t offset, std::size_t size) {
    if (!formats::fits(offset, size, image.size())) return;
    image.set_number(offset + 4, 4, false, 0);
    image.set_number(offset + 4, 4, false, ~crc<kCastagnoli>(image.read(offset, size)));
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
        unsigned sum = 0;
        for (std::size_t i = 0; i < block.size(); ++i) {
            sum += i >= 148 && i < 156 ? ' ' : std::to_integer<unsigned>(block[i]);
        }
        const std::string text = fmt::format("{:06o}", sum) + '\0' + ' ';
        image.write(header + 148, formats::as_byte_span(text));
    }
}

void mend_gpt(SparseImage& image) {
    if (image.number(512, 8, false) != 0x5452415020494645) return;
    const std::uint64_t bytes = image.number(512 + 80, 4, false) * image.number(512 + 84, 4, false);
    if (bytes <= (1U << 16)) {
        const std::uint64_t entries = image.number(512 + 72, 8, false) * 512;
        image.set_number(512 + 88, 4, false, ~crc<kIeee>(image.read(entries, bytes)));
    }
    const std::uint64_t size = image.number(512 + 12, 4, false);
    if (size < 20 || size > 512) return;
    image.set_number(512 + 16, 4, false, 0);
    image.set_number(512 + 16, 4, false, ~crc<kIeee>(image.read(512, size)));
}

void mend_file_systems(SparseImage& image) {
    for (const std::uint64_t start : partition_starts(image)) {
        const std::uint64_t super = start + 1024;
        constexpr std::uint32_t kMetadataChecksums = 0x400;
        if (image.number(super + 0x38, 2, false) == 0xef53 &&
            (image.number(super + 0x64, 4, false) & kMetadataChecksums) != 0) {
            image.set_number(super + 0x3fc, 4, false, crc<kCastagnoli>(image.read(super, 0x3fc)));
        }
        if (image.number(start, 4, true) == 0x58465342) {  // "XFSB"
            const std::uint64_t sector = image.number(start + 102, 2, true);
            if (sector < 264 || sector > 4096) continue;
            image.set_number(start + 224, 4, false, 0);
            image.set_number(start + 224, 4, false, ~crc<kCastagnoli>(image.read(start, sector)));
        }
    }
}

}  // namespace
}  // namespace kiln::fuzz
