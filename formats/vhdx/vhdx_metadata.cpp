#include "formats/vhdx/vhdx_metadata.h"

#include <algorithm>
#include <bit>

#include "formats/bytes/text.h"

namespace kiln::formats::vhdx {

namespace {

constexpr std::string_view kSignature = "metadata";
constexpr std::size_t kEntries = 32;
constexpr std::size_t kEntry = 32;
constexpr std::uint32_t kVirtualDisk = 1U << 1;
constexpr std::uint32_t kRequired = 1U << 2;
constexpr std::uint32_t kMaxItem = 1U << 20;
constexpr std::uint32_t kLeaveAllocated = 1U << 0;
constexpr std::uint32_t kHasParent = 1U << 1;

constexpr Guid kFileParameters = guid("CAA16737-FA36-4D43-B3B6-33F0AA44E76B");
constexpr Guid kDiskSize = guid("2FA54224-CD1B-4876-B211-5DBED83BF4B8");
constexpr Guid kDiskId = guid("BECA12AB-B2E6-4523-93EF-C309E000C746");
constexpr Guid kLogicalSector = guid("8141BF1D-A96F-4709-BA47-F233A8FAAB5F");
constexpr Guid kPhysicalSector = guid("CDA348C7-445D-4471-9CC9-E9885251C556");
constexpr Guid kParentLocator = guid("A8D35F2D-B30B-454D-ABF7-D3D84834AB0C");
constexpr Guid kVhdxLocator = guid("B04AEFB7-D19E-4A81-B789-25B8E9445913");

constexpr std::size_t kLocatorEntries = 20;
constexpr std::size_t kLocatorEntry = 12;
constexpr std::size_t kMaxLocatorEntries = 64;

class MetadataReader {
  public:
    MetadataReader(const VhdxFile& file, const Region& region) : file_(file), region_(region) {}
    Metadata read();

  private:
    struct Item {
        Guid name;
        std::uint32_t offset = 0;
        std::uint32_t length = 0;
    };
    void read_table();
    std::vector<std::byte> item(const Guid& name, std::string_view what,
                                std::optional<std::size_t> length) const;
    void check(const Metadata& metadata) const;
    ParentLocator read_locator() const;
    std::string locator_text(std::span<const std::byte> locator, std::uint32_t offset,
                             std::uint16_t length) const;
    [[noreturn]] void refuse(std::string_view reason) const { vhdx::refuse(file_.input(), reason); }

    const VhdxFile& file_;
    const Region& region_;
    std::vector<Item> items_;
};

bool is_known(const Guid& name);
std::string lower_case(std::string_view text);

}  // namespace

std::string_view ParentLocator::find(std::string_view key) const {
    const auto found = std::ranges::find(
        entries, key, [](const auto& entry) { return std::string_view(entry.first); });
    return found == entries.end() ? std::string_view() : found->second;
}

bool ParentLocator::links(const Guid& data_write) const {
    const std::string id = data_write.text();
    return lower_case(find("parent_linkage")) == id || lower_case(find("parent_linkage2")) == id;
}

std::string_view ParentLocator::shown_path() const {
    for (const char* key : {"relative_path", "volume_path", "absolute_win32_path"}) {
        if (const auto path = find(key); !path.empty()) return path;
    }
    return {};
}

std::string ParentLocator::relative_path() const {
    std::string path(shown_path());
    std::ranges::replace(path, '\\', '/');
    if (find("relative_path").empty()) path.erase(0, path.rfind('/') + 1);
    return path;
}

std::vector<std::byte> Metadata::encode() const {
    std::vector<std::byte> bytes(kTableSize);
    std::ranges::copy(as_byte_span(kSignature), bytes.begin());
    std::uint16_t count = 0;
    const auto add = [&](const Guid& name, std::uint32_t length, std::uint32_t flags) {
        const std::size_t entry = kEntries + count++ * kEntry;
        name.store(bytes, entry);
        store_le(bytes, entry + 16, static_cast<std::uint32_t>(bytes.size()));
        store_le(bytes, entry + 20, length);
        store_le(bytes, entry + 24, flags);
        store_le(bytes, 10, count);
        bytes.resize(bytes.size() + length);
        return std::span(bytes).last(length);
    };
    auto item = add(kFileParameters, 8, kRequired);
    store_le(item, 0, block_size);
    store_le(item, 4, leave_blocks_allocated ? kLeaveAllocated : 0);
    store_le(add(kDiskSize, 8, kRequired | kVirtualDisk), 0, disk_size);
    disk_id.store(add(kDiskId, 16, kRequired | kVirtualDisk), 0);
    store_le(add(kLogicalSector, 4, kRequired | kVirtualDisk), 0, logical_sector);
    store_le(add(kPhysicalSector, 4, kRequired | kVirtualDisk), 0, physical_sector);
    return bytes;
}

Metadata Metadata::decode(const VhdxFile& file, const Region& region) {
    return MetadataReader(file, region).read();
}

namespace {

Metadata MetadataReader::read() {
    read_table();
    Metadata metadata;
    const auto parameters = item(kFileParameters, "file parameters", 8);
    metadata.block_size = load_le<std::uint32_t>(parameters, 0);
    const auto flags = load_le<std::uint32_t>(parameters, 4);
    metadata.leave_blocks_allocated = (flags & kLeaveAllocated) != 0;
    metadata.has_parent = (flags & kHasParent) != 0;
    metadata.disk_size = load_le<std::uint64_t>(item(kDiskSize, "disk's size", 8), 0);
    metadata.disk_id = Guid::load(item(kDiskId, "disk's identifier", 16), 0);
    metadata.logical_sector =
        load_le<std::uint32_t>(item(kLogicalSector, "logical sector size", 4), 0);
    metadata.physical_sector =
        load_le<std::uint32_t>(item(kPhysicalSector, "physical sector size", 4), 0);
    check(metadata);
    if (metadata.has_parent) metadata.parent = read_locator();
    return metadata;
}

void MetadataReader::read_table() {
    std::vector<std::byte> table(kTableSize);
    file_.read(region_.offset, table);
    if (!std::ranges::equal(std::span(table).first(kSignature.size()), as_byte_span(kSignature))) {
        refuse("its metadata table's signature is missing");
    }
    const auto count = load_le<std::uint16_t>(table, 10);
    if (count > kMaxTableEntries) refuse(fmt::format("{} items of metadata", count));
    for (std::size_t i = 0; i < count; ++i) {
        const auto entry = std::span(table).subspan(kEntries + i * kEntry, kEntry);
        const Item item{Guid::load(entry, 0), load_le<std::uint32_t>(entry, 16),
                        load_le<std::uint32_t>(entry, 20)};
        if ((load_le<std::uint32_t>(entry, 24) & kRequired) != 0 && !is_known(item.name)) {
            refuse(fmt::format("it requires the unknown metadata item {}", item.name.text()));
        }
        if (!is_known(item.name)) continue;
        if (std::ranges::find(items_, item.name, &Item::name) != items_.end()) {
            refuse("it has a metadata item twice");
        }
        if (item.offset < kTableSize || item.length > kMaxItem ||
            !fits(item.offset, item.length, region_.length)) {
            refuse("a metadata item lies outside of its region");
        }
        items_.push_back(item);
    }
}

std::vector<std::byte> MetadataReader::item(const Guid& name, std::string_view what,
                                            std::optional<std::size_t> length) const {
    const auto found = std::ranges::find(items_, name, &Item::name);
    if (found == items_.end()) refuse(fmt::format("its metadata lacks the {}", what));
    if (length && found->length != *length) {
        refuse(fmt::format("its {} have {} bytes", what, found->length));
    }
    std::vector<std::byte> bytes(found->length);
    file_.read(region_.offset + found->offset, bytes);
    return bytes;
}

void MetadataReader::check(const Metadata& metadata) const {
    if (!std::has_single_bit(metadata.block_size) || metadata.block_size < kMinBlock ||
        metadata.block_size > kMaxBlock) {
        refuse(fmt::format("blocks of {} bytes", metadata.block_size));
    }
    for (const std::uint32_t sector : {metadata.logical_sector, metadata.physical_sector}) {
        if (sector != 512 && sector != 4096) refuse(fmt::format("sectors of {} bytes", sector));
    }
    if (metadata.disk_size > kMaxDisk) {
        refuse(fmt::format("a disk of {} bytes", metadata.disk_size));
    }
    if (metadata.disk_size % metadata.logical_sector != 0) {
        refuse(fmt::format("its disk of {} bytes is not whole sectors", metadata.disk_size));
    }
}

ParentLocator MetadataReader::read_locator() const {
    const auto bytes = item(kParentLocator, "parent locator", std::nullopt);
    if (bytes.size() < kLocatorEntries) refuse("its parent locator is cut off");
    if (Guid::load(bytes, 0) != kVhdxLocator) {
        refuse(fmt::format("its parent locator is of the unknown type {}",
                           Guid::load(bytes, 0).text()));
    }
    const auto count = load_le<std::uint16_t>(bytes, 18);
    if (count > kMaxLocatorEntries ||
        !fits(kLocatorEntries, std::size_t{count} * kLocatorEntry, bytes.size())) {
        refuse(fmt::format("its parent locator has {} entries", count));
    }
    ParentLocator locator;
    for (std::size_t i = 0; i < count; ++i) {
        const auto entry =
            std::span(bytes).subspan(kLocatorEntries + i * kLocatorEntry, kLocatorEntry);
        std::string key =
            locator_text(bytes, load_le<std::uint32_t>(entry, 0), load_le<std::uint16_t>(entry, 8));
        locator.entries.emplace_back(std::move(key),
                                     locator_text(bytes, load_le<std::uint32_t>(entry, 4),
                                                  load_le<std::uint16_t>(entry, 10)));
    }
    return locator;
}

std::string MetadataReader::locator_text(std::span<const std::byte> locator, std::uint32_t offset,
                                         std::uint16_t length) const {
    if (length % 2 != 0 || !fits(offset, length, locator.size())) {
        refuse("its parent locator's text lies outside of it");
    }
    return utf16le_to_utf8(locator.subspan(offset, length));
}

bool is_known(const Guid& name) {
    constexpr std::array kKnown = {kFileParameters, kDiskSize,       kDiskId,
                                   kLogicalSector,  kPhysicalSector, kParentLocator};
    return std::ranges::find(kKnown, name) != kKnown.end();
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

}  // namespace
}  // namespace kiln::formats::vhdx
