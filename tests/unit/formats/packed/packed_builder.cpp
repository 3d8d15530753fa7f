#include "packed_builder.h"

#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

la_ssize_t take(archive*, void* out, const void* bytes, std::size_t size) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

// As the zstd program does: with the size and a checksum, which libarchive leaves out.
std::string pack_zstd(std::string_view plain) {
    const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                       ZSTD_freeCCtx);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    std::string out(ZSTD_compressBound(plain.size()), '\0');
    out.resize(ZSTD_compress2(context.get(), out.data(), out.size(), plain.data(), plain.size()));
    return out;
}

struct Free {
    void operator()(archive* writer) const { archive_write_free(writer); }
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

}  // namespace

std::string pack(std::string_view plain, const std::string& packing) {
    if (packing == "zstd") return pack_zstd(plain);
    if (packing == "zstd without size")
        return make_archive({{"", std::string(plain)}}, "raw", "zstd");
    const bool zip = packing == "zip";
    return make_archive({{"disk.img", std::string(plain)}}, zip ? "zip" : "raw",
                        zip ? "none" : packing);
}

std::string make_archive(const std::vector<PackedMember>& members, const std::string& format,
                         const std::string& packing) {
    std::string out;
    const std::unique_ptr<archive, Free> writer(archive_write_new());
    const auto check = [&](int result) {
        ASSERT_EQ(result, ARCHIVE_OK) << archive_error_string(writer.get());
    };
    check(archive_write_set_format_by_name(writer.get(), format.c_str()));
    if (packing != "none") check(archive_write_add_filter_by_name(writer.get(), packing.c_str()));
    check(archive_write_set_bytes_in_last_block(writer.get(), 1));
    check(archive_write_open(writer.get(), &out, nullptr, take, nullptr));
    for (const PackedMember& member : members) {
        const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
        archive_entry_set_pathname(entry.get(), member.name.c_str());
        archive_entry_set_filetype(entry.get(), member.type);
        archive_entry_set_perm(entry.get(), 0644);
        if (member.type == AE_IFLNK) {
            archive_entry_set_symlink(entry.get(), member.content.c_str());
        } else {
            archive_entry_set_size(entry.get(), static_cast<la_int64_t>(member.content.size()));
        }
        check(archive_write_header(writer.get(), entry.get()));
        if (member.type == AE_IFREG) {
            EXPECT_EQ(
                archive_write_data(writer.get(), member.content.data(), member.content.size()),
                static_cast<la_ssize_t>(member.content.size()));
        }
    }
    check(archive_write_close(writer.get()));
    return out;
}

namespace {

std::string little(std::uint32_t value) {
    std::string bytes(4, '\0');
    store_le(std::as_writable_bytes(std::span(bytes)), 0, value);
    return bytes;
}

std::string crc32(std::string_view bytes) {
    std::uint32_t crc = 0xffffffff;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (unsigned bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320);
    }
    return little(~crc);
}

std::string number(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
    return bytes + static_cast<char>(value);
}

}  // namespace

XzParts XzParts::of(std::string_view plain) {
    const std::string packed = pack(plain, "xz");
    const auto bytes = as_byte_span(packed);
    const std::size_t footer = packed.size() - 12;
    const std::size_t index = footer - (load_le<std::uint32_t>(bytes, footer + 4) + 1) * 4;
    // Behind the indicator and the number of records.
    std::uint64_t unpadded = 0;
    unsigned shift = 0;
    for (std::size_t at = index + 2; shift == 0 || (packed[at - 1] & 0x80) != 0; ++at, shift += 7) {
        unpadded |= std::uint64_t{packed[at] & 0x7fU} << shift;
    }
    return {packed.substr(0, 12), packed.substr(12, index - 12), unpadded, plain.size()};
}

void XzParts::set_dictionary(unsigned property) {
    const std::size_t size = (static_cast<unsigned char>(block[0]) + 1U) * 4;
    ASSERT_EQ(block.substr(1, 3), std::string("\0\x21\x01", 3));
    block[4] = static_cast<char>(property);
    block.replace(size - 4, 4, crc32(std::string_view(block).substr(0, size - 4)));
}

std::string XzParts::build(
    const std::vector<std::string>& blocks,
    const std::vector<std::pair<std::uint64_t, std::uint64_t>>& records) const {
    std::string out = header;
    for (const std::string& one : blocks) out += one;
    std::string index = std::string(1, '\0') + number(records.size());
    for (const auto& [stored, bytes] : records) index += number(stored) + number(bytes);
    index.resize(round_up(index.size(), 4));
    index += crc32(index);
    const std::string fields =
        little(static_cast<std::uint32_t>(index.size() / 4 - 1)) + header.substr(6, 2);
    return out + index + crc32(fields) + fields + "YZ";
}

std::string as_text(std::span<const std::byte> bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace kiln::formats
