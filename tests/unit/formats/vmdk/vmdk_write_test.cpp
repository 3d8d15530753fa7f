// VMDKs written in every subformat: read back equal, laid out as they should be, and nothing left
// behind when it goes wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "formats/bytes/bytes.h"
#include "formats/inspect.h"
#include "formats/vmdk/vmdk_check.h"
#include "formats/vmdk/vmdk_format.h"
#include "formats/vmdk/vmdk_header.h"
#include "tests/unit/formats/engine/spotted_source.h"
#include "tests/unit/formats/image_builder.h"

namespace kiln::formats {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
namespace fs = std::filesystem;

using Bytes = std::vector<std::byte>;
using Options = std::map<std::string, std::string>;

const std::vector<std::string>& subformats() {
    static const std::vector<std::string> all = {"streamOptimized", "monolithicSparse",
                                                 "monolithicFlat", "vmfs"};
    return all;
}

bool in_two_files(const std::string& subformat) {
    return subformat == "monolithicFlat" || subformat == "vmfs";
}

class VmdkWrite : public testing::Test {
  protected:
    fs::path path(std::string_view name) const { return directory_.path() / name; }
    OutputSpec spec(const Options& options, std::string_view name = "out.vmdk") const {
        return {path(name), &kVmdkFormat, options, Speed::Fast};
    }
    std::unique_ptr<Source> open(std::string_view name = "out.vmdk") const {
        OpenOptions options;
        options.format = &kVmdkFormat;
        options.allow_backing = true;
        return open_source(path(name), options);
    }
    void expect_clean(std::string_view name = "out.vmdk") const {
        OpenOptions options;
        options.allow_backing = true;
        CheckReport report;
        check_vmdk(InputFile::open(path(name)), report, {}, options);
        EXPECT_THAT(report.problems, IsEmpty());
        EXPECT_THAT(report.notes, IsEmpty());
    }
    std::string refusal(const Options& options, std::uint64_t size = 512,
                        const fs::path& name = "out.vmdk") const {
        try {
            make_sink({name == "-" ? name : directory_.path() / name, &kVmdkFormat, options})
                ->begin(size);
            return "taken";
        } catch (const Error& error) {
            return error.to_string();
        }
    }
    Bytes bytes_of(std::string_view name) const {
        const std::string text = read_text(path(name));
        const auto bytes = as_byte_span(text);
        return {bytes.begin(), bytes.end()};
    }

    TempDir directory_{temp_root()};
};

std::string sha256(const Bytes& bytes) {
    return digest_hex(DigestType::Sha256,
                      {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

TEST_F(VmdkWrite, EverySubformatGivesTheDiskBack) {
    std::vector<Bytes> disks = {{},
                                Bytes(512, std::byte{1}),
                                Bytes(1, std::byte{1}),
                                Bytes(1000, std::byte{2}),
                                Bytes(5'000'192),
                                mixed_disk(65536 * 3 + 512, 1),
                                mixed_disk(12'345'679, 2),
                                mixed_disk(70'000'128, 3)};
    Bytes alternating(8 << 20);
    for (std::size_t at = 0; at < alternating.size(); at += 131072) {
        std::fill_n(alternating.begin() + static_cast<std::ptrdiff_t>(at), 65536, std::byte{3});
    }
    disks.push_back(alternating);
    Bytes random(3'000'320);
    std::uint32_t state = 1;
    for (std::byte& byte : random) byte = static_cast<std::byte>((state = state * 69069 + 1) >> 24);
    disks.push_back(random);
    for (const std::string& subformat : subformats()) {
        for (const Bytes& disk : disks) {
            const MemorySource source(disk);
            const ConvertResult result = write_image(source, spec({{"subformat", subformat}}));
            Bytes whole = disk;
            whole.resize(round_up(disk.size(), 512));
            const auto image = open();
            EXPECT_TRUE(read_disk(*image) == whole) << subformat << " " << disk.size();
            EXPECT_EQ(result.outputs[0].sha256, sha256(bytes_of("out.vmdk")));
            EXPECT_EQ(result.outputs[0].file_size, fs::file_size(path("out.vmdk")));
            EXPECT_THAT(image->info().details, Contains(Pair("create type", subformat)));
            EXPECT_EQ(image->info().writer_options.at("subformat"), subformat);
            expect_clean();
        }
    }
}

TEST_F(VmdkWrite, TheBytesDoNotDependOnTheNumberOfThreads) {
    const MemorySource source(mixed_disk(20'000'256, 4));
    for (const std::string& subformat : subformats()) {
        const std::vector<std::string> names =
            in_two_files(subformat) ? std::vector<std::string>{"out.vmdk", "out-flat.vmdk"}
                                    : std::vector<std::string>{"out.vmdk"};
        write_image(source, spec({{"subformat", subformat}}), 1);
        std::vector<Bytes> first;
        for (const std::string& name : names) first.push_back(bytes_of(name));
        write_image(source, spec({{"subformat", subformat}}), 3);
        for (std::size_t i = 0; i < names.size(); ++i) {
            EXPECT_TRUE(first[i] == bytes_of(names[i])) << subformat;
        }
    }
}

TEST_F(VmdkWrite, HugeSparseDisksTakeLittleRoom) {
    for (const std::uint64_t size : {(2ULL << 40) - 512, 6ULL << 40}) {
        const SpottedSource source(size,
                                   {0, 512, 1ULL << 40, (1ULL << 40) + (33 << 20), size - 512});
        for (const std::string& subformat : subformats()) {
            OutputSpec output = spec({{"subformat", subformat}});
            output.sha256 = false;  // of the holes
            write_image(source, output);
            const auto image = open();
            ASSERT_EQ(image->virtual_size(), size);
            EXPECT_TRUE(compare_images(source, *image).identical) << subformat;
            struct stat status {};
            ASSERT_EQ(
                stat(path(in_two_files(subformat) ? "out-flat.vmdk" : "out.vmdk").c_str(), &status),
                0);
            EXPECT_LT(status.st_blocks * 512, 8 << 20) << subformat;
        }
    }
}

TEST_F(VmdkWrite, DisksThatTheFormatCannotHoldAreRefused) {
    EXPECT_THAT(refusal({{"subformat", "monolithicSparse"}}, 1ULL << 60),
                HasSubstr("more than 2 TiB"));
    for (const char* flat : {"monolithicFlat", "vmfs"}) {
        EXPECT_THAT(refusal({{"subformat", flat}}, (62ULL << 40) + 1), HasSubstr("62 TiB"));
        // Most file systems end before that; what they say is passed on.
        const std::string at_limit = refusal({{"subformat", flat}}, 62ULL << 40);
        EXPECT_TRUE(at_limit == "taken" || at_limit.find("larg") != std::string::npos) << at_limit;
    }
    EXPECT_THAT(list_directory(directory_.path()), IsEmpty());
}

TEST_F(VmdkWrite, AMonolithicSparseIsLaidOutAsVmwareDoes) {
    write_image(MemorySource(mixed_disk(70'000'128, 3)), spec({{"subformat", "monolithicSparse"}}));
    const Bytes bytes = bytes_of("out.vmdk");
    const auto header =
        VmdkHeader::decode(std::span(bytes).first(512), InputFile::open(path("out.vmdk")));
    EXPECT_EQ(header.version, 1U);
    EXPECT_EQ(header.flags, VmdkHeader::kHasNewlineTest | VmdkHeader::kHasRedundantTable);
    EXPECT_EQ(header.compression, 0U);
    EXPECT_EQ(header.descriptor_offset, 1U);
    EXPECT_EQ(header.descriptor_size, 20U);
    // 67 MB: 3 tables of 4 sectors behind a directory of one, twice.
    EXPECT_EQ(header.redundant_directory_offset, 21U);
    EXPECT_EQ(header.directory_offset, 34U);
    EXPECT_EQ(header.overhead, 128U);
    for (unsigned table = 0; table < 3; ++table) {
        EXPECT_EQ(load_le<std::uint32_t>(bytes, 21 * 512 + table * 4), 22 + table * 4);
        EXPECT_EQ(load_le<std::uint32_t>(bytes, 34 * 512 + table * 4), 35 + table * 4);
    }
    EXPECT_EQ(bytes.size() % 65536, 0U);
}

TEST_F(VmdkWrite, ZeroedGrainsAreAnnounced) {
    write_image(MemorySource(mixed_disk(1'000'448, 3)),
                spec({{"subformat", "monolithicSparse"}, {"zeroed_grain", "on"}}));
    const Bytes bytes = bytes_of("out.vmdk");
    EXPECT_EQ(load_le<std::uint32_t>(bytes, 4), 2U);
    EXPECT_EQ(load_le<std::uint32_t>(bytes, 8) & VmdkHeader::kHasZeroGrains,
              VmdkHeader::kHasZeroGrains);
    EXPECT_EQ(open()->info().writer_options.at("zeroed_grain"), "on");
    expect_clean();
    for (const char* other : {"streamOptimized", "monolithicFlat", "vmfs"}) {
        EXPECT_THAT(refusal({{"subformat", other}, {"zeroed_grain", "on"}}),
                    HasSubstr("zeroed_grain"));
        EXPECT_EQ(refusal({{"subformat", other}, {"zeroed_grain", "off"}}), "taken");
    }
}

TEST_F(VmdkWrite, AdapterAndHardwareVersionStandInEveryDescriptor) {
    for (const std::string& subformat : subformats()) {
        for (const char* adapter : {"ide", "lsilogic", "buslogic", "legacyESX", "pvscsi"}) {
            write_image(
                MemorySource(mixed_disk(65536, 3)),
                spec({{"subformat", subformat}, {"adapter_type", adapter}, {"hwversion", "17"}}));
            const SourceInfo info = open()->info();
            EXPECT_THAT(info.details, AllOf(Contains(Pair("adapter type", adapter)),
                                            Contains(Pair("hardware version", "17"))));
            EXPECT_EQ(info.writer_options.at("adapter_type"), adapter);
            EXPECT_EQ(info.writer_options.at("hwversion"), "17");
        }
    }
    EXPECT_THAT(refusal({{"adapter_type", "scsi"}}), HasSubstr("pvscsi"));
    EXPECT_THAT(refusal({{"subformat", "twoGbMaxExtentSparse"}}), HasSubstr("monolithicSparse"));
}

TEST_F(VmdkWrite, TwoFilesNameEachOtherAndHaveTheirDigests) {
    const Bytes disk = mixed_disk(1'000'000, 5);
    for (const auto& [subformat, line] :
         {std::pair("monolithicFlat", "RW 1954 FLAT \"my disk-flat.vmdk\" 0\n"),
          {"vmfs", "RW 1954 VMFS \"my disk-flat.vmdk\"\n"}}) {
        const ConvertResult result =
            write_image(MemorySource(disk), spec({{"subformat", subformat}}, "my disk.vmdk"));
        EXPECT_THAT(list_directory(directory_.path()),
                    ElementsAre("my disk-flat.vmdk", "my disk.vmdk"));
        EXPECT_THAT(read_text(path("my disk.vmdk")),
                    AllOf(HasSubstr(line), HasSubstr(fmt::format("createType=\"{}\"", subformat))));
        const auto& members = result.outputs[0].members;
        ASSERT_EQ(members.size(), 2U);
        for (const OutputMember& member : members) {
            const Bytes bytes = bytes_of(member.name);
            EXPECT_EQ(member.size, bytes.size());
            EXPECT_EQ(member.sha256, sha256(bytes));
        }
        EXPECT_EQ(members[0].name, "my disk.vmdk");
        EXPECT_EQ(members[1].size, 1'000'448U);
    }
    OutputSpec quiet = spec({{"subformat", "vmfs"}}, "plain");
    quiet.sha256 = false;
    const ConvertResult result = write_image(MemorySource(disk), quiet);
    EXPECT_TRUE(fs::exists(path("plain-flat.vmdk")));
    EXPECT_EQ(result.outputs[0].members[1].sha256, "");
    EXPECT_TRUE(read_disk(*open("plain")).size() == 1'000'448U);
}

TEST_F(VmdkWrite, FurtherDigestsAreThoseOfTheFile) {
    const MemorySource source(mixed_disk(1'000'448, 5));
    for (const std::string& subformat : subformats()) {
        for (const bool also_sha256 : {true, false}) {
            OutputSpec output = spec({{"subformat", subformat}});
            output.sha256 = also_sha256;
            output.digests = {DigestType::Md5, DigestType::Sha1};
            const ConvertResult result = write_image(source, output);
            const auto digests_of = [&](const std::string& name) {
                const std::string text = read_text(path(name));
                return ElementsAre(
                    FileDigest{DigestType::Md5, digest_hex(DigestType::Md5, text)},
                    FileDigest{DigestType::Sha1, digest_hex(DigestType::Sha1, text)});
            };
            EXPECT_THAT(result.outputs[0].digests, digests_of("out.vmdk"));
            for (const OutputMember& member : result.outputs[0].members) {
                EXPECT_THAT(member.digests, digests_of(member.name));
            }
        }
    }
}

TEST_F(VmdkWrite, APairIsReplacedAsOne) {
    write_image(MemorySource(mixed_disk(100'352, 5)), spec({{"subformat", "vmfs"}}));
    const Bytes disk = mixed_disk(200'192, 6);
    write_image(MemorySource(disk), spec({{"subformat", "monolithicFlat"}}));
    EXPECT_TRUE(read_disk(*open()) == disk);
    EXPECT_THAT(list_directory(directory_.path()), ElementsAre("out-flat.vmdk", "out.vmdk"));
}

TEST_F(VmdkWrite, AnErrorLeavesNothing) {
    for (const std::string& subformat : subformats()) {
        MemorySource source(mixed_disk(5'000'192, 7));
        source.fail_from(3'000'000);
        EXPECT_THROW(write_image(source, spec({{"subformat", subformat}})), Error);
        EXPECT_THAT(list_directory(directory_.path()), IsEmpty()) << subformat;
    }
    // The descriptor's name turns out to be taken by a directory when all is written.
    const MemorySource source(mixed_disk(65536, 7));
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(make_sink(spec({{"subformat", "vmfs"}})));
    Sink* const plain[] = {sinks[0].get()};
    convert_uncommitted(source, plain);
    fs::create_directories(path("out.vmdk/inner"));
    EXPECT_THROW(sinks[0]->commit(Sync::Yes), Error);
    sinks.clear();
    EXPECT_THAT(list_directory(directory_.path()), ElementsAre("out.vmdk"));
}

TEST_F(VmdkWrite, WhatCannotBeNamedOrPipedIsRefused) {
    for (const char* subformat : {"monolithicSparse", "monolithicFlat", "vmfs"}) {
        EXPECT_THAT(refusal({{"subformat", subformat}}, 512, "-"), HasSubstr("pipe"));
    }
    for (const char* name : {"a\"b.vmdk", "a\nb.vmdk", "a\\b.vmdk"}) {
        EXPECT_THAT(refusal({{"subformat", "vmfs"}}, 512, name), HasSubstr("plainer name"));
        EXPECT_EQ(refusal({{"subformat", "monolithicSparse"}}, 512, name), "taken");
    }
}

}  // namespace
}  // namespace kiln::formats
