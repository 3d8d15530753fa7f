#include "builder/qemu/qemu_options.h"

#include <algorithm>
#include <cctype>

#include "engine/late_text.h"

namespace kiln {
namespace {

using qemu_defaults::highest_vnc_port;
using qemu_defaults::lowest_vnc_port;

constexpr int least_memory = 10;
constexpr int default_memory = 512;

Schema<QemuImgArguments> qemu_img_schema();
void declare_machine(Schema<QemuOptions>& schema);
void declare_disks(Schema<QemuOptions>& schema);
void declare_firmware(Schema<QemuOptions>& schema);
void declare_console(Schema<QemuOptions>& schema);
void check_disks(const QemuOptions& options, Problems& problems);
void check_numbers(const QemuOptions& options, Problems& problems);
void check_console(const QemuOptions& options, Problems& problems);
void check_arguments(const QemuOptions& options, Problems& problems);
bool is_disk_size(const std::string& text);

}  // namespace

Schema<QemuOptions> qemu_schema() {
    Schema<QemuOptions> schema("qemu",
                               "Builds in a guest under QEMU, from an ISO or a disk image.");
    schema.include(&QemuOptions::vm, vm_schema());
    declare_machine(schema);
    declare_disks(schema);
    declare_firmware(schema);
    declare_console(schema);
    schema.check(check_disks).check(check_numbers).check(check_console).check(check_arguments);
    return schema;
}

void complete_qemu_options(QemuOptions& options, const std::string& source_name, bool force,
                           Problems& problems) {
    complete_vm_options(options.vm, source_name, force, problems);
    if (options.memory < least_memory) options.memory = default_memory;
    if (options.disk_size.empty() || options.disk_size == "0") options.disk_size = "40960M";
    if (std::isdigit(static_cast<unsigned char>(options.disk_size.back())) != 0)
        options.disk_size += "M";
    if (options.format != "qcow2" || options.use_backing_file) options.skip_compaction = true;
    if (options.format != "qcow2") options.disk_compression = false;
    if (!options.efi_firmware_code.empty() || !options.efi_firmware_vars.empty()) {
        options.efi_boot = true;
    }
    if (options.ssh_host_port_min) options.vm.host_port_min = *options.ssh_host_port_min;
    if (options.ssh_host_port_max) options.vm.host_port_max = *options.ssh_host_port_max;
    if (!options.qmp_socket_path.empty()) options.qmp_enable = true;
}

namespace {

void declare_machine(Schema<QemuOptions>& schema) {
    using O = QemuOptions;
    schema
        .option("accelerator", &O::accelerator,
                "What runs the guest's code; kiln measures and picks when it is not set.")
        .one_of({"none", "kvm", "tcg", "xen", "hax", "hvf", "whpx"})
        .default_is("\"kvm\" when a probe shows that it is fast, else \"tcg\"")
        .option("machine_type", &O::machine_type, "QEMU's machine type.")
        .option("cpu_model", &O::cpu_model, "The guest's CPU model.")
        .default_is("\"max\" with tcg, \"host\" with kvm")
        .option("cpus", &O::cpus, "How many CPUs the guest has; 0: one.")
        .option("sockets", &O::sockets, "CPU sockets.")
        .option("cores", &O::cores, "Cores of a socket.")
        .option("threads", &O::threads, "Threads of a core.")
        .option("memory", &O::memory, "The guest's memory in MiB.")
        .option("qemu_binary", &O::qemu_binary, "The QEMU program.")
        .option("qemuargs", &O::qemuargs,
                "Rows of a switch and its value for QEMU; a switch named here loses its defaults.")
        .rendered_late()
        .option("net_device", &O::net_device, "The model of the guest's network card.")
        .option("net_bridge", &O::net_bridge,
                "A bridge of this host for the guest's network card, in place of user networking.")
        .unavailable("bridged networks come with a later version")
        .option("vtpm", &O::vtpm, "Give the guest a virtual TPM, by swtpm.")
        .unavailable("a virtual TPM comes with a later version")
        .option("use_tpm1", &O::use_tpm1, "Make the virtual TPM a TPM 1.2.")
        .option("tpm_device_type", &O::tpm_device_type, "The model of the virtual TPM.")
        .option("ssh_host_port_min", &O::ssh_host_port_min, "The old name of host_port_min.")
        .zero_is_unset()
        .deprecated("use host_port_min")
        .option("ssh_host_port_max", &O::ssh_host_port_max, "The old name of host_port_max.")
        .zero_is_unset()
        .deprecated("use host_port_max")
        .option("run_once", &O::run_once, "Accepted for old templates; does nothing.")
        .hidden();
}

void declare_disks(Schema<QemuOptions>& schema) {
    using O = QemuOptions;
    schema
        .option("disk_size", &O::disk_size,
                "The size of the main disk: a number with b, k, m, g or t; without a unit MiB.")
        .option("disk_additional_size", &O::disk_additional_size,
                "One more disk for each size; without a unit bytes, as qemu-img takes it.")
        .option("disk_interface", &O::disk_interface, "How disks are attached.")
        .one_of({"ide", "sata", "scsi", "sd", "virtio", "virtio-scsi"})
        .option("disk_cache", &O::disk_cache, "QEMU's cache mode of the disks.")
        .one_of({"writethrough", "writeback", "none", "unsafe", "directsync"})
        .default_is(
            "\"unsafe\" when the disk is converted and synced afterwards, else "
            "\"writeback\"")
        .option("disk_discard", &O::disk_discard, "Whether discards reach the disk file.")
        .one_of({"unmap", "ignore"})
        .option("disk_detect_zeroes", &O::disk_detect_zeroes, "How writes of zeros are kept.")
        .one_of({"unmap", "on", "off"})
        .option("cdrom_interface", &O::cdrom_interface, "How CDs are attached.")
        .default_is("the machine's own")
        .option("format", &O::format, "The format of the disks.")
        .one_of({"qcow2", "raw"})
        .option("disk_image", &O::disk_image, "iso_url is a bootable disk image, not an ISO.")
        .option("use_backing_file", &O::use_backing_file,
                "Make an overlay over the disk image instead of a copy.")
        .option("skip_resize_disk", &O::skip_resize_disk, "Leave the disk image's size as it is.")
        .option("skip_compaction", &O::skip_compaction, "Do not rewrite the disk at the end.")
        .option("disk_compression", &O::disk_compression, "Compress the finished disk.")
        .block("qemu_img_args", &O::qemu_img_args, qemu_img_schema(),
               "Extra arguments for the calls of qemu-img.");
}

void declare_firmware(Schema<QemuOptions>& schema) {
    using O = QemuOptions;
    schema.option("firmware", &O::firmware, "A firmware file for the guest.")
        .option("use_pflash", &O::use_pflash, "Give the firmware as a flash drive.")
        .option("efi_boot", &O::efi_boot, "Boot by UEFI.")
        .option("efi_firmware_code", &O::efi_firmware_code, "The UEFI firmware's code.")
        .default_is("the installed OVMF")
        .option("efi_firmware_vars", &O::efi_firmware_vars, "The UEFI firmware's empty variables.")
        .default_is("the installed OVMF")
        .option("efi_drop_efivars", &O::efi_drop_efivars, "Leave efivars.fd out of the artifact.");
}

void declare_console(Schema<QemuOptions>& schema) {
    using O = QemuOptions;
    schema.option("headless", &O::headless, "Open no window.")
        .option("display", &O::display, "QEMU's display.")
        .option("use_default_display", &O::use_default_display, "Leave the display to QEMU.")
        .option("vga", &O::vga, "The guest's graphics card.")
        .option("vnc_bind_address", &O::vnc_bind_address,
                "The address that VNC listens on; setting a vnc_ option turns VNC on.")
        .zero_is_unset()
        .default_is("\"127.0.0.1\"")
        .option("vnc_port_min", &O::vnc_port_min, "The first port that VNC may take.")
        .zero_is_unset()
        .default_is("5900")
        .option("vnc_port_max", &O::vnc_port_max, "The last port that VNC may take.")
        .zero_is_unset()
        .default_is("6000")
        .option("vnc_use_password", &O::vnc_use_password, "Protect VNC by a password.")
        .unavailable("VNC passwords come with a later version")
        .option("vnc_password", &O::vnc_password,
                "The password for vnc_use_password, of at most 8 bytes; random when not set.")
        .sensitive()
        .option("qmp_enable", &O::qmp_enable, "Open a QMP socket for your own tools.")
        .option("qmp_socket_path", &O::qmp_socket_path, "Where that socket is.")
        .default_is("\"OUTPUT_DIRECTORY/VM_NAME.monitor\"");
}

Schema<QemuImgArguments> qemu_img_schema() {
    using O = QemuImgArguments;
    Schema<O> schema("qemu_img_args", "Extra arguments for the calls of qemu-img.");
    schema.option("convert", &O::convert, "For qemu-img convert.")
        .option("create", &O::create, "For qemu-img create.")
        .option("resize", &O::resize, "For qemu-img resize.");
    return schema;
}

void check_disks(const QemuOptions& options, Problems& problems) {
    if (!options.disk_size.empty() && !is_disk_size(options.disk_size)) {
        problems.error("disk_size",
                       fmt::format("\"{}\" is no disk size: a whole number, and one of b, k, m, g, "
                                   "t behind it.",
                                   options.disk_size));
    }
    if (options.use_backing_file && !(options.disk_image && options.format == "qcow2")) {
        problems.error("use_backing_file",
                       "use_backing_file needs disk_image = true and the format qcow2.");
    }
    if (options.skip_resize_disk && !options.disk_image) {
        problems.error("skip_resize_disk", "skip_resize_disk needs disk_image = true.");
    }
    if (options.use_pflash && options.firmware.empty()) {
        problems.error("use_pflash", "use_pflash needs a firmware.");
    }
    const bool efi = options.efi_boot || !options.efi_firmware_code.empty() ||
                     !options.efi_firmware_vars.empty();
    if (efi && !options.firmware.empty()) {
        problems.error("firmware", "firmware and the efi_ options cannot be used together.");
    }
}

void check_numbers(const QemuOptions& options, Problems& problems) {
    const auto not_negative = [&](const char* name, int value) {
        if (value < 0) problems.error(name, fmt::format("{} must not be negative.", name));
    };
    not_negative("cpus", options.cpus);
    not_negative("sockets", options.sockets);
    not_negative("cores", options.cores);
    not_negative("threads", options.threads);
    const int vnc_min = options.vnc_port_min.value_or(lowest_vnc_port);
    const int vnc_max = options.vnc_port_max.value_or(highest_vnc_port);
    if (vnc_min < lowest_vnc_port) {
        problems.error("vnc_port_min",
                       fmt::format("vnc_port_min must be at least {}.", lowest_vnc_port));
    }
    if (vnc_min > vnc_max || vnc_max > 65535) {
        problems.error("vnc_port_max",
                       "vnc_port_max must be at least vnc_port_min, and at most 65535.");
    }
}

void check_console(const QemuOptions& options, Problems& problems) {
    constexpr std::size_t longest_password = 8;
    if (options.vnc_use_password && options.vnc_password.size() > longest_password) {
        problems.warning("vnc_password",
                         "vnc_password is longer than the 8 bytes that VNC takes; a build fails.");
    }
}

void check_arguments(const QemuOptions& options, Problems& problems) {
    for (const auto& row : options.qemuargs) {
        for (const auto& part : row) check_late_text("qemuargs", part, problems);
        if (row.empty() || !row[0].starts_with('-')) {
            problems.error("qemuargs",
                           "Each row of qemuargs begins with a switch: [\"-serial\", \"...\"].");
        }
    }
}

bool is_disk_size(const std::string& text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return false;
    if (digits == text.size()) return true;
    constexpr std::string_view units = "bkmgtBKMGT";
    return digits + 1 == text.size() && units.find(text.back()) != std::string_view::npos;
}

}  // namespace
}  // namespace kiln
