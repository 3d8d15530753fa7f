#include "formats/vhdx/vhdx_header.h"

#include <algorithm>

#include "formats/bytes/text.h"

namespace kiln::formats::vhdx {

namespace {

constexpr std::uint32_t kHeaderSignature = 0x64616568;  // "head"
constexpr std::size_t kCreatorAt = 8;
constexpr std::size_t kCreatorBytes = 512;

Copy<Header> read_header(const InputFile& file, std::uint64_t offset);

}  // namespace

std::vector<std::byte> Header::encode() const {
    std::vector<std::byte> bytes(kHeaderSize);
    store_le(bytes, 0, kHeaderSignature);
    store_le(bytes, 8, sequence);
    file_write.store(bytes, 16);
    data_write.store(bytes, 32);
    log.store(bytes, 48);
    store_le(bytes, 64, log_version);
    store_le(bytes, 66, version);
    store_le(bytes, 68, log_length);
    store_le(bytes, 72, log_offset);
    store_le(bytes, 4, checksum(bytes));
    return bytes;
}

bool has_file_identifier(const InputFile& file) {
    std::array<std::byte, kFileSignature.size()> signature{};
    if (file.size() < signature.size()) return false;
    file.read(0, signature);
    return std::ranges::equal(signature, as_byte_span(kFileSignature));
}

std::vector<std::byte> encode_file_identifier(std::u16string_view creator) {
    std::vector<std::byte> bytes(kHeaderOffsets[0]);
    std::ranges::copy(as_byte_span(kFileSignature), bytes.begin());
    for (std::size_t i = 0; i < creator.size(); ++i) {
        store_le(bytes, kCreatorAt + 2 * i, static_cast<std::uint16_t>(creator[i]));
    }
    return bytes;
}

std::string read_creator(const InputFile& file) {
    std::array<std::byte, kCreatorBytes> bytes{};
    file.read(kCreatorAt, bytes);
    std::string text = utf16le_to_utf8(bytes);
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
    return text;
}

std::array<Copy<Header>, 2> read_headers(const InputFile& file) {
    return {read_header(file, kHeaderOffsets[0]), read_header(file, kHeaderOffsets[1])};
}

Header current_header(const InputFile& file, const std::array<Copy<Header>, 2>& headers) {
    const auto& [first, second] = headers;
    if (!first.content && !second.content) {
        refuse(file, fmt::format("neither of its headers can be used: {}", first.problem));
    }
    const bool both = first.content && second.content;
    if (both && first.content->sequence == second.content->sequence &&
        first.content->encode() != second.content->encode()) {
        refuse(file, "its two headers differ and neither is the newer one");
    }
    const bool take_second =
        !first.content || (both && second.content->sequence > first.content->sequence);
    const Header header = take_second ? *second.content : *first.content;
    if (header.version != 1) refuse(file, fmt::format("version {} is not known", header.version));
    if (header.log_version != 0) {
        refuse(file, fmt::format("log version {} is not known", header.log_version));
    }
    if (header.log_offset % kMiB != 0 || header.log_length % kMiB != 0) {
        refuse(file, "its log does not begin and end at multiples of 1 MiB");
    }
    const bool usable = header.log_length != 0 && header.log_offset >= kHeaderSection &&
                        fits(header.log_offset, header.log_length, file.size());
    if (!header.log.is_null() && !usable) {
        refuse(file, "its log lies outside of the file, and changes wait in it");
    }
    return header;
}

namespace {

Copy<Header> read_header(const InputFile& file, std::uint64_t offset) {
    if (!fits(offset, kHeaderSize, file.size())) return {std::nullopt, "the file ends before it"};
    std::array<std::byte, kHeaderSize> bytes{};
    file.read(offset, bytes);
    if (load_le<std::uint32_t>(bytes, 0) != kHeaderSignature) {
        return {std::nullopt, "its signature is missing"};
    }
    if (load_le<std::uint32_t>(bytes, 4) != checksum(bytes)) {
        return {std::nullopt, "its checksum is wrong"};
    }
    Header header;
    header.sequence = load_le<std::uint64_t>(bytes, 8);
    header.file_write = Guid::load(bytes, 16);
    header.data_write = Guid::load(bytes, 32);
    header.log = Guid::load(bytes, 48);
    header.log_version = load_le<std::uint16_t>(bytes, 64);
    header.version = load_le<std::uint16_t>(bytes, 66);
    header.log_length = load_le<std::uint32_t>(bytes, 68);
    header.log_offset = load_le<std::uint64_t>(bytes, 72);
    return {header, {}};
}

}  // namespace
}  // namespace kiln::formats::vhdx
