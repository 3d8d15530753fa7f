#include "formats/packed/xz_index.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <isa-l/crc.h>

#include "formats/bytes/bytes.h"
#include "formats/packed/byte_stream.h"
#include "formats/packed/input_cursor.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kHeader = 12;  // of a stream; its footer is as long
constexpr std::uint64_t kMaxDictionary = std::uint64_t{128} << 20;
constexpr unsigned kMaxStreams = 65536;
constexpr std::size_t kSmallBuffer = 4096;

// A stream's index, read from front to back with its checksum. Section 4.
class IndexReader {
  public:
    IndexReader(const InputFile& file, std::uint64_t offset, std::uint64_t size)
        : name_(file.name()), input_(file, offset, kSmallBuffer), left_(size) {}

    std::uint8_t byte() {
        std::array<std::byte, 1> value;
        if (left_ == 0 || !input_.read_exactly(value)) damaged();
        --left_;
        crc_ = crc32_gzip_refl(crc_, reinterpret_cast<const std::uint8_t*>(value.data()), 1);
        return std::to_integer<std::uint8_t>(value[0]);
    }
    // Section 1.2: seven bits in each byte, 63 bits at most.
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 63; shift += 7) {
            const std::uint8_t next = byte();
            value |= std::uint64_t{next & 0x7fU} << shift;
            if ((next & 0x80) == 0) return value;
        }
        damaged();
    }
    // The padding to four bytes and the checksum.
    void finish() {
        if (left_ < 4 || left_ >= 8) damaged();
        while (left_ > 4) {
            if (byte() != 0) damaged();
        }
        const std::uint32_t computed = crc_;
        std::array<std::byte, 4> stored;
        if (!input_.read_exactly(stored) || load_le<std::uint32_t>(stored, 0) != computed) {
            damaged();
        }
    }
    [[noreturn]] void damaged() const { throw_damaged(name_, "its index is not valid"); }

  private:
    std::string name_;
    InputCursor input_;
    std::uint64_t left_;
    std::uint32_t crc_ = 0;
};

struct Blocks {
    std::uint64_t stored = 0;
    std::uint64_t plain = 0;
};

std::uint64_t skip_padding(const InputFile& file, std::uint64_t end);
std::uint64_t index_size(const InputFile& file, std::uint64_t end);
Blocks add_up(const InputFile& file, std::uint64_t offset, std::uint64_t size,
              const CancelToken& cancel);
void check_blocks(const InputFile& file, std::uint64_t offset, std::uint64_t index,
                  std::uint64_t size, const CancelToken& cancel);
std::uint64_t checksum_size(const InputFile& file, std::uint64_t stream);
void skip_block_header(InputCursor& input);
std::uint64_t dictionary_size(std::uint8_t property);
std::uint64_t skip_chunks(InputCursor& input, const CancelToken& cancel);
std::uint64_t add(const InputFile& file, std::uint64_t a, std::uint64_t b);

}  // namespace

// From the last stream to the first: only its end tells where a stream begins.
std::uint64_t xz_plain_size(const InputFile& file, const CancelToken& cancel) {
    std::uint64_t plain = 0;
    std::uint64_t end = file.size();
    unsigned streams = 0;
    do {
        cancel.throw_if_cancelled();
        if (++streams > kMaxStreams) throw_damaged(file.name(), "it has more than 65536 streams");
        end = skip_padding(file, end);
        const std::uint64_t index = index_size(file, end);
        const std::uint64_t index_offset = end - kHeader - index;
        const Blocks blocks = add_up(file, index_offset, index, cancel);
        if (blocks.stored > index_offset || index_offset - blocks.stored < kHeader) {
            throw_damaged(file.name(), "its index names more than the file holds");
        }
        const std::uint64_t first = index_offset - blocks.stored;
        check_blocks(file, first, index_offset, index, cancel);
        plain = add(file, plain, blocks.plain);
        end = first - kHeader;
        std::array<std::byte, 6> magic;
        file.read(end, magic);
        if (std::memcmp(magic.data(),
                        "\xfd"
                        "7zXZ\0",
                        magic.size()) != 0) {
            throw_damaged(file.name(), "a stream does not begin where its index says");
        }
    } while (end != 0);
    return plain;
}

namespace {

// Section 2.2: zeros, a multiple of four bytes.
std::uint64_t skip_padding(const InputFile& file, std::uint64_t end) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 20;
    if (end < 2 * kHeader) return end;
    std::array<std::byte, kSmallBuffer> buffer;
    std::uint64_t room = std::min(end - 2 * kHeader, kMost) / 4 * 4;
    while (room != 0) {
        const auto part = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), room));
        file.read(end - part.size(), part);
        for (std::size_t at = part.size(); at != 0; at -= 4) {
            if (load_le<std::uint32_t>(part, at - 4) != 0) return end;
            end -= 4;
        }
        room -= part.size();
    }
    return end;
}

std::uint64_t index_size(const InputFile& file, std::uint64_t end) {
    std::array<std::byte, kHeader> footer;
    if (end < 2 * kHeader || end % 4 != 0) throw_cut_off(file.name());
    file.read(end - kHeader, footer);
    if (footer[10] != std::byte{'Y'} || footer[11] != std::byte{'Z'}) {
        throw Error(fmt::format("{} is cut off, or something stands behind its end", file.name()))
            .because("the compressed data's last bytes are not there")
            .with_hint("Fetch or copy it again.");
    }
    const std::uint32_t crc =
        crc32_gzip_refl(0, reinterpret_cast<const std::uint8_t*>(footer.data()) + 4, 6);
    if (load_le<std::uint32_t>(footer, 0) != crc)
        throw_damaged(file.name(), "its end is not valid");
    const std::uint64_t size = (std::uint64_t{load_le<std::uint32_t>(footer, 4)} + 1) * 4;
    if (size > end - 2 * kHeader) throw_damaged(file.name(), "its index is longer than the file");
    return size;
}

Blocks add_up(const InputFile& file, std::uint64_t offset, std::uint64_t size,
              const CancelToken& cancel) {
    IndexReader reader(file, offset, size);
    if (reader.byte() != 0) reader.damaged();
    Blocks sum;
    for (std::uint64_t count = reader.number(); count != 0; --count) {
        if (count % 65536 == 0) cancel.throw_if_cancelled();
        const std::uint64_t stored = reader.number();
        if (stored == 0 || stored > file.size()) reader.damaged();
        sum.stored = add(file, sum.stored, round_up(stored, 4));
        sum.plain = add(file, sum.plain, reader.number());
    }
    reader.finish();
    return sum;
}

// The decoder goes by the blocks themselves and looks at the index last. So they must be what it
// says, or a block that it hides could ask for any memory.
void check_blocks(const InputFile& file, std::uint64_t offset, std::uint64_t index,
                  std::uint64_t size, const CancelToken& cancel) {
    const std::uint64_t checksum = checksum_size(file, offset - kHeader);
    IndexReader reader(file, index, size);
    InputCursor input(
        file, offset,
        std::clamp<std::uint64_t>(index - offset, kSmallBuffer, InputCursor::kBuffer));
    reader.byte();
    for (std::uint64_t count = reader.number(); count != 0; --count) {
        cancel.throw_if_cancelled();
        const std::uint64_t stored = reader.number();
        skip_block_header(input);
        const std::uint64_t plain = skip_chunks(input, cancel);
        if (input.position() - offset + checksum != stored || plain != reader.number()) {
            throw_damaged(file.name(), "a block is not as the index says");
        }
        offset += round_up(stored, 4);
        if (!input.skip(offset - input.position())) throw_cut_off(file.name());
    }
}

// Section 2.1.1.2.
std::uint64_t checksum_size(const InputFile& file, std::uint64_t stream) {
    std::array<std::byte, kHeader> header;
    file.read(stream, header);
    const unsigned type = std::to_integer<unsigned>(header[7]) & 15U;
    return type == 0 ? 0 : std::uint64_t{4} << (type - 1) / 3;
}

// Section 3.1. What is wrong here is the decoder's to tell, but for the memory it would take and
// for a last filter whose data have no length of their own.
void skip_block_header(InputCursor& input) {
    constexpr std::uint8_t kLzma2 = 0x21;
    std::array<std::byte, 1024> header{};
    const std::string& name = input.file().name();
    if (!input.read_exactly(std::span(header).first(1))) throw_cut_off(name);
    const std::size_t length = (std::to_integer<std::size_t>(header[0]) + 1) * 4;
    if (!input.read_exactly(std::span(header).subspan(1, length - 1))) throw_cut_off(name);
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint8_t>(header.at(i)); };
    std::size_t next = 2;
    const auto skip_number = [&] {
        while (next < 1000 && (at(next) & 0x80) != 0) ++next;
        ++next;
    };
    const std::uint8_t flags = at(1);
    if ((flags & 0x40) != 0) skip_number();
    if ((flags & 0x80) != 0) skip_number();
    std::uint8_t last = 0;
    for (unsigned filter = 0; filter <= (flags & 3U) && next < 1000; ++filter) {
        last = at(next);
        skip_number();
        const std::size_t properties = next < 1000 ? at(next) : 0;
        ++next;
        if (last == kLzma2 && next < 1000 && dictionary_size(at(next)) > kMaxDictionary) {
            throw Error(fmt::format("{} needs too much memory to unpack", name))
                .because(fmt::format("its dictionary has {} MiB; 128 is the most",
                                     dictionary_size(at(next)) >> 20))
                .with_hint("Unpack it with xz and give the raw image.");
        }
        next += properties;
    }
    if (last != kLzma2) throw_damaged(name, "a block is compressed by something unknown");
}

// Section 5.3.1.
std::uint64_t dictionary_size(std::uint8_t property) {
    if (property > 40) return 0;  // not valid: nothing is taken
    return std::uint64_t{2U | (property & 1U)} << (property / 2 + 11);
}

// LZMA2: each chunk tells both of its lengths. Gives the plain bytes of all.
std::uint64_t skip_chunks(InputCursor& input, const CancelToken& cancel) {
    constexpr unsigned kLastStored = 2;
    constexpr unsigned kPacked = 0x80;
    constexpr unsigned kProperties = 0xc0;
    std::uint64_t plain = 0;
    for (std::uint64_t count = 0;; ++count) {
        if (count % 1024 == 0) cancel.throw_if_cancelled();
        std::array<std::byte, 5> head;
        if (!input.read_exactly(std::span(head).first(1))) throw_cut_off(input.file().name());
        const auto control = std::to_integer<unsigned>(head[0]);
        if (control == 0) return plain;
        if (control > kLastStored && control < kPacked) {
            throw_damaged(input.file().name(), "a chunk of its data is not valid");
        }
        const bool packed = control >= kPacked;
        if (!input.read_exactly(std::span(head).subspan(1, packed ? 4 : 2))) {
            throw_cut_off(input.file().name());
        }
        const std::uint64_t first = load_be<std::uint16_t>(head, 1) + std::uint64_t{1};
        plain += packed ? ((control & 0x1fU) << 16) + first : first;
        const std::uint64_t stored = packed ? load_be<std::uint16_t>(head, 3) + std::uint64_t{1} +
                                                  (control >= kProperties ? 1 : 0)
                                            : first;
        if (!input.skip(stored)) throw_cut_off(input.file().name());
    }
}

std::uint64_t add(const InputFile& file, std::uint64_t a, std::uint64_t b) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
    if (a > kMost || b > kMost - a) throw_damaged(file.name(), "its index is not valid");
    return a + b;
}

}  // namespace
}  // namespace kiln::formats
