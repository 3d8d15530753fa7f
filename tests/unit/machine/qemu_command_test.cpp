#include "machine/qemu/qemu_command.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace kiln::qemu {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

// The values of one switch, in order.
std::vector<std::string> values_of(const QemuDefinition& definition, std::string_view option) {
    const ProcessSpec spec = qemu_command(definition, "");
    std::vector<std::string> values;
    for (std::size_t i = 0; i + 1 < spec.arguments.size(); ++i) {
        if (spec.arguments[i] == option) values.push_back(spec.arguments[i + 1]);
    }
    return values;
}

std::string error_of(const QemuDefinition& definition) {
    try {
        qemu_command(definition, "");
    } catch (const Error& error) {
        return error.to_string();
    }
    return "";
}

// What a template with an ISO comes to.
QemuDefinition usual() {
    QemuDefinition definition;
    definition.name = "packer-x";
    definition.disks = {{.file = "/out/packer-x"}};
    definition.cdroms = {"/cache/install.iso"};
    definition.network.forwards = {{.host_port = 2222, .guest_port = 22}};
    return definition;
}

QemuDefinition with_uefi() {
    QemuDefinition definition = usual();
    definition.firmware.efi_code = "/fw/code.fd";
    definition.firmware.efi_vars = "/out/efivars.fd";
    return definition;
}

TEST(QemuCommand, TheUsualBuild) {
    const ProcessSpec spec = qemu_command(usual(), "/run/kiln-1/control.sock");
    EXPECT_EQ(spec.program, "qemu-system-x86_64");
    EXPECT_THAT(
        spec.arguments,
        ElementsAre("-name", "packer-x", "-machine", "type=pc,accel=tcg", "-cpu",
                    "max,erms=off,fsrm=off,la57=off", "-smp", "1", "-m", "512M", "-boot", "once=d",
                    "-netdev", "user,id=user.0,hostfwd=tcp:127.0.0.1:2222-:22", "-device",
                    "virtio-net,netdev=user.0", "-device", "virtio-rng-pci", "-drive",
                    "file=/out/packer-x,if=virtio,cache=writeback,discard=ignore,format=qcow2",
                    "-drive", "file=/cache/install.iso,media=cdrom", "-display", "none", "-chardev",
                    "socket,id=kiln-control,path=/run/kiln-1/control.sock,server=on,wait=off",
                    "-mon", "chardev=kiln-control,mode=control"));
}

TEST(QemuCommand, IsTheSameEachTime) {
    EXPECT_EQ(qemu_command(with_uefi(), "/s"), qemu_command(with_uefi(), "/s"));
}

TEST(QemuCommand, LeavesTheAcceleratorToQemu) {
    QemuDefinition definition = usual();
    definition.accelerator = "none";
    EXPECT_THAT(values_of(definition, "-machine"), ElementsAre("type=pc"));
    EXPECT_THAT(values_of(definition, "-cpu"), IsEmpty());
}

TEST(QemuCommand, TakesTheBestProcessorModelWhereItIsKnownToWork) {
    QemuDefinition definition = usual();
    definition.accelerator = "kvm";
    EXPECT_THAT(values_of(definition, "-cpu"), ElementsAre("max"));
    definition.accelerator = "tcg";
    definition.binary = "/usr/bin/qemu-system-aarch64";
    EXPECT_THAT(values_of(definition, "-cpu"), ElementsAre("max"));
    definition.binary = "/usr/bin/qemu-system-ppc64";
    EXPECT_THAT(values_of(definition, "-cpu"), IsEmpty());
    definition.cpu_model = "power9";
    EXPECT_THAT(values_of(definition, "-cpu"), ElementsAre("power9"));
}

TEST(QemuCommand, CountsProcessors) {
    EXPECT_EQ(smp_value(0, 0, 0, 0), "1");
    EXPECT_EQ(smp_value(3, 0, 0, 0), "3");
    EXPECT_EQ(smp_value(0, 2, 2, 0), "4,sockets=2,cores=2");
    EXPECT_EQ(smp_value(0, 1, 2, 2), "4,sockets=1,cores=2,threads=2");
    EXPECT_EQ(smp_value(2, 1, 0, 0), "1,sockets=1");
    EXPECT_EQ(smp_value(8, 2, 2, 0), "4,sockets=2,cores=2");
    EXPECT_THROW(smp_value(2, 2, 2, 0), Error);
}

TEST(QemuCommand, AGuestWithoutCommunicatorHasNoForward) {
    QemuDefinition definition = usual();
    definition.network.forwards.clear();
    EXPECT_THAT(values_of(definition, "-netdev"), ElementsAre("user,id=user.0"));
}

TEST(QemuCommand, BridgesAndDoesWithoutNetwork) {
    QemuDefinition definition = usual();
    definition.network.kind = QemuNetwork::Kind::Bridge;
    definition.network.bridge = "br0";
    EXPECT_THAT(values_of(definition, "-netdev"), ElementsAre("bridge,id=user.0,br=br0"));
    definition.network.bridge.clear();
    EXPECT_THAT(error_of(definition), HasSubstr("no bridge is named"));
    definition.network.kind = QemuNetwork::Kind::None;
    EXPECT_THAT(values_of(definition, "-nic"), ElementsAre("none"));
    EXPECT_THAT(values_of(definition, "-device"), ElementsAre("virtio-rng-pci"));
}

TEST(QemuCommand, WritesTheOptionsOfADisk) {
    QemuDefinition definition = usual();
    definition.disks = {{.file = "/out/a,b",
                         .format = "raw",
                         .cache = "unsafe",
                         .discard = "unmap",
                         .detect_zeroes = "unmap"},
                        {.file = "/out/c"}};
    definition.disk_interface = "ide";
    EXPECT_THAT(values_of(definition, "-drive"),
                ElementsAre("file=/out/a,,b,if=ide,cache=unsafe,discard=unmap,format=raw,"
                            "detect-zeroes=unmap",
                            "file=/out/c,if=ide,cache=writeback,discard=ignore,format=qcow2",
                            "file=/cache/install.iso,media=cdrom"));
}

TEST(QemuCommand, AttachesVirtioScsi) {
    QemuDefinition definition = usual();
    definition.disk_interface = "virtio-scsi";
    definition.cdrom_interface = "virtio-scsi";
    EXPECT_THAT(values_of(definition, "-drive"),
                ElementsAre("file=/out/packer-x,if=none,id=drive0,cache=writeback,discard=ignore,"
                            "format=qcow2",
                            "file=/cache/install.iso,if=none,id=cdrom0,media=cdrom"));
    EXPECT_THAT(values_of(definition, "-device"),
                ElementsAre("virtio-net,netdev=user.0", "virtio-scsi-pci,id=scsi0",
                            "scsi-hd,bus=scsi0.0,drive=drive0", "scsi-cd,bus=scsi0.0,drive=cdrom0",
                            "virtio-rng-pci"));
}

TEST(QemuCommand, AttachesSataWithAControllerOfItsOwnOnPc) {
    QemuDefinition definition = usual();
    definition.disk_interface = "sata";
    EXPECT_THAT(values_of(definition, "-device"),
                IsSupersetOf({"ich9-ahci,id=sata0", "ide-hd,bus=sata0.0,drive=drive0"}));
    definition.machine_type = "q35";
    EXPECT_THAT(values_of(definition, "-device"), Not(Contains(HasSubstr("ahci"))));
    EXPECT_THAT(values_of(definition, "-device"), Contains("ide-hd,bus=ide.0,drive=drive0"));
}

TEST(QemuCommand, RefusesMoreSataDrivesThanThereArePorts) {
    QemuDefinition definition = usual();
    definition.disk_interface = "sata";
    definition.disks.resize(7, definition.disks.front());
    EXPECT_THAT(error_of(definition), HasSubstr("6 SATA ports"));
}

TEST(QemuCommand, GivesCdsThePlacesBehindTheDisks) {
    QemuDefinition definition = usual();
    definition.cdrom_interface = "virtio";
    definition.cdroms.push_back("/tmp/cd.iso");
    EXPECT_THAT(values_of(definition, "-drive"),
                IsSupersetOf({"file=/cache/install.iso,if=virtio,index=1,id=cdrom0,media=cdrom",
                              "file=/tmp/cd.iso,if=virtio,index=2,id=cdrom1,media=cdrom"}));
    definition.cdrom_interface = "ide";
    EXPECT_THAT(values_of(definition, "-drive"),
                Contains("file=/cache/install.iso,if=ide,index=0,id=cdrom0,media=cdrom"));
}

TEST(QemuCommand, UefiBootsTheDiskBeforeTheCd) {
    const QemuDefinition definition = with_uefi();
    EXPECT_THAT(values_of(definition, "-boot"), IsEmpty());
    EXPECT_THAT(values_of(definition, "-device"),
                IsSupersetOf({"virtio-blk-pci,drive=drive0,bootindex=1",
                              "ide-cd,drive=cdrom0,bootindex=2"}));
    EXPECT_THAT(values_of(definition, "-drive"),
                ElementsAre("file=/out/packer-x,if=none,id=drive0,cache=writeback,discard=ignore,"
                            "format=qcow2",
                            "file=/cache/install.iso,if=none,id=cdrom0,media=cdrom",
                            "file=/fw/code.fd,if=pflash,unit=0,format=raw,readonly=on",
                            "file=/out/efivars.fd,if=pflash,unit=1,format=raw"));
}

TEST(QemuCommand, UefiOnQ35NamesThePorts) {
    QemuDefinition definition = with_uefi();
    definition.machine_type = "q35,smm=on";
    definition.disk_interface = "ide";
    EXPECT_THAT(values_of(definition, "-device"),
                IsSupersetOf({"ide-hd,bus=ide.0,drive=drive0,bootindex=1",
                              "ide-cd,bus=ide.1,drive=cdrom0,bootindex=2"}));
}

TEST(QemuCommand, KeepsPackersFormsWhereTheUserNamesDevices) {
    QemuDefinition definition = with_uefi();
    definition.user_arguments = {{"-device", "virtio-rng-pci"}};
    EXPECT_THAT(values_of(definition, "-drive"),
                IsSupersetOf({"file=/out/packer-x,if=virtio,cache=writeback,discard=ignore,"
                              "format=qcow2",
                              "file=/cache/install.iso,media=cdrom"}));
}

TEST(QemuCommand, OtherMachinesGetNoBootIndices) {
    QemuDefinition definition = with_uefi();
    definition.binary = "qemu-system-aarch64";
    definition.machine_type = "virt";
    EXPECT_THAT(values_of(definition, "-drive"), Contains("file=/cache/install.iso,media=cdrom"));
    EXPECT_THAT(values_of(definition, "-device"),
                ElementsAre("virtio-net,netdev=user.0", "virtio-rng-pci"));
    definition.machine_type = "microvm";
    EXPECT_THAT(values_of(definition, "-device"), ElementsAre("virtio-net,netdev=user.0"));
}

TEST(QemuCommand, TakesFirmwareFiles) {
    QemuDefinition definition = usual();
    definition.firmware.bios = "/fw/OVMF.fd";
    EXPECT_THAT(values_of(definition, "-bios"), ElementsAre("/fw/OVMF.fd"));
    EXPECT_THAT(values_of(definition, "-boot"), ElementsAre("once=d"));
    definition.firmware = {.pflash = "/fw/flash.fd"};
    EXPECT_THAT(values_of(definition, "-drive"),
                Contains("file=/fw/flash.fd,if=pflash,format=raw,readonly=on"));
}

TEST(QemuCommand, WritesTheOtherSwitches) {
    QemuDefinition definition = usual();
    definition.boot_order = BootOrder::Disk;
    definition.floppy = "/tmp/floppy.img";
    definition.display.reset();
    definition.vga = "cirrus";
    definition.vnc = QemuVnc{"127.0.0.1:5", true};
    definition.tpm = QemuTpm{"/tmp/tpm.sock", "tpm-tis"};
    definition.serial_file = "/out/serial.log";
    definition.user_qmp = "/out/monitor";
    EXPECT_THAT(values_of(definition, "-boot"), ElementsAre("c"));
    EXPECT_THAT(values_of(definition, "-fda"), ElementsAre("/tmp/floppy.img"));
    EXPECT_THAT(values_of(definition, "-display"), IsEmpty());
    EXPECT_THAT(values_of(definition, "-vga"), ElementsAre("cirrus"));
    EXPECT_THAT(values_of(definition, "-vnc"), ElementsAre("127.0.0.1:5,password=on"));
    EXPECT_THAT(values_of(definition, "-chardev"),
                ElementsAre("socket,id=vtpm,path=/tmp/tpm.sock"));
    EXPECT_THAT(values_of(definition, "-tpmdev"), ElementsAre("emulator,id=tpm0,chardev=vtpm"));
    EXPECT_THAT(values_of(definition, "-device"), Contains("tpm-tis,tpmdev=tpm0"));
    EXPECT_THAT(values_of(definition, "-serial"), ElementsAre("file:/out/serial.log"));
    EXPECT_THAT(values_of(definition, "-qmp"), ElementsAre("unix:/out/monitor,server=on,wait=off"));
    EXPECT_EQ(serial_file(definition), "/out/serial.log");
}

TEST(QemuArguments, ARowReplacesAllDefaultsOfItsSwitch) {
    QemuDefinition definition = usual();
    definition.user_arguments = {{"-m", "2048M"}, {"-drive", "file=mine,if=virtio"}};
    EXPECT_THAT(values_of(definition, "-m"), ElementsAre("2048M"));
    EXPECT_THAT(values_of(definition, "-drive"), ElementsAre("file=mine,if=virtio"));
}

TEST(QemuArguments, RowsOfOneSwitchAccumulateInOrder) {
    QemuDefinition definition = usual();
    definition.user_arguments = {{"-drive", "file=b"}, {"-smbios", "type=1"}, {"-drive", "file=a"}};
    EXPECT_THAT(values_of(definition, "-drive"), ElementsAre("file=b", "file=a"));
    EXPECT_THAT(values_of(definition, "-smbios"), ElementsAre("type=1"));
}

TEST(QemuArguments, PartsAreJoinedWithoutSeparator) {
    QemuDefinition definition = usual();
    definition.user_arguments = {{"-netdev", "user,", "id=user.0", ",hostfwd=tcp::1-:2"}};
    EXPECT_THAT(values_of(definition, "-netdev"), ElementsAre("user,id=user.0,hostfwd=tcp::1-:2"));
}

TEST(QemuArguments, ASwitchWithoutValueStandsBare) {
    QemuDefinition definition = usual();
    definition.user_arguments = {{"-nographic", ""}, {"-no-reboot"}};
    const auto arguments = qemu_command(definition, "").arguments;
    ASSERT_GE(arguments.size(), 2U);
    EXPECT_EQ(arguments[arguments.size() - 2], "-nographic");
    EXPECT_EQ(arguments[arguments.size() - 1], "-no-reboot");
}

TEST(QemuArguments, SwitchesAreComparedAsTheyStand) {
    QemuDefinition definition = usual();
    definition.user_arguments = {{"--drive", "file=mine"}};
    EXPECT_EQ(values_of(definition, "-drive").size(), 2U);
    EXPECT_THAT(values_of(definition, "--drive"), ElementsAre("file=mine"));
}

TEST(QemuArguments, TheNetworkCardStaysBesideOtherDevices) {
    QemuDefinition definition = usual();
    definition.user_arguments = {{"-device", "intel-hda"}};
    EXPECT_THAT(values_of(definition, "-device"),
                ElementsAre("intel-hda", "virtio-net,netdev=user.0"));
    definition.user_arguments = {{"-device", "virtio-net-pci,netdev=n0"}};
    EXPECT_THAT(values_of(definition, "-device"), ElementsAre("virtio-net-pci,netdev=n0"));
    definition.network.kind = QemuNetwork::Kind::None;
    definition.user_arguments = {{"-device", "intel-hda"}};
    EXPECT_THAT(values_of(definition, "-device"), ElementsAre("intel-hda"));
}

TEST(QemuArguments, DeviceRowsTakeTheVirtioScsiDevicesAway) {
    QemuDefinition definition = usual();
    definition.disk_interface = "virtio-scsi";
    definition.user_arguments = {{"-device", "virtio-scsi-pci,id=scsi0"},
                                 {"-device", "scsi-hd,drive=drive0,rotation_rate=1"}};
    EXPECT_THAT(values_of(definition, "-device"),
                ElementsAre("virtio-scsi-pci,id=scsi0", "scsi-hd,drive=drive0,rotation_rate=1",
                            "virtio-net,netdev=user.0"));
    EXPECT_THAT(values_of(definition, "-drive"), Contains(HasSubstr("id=drive0")));
}

TEST(QemuArguments, DeviceRowsLeaveInterfacesOfKilnsOwn) {
    QemuDefinition definition = usual();
    definition.disk_interface = "sata";
    definition.user_arguments = {{"-device", "intel-hda"}};
    EXPECT_THAT(values_of(definition, "-device"),
                ElementsAre("intel-hda", "virtio-net,netdev=user.0", "ich9-ahci,id=sata0",
                            "ide-hd,bus=sata0.0,drive=drive0"));
    definition.user_arguments = {{"-drive", "file=mine"}};
    EXPECT_THAT(values_of(definition, "-device"), Not(Contains(HasSubstr("drive0"))));
}

TEST(QemuArguments, KilnsControlSocketIsNoDefault) {
    QemuDefinition definition = usual();
    definition.user_arguments = {
        {"-chardev", "null,id=n"}, {"-mon", "chardev=n"}, {"-qmp", "stdio"}};
    const auto arguments = qemu_command(definition, "/s").arguments;
    EXPECT_THAT(arguments, IsSupersetOf({"null,id=n", "chardev=n", "stdio",
                                         "socket,id=kiln-control,path=/s,server=on,wait=off",
                                         "chardev=kiln-control,mode=control"}));
}

TEST(QemuArguments, AnotherSerialLineTakesTheLogAway) {
    QemuDefinition definition = usual();
    definition.serial_file = "/out/serial.log";
    definition.user_arguments = {{"-serial", "stdio"}};
    EXPECT_EQ(serial_file(definition), std::nullopt);
    EXPECT_THAT(values_of(definition, "-serial"), ElementsAre("stdio"));
}

TEST(QemuArguments, ARowForProcessorsMakesUpForATopologyThatDoesNotFit) {
    QemuDefinition definition = usual();
    definition.cpus = 2;
    definition.sockets = 4;
    EXPECT_THAT(error_of(definition), HasSubstr("2 cpus do not fill 4 places"));
    definition.user_arguments = {{"-smp", "cpus=4"}};
    EXPECT_THAT(values_of(definition, "-smp"), ElementsAre("cpus=4"));
}

TEST(QemuArguments, RefusesToLoseControlOfQemu) {
    QemuDefinition definition = usual();
    definition.user_arguments = {{"-daemonize"}};
    EXPECT_THAT(error_of(definition), HasSubstr("-daemonize"));
}

TEST(QemuArguments, RefusesAnEmptyRow) {
    QemuDefinition definition = usual();
    definition.user_arguments = {{"-m", "1"}, {}};
    EXPECT_THAT(error_of(definition), HasSubstr("row 2 of qemuargs is empty"));
}

TEST(QemuCommand, DoublesCommasInsideValues) {
    EXPECT_EQ(option_value("a,b,,c"), "a,,b,,,,c");
    QemuDefinition definition = usual();
    definition.name = "web,1";
    EXPECT_THAT(values_of(definition, "-name"), ElementsAre("web,,1"));
}

}  // namespace
}  // namespace kiln::qemu
