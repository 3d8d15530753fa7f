#include "image_builder.h"

#include <algorithm>
#include <fstream>
#include <random>

#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/bytes/zero.h"

namespace kiln::formats {
namespace fs = std::filesystem;

Extent MemorySource::next_extent(std::uint64_t offset, std::uint64_t) const {
    constexpr std::uint64_t kUnit = 4096;
    const auto kind_at = [&](std::uint64_t position) {
        const auto unit = std::span(bytes_).subspan(
            position, std::min<std::uint64_t>(kUnit, bytes_.size() - position));
        return is_zero(unit) ? Extent::Kind::Hole : Extent::Kind::Data;
    };
    const Extent::Kind kind = kind_at(offset / kUnit * kUnit);
    std::uint64_t end = (offset / kUnit + 1) * kUnit;
    while (end < bytes_.size() && kind_at(end) == kind) end += kUnit;
    return {offset, std::min<std::uint64_t>(end, bytes_.size()) - offset, kind};
}

void MemorySource::read(std::uint64_t offset, std::span<std::byte> out) const {
    if (offset + out.size() > fail_from_) throw Error("the disk is broken");
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
}

void StreamSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    EXPECT_FALSE(busy_.exchange(true)) << "two threads read a stream";
    EXPECT_GE(offset, position_) << "a stream was read backwards";
    MemorySource::read(offset, out);
    position_ = offset + out.size();
    busy_ = false;
}

std::vector<std::byte> mixed_disk(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<std::byte> bytes(size);
    for (std::size_t position = 0; position < size;) {
        const std::size_t length = std::min<std::size_t>(random() % 300000 + 1, size - position);
        const unsigned kind = random() % 3;
        for (std::size_t i = 0; i < length && kind != 0; ++i) {
            bytes[position + i] = static_cast<std::byte>(
                kind == 1 ? random() : "the quick brown fox "[random() % 20]);
        }
        position += length;
    }
    return bytes;
}

ConvertResult write_image(const Source& source, const OutputSpec& spec, unsigned threads) {
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(make_sink(spec));
    ConvertOptions options;
    options.threads = threads;
    return convert(source, sinks, options);
}

std::string read_text(const fs::path& path) {
    return read_file(path, std::size_t{1} << 30);
}

void write_text(const fs::path& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;  // not synced: tests write thousands
}

std::vector<std::byte> read_disk(const Source& source) {
    std::vector<std::byte> bytes(source.virtual_size());
    source.read(0, bytes);
    return bytes;
}

std::vector<std::string> list_directory(const fs::path& path) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path)) {
        names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace kiln::formats
