#include "formats/qcow2/qcow2_header.h"

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kHeaderV2 = 72;
constexpr std::size_t kHeaderV3 = 104;
constexpr std::size_t kHeaderWithCompression = 112;
constexpr std::uint32_t kMaxBackingName = 1023;
constexpr std::uint32_t kMaxSnapshots = 65536;
constexpr std::uint64_t kMaxSnapshotTable = std::uint64_t{16} << 20;
constexpr std::uint32_t kMaxSnapshotExtra = 1024;
constexpr std::size_t kMaxExtensions = 64;
constexpr std::uint32_t kMaxBitmaps = 65535;
constexpr std::uint64_t kMaxBitmapDirectory = std::uint64_t{16} << 20;

constexpr std::uint32_t kEndOfExtensions = 0;
constexpr std::uint32_t kBackingFormat = 0xe2792aca;
constexpr std::uint32_t kBitmaps = 0x23852875;

void decode_features(Qcow2Header& header, std::span<const std::byte> bytes, const InputFile& file);
void check_geometry(const Qcow2Header& header, const InputFile& file);
void decode_extensions(Qcow2Header& header, std::span<const std::byte> bytes, std::size_t position,
                       const InputFile& file);
void decode_bitmaps(Qcow2Header& header, std::span<const std::byte> data, const InputFile& file);
void decode_backing_name(Qcow2Header& header, std::span<const std::byte> bytes,
                         const InputFile& file);
std::string text_at(std::span<const std::byte> bytes, std::size_t position, std::size_t length);
[[noreturn]] void refuse(const InputFile& file, std::string_view reason,
                         std::string_view hint = {});

}  // namespace

std::vector<std::byte> Qcow2Header::encode() const {
    const std::size_t length = version == 2            ? kHeaderV2
                               : compression_type != 0 ? kHeaderWithCompression
                                                       : kHeaderV3;
    std::vector<std::byte> bytes(length + 8);  // and the end of the extension list
    store_be(bytes, 0, kMagic);
    store_be(bytes, 4, version);
    store_be(bytes, 20, cluster_bits);
    store_be(bytes, 24, size);
    store_be(bytes, 36, l1_size);
    store_be(bytes, 40, l1_offset);
    store_be(bytes, 48, refcount_table_offset);
    store_be(bytes, 56, refcount_table_clusters);
    if (version == 2) return bytes;
    store_be(bytes, 72, incompatible);
    store_be(bytes, 80, compatible);
    store_be(bytes, 88, autoclear);
    store_be(bytes, 96, refcount_order);
    store_be(bytes, 100, static_cast<std::uint32_t>(length));
    if (length == kHeaderWithCompression) bytes[104] = std::byte{compression_type};
    return bytes;
}

Qcow2Header Qcow2Header::decode(const InputFile& file) {
    if (file.size() < kHeaderV2) refuse(file, "it is shorter than a header");
    std::vector<std::byte> bytes(
        std::min<std::uint64_t>(file.size(), std::uint64_t{1} << qcow2::kMaxClusterBits));
    // The header's cluster at most; how large that is stands in the first bytes.
    file.read(0, std::span(bytes).first(kHeaderV2));
    Qcow2Header header;
    if (load_be<std::uint32_t>(bytes, 0) != kMagic) refuse(file, "its magic is missing");
    header.version = load_be<std::uint32_t>(bytes, 4);
    if (header.version != 2 && header.version != 3) {
        refuse(file, fmt::format("version {} is not known", header.version));
    }
    header.cluster_bits = load_be<std::uint32_t>(bytes, 20);
    if (header.cluster_bits < qcow2::kMinClusterBits ||
        header.cluster_bits > qcow2::kMaxClusterBits) {
        refuse(file, fmt::format("clusters of 2^{} bytes", header.cluster_bits));
    }
    bytes.resize(std::min<std::uint64_t>(bytes.size(), header.cluster_size()));
    file.read(0, bytes);

    header.size = load_be<std::uint64_t>(bytes, 24);
    const auto encryption = load_be<std::uint32_t>(bytes, 32);
    if (encryption != 0) {
        refuse(file, encryption == 2 ? "it is encrypted (LUKS)" : "it is encrypted",
               "Decrypt it first, for instance with qemu-img and its secret object.");
    }
    header.l1_size = load_be<std::uint32_t>(bytes, 36);
    header.l1_offset = load_be<std::uint64_t>(bytes, 40);
    header.refcount_table_offset = load_be<std::uint64_t>(bytes, 48);
    header.refcount_table_clusters = load_be<std::uint32_t>(bytes, 56);
    header.snapshot_count = load_be<std::uint32_t>(bytes, 60);
    header.snapshots_offset = load_be<std::uint64_t>(bytes, 64);
    decode_features(header, bytes, file);
    check_geometry(header, file);
    decode_backing_name(header, bytes, file);
    return header;
}

Qcow2SnapshotTable read_qcow2_snapshots(const InputFile& file, const Qcow2Header& header) {
    constexpr std::size_t kFixed = 40;
    Qcow2SnapshotTable table;
    std::uint64_t position = header.snapshots_offset;
    for (std::uint32_t i = 0; i < header.snapshot_count; ++i) {
        std::array<std::byte, kFixed> fixed;
        file.read(position, fixed);
        const auto id_length = load_be<std::uint16_t>(fixed, 12);
        const auto name_length = load_be<std::uint16_t>(fixed, 14);
        const auto extra_length = load_be<std::uint32_t>(fixed, 36);
        if (extra_length > kMaxSnapshotExtra) {
            refuse(file, fmt::format("snapshot {} has too much extra data", i + 1));
        }
        std::vector<std::byte> rest(std::size_t{extra_length} + id_length + name_length);
        file.read(position + kFixed, rest);
        Qcow2Snapshot snapshot;
        snapshot.l1_offset = load_be<std::uint64_t>(fixed, 0);
        snapshot.l1_size = load_be<std::uint32_t>(fixed, 8);
        snapshot.info.unix_seconds = load_be<std::uint32_t>(fixed, 16);
        snapshot.info.vm_state_size = load_be<std::uint32_t>(fixed, 32);
        snapshot.info.virtual_size = header.size;
        if (extra_length >= 8) snapshot.info.vm_state_size = load_be<std::uint64_t>(rest, 0);
        if (extra_length >= 16) snapshot.info.virtual_size = load_be<std::uint64_t>(rest, 8);
        snapshot.info.id = text_at(rest, extra_length, id_length);
        snapshot.info.name = text_at(rest, extra_length + id_length, name_length);
        table.snapshots.push_back(std::move(snapshot));
        // The last entry need not be padded.
        table.size = position + kFixed + rest.size() - header.snapshots_offset;
        position += round_up(kFixed + rest.size(), 8);
        if (table.size > kMaxSnapshotTable) refuse(file, "its snapshot table is too large");
    }
    return table;
}

std::vector<Qcow2Bitmap> read_qcow2_bitmaps(const InputFile& file, const Qcow2Header& header) {
    constexpr std::size_t kFixed = 24;
    if (!header.has_bitmaps()) return {};
    std::vector<std::byte> directory(header.bitmap_directory_size);
    file.read(header.bitmap_directory_offset, directory);
    std::vector<Qcow2Bitmap> bitmaps;
    std::uint64_t position = 0;
    for (std::uint32_t i = 0; i < header.bitmap_count; ++i) {
        if (!fits(position, kFixed, directory.size()))
            refuse(file, "its bitmap directory ends early");
        const auto entry = std::span<const std::byte>(directory).subspan(position);
        Qcow2Bitmap bitmap;
        bitmap.table_offset = load_be<std::uint64_t>(entry, 0);
        bitmap.table_size = load_be<std::uint32_t>(entry, 8);
        const auto name_length = load_be<std::uint16_t>(entry, 18);
        const auto extra_length = load_be<std::uint32_t>(entry, 20);
        const std::uint64_t length = kFixed + std::uint64_t{extra_length} + name_length;
        if (length > entry.size()) refuse(file, "its bitmap directory ends early");
        bitmap.name = text_at(entry, kFixed + extra_length, name_length);
        bitmaps.push_back(std::move(bitmap));
        position += round_up(length, 8);
    }
    return bitmaps;
}

qcow2::CompressedRange qcow2::compressed_range(std::uint64_t entry, const Qcow2Header& header) {
    const unsigned shift = header.compressed_shift();
    const std::uint64_t offset = entry & ((std::uint64_t{1} << shift) - 1);
    const std::uint64_t more = (entry & (kCompressedCluster - 1)) >> shift;
    return {offset, (more + 1) * 512 - offset % 512};
}

std::uint64_t qcow2::compressed_entry(std::uint64_t offset, std::uint64_t size,
                                      const Qcow2Header& header) {
    const std::uint64_t more = (offset + size - 1) / 512 - offset / 512;
    return kCompressedCluster | more << header.compressed_shift() | offset;
}

namespace {

void decode_features(Qcow2Header& header, std::span<const std::byte> bytes, const InputFile& file) {
    if (header.version == 2) {
        decode_extensions(header, bytes, kHeaderV2, file);
        return;
    }
    if (bytes.size() < kHeaderV3) refuse(file, "its header is cut off");
    header.incompatible = load_be<std::uint64_t>(bytes, 72);
    header.compatible = load_be<std::uint64_t>(bytes, 80);
    header.autoclear = load_be<std::uint64_t>(bytes, 88);
    header.refcount_order = load_be<std::uint32_t>(bytes, 96);
    const auto length = load_be<std::uint32_t>(bytes, 100);
    if (length < kHeaderV3 || length % 8 != 0 || length > bytes.size()) {
        refuse(file, fmt::format("a header of {} bytes", length));
    }
    constexpr std::uint64_t kKnown = Qcow2Header::kDirty | Qcow2Header::kCorrupt |
                                     Qcow2Header::kDataFile | Qcow2Header::kCompressionType |
                                     Qcow2Header::kExtendedL2;
    if ((header.incompatible & ~kKnown) != 0) {
        refuse(file,
               fmt::format("unknown incompatible features {:#x}", header.incompatible & ~kKnown),
               "A newer program has written it; convert it with that one.");
    }
    if ((header.incompatible & Qcow2Header::kDataFile) != 0) {
        refuse(file, "its data is in an external file, which is never opened",
               "Convert it with qemu-img where you trust it.");
    }
    if (length > 104) header.compression_type = std::to_integer<std::uint8_t>(bytes[104]);
    const bool other_compression = (header.incompatible & Qcow2Header::kCompressionType) != 0;
    if (header.compression_type > 1 || other_compression != (header.compression_type != 0)) {
        refuse(file, fmt::format("compression type {}", header.compression_type));
    }
    if (header.refcount_order > 6) {
        refuse(file, fmt::format("reference counts of 2^{} bits", header.refcount_order));
    }
    if (header.extended_l2() && header.cluster_bits < qcow2::kMinExtendedClusterBits) {
        refuse(file, "extended L2 entries with clusters below 16 KiB");
    }
    decode_extensions(header, bytes, length, file);
}

void check_geometry(const Qcow2Header& header, const InputFile& file) {
    const std::uint64_t cluster = header.cluster_size();
    const std::uint64_t l1_bytes = std::uint64_t{header.l1_size} * 8;
    if (header.size > std::uint64_t{1} << 62) {
        refuse(file, fmt::format("a disk of {} bytes", header.size));
    }
    if (divide_up(header.size, header.l2_span()) > header.l1_size) {
        refuse(file, "its L1 table is too small for its disk");
    }
    if (l1_bytes > qcow2::kMaxL1Bytes) refuse(file, "its L1 table is larger than 32 MiB");
    if (header.l1_offset % cluster != 0 || !fits(header.l1_offset, l1_bytes, file.size())) {
        refuse(file, "its L1 table lies outside of the file");
    }
    if (header.refcount_table_clusters > qcow2::kMaxRefcountTableBytes / cluster) {
        refuse(file, "its refcount table is larger than 8 MiB");
    }
    if (header.snapshot_count > kMaxSnapshots) {
        refuse(file, fmt::format("{} snapshots", header.snapshot_count));
    }
    if (header.snapshot_count != 0 &&
        (header.snapshots_offset % cluster != 0 || header.snapshots_offset >= file.size())) {
        refuse(file, "its snapshot table lies outside of the file");
    }
}

void decode_extensions(Qcow2Header& header, std::span<const std::byte> bytes, std::size_t position,
                       const InputFile& file) {
    for (std::size_t count = 0;; ++count) {
        // A version 2 header may fill its file; then there are no extensions.
        if (!fits(position, 8, bytes.size())) return;
        const auto type = load_be<std::uint32_t>(bytes, position);
        const auto length = load_be<std::uint32_t>(bytes, position + 4);
        position += 8;
        if (type == kEndOfExtensions) return;
        if (!fits(position, length, bytes.size()) || count == kMaxExtensions) {
            refuse(file, "its header extensions are damaged");
        }
        if (type == kBackingFormat) header.backing_format = text_at(bytes, position, length);
        if (type == kBitmaps) decode_bitmaps(header, bytes.subspan(position, length), file);
        position += round_up(length, 8);
    }
}

void decode_bitmaps(Qcow2Header& header, std::span<const std::byte> data, const InputFile& file) {
    // Without the autoclear bit the extension is out of date and to be ignored.
    if ((header.autoclear & Qcow2Header::kBitmapsValid) == 0) return;
    if (data.size() < 24) refuse(file, "its bitmap extension is cut off");
    header.bitmap_count = load_be<std::uint32_t>(data, 0);
    header.bitmap_directory_size = load_be<std::uint64_t>(data, 8);
    header.bitmap_directory_offset = load_be<std::uint64_t>(data, 16);
    if (header.bitmap_count > kMaxBitmaps || header.bitmap_directory_size > kMaxBitmapDirectory) {
        refuse(file, fmt::format("{} bitmaps", header.bitmap_count));
    }
}

void decode_backing_name(Qcow2Header& header, std::span<const std::byte> bytes,
                         const InputFile& file) {
    const auto offset = load_be<std::uint64_t>(bytes, 8);
    const auto length = load_be<std::uint32_t>(bytes, 16);
    if (offset == 0) return;
    if (length > kMaxBackingName || !fits(offset, length, bytes.size())) {
        refuse(file, "its backing file's name lies outside of the header");
    }
    header.backing_name = text_at(bytes, offset, length);
}

std::string text_at(std::span<const std::byte> bytes, std::size_t position, std::size_t length) {
    const auto part = bytes.subspan(position, length);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
}

void refuse(const InputFile& file, std::string_view reason, std::string_view hint) {
    Error error =
        Error(fmt::format("{} is not a qcow2 that can be read", file.name())).because(reason);
    if (!hint.empty()) throw std::move(error).with_hint(hint);
    throw error;
}

}  // namespace
}  // namespace kiln::formats
