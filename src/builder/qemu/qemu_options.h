#pragma once

#include <string>
#include <vector>

#include "builder/vm/vm_options.h"

namespace kiln {

/// `qemu_img_args`: extra arguments for the calls of qemu-img.
struct QemuImgArguments {
    std::vector<std::string> convert;
    std::vector<std::string> create;
    std::vector<std::string> resize;
};

namespace qemu_defaults {
constexpr auto vnc_address = "127.0.0.1";
constexpr int lowest_vnc_port = 5900;  ///< display 0
constexpr int highest_vnc_port = 6000;
}  // namespace qemu_defaults

/// The options of the `qemu` builder (spec/qemu-builder.md, section 2).
struct QemuOptions {
    VmOptions vm;
    std::string accelerator;
    std::string machine_type = "pc";
    std::string cpu_model;
    int cpus = 0;
    int sockets = 0;
    int cores = 0;
    int threads = 0;
    int memory = 512;
    std::string qemu_binary = "qemu-system-x86_64";
    std::vector<std::vector<std::string>> qemuargs;
    QemuImgArguments qemu_img_args;

    std::string disk_size = "40960M";
    std::vector<std::string> disk_additional_size;
    std::string disk_interface = "virtio";
    std::string disk_cache;
    std::string disk_discard = "ignore";
    std::string disk_detect_zeroes = "off";
    std::string cdrom_interface;
    std::string format = "qcow2";
    bool disk_image = false;
    bool use_backing_file = false;
    bool skip_resize_disk = false;
    bool skip_compaction = false;
    bool disk_compression = false;

    std::string firmware;
    bool use_pflash = false;
    bool efi_boot = false;
    std::string efi_firmware_code;
    std::string efi_firmware_vars;
    bool efi_drop_efivars = false;

    std::string net_device = "virtio-net";
    std::string net_bridge;
    bool vtpm = false;
    bool use_tpm1 = false;
    std::string tpm_device_type = "tpm-tis";
    bool headless = false;
    std::string display;
    bool use_default_display = false;
    std::string vga;
    std::optional<std::string> vnc_bind_address;
    std::optional<int> vnc_port_min;
    std::optional<int> vnc_port_max;
    bool vnc_use_password = false;
    std::string vnc_password;
    bool qmp_enable = false;
    std::string qmp_socket_path;
    std::optional<int> ssh_host_port_min;
    std::optional<int> ssh_host_port_max;
    bool run_once = false;

    /// Anybody on the host can watch a VNC server without a password, so it is there only for those
    /// who ask for it.
    bool wants_vnc() const { return vnc_bind_address || vnc_port_min || vnc_port_max; }
    bool converts_disk() const { return !skip_compaction || disk_compression; }
};

Schema<QemuOptions> qemu_schema();

/// Settles what options imply for each other, and checks what needs the build's name or the file
/// system.
void complete_qemu_options(QemuOptions& options, const std::string& source_name, bool force,
                           Problems& problems);

}  // namespace kiln
