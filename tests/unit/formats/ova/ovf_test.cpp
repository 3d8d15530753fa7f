#include "formats/ova/ovf.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/error.h"

namespace kiln::formats {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

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

// The digests are those of what the first writer, over an XML library, made.
TEST(Ovf, IsTheSameBytesAsEver) {
    const auto digest = [](const OvfMachine& machine, const std::vector<OvfDisk>& disks) {
        return digest_hex(DigestType::Sha256, to_ovf(machine, disks));
    };
    OvfMachine plain;
    plain.name = "vm";
    EXPECT_EQ(digest(plain, {{"vm-disk1.vmdk", 1073741824, 123456, 65536}}),
              "f6013ae369ecc6507a9a2bc44caf5db6c58b619169fd15935311b9c8633b493b");
    OvfMachine full;
    full.name = "a <b> & \"c\" 'd' \t \xc3\xa9\n x";
    full.annotation = "line one\n\tline <two> & \"q\" 'a' > ]]> end \xc3\xa9";
    full.firmware = Firmware::Efi;
    full.secure_boot = true;
    full.disk_controller = DiskController::Pvscsi;
    full.cpus = 8;
    full.memory_mib = 65536;
    full.hardware_version = 19;
    full.network_cards = {{"VmxNet3", "A & B\n\"net\""}, {"E1000e", "LAN"}, {"E1000e", "LAN"}};
    full.vmware_os_type = "debian11_64Guest";
    std::vector<OvfDisk> disks;
    for (int i = 1; i <= 9; i++) {
        disks.push_back({fmt::format("a-disk{}.vmdk", i), 1ULL << 40, 18446744073709551615ULL, 0});
    }
    EXPECT_EQ(digest(full, disks),
              "4d2e399bbf28606ff8ca39270f9340bbba468568e004b44f40283569385b7824");
    OvfMachine small;
    small.name = " ";
    small.annotation = " ";
    small.disk_controller = DiskController::Ide;
    small.network_cards = {};
    EXPECT_EQ(digest(small, {{"", 0, 0, 0}}),
              "4bbdbb7792eeb740b8fdf26dc252f16acbb296fbb7d568e49131e101f1bc450b");
}

}  // namespace
}  // namespace kiln::formats
