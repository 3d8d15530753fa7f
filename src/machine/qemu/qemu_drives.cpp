#include "machine/qemu/qemu_drives.h"

#include <algorithm>
#include <optional>

#include "base/error.h"

namespace kiln::qemu {
namespace {

constexpr std::size_t sata_ports = 6;

bool is_q35(std::string_view machine_type);
bool wants_boot_indices(const QemuDefinition& definition);

// Builds the values drive by drive and gives each interface its controller once.
class Attachment {
  public:
    Attachment(const QemuDefinition& definition, bool with_boot_indices)
        : definition_(definition), boot_indices_(with_boot_indices) {}

    void add_disk(const QemuDisk& disk, std::size_t index);
    void add_cdrom(const std::string& file, std::size_t index);
    void add_firmware();
    AttachedDrives take() { return std::move(result_); }

  private:
    void attach(const std::string& interface, const std::string& id, bool is_disk);
    void add_scsi_controller();
    std::string sata_bus();
    std::string scsi_bus();
    std::string boot_index();
    std::size_t disks_on(std::string_view interface) const;

    const QemuDefinition& definition_;
    bool boot_indices_;
    int next_boot_index_ = 1;
    std::size_t next_sata_port_ = 0;
    bool has_virtio_scsi_ = false;
    bool has_scsi_ = false;
    bool has_sd_ = false;
    AttachedDrives result_;
};

// Whether `-drive if=` is enough, or kiln names a device itself.
bool needs_device(const std::string& interface, bool with_boot_indices) {
    if (interface == "virtio-scsi" || interface == "sata" || interface == "scsi" ||
        interface == "sd") {
        return true;
    }
    return with_boot_indices && (interface == "virtio" || interface == "ide");
}

}  // namespace

AttachedDrives attach_drives(const QemuDefinition& definition, bool user_has_drives,
                             bool user_has_devices) {
    const bool plain = !user_has_drives && !user_has_devices;
    Attachment attachment(definition, plain && wants_boot_indices(definition));
    for (std::size_t i = 0; i < definition.disks.size(); ++i) {
        attachment.add_disk(definition.disks[i], i);
    }
    for (std::size_t i = 0; i < definition.cdroms.size(); ++i) {
        attachment.add_cdrom(definition.cdroms[i], i);
    }
    attachment.add_firmware();
    AttachedDrives drives = attachment.take();
    // The drives that these devices would open are not there.
    if (user_has_drives) drives.fixed_devices.clear();
    return drives;
}

bool is_pc(std::string_view machine_type) {
    const std::string_view name = machine_type.substr(0, machine_type.find(','));
    return name == "pc" || name.starts_with("pc-") || is_q35(name);
}

namespace {

bool is_q35(std::string_view machine_type) {
    const std::string_view name = machine_type.substr(0, machine_type.find(','));
    return name == "q35" || name.starts_with("pc-q35");
}

bool wants_boot_indices(const QemuDefinition& definition) {
    const QemuFirmware& firmware = definition.firmware;
    const bool own_firmware =
        !firmware.bios.empty() || !firmware.pflash.empty() || !firmware.efi_code.empty();
    return own_firmware && is_pc(definition.machine_type);
}

void Attachment::add_disk(const QemuDisk& disk, std::size_t index) {
    const std::string& interface = definition_.disk_interface;
    const std::string id = fmt::format("drive{}", index);
    const bool by_device = needs_device(interface, boot_indices_);
    std::string value = "file=" + option_value(disk.file.string());
    value += by_device ? ",if=none,id=" + id : ",if=" + interface;
    value += fmt::format(",cache={},discard={},format={}", disk.cache, disk.discard, disk.format);
    if (disk.detect_zeroes != "off") value += ",detect-zeroes=" + disk.detect_zeroes;
    result_.drives.push_back(std::move(value));
    if (by_device) attach(interface, id, true);
}

void Attachment::add_cdrom(const std::string& file, std::size_t index) {
    std::string interface = definition_.cdrom_interface;
    const std::string id = fmt::format("cdrom{}", index);
    std::string value = "file=" + option_value(file);
    if (interface.empty() && !boot_indices_) {
        result_.drives.push_back(value + ",media=cdrom");
        return;
    }
    if (interface.empty()) interface = "ide";
    if (needs_device(interface, boot_indices_)) {
        result_.drives.push_back(value + ",if=none,id=" + id + ",media=cdrom");
        attach(interface, id, false);
        return;
    }
    // Disks take the first places of an interface.
    result_.drives.push_back(value + fmt::format(",if={},index={},id={},media=cdrom", interface,
                                                 disks_on(interface) + index, id));
}

void Attachment::add_firmware() {
    const QemuFirmware& firmware = definition_.firmware;
    if (!firmware.pflash.empty()) {
        result_.drives.push_back("file=" + option_value(firmware.pflash.string()) +
                                 ",if=pflash,format=raw,readonly=on");
    }
    if (firmware.efi_code.empty()) return;
    result_.drives.push_back("file=" + option_value(firmware.efi_code.string()) +
                             ",if=pflash,unit=0,format=raw,readonly=on");
    result_.drives.push_back("file=" + option_value(firmware.efi_vars.string()) +
                             ",if=pflash,unit=1,format=" + firmware.efi_vars_format);
}

// The device for a drive that was defined with if=none.
void Attachment::attach(const std::string& interface, const std::string& id, bool is_disk) {
    const std::string drive = ",drive=" + id + boot_index();
    if (interface == "virtio") {
        result_.devices.push_back("virtio-blk-pci" + drive);
    } else if (interface == "ide") {
        std::string device = is_disk ? "ide-hd" : "ide-cd";
        if (is_q35(definition_.machine_type)) device += sata_bus();
        result_.devices.push_back(device + drive);
    } else if (interface == "virtio-scsi") {
        add_scsi_controller();
        result_.devices.push_back((is_disk ? "scsi-hd" : "scsi-cd") + std::string(",bus=scsi0.0") +
                                  drive);
    } else if (interface == "sata") {
        const std::string bus = sata_bus();
        result_.fixed_devices.push_back((is_disk ? "ide-hd" : "ide-cd") + bus + drive);
    } else if (interface == "scsi") {
        const std::string bus = scsi_bus();
        result_.fixed_devices.push_back((is_disk ? "scsi-hd" : "scsi-cd") + bus + drive);
    } else {
        if (!has_sd_) result_.fixed_devices.push_back("sdhci-pci");
        has_sd_ = true;
        result_.fixed_devices.push_back("sd-card" + drive);
    }
}

void Attachment::add_scsi_controller() {
    if (!has_virtio_scsi_) result_.devices.push_back("virtio-scsi-pci,id=scsi0");
    has_virtio_scsi_ = true;
}

// q35 has a SATA controller, whose ports are named like those of IDE; others get one.
std::string Attachment::sata_bus() {
    const bool built_in = is_q35(definition_.machine_type);
    if (next_sata_port_ == 0 && !built_in) {
        result_.fixed_devices.push_back("ich9-ahci,id=sata0");
    }
    if (next_sata_port_ == sata_ports) {
        throw Error(
            fmt::format("a guest has no more than {} SATA ports for disks and CDs", sata_ports))
            .with_hint("Use the disk interface virtio or virtio-scsi.");
    }
    return fmt::format(",bus={}.{}", built_in ? "ide" : "sata0", next_sata_port_++);
}

std::string Attachment::scsi_bus() {
    if (!has_scsi_) result_.fixed_devices.push_back("lsi53c895a,id=lsi0");
    has_scsi_ = true;
    return ",bus=lsi0.0";
}

std::string Attachment::boot_index() {
    return boot_indices_ ? fmt::format(",bootindex={}", next_boot_index_++) : "";
}

std::size_t Attachment::disks_on(std::string_view interface) const {
    return definition_.disk_interface == interface ? definition_.disks.size() : 0;
}

}  // namespace
}  // namespace kiln::qemu
