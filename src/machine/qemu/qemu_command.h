#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/process.h"

namespace kiln::qemu {

/// A disk of the guest. It is attached with the definition's `disk_interface`.
struct QemuDisk {
    std::filesystem::path file;
    std::string format = "qcow2";
    std::string cache = "writeback";  ///< `unsafe` where a synced conversion follows
    std::string discard = "ignore";
    std::string detect_zeroes = "off";
};

/// A forward from the host to the guest (TCP).
struct QemuForward {
    std::uint16_t host_port = 0;
    std::uint16_t guest_port = 0;
    std::string host_address = "127.0.0.1";
};

struct QemuNetwork {
    enum class Kind { User, Bridge, None };
    Kind kind = Kind::User;
    std::string bridge;                 ///< the host's bridge, with Kind::Bridge
    std::vector<QemuForward> forwards;  ///< with Kind::User
    std::string device = "virtio-net";  ///< QEMU's device name, or several options after it
};

/// What the guest boots with instead of QEMU's own BIOS. Paths are empty when not used.
struct QemuFirmware {
    std::filesystem::path bios;      ///< `-bios`
    std::filesystem::path pflash;    ///< one read-only flash image (`use_pflash`)
    std::filesystem::path efi_code;  ///< UEFI: the code, read-only
    std::filesystem::path efi_vars;  ///< UEFI: this guest's own copy of the variables
    std::string efi_vars_format = "raw";
};

/// A VNC server. Off in the definition's default: kiln types and looks through QMP.
struct QemuVnc {
    std::string listen;     ///< `127.0.0.1:5` (display number) or `unix:/path`
    bool password = false;  ///< set later through QMP; nobody gets in before
};

struct QemuTpm {
    std::filesystem::path socket;  ///< swtpm's control socket
    std::string device = "tpm-tis";
};

/// Which medium the guest's BIOS starts first. UEFI ignores it: there the disk comes first and an
/// empty disk falls through to the CD.
enum class BootOrder { CdOnce, Disk };

/// One row of `qemuargs`: the switch and its parts.
using QemuArgumentRow = std::vector<std::string>;

/// A guest as QEMU is to run it. The defaults are those of a template that says nothing.
struct QemuDefinition {
    std::string binary = "qemu-system-x86_64";
    std::string name = "kiln";
    std::string machine_type = "pc";
    std::string accelerator = "tcg";  ///< `none` leaves the choice to QEMU
    std::string cpu_model;            ///< empty: `max` where that is known to work
    int cpus = 0;
    int sockets = 0;
    int cores = 0;
    int threads = 0;
    int memory_mib = 512;

    std::string disk_interface = "virtio";  ///< ide sata scsi sd virtio virtio-scsi
    std::vector<QemuDisk> disks;
    std::string cdrom_interface;      ///< empty: the machine's own
    std::vector<std::string> cdroms;  ///< paths, or URLs that QEMU reads itself
    std::filesystem::path floppy;
    BootOrder boot_order = BootOrder::CdOnce;

    QemuNetwork network;
    QemuFirmware firmware;
    std::string vga;
    /// `-display`; nothing: QEMU's choice. `none` opens no window.
    std::optional<std::string> display = "none";
    std::optional<QemuVnc> vnc;
    std::optional<QemuTpm> tpm;
    bool random_source = true;  ///< a virtio-rng device, on machines that have PCI

    std::filesystem::path serial_file;  ///< empty: QEMU's choice
    /// Where the guest's private directory (control socket, error output) is made; empty, or too
    /// long for a socket: the user's runtime directory or the one for temporary files.
    std::filesystem::path runtime_parent;
    std::filesystem::path user_qmp;  ///< a QMP socket for the user (`qmp_enable`)
    /// `qemuargs`, rendered. A switch that a row names loses its defaults (section 11 of
    /// spec/qemu-builder.md); kiln's own control socket is no default and stays.
    std::vector<QemuArgumentRow> user_arguments;
};

/// Where the file of the first serial line is, as `qemu_command` puts it on the command line;
/// nothing when the user's own `-serial` replaced it.
std::optional<std::filesystem::path> serial_file(const QemuDefinition& definition);

/// The command line for a definition, in an order that depends on nothing else. `control_socket` is
/// where QEMU opens kiln's own QMP socket; with an empty path there is none (the command for
/// people to look at). Throws Error for a definition that QEMU is known to refuse.
ProcessSpec qemu_command(const QemuDefinition& definition,
                         const std::filesystem::path& control_socket);

/// The value of `-smp` (spec/qemu-builder.md, section 10.3).
std::string smp_value(int cpus, int sockets, int cores, int threads);

/// A value inside a comma-separated QEMU option: commas are doubled.
std::string option_value(std::string_view value);

}  // namespace kiln::qemu
