// The small parts: zero test, tar header, OVF text, qcow2 numbers, compressors, options.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "base/error.h"
#include "formats/bytes.h"
#include "formats/compress.h"
#include "formats/decompress.h"
#include "formats/outputs.h"
#include "formats/ova/ovf.h"
#include "formats/ova/tar.h"
#include "formats/qcow2/qcow2_header.h"
#include "formats/qcow2/refcount_writer.h"
#include "formats/vmdk/vmdk_descriptor.h"
#include "formats/vmdk/vmdk_header.h"
#include "formats/zero.h"
#include "image_builder.h"

namespace kiln::formats {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::byte> text_block(std::size_t size) {
    std::mt19937 random(5);
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>("etaoin shrdlu, cmfwyp"[random() % 21]);
    return bytes;
}

std::vector<std::byte> random_block(std::size_t size) {
    std::mt19937 random(6);
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
}

TEST(ZeroTest, FindsASingleByteAnywhere) {
    std::vector<std::byte> bytes(9000);
    EXPECT_TRUE(is_zero(bytes));
    EXPECT_TRUE(is_zero({}));
    for (const std::size_t position : {0, 1, 63, 4095, 4096, 8998, 8999}) {
        bytes[position] = std::byte{1};
        EXPECT_FALSE(is_zero(bytes)) << position;
        bytes[position] = std::byte{0};
    }
}

TEST(ZeroTest, MapAnswersForPagesAndForSmallerParts) {
    std::vector<std::byte> bytes(4 * ZeroMap::kPage);
    bytes[ZeroMap::kPage + 700] = std::byte{1};
    const ZeroMap map(bytes);
    EXPECT_TRUE(map.covers(bytes, 0, ZeroMap::kPage));
    EXPECT_FALSE(map.covers(bytes, 0, 2 * ZeroMap::kPage));
    EXPECT_TRUE(map.covers(bytes, ZeroMap::kPage, 512));
    EXPECT_FALSE(map.covers(bytes, ZeroMap::kPage + 512, 512));
    EXPECT_TRUE(map.covers(bytes, 2 * ZeroMap::kPage, 2 * ZeroMap::kPage));
}

TEST(TarHeader, IsUstarWithNoOwnerAndNoTime) {
    const auto block = TarEntry{"vm.ovf", 1234}.encode();
    const std::string text(reinterpret_cast<const char*>(block.data()), block.size());
    EXPECT_EQ(text.substr(0, 7), std::string("vm.ovf\0", 7));
    EXPECT_EQ(text.substr(100, 56), std::string("0000644\0"
                                                "0000000\0"
                                                "0000000\0"
                                                "00000002322\0"
                                                "00000000000\0"
                                                "007102\0 ",
                                                56));
    EXPECT_EQ(text.substr(156, 1), "0");
    EXPECT_EQ(text.substr(257, 8), std::string("ustar\0"
                                               "00",
                                               8));
}

TEST(TarHeader, HoldsSizesOfEightGibibytesAndMore) {
    for (const std::uint64_t size :
         {0ULL, 511ULL, (1ULL << 33) - 1, 1ULL << 33, 123456789012345ULL}) {
        const auto entry = TarEntry::decode(TarEntry{"disk.vmdk", size}.encode());
        ASSERT_TRUE(entry) << size;
        EXPECT_EQ(entry->size, size);
        EXPECT_EQ(entry->name, "disk.vmdk");
    }
}

TEST(TarHeader, RefusesDamageAndOtherKindsOfEntries) {
    auto block = TarEntry{"a", 1}.encode();
    block[0] = std::byte{'b'};
    EXPECT_FALSE(TarEntry::decode(block));
    EXPECT_THROW((TarEntry{std::string(101, 'x'), 1}.encode()), Error);
}

TEST(Ovf, DescribesTheMachine) {
    OvfMachine machine;
    machine.name = "a & b";
    machine.cpus = 2;
    machine.memory_mib = 2048;
    machine.firmware = Firmware::Efi;
    machine.secure_boot = true;
    machine.disk_controller = DiskController::Pvscsi;
    machine.network_cards = {{"E1000", "lab"}, {"VmxNet3", "lab"}};
    const std::string text =
        to_ovf(machine, {{"a-disk1.vmdk", 1 << 20, 777, 65536}, {"a-disk2.vmdk", 512, 9, 0}});
    EXPECT_THAT(
        text,
        AllOf(StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Envelope "),
              HasSubstr("<File ovf:href=\"a-disk1.vmdk\" ovf:id=\"file1\" ovf:size=\"777\" />"),
              HasSubstr("<Disk ovf:capacity=\"1048576\" ovf:capacityAllocationUnits=\"byte\" "
                        "ovf:diskId=\"vmdisk1\" ovf:fileRef=\"file1\" "
                        "ovf:format=\"http://www.vmware.com/interfaces/specifications/"
                        "vmdk.html#streamOptimized\" ovf:populatedSize=\"65536\" />"),
              HasSubstr("<VirtualSystem ovf:id=\"a &amp; b\">"),
              HasSubstr("<vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType>"),
              HasSubstr("<rasd:ElementName>2 virtual CPU(s)</rasd:ElementName>"),
              HasSubstr("<rasd:ResourceSubType>VirtualSCSI</rasd:ResourceSubType>"),
              HasSubstr("<rasd:HostResource>ovf:/disk/vmdisk2</rasd:HostResource>")));
    EXPECT_THAT(text, AllOf(HasSubstr("<vmw:Config ovf:required=\"false\" vmw:key=\"firmware\" "
                                      "vmw:value=\"efi\" />"),
                            HasSubstr("bootOptions.efiSecureBootEnabled")));
    // One network, though two cards are in it.
    EXPECT_EQ(text.find("<Network ovf:name"), text.rfind("<Network ovf:name"));
}

TEST(Ovf, AnItemsElementsAreInTheOrderOfTheAlphabet) {
    OvfMachine machine;
    machine.name = "vm";
    const std::string text = to_ovf(machine, {{"d.vmdk", 512, 1, 0}});
    const std::size_t start = text.find("<rasd:AllocationUnits>hertz");
    EXPECT_EQ(text.substr(start, text.find("</Item>", start) - start),
              "<rasd:AllocationUnits>hertz * 10^6</rasd:AllocationUnits>\n"
              "        <rasd:Description>Number of Virtual CPUs</rasd:Description>\n"
              "        <rasd:ElementName>1 virtual CPU(s)</rasd:ElementName>\n"
              "        <rasd:InstanceID>1</rasd:InstanceID>\n"
              "        <rasd:ResourceType>3</rasd:ResourceType>\n"
              "        <rasd:VirtualQuantity>1</rasd:VirtualQuantity>\n      ");
}

TEST(Ovf, RefusesWhatImportersDoNotTake) {
    const std::vector<OvfDisk> disk = {{"d.vmdk", 512, 1, 0}};
    const auto with = [](auto change) {
        OvfMachine machine;
        machine.name = "vm";
        change(machine);
        return machine;
    };
    EXPECT_NO_THROW(to_ovf(with([](OvfMachine&) {}), disk));
    EXPECT_THROW(to_ovf(with([](OvfMachine& m) { m.name = ""; }), disk), Error);
    EXPECT_THROW(to_ovf(with([](OvfMachine& m) { m.name = "a/b"; }), disk), Error);
    EXPECT_THROW(to_ovf(with([](OvfMachine& m) { m.annotation = "\x01"; }), disk), Error);
    EXPECT_THROW(to_ovf(with([](OvfMachine& m) { m.cpus = 0; }), disk), Error);
    EXPECT_THROW(to_ovf(with([](OvfMachine& m) { m.hardware_version = 2; }), disk), Error);
    EXPECT_THROW(to_ovf(with([](OvfMachine& m) { m.secure_boot = true; }), disk), Error);
    EXPECT_THROW(to_ovf(with([](OvfMachine&) {}), {}), Error);
}

TEST(Qcow2Numbers, CompressedEntriesGoThereAndBack) {
    for (const unsigned bits : {9U, 12U, 16U, 21U}) {
        Qcow2Header header;
        header.cluster_bits = bits;
        for (const std::uint64_t offset : {512ULL, 513ULL, 70001ULL, (1ULL << 40) + 511}) {
            for (const std::uint64_t size : {std::uint64_t{1}, header.cluster_size() - 1}) {
                const std::uint64_t entry = qcow2::compressed_entry(offset, size, header);
                const auto range = qcow2::compressed_range(entry, header);
                EXPECT_NE(entry & qcow2::kCompressedCluster, 0U);
                EXPECT_EQ(entry & qcow2::kCopied, 0U);
                EXPECT_EQ(range.offset, offset);
                EXPECT_GE(range.size, size);
                EXPECT_LT(range.size, size + 512);
                EXPECT_EQ((range.offset + range.size) % 512, 0U);
            }
        }
    }
}

TEST(Qcow2Numbers, RefcountBlocksCountThemselves) {
    std::uint64_t clusters = 1000;
    RefcountWriter writer(512, 512);  // 256 counts in a block
    for (std::uint64_t i = 0; i < clusters; ++i) writer.add_reference(i);
    std::vector<std::vector<std::byte>> blocks;
    writer.finish([&] { return clusters; },
                  [&](const auto& content) {
                      writer.add_reference(clusters++);
                      const auto bytes = content();
                      blocks.emplace_back(bytes.begin(), bytes.end());
                      return (clusters - 1) * 512;
                  });
    ASSERT_EQ(blocks.size(), 4U);
    EXPECT_EQ(clusters, 1004U);
    for (std::uint64_t i = 0; i < 1024; ++i) {
        const auto count = load_be<std::uint16_t>(blocks[i / 256], i % 256 * 2);
        EXPECT_EQ(count, i < clusters ? 1 : 0) << i;
    }
    EXPECT_EQ(load_be<std::uint64_t>(writer.table(), 8), 1001U * 512);
}

TEST(VmdkDescriptor, IsReadBack) {
    const std::string text = stream_optimized_descriptor(4096, "my disk.vmdk", "ide", 10);
    const VmdkDescriptor descriptor = VmdkDescriptor::parse(text);
    EXPECT_EQ(descriptor.create_type, "streamOptimized");
    EXPECT_EQ(descriptor.parent_cid, 0xffffffffU);
    EXPECT_THAT(descriptor.extents, testing::ElementsAre("RW 4096 SPARSE \"my disk.vmdk\""));
    EXPECT_EQ(descriptor.data_base.at("ddb.geometry.cylinders"), "5");
    EXPECT_EQ(descriptor.data_base.at("ddb.virtualHWVersion"), "10");
    EXPECT_EQ(text, stream_optimized_descriptor(4096, "my disk.vmdk", "ide", 10));
    EXPECT_THAT(stream_optimized_descriptor(1, "a\"\nb", "ide", 4), HasSubstr("\"disk.vmdk\""));
}

TEST(Compressors, WhatTheyWriteIsReadBack) {
    for (const Speed speed : {Speed::Fast, Speed::Balanced, Speed::Small}) {
        for (const auto& block : {text_block(65536), random_block(65536), text_block(512),
                                  std::vector<std::byte>(65536, std::byte{7})}) {
            std::vector<std::byte> packed(zlib_bound(block.size()));
            std::vector<std::byte> plain(block.size());
            packed.resize(make_zlib_compressor(speed)->compress(block, packed));
            ASSERT_FALSE(packed.empty());
            EXPECT_TRUE(inflate_zlib(packed, plain, plain.size()));
            EXPECT_EQ(plain, block);
            uLongf length = plain.size();
            EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(plain.data()), &length,
                                 reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
                      Z_OK);
        }
        const auto block = text_block(65536);
        std::vector<std::byte> packed(block.size());
        std::vector<std::byte> plain(block.size());
        packed.resize(make_zstd_compressor(speed)->compress(block, packed));
        packed.resize(packed.size() + 300);  // as padding to sectors does
        EXPECT_TRUE(decompress_zstd(packed, plain));
        EXPECT_EQ(plain, block);
    }
}

// A decoder with a window of 4 KiB that gives out 256 bytes at a time: it has no older bytes.
bool strict_inflate(std::span<const std::byte> packed, std::span<std::byte> plain) {
    z_stream stream{};
    inflateInit2(&stream, -12);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::size_t done = 0;
    int result = Z_OK;
    while (result == Z_OK && done < plain.size()) {
        std::array<Bytef, 256> part{};
        stream.next_out = part.data();
        stream.avail_out = part.size();
        result = inflate(&stream, Z_NO_FLUSH);
        const std::size_t got = std::min(part.size() - stream.avail_out, plain.size() - done);
        std::memcpy(plain.data() + done, part.data(), got);
        done += got;
    }
    inflateEnd(&stream);
    return done == plain.size();
}

TEST(Compressors, TheStrictWindowIsKept) {
    // Repeats at a distance of 20000: a wide window finds them, a strict one must not.
    std::vector<std::byte> block = random_block(20000);
    for (auto& byte : block) byte &= std::byte{0x1f};
    block.resize(65536);
    for (std::size_t i = 20000; i < block.size(); ++i) block[i] = block[i - 20000];
    std::vector<std::byte> plain(block.size());
    for (const Speed speed : {Speed::Fast, Speed::Balanced, Speed::Small}) {
        std::vector<std::byte> strict(block.size());
        std::vector<std::byte> wide(block.size());
        strict.resize(
            make_deflate_compressor(speed, DeflateWindow::Strict)->compress(block, strict));
        wide.resize(make_deflate_compressor(speed, DeflateWindow::Wide)->compress(block, wide));
        ASSERT_FALSE(strict.empty());
        EXPECT_TRUE(strict_inflate(strict, plain));
        EXPECT_EQ(plain, block);
        EXPECT_LT(wide.size(), strict.size() / 2);
        EXPECT_FALSE(strict_inflate(wide, plain));
        EXPECT_TRUE(inflate_raw(wide, plain));
        EXPECT_EQ(plain, block);
    }
}

TEST(Compressors, DoNotDependOnWhatCameBefore) {
    const auto block = text_block(65536);
    const auto other = random_block(65536);
    for (const auto make : {+[] { return make_zlib_compressor(Speed::Fast); },
                            +[] { return make_zlib_compressor(Speed::Balanced); },
                            +[] { return make_zstd_compressor(Speed::Balanced); }}) {
        std::vector<std::byte> first(70000);
        std::vector<std::byte> second(70000);
        first.resize(make()->compress(block, first));
        auto used = make();
        std::vector<std::byte> waste(70000);
        used->compress(other, waste);
        used->compress(std::span(block).subspan(30000), waste);
        second.resize(used->compress(block, second));
        EXPECT_EQ(first, second);
    }
}

TEST(Compressors, GiveUpEarlyOnRandomBytesOnly) {
    EXPECT_TRUE(looks_incompressible(random_block(65536)));
    EXPECT_FALSE(looks_incompressible(text_block(65536)));
    std::vector<std::byte> counter(65536);
    for (std::size_t i = 0; i < counter.size(); ++i) counter[i] = static_cast<std::byte>(i);
    EXPECT_FALSE(looks_incompressible(counter));
    EXPECT_FALSE(looks_incompressible(std::span(counter).first(512)));
}

TEST(Decompressors, NeverWriteBeyondTheBlock) {
    const std::vector<std::byte> big(1 << 20);
    std::vector<std::byte> packed(1 << 16);
    packed.resize(
        make_deflate_compressor(Speed::Balanced, DeflateWindow::Wide)->compress(big, packed));
    ASSERT_FALSE(packed.empty());
    std::vector<std::byte> guarded(65536 + 64, std::byte{0xa5});
    inflate_raw(packed, std::span(guarded).first(65536));
    for (std::size_t i = 65536; i < guarded.size(); ++i) EXPECT_EQ(guarded[i], std::byte{0xa5});
    EXPECT_FALSE(inflate_zlib(packed, std::span(guarded).first(65536), 65536));
    packed.assign(1 << 16, std::byte{0});
    packed.resize(make_zstd_compressor(Speed::Fast)->compress(big, packed));
    EXPECT_FALSE(decompress_zstd(packed, std::span(guarded).first(65536)));
    for (std::size_t i = 65536; i < guarded.size(); ++i) EXPECT_EQ(guarded[i], std::byte{0xa5});
}

TEST(Outputs, SayWhatAnOptionTakes) {
    const auto refusal = [](const Format* format, std::map<std::string, std::string> options) {
        try {
            make_sink({"out", format, std::move(options)});
            return std::string("accepted");
        } catch (const Error& error) {
            return error.to_string();
        }
    };
    EXPECT_EQ(refusal(find_format("qcow2"), {{"cluster_size", "64k"}}), "accepted");
    EXPECT_THAT(refusal(find_format("qcow2"), {{"clustersize", "64k"}}),
                HasSubstr("Did you mean \"cluster_size\"?"));
    EXPECT_THAT(refusal(find_format("qcow2"), {{"cluster_size", "3k"}}), HasSubstr("power of two"));
    EXPECT_THAT(refusal(find_format("qcow2"), {{"cluster_size", "4M"}}), HasSubstr("power of two"));
    EXPECT_THAT(refusal(find_format("qcow2"), {{"compat", "2"}}), HasSubstr("0.10, 1.1"));
    EXPECT_THAT(refusal(find_format("qcow2"), {{"compat", "0.10"}, {"compression_type", "zstd"}}),
                HasSubstr("compat=1.1"));
    EXPECT_THAT(refusal(find_format("vmdk"), {{"subformat", "monolithicHollow"}}),
                HasSubstr("streamOptimized"));
    EXPECT_THAT(refusal(find_format("raw"), {{"preallocation", "maybe"}}),
                HasSubstr("off, falloc"));
    EXPECT_THAT(refusal(find_format("ova"), {{"vcpus", "many"}}), HasSubstr("a number"));
    EXPECT_THAT(refusal(find_format("ova"), {{"os_type", "debain"}}), HasSubstr("debian"));
}

}  // namespace
}  // namespace kiln::formats
