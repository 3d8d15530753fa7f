// Damaged and hostile VMDKs: each is a good file with one change, and is refused or found damaged
// with words that say what is wrong.
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/bytes/bytes.h"
#include "vmdk_fixture.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

using Bytes = std::vector<std::byte>;

struct Damage {
    const char* name;
    const char* kind;  // hosted, cowd, se
    std::function<void(Bytes&)> change;
    const char* words;
};

std::function<void(Bytes&)> le32(std::size_t position, std::uint32_t value) {
    return [=](Bytes& bytes) { store_le(bytes, position, value); };
}
std::function<void(Bytes&)> le64(std::size_t position, std::uint64_t value) {
    return [=](Bytes& bytes) { store_le(bytes, position, value); };
}
std::function<void(Bytes&)> cut(std::size_t size) {
    return [=](Bytes& bytes) { bytes.resize(std::min(size, bytes.size())); };
}
std::function<void(Bytes&)> cut_end(std::size_t size) {
    return [=](Bytes& bytes) { bytes.resize(bytes.size() - size); };
}
// Hosted: the primary table and the redundant one; of 3 MB, one table each.
std::uint64_t table_of(const Bytes& bytes, std::size_t field) {
    const auto directory = load_le<std::uint64_t>(bytes, field) * 512;
    return load_le<std::uint32_t>(bytes, directory) * 512ULL;
}
std::function<void(Bytes&)> hosted_entry(std::size_t entry, std::uint32_t value) {
    return [=](Bytes& bytes) {
        store_le(bytes, table_of(bytes, 56) + entry * 4, value);
        store_le(bytes, table_of(bytes, 48) + entry * 4, value);
    };
}
std::function<void(Bytes&)> hosted_directory(std::uint32_t value) {
    return [=](Bytes& bytes) { store_le(bytes, load_le<std::uint64_t>(bytes, 56) * 512, value); };
}
std::function<void(Bytes&)> se_entry(std::uint64_t value) {
    return
        [=](Bytes& bytes) { store_le(bytes, load_le<std::uint64_t>(bytes, 18 * 8) * 512, value); };
}

const std::vector<Damage>& damages() {
    static const std::vector<Damage> all = {
        {"HostedEmpty", "hosted", cut(0), "magic"},
        {"HostedCutInHeader", "hosted", cut(300), "beyond the end"},
        {"HostedCutBeforeDescriptor", "hosted", cut(512), "beyond the end"},
        {"HostedCutInDirectory", "hosted", cut(21 * 512 + 100), "directory lies outside"},
        {"HostedCutInTables", "hosted", cut(24 * 512), "directory lies outside"},
        {"HostedCutInGrains", "hosted", cut_end(70000), "lies outside of the file"},
        {"HostedCutInLastGrain", "hosted", cut_end(60000), "lies outside of the file"},
        {"HostedVersion0", "hosted", le32(4, 0), "version 0"},
        {"HostedVersionAll", "hosted", le32(4, ~0U), "version 4294967295"},
        {"HostedFlags", "hosted", le32(8, 1U << 31), "unknown flags"},
        {"HostedMarkersAlone", "hosted", le32(8, 0x20003), "markers without"},
        {"HostedCompressed", "hosted", le32(8, 0x10003), "compression method 0"},
        {"HostedCapacityAll", "hosted", le64(12, ~0ULL), "capacity"},
        {"HostedCapacity2to54", "hosted", le64(12, 1ULL << 54), "capacity"},
        {"HostedCapacityGrown", "hosted", le64(12, 1ULL << 36), "directory lies outside"},
        {"HostedCapacityOneMore", "hosted", le64(12, 3'000'320 / 512 + 1), "sectors"},
        {"HostedGrain0", "hosted", le64(20, 0), "grain size of 0"},
        {"HostedGrain4", "hosted", le64(20, 4), "grain size of 4"},
        {"HostedGrain8192", "hosted", le64(20, 8192), "grain size of 8192"},
        {"HostedGrainAll", "hosted", le64(20, ~0ULL), "grain size"},
        {"HostedDescriptorOutside", "hosted", le64(28, ~0ULL), "descriptor"},
        {"HostedDescriptorHuge", "hosted", le64(36, 129), "descriptor"},
        {"HostedEntries0", "hosted", le32(44, 0), "0 entries"},
        {"HostedEntries4097", "hosted", le32(44, 4097), "4097 entries"},
        {"HostedDirectoryOutside", "hosted", le64(56, 1ULL << 40), "directory lies outside"},
        {"HostedDirectoryOverflow", "hosted", le64(56, ~0ULL - 1), "directory lies outside"},
        {"HostedDirectoryAtEnd", "hosted", le64(56, ~0ULL), "magic"},
        {"HostedRedundantOutside", "hosted", le64(48, ~0ULL >> 9), "redundant grain directory"},
        {"HostedRedundantIsPrimary", "hosted",
         [](Bytes& b) { store_le(b, 48, load_le<std::uint64_t>(b, 56)); }, "not two copies"},
        {"HostedOverheadHuge", "hosted", le64(64, ~0ULL), "behind the end of the file"},
        {"HostedOverheadMore", "hosted", le64(64, 256), "lies in the tables"},
        {"HostedTableOutside", "hosted", hosted_directory(~0U), "table 0 lies outside"},
        {"HostedTableAtEnd", "hosted",
         [](Bytes& b) { hosted_directory(static_cast<std::uint32_t>(b.size() / 512 - 1))(b); },
         "lies outside"},
        {"HostedTableMissing", "hosted", hosted_directory(0), "not two copies"},
        {"HostedGrainOutside", "hosted", hosted_entry(0, ~0U), "Grain 0 lies outside"},
        {"HostedGrainInHeader", "hosted", hosted_entry(0, 1), "lies in the tables"},
        {"HostedGrainInTables", "hosted", hosted_entry(0, 30), "lies in the tables"},
        {"HostedGrainTwice", "hosted",
         [](Bytes& b) { hosted_entry(5, load_le<std::uint32_t>(b, table_of(b, 56)))(b); },
         "where another one lies"},
        {"HostedCopiesDiffer", "hosted",
         [](Bytes& b) { store_le<std::uint32_t>(b, table_of(b, 48), 0); }, "copies of grain table"},
        {"HostedDescriptorLies", "hosted",
         [](Bytes& b) {
             const auto word = as_byte_span("SPARSE");
             std::memcpy(&*std::search(b.begin(), b.end(), word.begin(), word.end()), "CLOUDY", 6);
         },
         "In the descriptor"},

        {"CowdCut", "cowd", cut(100), "beyond the end"},
        {"CowdVersion", "cowd", le32(4, 2), "version 2"},
        {"CowdSectorsMore", "cowd", le32(12, ~0U), "directory has"},
        {"CowdGrain0", "cowd", le32(16, 0), "grain size of 0"},
        {"CowdGrain3", "cowd", le32(16, 3), "grain size of 3"},
        {"CowdGrainHuge", "cowd", le32(16, 1U << 31), "grain size"},
        {"CowdDirectoryOutside", "cowd", le32(20, ~0U), "directory lies outside"},
        {"CowdDirectoryEntries0", "cowd", le32(24, 0), "directory has 0"},
        {"CowdCutInGrains", "cowd", cut_end(600), "lies outside of the file"},
        {"CowdTableOutside", "cowd", le32(2048, ~0U), "table 0 lies outside"},
        {"CowdTableInTheEnd", "cowd",
         [](Bytes& b) { le32(2048, static_cast<std::uint32_t>(b.size() / 512 - 3))(b); },
         "lies outside"},
        {"CowdTablesTheSame", "cowd",
         [](Bytes& b) { store_le(b, 2052, load_le<std::uint32_t>(b, 2048)); }, "over each other"},
        {"CowdGrainInHeader", "cowd",
         [](Bytes& b) { le32(load_le<std::uint32_t>(b, 2048) * 512, 1)(b); },
         "in the file's header"},
        {"CowdGrainOutside", "cowd",
         [](Bytes& b) { le32(load_le<std::uint32_t>(b, 2048) * 512, ~0U)(b); }, "lies outside"},
        {"CowdGrainOverTable", "cowd",
         [](Bytes& b) {
             const auto table = load_le<std::uint32_t>(b, 2048);
             le32(table * 512, table + 1)(b);
         },
         "over grain table 0"},

        {"SeCut", "se", cut(100), "beyond the end"},
        {"SeVersion", "se", le64(8, 0x0000000200000002), "version 2.2"},
        {"SeCapacityAll", "se", le64(16, ~0ULL), "capacity"},
        {"SeCapacityMore", "se", le64(16, 1ULL << 36), "directory is too small"},
        {"SeGrain", "se", le64(24, 16), "grains of 16"},
        {"SeTable", "se", le64(32, 128), "tables of 128"},
        {"SeFlags", "se", le64(40, 1), "features"},
        {"SeReserved", "se", le64(72, 1), "features"},
        {"SeVolatileOutside", "se", le64(80, ~0ULL), "outside of the file"},
        {"SeVolatileMissing", "se", le64(512, 0), "second header"},
        {"SeJournal", "se", le64(512 + 24, 1), "journal"},
        {"SeDirectoryOutside", "se", le64(128, ~0ULL), "outside of the file"},
        {"SeDirectoryEmpty", "se", le64(136, 0), "directory is too small"},
        {"SeTablesOutside", "se", le64(144, 1ULL << 60), "outside of the file"},
        {"SeGrainsOutside", "se", le64(192, 1ULL << 60), "outside of the file"},
        {"SeDirectoryEntry", "se", le64(4096 * 512, 5), "no meaning"},
        {"SeDirectoryEntryHuge", "se", le64(4096 * 512, 0x10000000ffffffff), "lies outside"},
        {"SeEntryKind", "se", se_entry(0x4000000000000000), "has the entry"},
        {"SeEntryUnallocatedWithPlace", "se", se_entry(77), "has the entry"},
        {"SeEntryHuge", "se", se_entry(0x3fffffffffffffff), "has the entry"},
        {"SeEntryOutside", "se", se_entry(0x3000000000001000), "lies outside"},
        {"SeCutInGrains", "se", cut_end(4000), "lies outside of the file"},
    };
    return all;
}

class DamagedVmdk : public VmdkRead, public testing::WithParamInterface<Damage> {};

// Damage either hinders opening or is found by the check; reading never goes beyond a clear error.
TEST_P(DamagedVmdk, IsFoundAndNamed) {
    const Damage& damage = GetParam();
    // Dense at the beginning, so that the first entries are data.
    Bytes bytes = mixed_disk(3'000'320, 33);
    std::fill_n(bytes.begin(), 200'000, std::byte{0x5a});
    std::fill(bytes.end() - 70'000, bytes.end(), std::byte{0x5b});
    const std::string_view kind = damage.kind;
    Bytes file;
    if (kind == "hosted") {
        VmdkBuilder::Hosted options;
        options.redundant_tables = true;
        options.descriptor = builder_.descriptor(
            "monolithicSparse", {fmt::format("RW {} SPARSE \"x.vmdk\"", bytes.size() / 512)});
        file = builder_.hosted(bytes, options);
    }
    if (kind == "cowd") file = builder_.vmfs_sparse(bytes);
    if (kind == "se") file = builder_.se_sparse(bytes);
    put("x.vmdk", file);
    ASSERT_THAT(problems("x.vmdk"), IsEmpty());

    damage.change(file);
    put("x.vmdk", file);
    EXPECT_THAT(problems("x.vmdk"), HasSubstr(damage.words));
    try {
        const auto source = open("x.vmdk");
        Bytes part(1 << 16);
        for (std::uint64_t at = 0; at + part.size() <= source->virtual_size() && at < 4'000'000;
             at += part.size()) {
            source->next_extent(at, part.size());
            source->read(at, part);
        }
    } catch (const Error&) {  // a clear refusal
    }
}

INSTANTIATE_TEST_SUITE_P(All, DamagedVmdk, testing::ValuesIn(damages()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(VmdkRead, DamageInTheFilesOfADescriptorIsFound) {
    const Bytes bytes = mixed_disk(1'000'448, 3);
    Bytes sparse = builder_.hosted(bytes, {});
    put("s.vmdk", sparse);
    put("f.vmdk", bytes);
    describe({fmt::format("RW {} SPARSE \"s.vmdk\"", bytes.size() / 512),
              fmt::format("RW {} FLAT \"f.vmdk\" 0", bytes.size() / 512)});
    EXPECT_THAT(problems("disk.vmdk"), IsEmpty());
    put("f.vmdk", std::span(bytes).first(bytes.size() - 512));
    EXPECT_THAT(problems("disk.vmdk"), HasSubstr("too short"));
    put("f.vmdk", bytes);
    put("s.vmdk", std::span(sparse).first(sparse.size() - 512));
    EXPECT_THAT(problems("disk.vmdk"), HasSubstr("lies outside"));
    fs::remove(path("s.vmdk"));
    EXPECT_THAT(problems("disk.vmdk"), HasSubstr("s.vmdk"));
}

}  // namespace
}  // namespace kiln::formats
