#include "post_processor/bgzf_writer.h"

#include <memory>

#include <libdeflate.h>

namespace kiln {
namespace {

// What is left of 64 KiB when a block that cannot be compressed is stored.
constexpr std::size_t block_size = 0xff00;
constexpr std::size_t piece_size = 16 * block_size;
constexpr std::size_t header_size = 18;
constexpr std::size_t trailer_size = 8;
constexpr int default_level = 6;
constexpr std::string_view member_header(
    "\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0"
    "BC\x02\0",
    16);

// Readers compare the last bytes of a file with this very member.
constexpr std::string_view end_marker(
    "\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0"
    "BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0",
    28);

std::string compress_piece(std::string_view plain, int level);
std::string compress_block(libdeflate_compressor* compressor, std::string_view plain);
void put(std::string& out, std::size_t position, std::uint32_t value, int bytes);

}  // namespace

BgzfWriter::BgzfWriter(ByteWriter& next, int level, unsigned threads)
    : next_(next),
      level_(level < 0 ? default_level : level),
      work_(threads, [this](const std::string& bytes) { next_.write(bytes); }) {}

void BgzfWriter::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), piece_size - plain_.size());
        plain_.append(bytes.substr(0, count));
        bytes.remove_prefix(count);
        if (plain_.size() == piece_size) submit();
    }
}

void BgzfWriter::finish() {
    if (!plain_.empty()) submit();
    work_.finish();
    next_.write(end_marker);
    next_.finish();
}

void BgzfWriter::submit() {
    work_.submit([plain = std::exchange(plain_, {}), level = level_] {
        return compress_piece(plain, level);
    });
}

namespace {

std::string compress_piece(std::string_view plain, int level) {
    const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
        libdeflate_alloc_compressor(level), libdeflate_free_compressor);
    if (compressor == nullptr) throw Error("cannot compress").because("no memory for it");
    std::string out;
    while (!plain.empty()) {
        const std::size_t count = std::min(plain.size(), block_size);
        out += compress_block(compressor.get(), plain.substr(0, count));
        plain.remove_prefix(count);
    }
    return out;
}

std::string compress_block(libdeflate_compressor* compressor, std::string_view plain) {
    std::string block(std::size_t{64} << 10, '\0');
    block.replace(0, member_header.size(), member_header);
    const std::size_t size = libdeflate_deflate_compress(compressor, plain.data(), plain.size(),
                                                         block.data() + header_size,
                                                         block.size() - header_size - trailer_size);
    if (size == 0) throw Error("cannot compress").because("a block does not fit into 64 KiB");
    const std::size_t total = header_size + size + trailer_size;
    put(block, member_header.size(), static_cast<std::uint32_t>(total - 1), 2);
    put(block, header_size + size, libdeflate_crc32(0, plain.data(), plain.size()), 4);
    put(block, header_size + size + 4, static_cast<std::uint32_t>(plain.size()), 4);
    block.resize(total);
    return block;
}

void put(std::string& out, std::size_t position, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        out[position + static_cast<std::size_t>(i)] = static_cast<char>(value >> (8 * i));
    }
}

}  // namespace
}  // namespace kiln
