#include "post_processor/ova.h"

#include <fstream>

#include "base/file.h"
#include "formats/engine/converter.h"
#include "formats/format.h"
#include "formats/inspect.h"
#include "formats/outputs.h"
#include "tests/unit/post_processor/artifact_fixture.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(OvaMachine, TakesWhatTheBuilderAnnouncedUnlessTheOptionsSayMore) {
    Artifact input;
    input.state = {{"cpus", 4}, {"memory", "2048"}, {"firmware", "efi"}};
    OvaPostOptions options;
    auto machine = ova_machine(options, input, "out/web.ova");
    EXPECT_EQ(machine.name, "web");
    EXPECT_EQ(machine.cpus, 4U);
    EXPECT_EQ(machine.memory_mib, 2048U);
    EXPECT_EQ(machine.firmware, formats::Firmware::Efi);

    options.cpus = 2;
    options.memory = 512;
    options.firmware = "bios";
    options.vm_name = "server";
    options.disk_adapter = "pvscsi";
    options.network_adapter = "e1000e";
    options.network_name = "LAN";
    options.hardware_version = 19;
    options.guest_os_type = "debian11_64Guest";
    machine = ova_machine(options, input, "out/web.ova");
    EXPECT_EQ(machine.name, "server");
    EXPECT_EQ(machine.cpus, 2U);
    EXPECT_EQ(machine.memory_mib, 512U);
    EXPECT_EQ(machine.firmware, formats::Firmware::Bios);
    EXPECT_EQ(machine.disk_controller, formats::DiskController::Pvscsi);
    ASSERT_EQ(machine.network_cards.size(), 1U);
    EXPECT_EQ(machine.network_cards[0].adapter, "E1000e");
    EXPECT_EQ(machine.network_cards[0].network, "LAN");
    EXPECT_EQ(machine.hardware_version, 19U);
    EXPECT_EQ(machine.vmware_os_type, "debian11_64Guest");
}

TEST(OvaMachine, HasDefaultsOfItsOwn) {
    const auto machine = ova_machine({}, {}, "x.ova");
    EXPECT_EQ(machine.cpus, 1U);
    EXPECT_EQ(machine.memory_mib, 1024U);
    EXPECT_EQ(machine.firmware, formats::Firmware::Bios);
}

TEST(OvaDisks, AreThoseThatTheBuilderAnnounced) {
    Artifact input;
    input.files = {"out/vm", "out/vm-1", "out/efivars.fd"};
    input.state = {{"diskPaths", Setting::List{"out/vm", "out/vm-1"}}, {"diskType", "raw"}};
    const auto disks = ova_disks({}, input);
    ASSERT_EQ(disks.size(), 2U);
    EXPECT_EQ(disks[1].path, "out/vm-1");
    EXPECT_EQ(disks[1].how.format, formats::find_format("raw"));
}

TEST(OvaDisks, AreOtherwiseChosenByName) {
    Artifact input;
    input.files = {"a.qcow2", "a.qcow2.sha256", "b.raw", "c.img", "d.vmdk", "notes.txt"};
    const auto disks = ova_disks({}, input);
    ASSERT_EQ(disks.size(), 4U);
    EXPECT_EQ(disks[0].how.format, formats::find_format("qcow2"));
    EXPECT_EQ(disks[1].how.format, formats::find_format("raw"));
    EXPECT_FALSE(disks[2].how.format) << "its content has to tell";
    EXPECT_FALSE(disks[2].how.allow_raw);
    EXPECT_FALSE(disks[0].how.allow_backing);
}

TEST(OvaDisks, MayBeNamedAsAnyFormatOfDisksIs) {
    Artifact input;
    input.files = {"a.vhd", "b.VHDX", "c.vdi", "d.qcow", "e.ova", "f.zip"};
    const auto disks = ova_disks({}, input);
    ASSERT_EQ(disks.size(), 4U) << "what may hold anything is left where disks are";
    EXPECT_EQ(disks[0].how.format, formats::find_format("vhd"));
    EXPECT_EQ(disks[1].how.format, formats::find_format("vhdx"));
    EXPECT_EQ(disks[2].how.format, formats::find_format("vdi"));
    EXPECT_EQ(disks[3].how.format, formats::find_format("qcow2"));
}

TEST(OvaDisks, MayBePackedWhenThereAreNoOthers) {
    Artifact input;
    input.files = {"disk.raw.xz", "notes.txt"};
    const auto disks = ova_disks({}, input);
    ASSERT_EQ(disks.size(), 1U);
    EXPECT_EQ(disks[0].path, "disk.raw.xz");
    EXPECT_FALSE(disks[0].how.format) << "its content has to tell";
}

TEST(OvaDisks, AreFoundByTheirContentWhereNoNameTells) {
    const TempDir directory(temp_root());
    const auto file = [&](const char* name, std::string_view bytes) {
        std::ofstream(directory.path() / name) << bytes;
        return directory.path() / name;
    };
    Artifact input;
    input.files = {file("machine", "vhdxfile" + std::string(70'000, ' ')), file("notes", "text"),
                   directory.path(), file("other", "QFI\xfb" + std::string(600, ' '))};
    const auto disks = ova_disks({}, input);
    ASSERT_EQ(disks.size(), 2U);
    EXPECT_EQ(disks[0].how.format, formats::find_format("vhdx"));
    EXPECT_EQ(disks[1].path, directory.path() / "other");
    EXPECT_EQ(disks[1].how.format, formats::find_format("qcow2"));
    EXPECT_FALSE(disks[1].how.allow_backing);
}

TEST(OvaDisks, MayBeALoneFileOfAGivenFormat) {
    Artifact input;
    input.files = {"disk"};
    OvaPostOptions options;
    EXPECT_THROW(ova_disks(options, input), Error);
    options.disk_format = "raw";
    ASSERT_EQ(ova_disks(options, input).size(), 1U);
}

class Ova : public PostProcessorTest {};

TEST_F(Ova, FindsMistakesBeforeTheBuildRuns) {
    make<OvaPostProcessor>(ova_schema, {{"cpus", 0}, {"memory", 1}, {"hardware_version", 99}});
    EXPECT_EQ(problems_.size(), 3U);
    make<OvaPostProcessor>(ova_schema, {{"disk_adapter", "scsi"}});
    EXPECT_THAT(problems_, ElementsAre(HasSubstr("disk_adapter must be one of lsilogic, ")));
}

TEST_F(Ova, IsMadeOfADiskThatOnlyItsContentCallsOne) {
    std::ofstream(path("disk.raw")) << std::string(1 << 20, 'x');
    std::vector<std::unique_ptr<formats::Sink>> sinks;
    sinks.push_back(formats::make_sink({path("machine"), formats::find_format("vhdx"), {}}));
    formats::convert(*formats::open_source(path("disk.raw")), sinks);

    const auto ova = make<OvaPostProcessor>(ova_schema, {{"output", path("x.ova").string()}});
    ova->process(context_, artifact_of({path("machine").string()}));
    EXPECT_TRUE(formats::compare_images(*formats::open_source(path("disk.raw")),
                                        *formats::open_source(path("x.ova")))
                    .identical);
}

TEST_F(Ova, SaysThatThereIsNoDisk) {
    const auto ova = make<OvaPostProcessor>(ova_schema, {{"output", path("x.ova").string()}});
    EXPECT_THAT(failure_of([&] { ova->process(context_, artifact_of({"notes.txt"})); }),
                HasSubstr("the artifact has no disk image to make an OVA of"));
}

}  // namespace
}  // namespace kiln::test
