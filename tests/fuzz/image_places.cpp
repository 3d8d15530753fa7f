#include "image_places.h"

#include <algorithm>
#include <cstring>

#include "image_checksums.h"
#include "place_list.h"

namespace kiln::fuzz {

namespace {

using Listing = std::vector<Place> (*)(const SparseImage&);
std::vector<Place> qcow2_places(const SparseImage& image);
std::vector<Place> vmdk_places(const SparseImage& image);
std::vector<Place> vhd_places(const SparseImage& image);
std::vector<Place> vhdx_places(const SparseImage& image);
std::vector<Place> vdi_places(const SparseImage& image);
std::vector<Place> tar_places(const SparseImage& image);
std::vector<Place> archive_places(const SparseImage& image);
std::vector<Place> packed_places(const SparseImage& image);

constexpr std::uint64_t kOffsetOfEntry = 0x00fffffffffffe00;

}  // namespace

std::vector<Place> places_of(std::string_view format, const SparseImage& image) {
    constexpr std::pair<std::string_view, Listing> kListings[] = {
        {"qcow2", qcow2_places}, {"vmdk", vmdk_places},   {"vhd", vhd_places},
        {"vhdx", vhdx_places},   {"vdi", vdi_places},     {"ova", tar_places},
        {"gcp", archive_places}, {"box", archive_places}, {"disk", disk_places}};
    const std::string_view known = format == "any" ? format_of(image) : format;
    for (const auto& [name, listing] : kListings) {
        if (name == known) return listing(image);
    }
    return packed_places(image);
}

std::string_view format_of(const SparseImage& image) {
    constexpr std::uint64_t kConectix = 0x636f6e6563746978;
    const std::uint64_t magic = image.number(0, 8, true);
    const std::uint64_t last = image.size() < 512 ? 0 : image.number(image.size() - 512, 8, true);
    if (magic >> 32 == 0x514649fb) return "qcow2";
    if (magic == 0x7668647866696c65) return "vhdx";  // "vhdxfile"
    if (magic == kConectix || last == kConectix) return "vhd";
    return "vmdk";
}

std::vector<std::uint64_t> hostile_values(const Place& place, std::uint64_t present) {
    const std::uint64_t all = ~std::uint64_t{0} >> (64 - 8 * place.width);
    const std::uint64_t sign = std::uint64_t{1} << (8 * place.width - 1);
    std::vector<std::uint64_t> values = {0,           1,           all,           all - 1,
                                         sign,        sign - 1,    present + 1,   present - 1,
                                         present * 2, present / 2, present ^ sign};
    for (std::uint64_t& value : values) value &= all;
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    std::erase(values, present);
    return values;
}

namespace {

std::vector<Place> qcow2_places(const SparseImage& image) {
    Places places(image, true);
    places.fields("", 0,
                  {{"version", 4, 4},
                   {"backing_offset", 8, 8},
                   {"backing_size", 16, 4},
                   {"cluster_bits", 20, 4},
                   {"size", 24, 8},
                   {"encryption", 32, 4},
                   {"l1_size", 36, 4},
                   {"l1_offset", 40, 8},
                   {"refcount_table_offset", 48, 8},
                   {"refcount_table_clusters", 56, 4},
                   {"snapshots", 60, 4},
                   {"snapshots_offset", 64, 8}});
    if (places.value(4, 4) >= 3) {
        places.fields("", 0,
                      {{"incompatible", 72, 8},
                       {"compatible", 80, 8},
                       {"autoclear", 88, 8},
                       {"refcount_order", 96, 4},
                       {"header_length", 100, 4},
                       {"compression_type", 104, 1}});
        const std::uint64_t extension = places.value(100, 4);
        places.fields("extension_", extension, {{"type", 0, 4}, {"length", 4, 4}});
    }
    const std::uint64_t l1 = places.value(40, 8);
    places.table("l1", l1, 8, 3);
    for (unsigned i = 0; i < 2; ++i) {
        const std::uint64_t l2 = places.value(l1 + i * 8, 8) & kOffsetOfEntry;
        if (l2 != 0) places.table(fmt::format("l2_{}", i), l2, 8, 8);
    }
    const std::uint64_t refcounts = places.value(48, 8);
    places.table("refcount_table", refcounts, 8, 2);
    places.table("refcount", places.value(refcounts, 8), 2, 6);
    const std::uint64_t snapshot = places.value(64, 8);
    if (places.value(60, 4) != 0) {
        places.fields("snapshot_", snapshot,
                      {{"l1_offset", 0, 8},
                       {"l1_size", 8, 4},
                       {"id_size", 12, 2},
                       {"name_size", 14, 2},
                       {"vm_state", 32, 4},
                       {"extra_size", 36, 4},
                       {"big_vm_state", 40, 8},
                       {"disk_size", 48, 8}});
    }
    return places.take();
}

void vmdk_header_places(Places& places, const std::string& prefix, std::uint64_t base) {
    places.fields(prefix, base,
                  {{"version", 4, 4},
                   {"flags", 8, 4},
                   {"capacity", 12, 8},
                   {"grain_size", 20, 8},
                   {"descriptor_offset", 28, 8},
                   {"descriptor_size", 36, 8},
                   {"entries_per_table", 44, 4},
                   {"redundant_directory", 48, 8},
                   {"directory", 56, 8},
                   {"overhead", 64, 8},
                   {"unclean", 72, 1},
                   {"newline", 73, 4},
                   {"compression", 77, 2}});
}

std::vector<Place> vmdk_places(const SparseImage& image) {
    Places places(image, false);
    const std::uint64_t magic = places.value(0, 4);
    if (magic == 0x564d444b) {
        vmdk_header_places(places, "", 0);
        std::uint64_t header = 0;
        if (places.value(56, 8) == ~std::uint64_t{0} && image.size() >= 1536) {
            header = image.size() - 1024;
            vmdk_header_places(places, "footer_", header);
            places.fields("footer_marker_", header - 512,
                          {{"sectors", 0, 8}, {"size", 8, 4}, {"type", 12, 4}});
            places.fields("end_marker_", header + 512,
                          {{"sectors", 0, 8}, {"size", 8, 4}, {"type", 12, 4}});
            std::uint64_t grain = places.value(64, 8) * 512;
            for (unsigned i = 0; i < 3; ++i) {
                places.fields(fmt::format("grain_{}_", i), grain,
                              {{"sector", 0, 8}, {"size", 8, 4}});
                grain += formats::round_up(12 + places.value(grain + 8, 4), 512);
            }
        }
        const std::uint64_t directory = places.value(header + 56, 8) * 512;
        places.table("directory", directory, 4, 3);
        places.table("table", places.value(directory, 4) * 512, 4, 6);
        const std::uint64_t other = places.value(header + 48, 8) * 512;
        if (other != 0) places.table("redundant_directory", other, 4, 2);
    } else if (magic == 0x44574f43) {  // COWD
        places.words("header", 4, 64, 4);
        const std::uint64_t directory = places.value(20, 4) * 512;
        places.table("directory", directory, 4, 3);
        places.table("table", places.value(directory, 4) * 512, 4, 6);
    } else if (magic == 0xcafebabe) {  // seSparse
        places.words("header", 8, 26 * 8, 8);
        places.table("directory", places.value(16 * 8, 8) * 512, 8, 3);
        places.table("table", places.value(18 * 8, 8) * 512, 8, 6);
    }
    return places.take();
}

void vhd_footer_places(Places& places, const std::string& prefix, std::uint64_t base) {
    places.fields(prefix, base,
                  {{"features", 8, 4},
                   {"version", 12, 4},
                   {"data_offset", 16, 8},
                   {"creator", 28, 4},
                   {"creator_version", 32, 4},
                   {"original_size", 40, 8},
                   {"current_size", 48, 8},
                   {"cylinders", 56, 2},
                   {"heads", 58, 1},
                   {"sectors", 59, 1},
                   {"type", 60, 4},
                   {"checksum", 64, 4},
                   {"saved_state", 84, 1}});
}

std::vector<Place> vhd_places(const SparseImage& image) {
    Places places(image, true);
    if (image.size() >= 512) vhd_footer_places(places, "footer_", image.size() - 512);
    if (places.value(0, 8) != 0x636f6e6563746978) return places.take();  // "conectix"
    vhd_footer_places(places, "copy_", 0);
    const std::uint64_t header = places.value(16, 8);
    places.fields("dynamic_", header,
                  {{"data_offset", 8, 8},
                   {"table_offset", 16, 8},
                   {"version", 24, 4},
                   {"max_entries", 28, 4},
                   {"block_size", 32, 4},
                   {"checksum", 36, 4},
                   {"parent_name", 64, 2}});
    for (unsigned i = 0; i < 3; ++i) {
        places.fields(fmt::format("locator_{}_", i), header + 576 + std::uint64_t{i} * 24,
                      {{"platform", 0, 4}, {"space", 4, 4}, {"length", 8, 4}, {"offset", 16, 8}});
    }
    const std::uint64_t table = places.value(header + 16, 8);
    places.table("bat", table, 4, 4);
    places.table("bitmap", places.value(table, 4) * 512, 4, 2);
    return places.take();
}

std::vector<Place> vhdx_places(const SparseImage& image) {
    Places places(image, false);
    for (const std::uint64_t header : {0x10000U, 0x20000U}) {
        places.fields(fmt::format("header_{:x}_", header), header,
                      {{"signature", 0, 4},
                       {"checksum", 4, 4},
                       {"sequence", 8, 8},
                       {"log_guid", 48, 8},
                       {"log_version", 64, 2},
                       {"version", 66, 2},
                       {"log_length", 68, 4},
                       {"log_offset", 72, 8}});
    }
    const std::uint64_t regions = 0x30000;
    places.fields("regions_", regions, {{"checksum", 4, 4}, {"count", 8, 4}});
    for (unsigned i = 0; i < 3; ++i) {
        const std::uint64_t entry = regions + 16 + std::uint64_t{i} * 32;
        places.fields(fmt::format("region_{}_", i), entry,
                      {{"guid", 0, 4}, {"offset", 16, 8}, {"length", 24, 4}, {"required", 28, 4}});
        const std::uint64_t at = places.value(entry + 16, 8);
        if (places.value(at, 8) != 0x617461646174656d) {  // not "metadata": the BAT, perhaps
            if (at != 0) places.table(fmt::format("region_{}_entry", i), at, 8, 4);
            continue;
        }
        places.fields("metadata_", at, {{"count", 10, 2}});
        for (unsigned item = 0; item < 6; ++item) {
            const std::uint64_t where = at + 32 + std::uint64_t{item} * 32;
            places.fields(fmt::format("item_{}_", item), where,
                          {{"guid", 0, 4}, {"offset", 16, 4}, {"length", 20, 4}, {"flags", 24, 4}});
            places.table(fmt::format("item_{}_value", item), at + places.value(where + 16, 4), 4,
                         2);
        }
    }
    const std::uint64_t log = places.value(0x10000 + 72, 8);
    places.fields("log_", log,
                  {{"signature", 0, 4},
                   {"checksum", 4, 4},
                   {"length", 8, 4},
                   {"tail", 12, 4},
                   {"sequence", 16, 8},
                   {"descriptors", 24, 4},
                   {"flushed", 48, 8},
                   {"last", 56, 8},
                   {"descriptor_signature", 64, 4},
                   {"descriptor_trailing", 68, 4},
                   {"descriptor_leading", 72, 8},
                   {"descriptor_offset", 80, 8},
                   {"descriptor_sequence", 88, 8}});
    return places.take();
}

std::vector<Place> vdi_places(const SparseImage& image) {
    Places places(image, false);
    places.fields("", 0,
                  {{"signature", 0x40, 4},
                   {"version", 0x44, 4},
                   {"header_size", 0x48, 4},
                   {"type", 0x4c, 4},
                   {"flags", 0x50, 4},
                   {"map_offset", 0x154, 4},
                   {"data_offset", 0x158, 4},
                   {"sector_size", 0x168, 4},
                   {"disk_size", 0x170, 8},
                   {"block_size", 0x178, 4},
                   {"block_extra", 0x17c, 4},
                   {"blocks", 0x180, 4},
                   {"allocated", 0x184, 4},
                   {"link_uuid", 0x1a8, 8},
                   {"parent_uuid", 0x1b8, 8}});
    places.table("map", places.value(0x154, 4), 4, 6);
    return places.take();
}

std::vector<Place> tar_places(const SparseImage& image) {
    Places places(image, false);
    for (const std::uint64_t block : tar_headers(image)) {
        places.fields(fmt::format("entry_{:x}_", block), block,
                      {{"name", 0, 1},
                       {"mode", 100, 8},
                       {"size", 124, 8},
                       {"size_end", 132, 4},
                       {"checksum", 148, 4},
                       {"type", 156, 1},
                       {"link", 157, 1},
                       {"magic", 257, 4},
                       {"version", 263, 2},
                       {"prefix", 345, 1},
                       {"sparse_offset", 390, 8},
                       {"sparse_length", 402, 8},
                       {"sparse_more", 482, 1},
                       {"sparse_size", 487, 8}});
    }
    return places.take();
}

// A tar, or a packed one.
std::vector<Place> archive_places(const SparseImage& image) {
    constexpr std::uint64_t kMagic = 0x7261747375;  // "ustar"
    return image.number(257, 5, false) == kMagic ? tar_places(image) : packed_places(image);
}

// Whatever stands first and last in a compressed file.
std::vector<Place> packed_places(const SparseImage& image) {
    Places places(image, false);
    places.table("start_byte", 0, 1, 32);
    places.words("start", 4, 48, 4);
    if (image.size() >= 48) places.words("end", image.size() - 48, 48, 4);
    return places.take();
}

}  // namespace
}  // namespace kiln::fuzz
