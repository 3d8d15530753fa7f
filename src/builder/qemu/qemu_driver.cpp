#include "builder/qemu/qemu_driver.h"

#include <cstdlib>

#include "builder/qemu/ovmf.h"
#include "machine/qemu/accelerator.h"
#include "machine/qemu/qemu_machine.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

/// QEMU's user network shows the host to the guest at this address.
constexpr auto user_network_host = "10.0.2.2";

bool has_window_system();

}  // namespace

void QemuDriver::create_disks(const GuestPlan& plan, BuildContext& context) {
    disks_.create(plan.output_directory, plan.source, context);
}

std::unique_ptr<Machine> QemuDriver::make_machine(const GuestPlan& plan, BuildContext& context) {
    auto machine = std::make_unique<qemu::QemuMachine>(definition(plan, context));
    context.report.say(
        fmt::format("Starting the guest ({}, {} MiB)...", accelerator_, options_.memory));
    return machine;
}

std::string QemuDriver::host_address_for_guest() const {
    return user_network_host;
}

SealedDisks QemuDriver::seal(const GuestPlan&, BuildContext& context) {
    return disks_.seal(context);
}

qemu::QemuDefinition QemuDriver::definition(const GuestPlan& plan, BuildContext& context) {
    accelerator_ = choose_accelerator(context);
    qemu::QemuDefinition definition;
    definition.binary = options_.qemu_binary;
    definition.name = options_.vm.vm_name;
    definition.machine_type = options_.machine_type;
    definition.accelerator = accelerator_;
    definition.cpu_model = options_.cpu_model;
    definition.cpus = options_.cpus;
    definition.sockets = options_.sockets;
    definition.cores = options_.cores;
    definition.threads = options_.threads;
    definition.memory_mib = options_.memory;
    definition.serial_file = plan.serial_log;
    definition.runtime_parent = plan.scratch;
    define_disks(definition, plan);
    define_network(definition, plan);
    define_firmware(definition, plan);
    define_console(definition, plan, context);
    definition.user_arguments = rendered_arguments(plan);
    return definition;
}

void QemuDriver::define_disks(qemu::QemuDefinition& definition, const GuestPlan& plan) const {
    definition.disk_interface = options_.disk_interface;
    // A disk that is rewritten and synced afterwards need not be synced while the guest works.
    const std::string cache = !options_.disk_cache.empty() ? options_.disk_cache
                              : options_.converts_disk()   ? "unsafe"
                                                           : "writeback";
    for (const auto& file : disks_.files()) {
        definition.disks.push_back({file, options_.format,
                                    file == disks_.files()[0] ? cache : "writeback",
                                    options_.disk_discard, options_.disk_detect_zeroes});
    }
    definition.cdrom_interface = options_.cdrom_interface;
    if (!options_.disk_image) definition.cdroms.push_back(fs::absolute(plan.source).string());
    for (const auto& cd : plan.cds) definition.cdroms.push_back(cd.string());
    definition.boot_order = options_.disk_image ? qemu::BootOrder::Disk : qemu::BootOrder::CdOnce;
}

void QemuDriver::define_network(qemu::QemuDefinition& definition, const GuestPlan& plan) const {
    definition.network.device = options_.net_device;
    if (plan.ssh_host_port == 0) return;
    qemu::QemuForward forward;
    forward.host_port = plan.ssh_host_port;
    forward.guest_port = static_cast<std::uint16_t>(options_.vm.communicator.ssh.port);
    definition.network.forwards.push_back(forward);
}

void QemuDriver::define_firmware(qemu::QemuDefinition& definition, const GuestPlan& plan) const {
    if (!options_.firmware.empty()) {
        (options_.use_pflash ? definition.firmware.pflash : definition.firmware.bios) =
            fs::absolute(options_.firmware);
    }
    if (!options_.efi_boot) return;
    const UefiFirmware uefi =
        find_uefi_firmware(options_.efi_firmware_code, options_.efi_firmware_vars);
    definition.firmware.efi_code = uefi.code;
    definition.firmware.efi_vars = plan.output_directory / "efivars.fd";
    fs::copy_file(uefi.variables, definition.firmware.efi_vars,
                  fs::copy_options::overwrite_existing);
    fs::permissions(definition.firmware.efi_vars, fs::perms::owner_write, fs::perm_options::add);
}

void QemuDriver::define_console(qemu::QemuDefinition& definition, const GuestPlan& plan,
                                BuildContext& context) {
    definition.vga = options_.vga;
    if (options_.qmp_enable) {
        definition.user_qmp = options_.qmp_socket_path.empty()
                                  ? plan.output_directory / (options_.vm.vm_name + ".monitor")
                                  : fs::absolute(options_.qmp_socket_path);
    }
    if (options_.headless || options_.display == "none") {
        definition.display = "none";
    } else if (!options_.display.empty()) {
        definition.display = options_.display;
    } else if (options_.use_default_display) {
        definition.display = std::nullopt;
    } else if (has_window_system()) {
        definition.display = "gtk";
    } else {
        context.report.say("There is no window system here: the guest runs without a window.");
        definition.display = "none";
    }
    if (!options_.wants_vnc() || options_.vm.boot.disable_vnc) return;
    const std::string address = options_.vnc_bind_address.value_or(qemu_defaults::vnc_address);
    vnc_port_ = lease_port(address, options_.vnc_port_min.value_or(qemu_defaults::lowest_vnc_port),
                           options_.vnc_port_max.value_or(qemu_defaults::highest_vnc_port),
                           context.run.cache_directory / "port", "VNC");
    vnc_port_->release_socket();
    const int display = vnc_port_->port() - qemu_defaults::lowest_vnc_port;
    definition.vnc = qemu::QemuVnc{fmt::format("{}:{}", address, display), false};
    context.report.say(
        fmt::format("The guest's screen can be seen by VNC at {}:{}", address, vnc_port_->port()));
}

std::string QemuDriver::choose_accelerator(BuildContext& context) const {
    if (!options_.accelerator.empty()) return options_.accelerator;
    const auto choice = qemu::choose_accelerator(options_.qemu_binary);
    if (!choice.reason.empty()) {
        context.report.say(
            fmt::format("Using the {} accelerator: {}", choice.accelerator, choice.reason));
    }
    return choice.accelerator;
}

std::vector<qemu::QemuArgumentRow> QemuDriver::rendered_arguments(const GuestPlan& plan) const {
    InterpolateContext context = interpolation_;
    context.strict_fields = true;
    Setting::Map content;
    for (const auto& [path, text] : options_.vm.http.content) content[path] = text;
    context.fields = {
        {"HTTPIP", plan.http_address},
        {"HTTPPort", static_cast<int>(plan.http_port)},
        {"HTTPDir", options_.vm.http.directory},
        {"HTTPContent", content},
        {"OutputDir", plan.output_directory.string()},
        {"Name", options_.vm.vm_name},
        {"SSHHostPort", static_cast<int>(plan.ssh_host_port)},
    };
    std::vector<qemu::QemuArgumentRow> rows;
    for (const auto& row : options_.qemuargs) {
        auto& rendered = rows.emplace_back();
        for (const auto& part : row) rendered.push_back(interpolate(part, context));
    }
    return rows;
}

namespace {

bool has_window_system() {
    const auto is_set = [](const char* name) {
        const char* value = std::getenv(name);
        return value != nullptr && *value != '\0';
    };
    return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
}

}  // namespace
}  // namespace kiln
