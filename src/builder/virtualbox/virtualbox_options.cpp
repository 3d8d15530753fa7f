#include "builder/virtualbox/virtualbox_options.h"

#include "engine/late_text.h"
#include "engine/option_checks.h"

namespace kiln {
namespace {

Schema<VirtualboxAdditions> additions_schema();
void declare_disks(Schema<VirtualboxHardware>& schema);
void declare_connection(Schema<VirtualboxOptions>& schema);
void declare_export(Schema<VirtualboxOptions>& schema);
void check_virtualbox(const VirtualboxOptions& options, Problems& problems);

}  // namespace

Schema<VirtualboxHardware> virtualbox_hardware_schema() {
    using O = VirtualboxHardware;
    Schema<O> schema("hardware", "A new guest's hardware.");
    schema.option("guest_os_type", &O::guest_os_type, "VirtualBox's name of the guest's system.")
        .option("cpus", &O::cpus, "How many CPUs the guest has.")
        .option("memory", &O::memory, "The guest's memory in MB.")
        .option("sound", &O::sound, "The host's sound system for the guest, or none.")
        .option("audio_controller", &O::audio_controller, "The guest's sound card.")
        .one_of({"ac97", "hda", "sb16"})
        .option("usb", &O::usb, "Give the guest a USB controller.")
        .option("chipset", &O::chipset, "The guest's chipset.")
        .one_of({"piix3", "ich9", "armv8virtual"})
        .option("firmware", &O::firmware, "The guest's firmware.")
        .one_of({"bios", "efi", "efi32", "efi64"})
        .option("nested_virt", &O::nested_virt, "Let the guest run guests of its own.")
        .option("rtc_time_base", &O::rtc_time_base, "What the guest's clock shows.")
        .one_of({"UTC", "local"})
        .option("nic_type", &O::nic_type, "The model of the guest's network card.")
        .one_of({"82540EM", "82543GC", "82545EM", "Am79C970A", "Am79C973", "Am79C960", "virtio"})
        .option("gfx_controller", &O::gfx_controller, "The guest's graphics card.")
        .one_of({"vboxvga", "vboxsvga", "vmsvga", "qemuramfb", "none"})
        .option("gfx_vram_size", &O::gfx_vram_size, "That card's memory in MB.")
        .option("gfx_accelerate_3d", &O::gfx_accelerate_3d, "Speed 3D graphics up.")
        .option("gfx_efi_resolution", &O::gfx_efi_resolution, "The screen's size under EFI.");
    declare_disks(schema);
    schema.check([](const O& options, Problems& problems) {
        option_check::is_not_negative("cpus", options.cpus, problems);
        option_check::is_not_negative("memory", options.memory, problems);
        option_check::is_not_negative("disk_size", options.disk_size, problems);
        constexpr int most_vram = 256;
        if (options.gfx_vram_size < 0 || options.gfx_vram_size > most_vram) {
            problems.error("gfx_vram_size", "gfx_vram_size must be from 0 to 256.");
        }
        constexpr int most_sata_ports = 30;
        if (options.sata_port_count < 0 || options.sata_port_count > most_sata_ports) {
            problems.error("sata_port_count", "sata_port_count must be from 0 to 30.");
        }
    });
    return schema;
}

Schema<VirtualboxOptions> virtualbox_schema() {
    using O = VirtualboxOptions;
    Schema<O> schema("virtualbox", "What all VirtualBox builders have.");
    schema.include(&O::additions, additions_schema())
        .option("vboxmanage", &O::vboxmanage,
                "Commands for VBoxManage before the guest starts; `{{.Name}}` is the guest.")
        .rendered_late()
        .option("vboxmanage_post", &O::vboxmanage_post,
                "Commands for VBoxManage after the guest stopped.")
        .rendered_late()
        .option("virtualbox_version_file", &O::virtualbox_version_file,
                "A file in the guest that gets VirtualBox's version; empty: none.");
    declare_connection(schema);
    declare_export(schema);
    schema.include(&O::http, http_schema())
        .include(&O::boot, boot_schema())
        .include(&O::media, media_schema())
        .include(&O::communicator, communicator_schema())
        .include(&O::shutdown, shutdown_schema())
        .check(check_virtualbox);
    return schema;
}

namespace {

void declare_disks(Schema<VirtualboxHardware>& schema) {
    using O = VirtualboxHardware;
    schema.option("disk_size", &O::disk_size, "The size of the main disk in MB.")
        .option("disk_additional_size", &O::disk_additional_size,
                "One more disk for each size, in MB.")
        .option("hard_drive_interface", &O::hard_drive_interface, "How disks are attached.")
        .one_of({"ide", "sata", "scsi", "pcie", "virtio"})
        .option("hard_drive_discard", &O::hard_drive_discard, "Let discards reach the disk file.")
        .option("hard_drive_nonrotational", &O::hard_drive_nonrotational,
                "Show the disks as solid state drives.")
        .option("iso_interface", &O::iso_interface, "How the ISO is attached.")
        .one_of({"ide", "sata", "virtio"})
        .option("sata_port_count", &O::sata_port_count, "Ports of the SATA controller.")
        .option("nvme_port_count", &O::nvme_port_count, "Ports of the NVMe controller.");
}

Schema<VirtualboxAdditions> additions_schema() {
    using O = VirtualboxAdditions;
    Schema<O> schema("additions", "The guest additions.");
    schema
        .option("guest_additions_mode", &O::guest_additions_mode,
                "How the guest additions come into the guest.")
        .one_of({"upload", "attach", "disable"})
        .option("guest_additions_path", &O::guest_additions_path,
                "Where their ISO goes in the guest; `{{.Version}}` is VirtualBox's version.")
        .rendered_late()
        .option("guest_additions_url", &O::guest_additions_url, "Where their ISO comes from.")
        .rendered_late()
        .default_is("this host's VirtualBox")
        .option("guest_additions_sha256", &O::guest_additions_sha256, "That ISO's SHA-256 digest.")
        .option("guest_additions_interface", &O::guest_additions_interface,
                "How that ISO is attached.")
        .default_is("that of iso_interface");
    return schema;
}

void declare_connection(Schema<VirtualboxOptions>& schema) {
    using O = VirtualboxOptions;
    schema.option("headless", &O::headless, "Open no window.")
        .option("vrdp_bind_address", &O::vrdp_bind_address,
                "The address that the remote desktop listens on.")
        .option("vrdp_port_min", &O::vrdp_port_min, "The first port that it may take.")
        .option("vrdp_port_max", &O::vrdp_port_max, "The last port that it may take.")
        .option("host_port_min", &O::host_port_min,
                "The first host port that may lead to the guest.")
        .option("host_port_max", &O::host_port_max, "The last host port that may lead to it.")
        .option("skip_nat_mapping", &O::skip_nat_mapping, "Do not forward a host port.")
        .option("ssh_listen_on_localhost", &O::ssh_listen_on_localhost,
                "Forward a port of the loopback address only.");
}

void declare_export(Schema<VirtualboxOptions>& schema) {
    using O = VirtualboxOptions;
    schema.option("output_directory", &O::output_directory, "Where the result goes.")
        .default_is("\"output-NAME\"")
        .option("output_filename", &O::output_filename, "The result's name without extension.")
        .default_is("that of vm_name")
        .option("format", &O::format, "The form of the result.")
        .one_of({"ovf", "ova"})
        .option("export_opts", &O::export_opts, "More arguments for VBoxManage export.")
        .option("bundle_iso", &O::bundle_iso, "Put the ISO into the result.")
        .option("keep_registered", &O::keep_registered, "Leave the guest in VirtualBox.")
        .option("skip_export", &O::skip_export, "Do not export the guest.")
        .option("post_shutdown_delay", &O::post_shutdown_delay,
                "How long to wait after the guest shut down.")
        .option("disable_shutdown", &O::disable_shutdown,
                "The guest shuts itself down; wait for it.")
        .option("acpi_shutdown", &O::acpi_shutdown, "Press the power button.");
}

void check_virtualbox(const VirtualboxOptions& options, Problems& problems) {
    option_check::is_port_range("vrdp_port_min", options.vrdp_port_min, "vrdp_port_max",
                                options.vrdp_port_max, problems);
    option_check::is_port_range("host_port_min", options.host_port_min, "host_port_max",
                                options.host_port_max, problems);
    option_check::is_not_negative("post_shutdown_delay", options.post_shutdown_delay, problems);
    check_late_text("guest_additions_path", options.additions.guest_additions_path, problems);
    const bool stops_itself = options.disable_shutdown || options.acpi_shutdown;
    if (options.shutdown.shutdown_command.empty() && !stops_itself) {
        problems.warning("shutdown_command",
                         "A shutdown_command was not specified. Without a shutdown command, the "
                         "guest is switched off hard, and what it had not written is lost.");
    }
}

}  // namespace
}  // namespace kiln
