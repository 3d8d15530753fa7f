// Damaged and hostile files: each is made from a good image by one change and must be refused, or
// found damaged, with words that say what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/bytes/bytes.h"
#include "formats/inspect.h"
#include "formats/ova/tar.h"
#include "formats/qcow2/qcow2_header.h"
#include "formats/vmdk/vmdk_header.h"
#include "image_builder.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;

using Bytes = std::vector<std::byte>;
using Change = std::function<void(Bytes&)>;

struct Case {
    const char* name;
    const char* base;
    Change change;
    const char* words;
};

Change be32(std::size_t position, std::uint32_t value) {
    return [=](Bytes& bytes) { store_be(bytes, position, value); };
}
Change be64(std::size_t position, std::uint64_t value) {
    return [=](Bytes& bytes) { store_be(bytes, position, value); };
}
Change le32(std::size_t position, std::uint32_t value) {
    return [=](Bytes& bytes) { store_le(bytes, position, value); };
}
Change le64(std::size_t position, std::uint64_t value) {
    return [=](Bytes& bytes) { store_le(bytes, position, value); };
}
Change cut(std::size_t size) {
    return [=](Bytes& bytes) { bytes.resize(size); };
}
Change cut_end(std::size_t size) {
    return [=](Bytes& bytes) { bytes.resize(bytes.size() - size); };
}

// Entries of the first tables of the qcow2 files below.
std::size_t l1_at(const Bytes& bytes) {
    return load_be<std::uint64_t>(bytes, 40);
}
std::size_t l2_at(const Bytes& bytes) {
    return load_be<std::uint64_t>(bytes, l1_at(bytes)) & qcow2::kOffsetMask;
}
std::size_t refcounts_at(const Bytes& bytes) {
    return load_be<std::uint64_t>(bytes, load_be<std::uint64_t>(bytes, 48));
}
Change l1_entry(std::uint64_t value) {
    return [=](Bytes& bytes) { store_be(bytes, l1_at(bytes), value); };
}
Change l2_entry(std::uint64_t value) {
    return [=](Bytes& bytes) { store_be(bytes, l2_at(bytes), value); };
}
// The first entry of the first L2 table with all of `flags`.
Change change_entry(std::uint64_t flags, std::uint64_t clear) {
    return [=](Bytes& bytes) {
        std::size_t at = l2_at(bytes);
        while ((load_be<std::uint64_t>(bytes, at) & flags) != flags) at += 8;
        store_be(bytes, at, load_be<std::uint64_t>(bytes, at) & ~clear);
    };
}
Change refcount(std::size_t cluster, std::uint16_t value) {
    return [=](Bytes& bytes) { store_be(bytes, refcounts_at(bytes) + cluster * 2, value); };
}

// The place of a text in a file, as a number.
std::size_t find(const Bytes& bytes, std::string_view text) {
    const auto span = as_byte_span(text);
    const auto found = std::search(bytes.begin(), bytes.end(), span.begin(), span.end());
    EXPECT_NE(found, bytes.end()) << text;
    return static_cast<std::size_t>(found - bytes.begin());
}
Change replace(std::string_view old_text, std::string_view new_text) {
    return [=](Bytes& bytes) {
        const auto span = as_byte_span(new_text);
        std::copy(span.begin(), span.end(),
                  bytes.begin() + static_cast<std::ptrdiff_t>(find(bytes, old_text)));
    };
}
// The VMDK's footer, first grain, first table.
Change footer(Change change) {
    return [=](Bytes& bytes) {
        Bytes part(bytes.end() - 1024, bytes.end() - 512);
        change(part);
        std::copy(part.begin(), part.end(), bytes.end() - 1024);
    };
}
Change tar_entry(const char* name, const std::function<void(Bytes&)>& change) {
    return [=](Bytes& bytes) {
        const std::size_t at = find(bytes, std::string(name) + '\0');
        Bytes block(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    bytes.begin() + static_cast<std::ptrdiff_t>(at + kTarBlock));
        change(block);
        unsigned sum = 0;
        for (std::size_t i = 0; i < block.size(); ++i) {
            sum += i >= 148 && i < 156 ? ' ' : std::to_integer<unsigned>(block[i]);
        }
        const std::string text = fmt::format("{:06o}", sum) + '\0' + ' ';
        std::memcpy(block.data() + 148, text.data(), 8);
        std::copy(block.begin(), block.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    };
}
Change text_at(std::size_t position, std::string text) {
    return [=](Bytes& bytes) { std::memcpy(bytes.data() + position, text.data(), text.size()); };
}

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        // qcow2: the header
        {"ShorterThanAHeader", "qcow2", cut(71), "shorter than a header"},
        {"Version0", "qcow2", be32(4, 0), "version 0"},
        {"Version1", "qcow2", be32(4, 1), "version 1"},
        {"Version4", "qcow2", be32(4, 4), "version 4"},
        {"ClusterBits8", "qcow2", be32(20, 8), "clusters of 2^8"},
        {"ClusterBits22", "qcow2", be32(20, 22), "clusters of 2^22"},
        {"ClusterBits63", "qcow2", be32(20, 63), "clusters of 2^63"},
        {"ClusterBitsAll", "qcow2", be32(20, ~0U), "clusters of 2^4294967295"},
        {"SizeHuge", "qcow2", be64(24, ~0ULL), "a disk of"},
        {"SizeBeyondL1", "qcow2", be64(24, 1ULL << 60), "L1 table is too small"},
        {"EncryptionAes", "qcow2", be32(32, 1), "encrypted"},
        {"EncryptionLuks", "qcow2", be32(32, 2), "LUKS"},
        {"EncryptionUnknown", "qcow2", be32(32, 77), "encrypted"},
        {"L1SizeZero", "qcow2", be32(36, 0), "L1 table is too small"},
        {"L1SizeHuge", "qcow2", be32(36, ~0U), "larger than 32 MiB"},
        {"L1BeyondTheEnd", "qcow2", be64(40, 1ULL << 40), "outside of the file"},
        {"L1OffsetOverflows", "qcow2", be64(40, ~0ULL << 16), "outside of the file"},
        {"L1NotAligned", "qcow2", be64(40, 65537), "outside of the file"},
        {"RefcountTableHuge", "qcow2", be32(56, ~0U), "refcount table is larger"},
        {"RefcountTableOutside", "qcow2", be64(48, 1ULL << 50), "outside of the file"},
        {"RefcountTableMissing", "qcow2", be32(56, 0), "no refcount table"},
        {"SnapshotsMany", "qcow2", be32(60, ~0U), "snapshots"},
        {"SnapshotsOutside", "qcow2",
         [](Bytes& b) {
             store_be<std::uint32_t>(b, 60, 1);
             store_be<std::uint64_t>(b, 64, 1ULL << 40);
         },
         "snapshot table lies outside"},
        {"SnapshotWithHugeExtra", "qcow2",
         [](Bytes& b) {
             store_be<std::uint32_t>(b, 60, 1);
             store_be<std::uint64_t>(b, 64, 65536);
             store_be<std::uint32_t>(b, 65536 + 36, ~0U);
         },
         "too much extra data"},
        {"ExternalDataFile", "qcow2", be64(72, 4), "external file"},
        {"UnknownFeature", "qcow2", be64(72, 1ULL << 5), "unknown incompatible features 0x20"},
        {"UnknownFeatureTopBit", "qcow2", be64(72, 1ULL << 63), "unknown incompatible"},
        {"MarkedCorrupt", "qcow2", be64(72, 2), "marked as corrupt"},
        {"CompressionBitWithoutType", "qcow2", be64(72, 8), "compression type"},
        {"ExtendedL2WithSmallClusters", "small", be64(72, 16), "extended L2"},
        {"RefcountOrder7", "qcow2", be32(96, 7), "reference counts of 2^7"},
        {"HeaderLengthShort", "qcow2", be32(100, 72), "header of 72"},
        {"HeaderLengthOdd", "qcow2", be32(100, 105), "header of 105"},
        {"HeaderLengthHuge", "qcow2", be32(100, ~0U - 7), "a header of"},
        {"ExtensionTooLong", "qcow2",
         [](Bytes& b) {
             store_be<std::uint32_t>(b, 104, 0x12345678);
             store_be<std::uint32_t>(b, 108, ~0U);
         },
         "extensions are damaged"},
        {"ExtensionsWithoutEnd", "qcow2",
         [](Bytes& b) {
             for (std::size_t i = 104; i + 8 <= 65536; i += 8) {
                 store_be<std::uint64_t>(b, i, 0x1234567800000000);
             }
         },
         "extensions are damaged"},
        {"CompressionTypeUnknown", "zstd", [](Bytes& b) { b[104] = std::byte{9}; },
         "compression type 9"},
        {"CompressionTypeZeroWithBit", "zstd", [](Bytes& b) { b[104] = std::byte{0}; },
         "compression type 0"},
        // qcow2: backing names
        {"BackingNameNotAllowed", "qcow2", Change(), "not opened"},
        {"BackingNameOutsideTheHeader", "qcow2",
         [](Bytes& b) {
             store_be<std::uint64_t>(b, 8, 65000);
             store_be<std::uint32_t>(b, 16, 1000);
         },
         "outside of the header"},
        {"BackingNameTooLong", "qcow2",
         [](Bytes& b) {
             store_be<std::uint64_t>(b, 8, 512);
             store_be<std::uint32_t>(b, 16, 1024);
         },
         "outside of the header"},
        {"BackingNameOffsetOverflows", "qcow2",
         [](Bytes& b) {
             store_be<std::uint64_t>(b, 8, ~0ULL);
             store_be<std::uint32_t>(b, 16, 100);
         },
         "outside of the header"},
        // qcow2: the tables
        {"L2Outside", "qcow2", l1_entry(qcow2::kCopied | 1ULL << 40), "beyond the end"},
        {"L2NotAligned", "qcow2", l1_entry(qcow2::kCopied | 66048), "not aligned"},
        {"L2IsTheHeader", "qcow2", l1_entry(qcow2::kCopied | 0x10000), "overlaps"},
        {"ClusterOutside", "qcow2", l2_entry(qcow2::kCopied | 1ULL << 40), "beyond the end"},
        {"ClusterNotAligned", "qcow2", l2_entry(qcow2::kCopied | 66048), "not aligned"},
        {"ClusterIsTheL1Table", "qcow2", l2_entry(qcow2::kCopied | 0x10000), "overlaps a table"},
        {"ClusterWithoutCopied", "qcow2",
change_entry(qcow2::kCopied, qcow2::kCopied), "COPIED"},
        {"RefcountTooLow", "qcow2", refcount(3, 0), "reference count 0 and 1"},
        {"RefcountTooHigh", "qcow2", refcount(3, 2), "a leak"},
        {"RefcountOfTheHeader", "qcow2", refcount(0, 0), "Cluster 0 has"},
        {"RefcountBlockOutside", "qcow2",
         [](Bytes& b) { store_be(b, load_be<std::uint64_t>(b, 48), 1ULL << 44); }, "Refcount block"},
        {"CutInTheL1Table", "qcow2", cut(65536 + 7), "outside of the file"},
        {"CutInTheData", "qcow2", cut(4 * 65536 + 100), "beyond the end"},
        // qcow2: compressed clusters
        {"CompressedOutside", "zlib", l2_entry(qcow2::kCompressedCluster | 1ULL << 40),
         "outside the file"},
        {"CompressedIsNoStream", "zlib", l2_entry(qcow2::kCompressedCluster | 3ULL << 54 | 8),
         "cannot be decoded"},
        {"CompressedCutShort", "zlib", change_entry(qcow2::kCompressedCluster, 0xffULL << 54), "cannot be decoded"},
        {"ZstdIsNoFrame", "zstd", l2_entry(qcow2::kCompressedCluster | 3ULL << 54 | 8),
         "cannot be decoded"},
        {"ZstdReadAsZlib", "zstd",
         [](Bytes& b) {
             b[104] = std::byte{0};
             store_be<std::uint64_t>(b, 72, 0);
         },
         "cannot be decoded"},
        // VMDK: the header
        {"VmdkEmpty", "vmdk", cut(100), "beyond the end"},
        {"VmdkVersion0", "vmdk", le32(4, 0), "version 0"},
        {"VmdkVersion4", "vmdk", le32(4, 4), "version 4"},
        {"VmdkUnknownFlag", "vmdk", le32(8, 0x30001 | 1 << 20), "unknown flags 0x100000"},
        {"VmdkLineEndsChanged", "vmdk", [](Bytes& b) { b[75] = std::byte{'\n'}; }, "text mode"},
        {"VmdkCapacityHuge", "vmdk", le64(12, ~0ULL), "capacity"},
        {"VmdkCapacityManyTables", "vmdk", le64(12, 1ULL << 53), "capacity"},
        {"VmdkGrainZero", "vmdk", le64(20, 0), "grain size of 0"},
        {"VmdkGrainOdd", "vmdk", le64(20, 127), "grain size of 127"},
        {"VmdkGrainHuge", "vmdk", le64(20, 1ULL << 40), "grain size"},
        {"VmdkEntriesZero", "vmdk", le32(44, 0), "0 entries"},
        {"VmdkEntriesHuge", "vmdk", le32(44, ~0U), "entries per grain table"},
        {"VmdkCompressionUnknown", "vmdk", [](Bytes& b) { store_le<std::uint16_t>(b, 77, 7); },
         "compression method 7"},
        {"VmdkMarkersWithoutCompression", "vmdk", le32(8, 0x20001), "markers without"},
        {"VmdkDescriptorOutside", "vmdk", footer(le64(28, 1ULL << 60)), "descriptor"},
        {"VmdkDescriptorHuge", "vmdk", footer(le64(36, 1ULL << 40)), "descriptor"},
        {"VmdkDirectoryOutside", "vmdk", footer(le64(56, 1ULL << 55)), "directory"},
        {"VmdkFooterDiffers", "vmdk", footer(le64(12, 999999)), "differ"},
        {"VmdkFooterMissing", "vmdk", cut_end(1024), "magic"},
        {"VmdkCutInASector", "vmdk", cut_end(7), "cut off"},
        {"VmdkParent", "vmdk", replace("parentCID=ffffffff", "parentCID=12345678"), "parent"},
        // VMDK: tables and grains
        {"VmdkTableOutside", "vmdk",
         [](Bytes& b) {
             const auto directory = load_le<std::uint64_t>(b, b.size() - 1024 + 56) * 512;
             store_le<std::uint32_t>(b, directory, ~0U);
         },
         "outside of the file"},
        {"VmdkGrainOutside", "vmdk",
         [](Bytes& b) {
             const auto directory = load_le<std::uint64_t>(b, b.size() - 1024 + 56) * 512;
             store_le<std::uint32_t>(b, load_le<std::uint32_t>(b, directory) * 512, ~0U);
         },
         "outside of the file"},
        {"VmdkGrainOfAnother", "vmdk", le64(65536, 128), "another grain"},
        {"VmdkGrainHugeSize", "vmdk", le32(65536 + 8, ~0U), "end marker"},
        {"VmdkGrainSizeZero", "vmdk", le32(65536 + 8, 0), "marker"},
        {"VmdkGrainDamaged", "vmdk", le64(65536 + 40, 0x5555555555555555), "cannot be decoded"},
        {"VmdkEndMarkerMissing", "vmdk",
         [](Bytes& b) { store_le<std::uint32_t>(b, b.size() - 512 + 12, 1); }, "end marker"},
        // OVA
        {"OvaCut", "ova", cut_end(70000), "cut off"},
        {"OvaMemberHuge", "ova",
         tar_entry("vm-disk1.vmdk", text_at(124, std::string("77777777777\0", 12))), "cut off"},
        {"OvaMemberNegative", "ova",
         tar_entry("vm-disk1.vmdk", text_at(124, std::string(12, '\xff'))), "no regular file"},
        {"OvaChecksum", "ova", [](Bytes& b) { b[find(b, "vm.mf")] = std::byte{'x'}; },
         "no regular file"},
        {"OvaLink", "ova", tar_entry("vm-disk1.vmdk", text_at(156, "2")), "no regular file"},
        {"OvaPath", "ova", tar_entry("vm-disk1.vmdk", text_at(0, "../../x.vmdk")), "plain name"},
        {"OvaTwice", "ova", tar_entry("vm.mf", text_at(0, "vm.ovf")), "stands twice"},
        {"OvaDescriptorNotFirst", "ova", tar_entry("vm.ovf", text_at(0, "vm.txt")), "descriptor"},
        {"OvaSizeWrong", "ova", replace("ovf:size=\"", "ovf:size=\"9"), "the size"},
        {"OvaDigestWrong", "ova", replace(".vmdk)= ", ".vmdk)= zz"), "not the manifest's"},
        {"OvaManifestOfOtherForm", "ova", replace("SHA256(vm.ovf", "SHA256 vm.ovf"), "another form"},
        {"OvaDescriptorNoXml", "ova", replace("<References>", "<References<"), "well-formed"},
        {"OvaDiskDamaged", "ova", replace("KDMV", "kdmv"), "magic"},
        {"OvaDescriptorHuge", "ova",
         [](Bytes& b) {
             tar_entry("vm.ovf", text_at(124, std::string("00100000000\0", 12)))(b);
             b.resize(b.size() + (32 << 20));
         },
         "larger than 4 MiB"},
    };
    return all;
}

class Hostile : public testing::TestWithParam<Case> {
  protected:
    static void SetUpTestSuite() {
        directory_ = std::make_unique<TempDir>(temp_root());
        const MemorySource disk(mixed_disk(1 << 20, 11));
        const auto add = [&](const std::string& name, const Format* format,
                             std::map<std::string, std::string> options) {
            const auto path = directory_->path() / (format == find_format("ova") ? "vm.ova" : name);
            write_image(disk, {path, format, std::move(options)});
            const std::string text = read_text(path);
            const auto bytes = as_byte_span(text);
            good_[name].assign(bytes.begin(), bytes.end());
        };
        add("qcow2", find_format("qcow2"), {});
        add("small", find_format("qcow2"), {{"cluster_size", "4k"}});
        add("zlib", find_format("qcow2"), {{"compression_type", "zlib"}});
        add("zstd", find_format("qcow2"), {{"compression_type", "zstd"}});
        add("vmdk", find_format("vmdk"), {});
        add("ova", find_format("ova"), {});
    }
    static void TearDownTestSuite() { directory_.reset(); }

    static const Format* format_of(const std::string& base) {
        return base == "vmdk"  ? find_format("vmdk")
               : base == "ova" ? find_format("ova")
                               : find_format("qcow2");
    }
    static std::filesystem::path write(const Bytes& bytes) {
        const auto path = directory_->path() / "hostile";
        write_text(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        return path;
    }
    // Everything that is said about an image by opening, reading, describing and checking it.
    static std::string complaints(const std::filesystem::path& path, const Format* format) {
        std::string words;
        const auto attempt = [&](const std::function<void(OpenOptions)>& action) {
            OpenOptions options;
            options.format = format;
            try {
                action(options);
            } catch (const Error& error) {
                words += error.to_string() + "\n";
            }
        };
        attempt([&](OpenOptions options) { read_disk(*open_source(path, options)); });
        attempt([&](OpenOptions options) { inspect_image(path, options); });
        attempt([&](OpenOptions options) {
            const CheckReport report = check_image(path, options);
            for (const std::string& problem : report.problems) words += problem + "\n";
        });
        return words;
    }

    static std::unique_ptr<TempDir> directory_;
    static std::map<std::string, Bytes> good_;
};

std::unique_ptr<TempDir> Hostile::directory_;
std::map<std::string, Bytes> Hostile::good_;

INSTANTIATE_TEST_SUITE_P(Files, Hostile, testing::ValuesIn(cases()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(Hostile, IsRefusedInClearWords) {
    Bytes bytes = good_.at(GetParam().base);
    if (GetParam().change) {
        GetParam().change(bytes);
    } else {
        store_be<std::uint64_t>(bytes, 8, 512);
        store_be<std::uint32_t>(bytes, 16, 11);
        text_at(512, "/etc/passwd")(bytes);
    }
    EXPECT_THAT(complaints(write(bytes), format_of(GetParam().base)), HasSubstr(GetParam().words));
}

TEST_F(Hostile, TheGoodFilesAreClean) {
    for (const auto& [name, bytes] : good_) {
        EXPECT_EQ(complaints(write(bytes), format_of(name)), "") << name;
    }
}

// Whatever is cut off, it is noticed or belongs to no data.
TEST_F(Hostile, EveryTruncationIsNoticed) {
    for (const auto& [name, bytes] : good_) {
        for (std::size_t size = 0; size < bytes.size(); size += bytes.size() / 97 + 1) {
            const std::string words = complaints(
                write({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}),
                format_of(name));
            EXPECT_NE(words, "") << name << " cut at " << size;
        }
    }
}

// No change of a byte in the tables makes it crash, hang or take much memory.
TEST_F(Hostile, EveryChangedByteIsSurvived) {
    for (const auto& [name, bytes] : good_) {
        Bytes changed = bytes;
        for (std::size_t i = 0; i < 512; i += 3) {
            const std::byte old = changed[i];
            changed[i] ^= std::byte{0xff};
            complaints(write(changed), format_of(name));
            changed[i] = old;
        }
        for (std::size_t i = 1; i < 1024; i += 11) {
            const std::size_t at = changed.size() - i;
            const std::byte old = changed[at];
            changed[at] ^= std::byte{0x81};
            complaints(write(changed), format_of(name));
            changed[at] = old;
        }
    }
    SUCCEED();
}

}  // namespace
}  // namespace kiln::formats
