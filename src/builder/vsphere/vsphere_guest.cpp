#include "builder/vsphere/vsphere_guest.h"

#include <algorithm>

#include "engine/option_checks.h"

namespace kiln {
namespace {

Schema<VspherePciDevice> pci_schema();
Schema<VsphereDisk> disk_schema();
void declare_processor(Schema<VsphereHardware>& schema);
void declare_memory(Schema<VsphereHardware>& schema);
void check_hardware(const VsphereHardware& options, Problems& problems);
void check_storage(const VsphereStorage& options, Problems& problems);

}  // namespace

Schema<VsphereHardware> vsphere_hardware_schema() {
    using O = VsphereHardware;
    Schema<O> schema("hardware", "The guest's hardware.");
    declare_processor(schema);
    declare_memory(schema);
    schema.option("video_ram", &O::video_ram, "The graphics card's memory in KB.")
        .option("displays", &O::displays, "How many screens the guest has.")
        .option("vgpu_profile", &O::vgpu_profile, "The profile of a shared graphics card.")
        .option("firmware", &O::firmware, "The guest's firmware.")
        .one_of({"bios", "efi", "efi-secure"})
        .option("force_bios_setup", &O::force_bios_setup, "Enter the firmware's menu at boot.")
        .option("vTPM", &O::vtpm, "Give the guest a virtual TPM; needs EFI.")
        .option("precision_clock", &O::precision_clock, "Give the guest a precision clock.")
        .one_of({"ptp", "ntp", "none"})
        .blocks("pci_passthrough_allowed_device", &O::pci_devices, pci_schema(),
                "A host device that the guest may get.")
        .option("vbs_enabled", &O::vbs_enabled,
                "Turn on what Windows' virtualization based security needs.")
        .option("vvtd_enabled", &O::vvtd_enabled, "Give the guest an IOMMU.")
        .check(check_hardware);
    return schema;
}

Schema<VsphereSettings> vsphere_settings_schema() {
    using O = VsphereSettings;
    Schema<O> schema("settings", "Entries of the VMX file, and the guest's tools.");
    schema
        .option("configuration_parameters", &O::configuration_parameters,
                "Entries of the VMX file.")
        .option("tools_sync_time", &O::tools_sync_time, "Set the guest's clock at its start.")
        .option("tools_sync_time_periodically", &O::tools_sync_time_periodically,
                "Set the guest's clock again and again; needs tools_sync_time.")
        .option("tools_upgrade_policy", &O::tools_upgrade_policy,
                "Upgrade the guest's tools when it starts.")
        .check([](const O& options, Problems& problems) {
            option_check::needs("tools_sync_time_periodically",
                                options.tools_sync_time_periodically, "tools_sync_time",
                                options.tools_sync_time, problems);
        });
    return schema;
}

Schema<VsphereStorage> vsphere_storage_schema() {
    using O = VsphereStorage;
    Schema<O> schema("storage", "Disks and their controllers.");
    schema
        .option("disk_controller_type", &O::disk_controller_type,
                "The disk controllers, in their order.")
        .one_of({"lsilogic", "lsilogic-sas", "pvscsi", "nvme", "scsi", "sata"})
        .default_is("[\"lsilogic\"]")
        .blocks("storage", &O::storage, disk_schema(), "A disk of the guest.")
        .check(check_storage);
    return schema;
}

Schema<VsphereNetworkAdapter> vsphere_network_adapter_schema() {
    using O = VsphereNetworkAdapter;
    Schema<O> schema("network_adapters", "A network card.");
    schema.option("network", &O::network, "The network that it leads to.")
        .option("network_card", &O::network_card, "The card's model, like vmxnet3.")
        .required()
        .option("mac_address", &O::mac_address, "The hardware address.")
        .option("passthrough", &O::passthrough, "Pass the host's card through.");
    return schema;
}

namespace {

void declare_processor(Schema<VsphereHardware>& schema) {
    using O = VsphereHardware;
    schema.option("CPUs", &O::cpus, "How many CPUs the guest has.")
        .option("cpu_cores", &O::cpu_cores, "Cores of a socket.")
        .option("CPU_reservation", &O::cpu_reservation, "MHz that are kept for the guest.")
        .option("CPU_limit", &O::cpu_limit, "MHz that the guest may use; -1: no limit.")
        .option("CPU_hot_plug", &O::cpu_hot_plug, "Let CPUs be added while it runs.")
        .option("NestedHV", &O::nested_hv, "Let the guest run guests of its own.");
}

void declare_memory(Schema<VsphereHardware>& schema) {
    using O = VsphereHardware;
    schema.option("RAM", &O::ram, "The guest's memory in MiB.")
        .option("RAM_reservation", &O::ram_reservation, "MiB that are kept for the guest.")
        .option("RAM_reserve_all", &O::ram_reserve_all, "Keep all of its memory for the guest.")
        .option("RAM_hot_plug", &O::ram_hot_plug, "Let memory be added while it runs.");
}

Schema<VspherePciDevice> pci_schema() {
    using O = VspherePciDevice;
    Schema<O> schema("pci_passthrough_allowed_device", "A host device.");
    schema.option("vendor_id", &O::vendor_id, "The maker's number.")
        .required()
        .option("device_id", &O::device_id, "The device's number.")
        .required()
        .option("sub_vendor_id", &O::sub_vendor_id, "The card maker's number.")
        .option("sub_device_id", &O::sub_device_id, "The card's number.");
    return schema;
}

Schema<VsphereDisk> disk_schema() {
    using O = VsphereDisk;
    Schema<O> schema("storage", "A disk.");
    schema.option("disk_size", &O::disk_size, "Its size in MiB.")
        .required()
        .option("disk_thin_provisioned", &O::disk_thin_provisioned, "Let it grow as it fills.")
        .option("disk_eagerly_scrub", &O::disk_eagerly_scrub, "Write zeros to all of it first.")
        .option("disk_controller_index", &O::disk_controller_index,
                "Which of disk_controller_type it is attached to, from 0.");
    return schema;
}

void check_hardware(const VsphereHardware& options, Problems& problems) {
    const bool secure = options.firmware == "efi-secure";
    option_check::is_not_negative("CPUs", options.cpus, problems);
    option_check::is_not_negative("cpu_cores", options.cpu_cores, problems);
    option_check::is_not_negative("RAM", options.ram, problems);
    option_check::is_not_negative("video_ram", options.video_ram, problems);
    option_check::at_most_one({{"RAM_reservation", options.ram_reservation > 0},
                               {"RAM_reserve_all", options.ram_reserve_all}},
                              problems);
    option_check::needs("vTPM", options.vtpm, "firmware = \"efi\" or \"efi-secure\"",
                        secure || options.firmware == "efi", problems);
    const bool vbs = options.vbs_enabled;
    option_check::needs("vbs_enabled", vbs, "vvtd_enabled", options.vvtd_enabled, problems);
    option_check::needs("vbs_enabled", vbs, "NestedHV", options.nested_hv, problems);
    option_check::needs("vbs_enabled", vbs, "firmware = \"efi-secure\"", secure, problems);
}

void check_storage(const VsphereStorage& options, Problems& problems) {
    const auto controllers = static_cast<int>(options.disk_controller_type.size());
    for (const VsphereDisk& disk : options.storage) {
        if (disk.disk_size <= 0) problems.error("storage", "disk_size must be positive.");
        const int index = disk.disk_controller_index;
        if (index >= 0 && index < std::max(controllers, 1)) continue;
        problems.error("storage", fmt::format("disk_controller_index {} names no controller of "
                                              "disk_controller_type.",
                                              index));
    }
}

}  // namespace
}  // namespace kiln
