#include "machine/qemu/qemu_command.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "machine/qemu/qemu_drives.h"

namespace kiln::qemu {
namespace {

using Values = std::vector<std::string>;

// The user's rows by switch, in the order in which the switches first appear.
class UserArguments {
  public:
    explicit UserArguments(const std::vector<QemuArgumentRow>& rows);

    bool names(std::string_view option) const { return find(option) != nullptr; }
    const Values* find(std::string_view option) const;
    const std::vector<std::pair<std::string, Values>>& all() const { return options_; }
    void add(const std::string& option, std::string value);

  private:
    std::vector<std::pair<std::string, Values>> options_;
};

// Puts the command line together: per switch the user's values, or else the defaults.
class CommandLine {
  public:
    explicit CommandLine(const UserArguments& user) : user_(user) {}

    void add_default(const std::string& option, const std::string& value);
    void add_defaults(const std::string& option, const Values& values);
    /// Stays whatever the user's rows say.
    void add_fixed(const std::string& option, const std::string& value);
    /// The user's switches that no default has.
    void add_user_rest();
    std::vector<std::string> take() { return std::move(arguments_); }

  private:
    void add_user(const std::string& option, const Values& values);

    const UserArguments& user_;
    std::set<std::string> done_;
    std::vector<std::string> arguments_;
};

void check(const QemuDefinition& definition, const UserArguments& user);
std::string machine_value(const QemuDefinition& definition);
std::string cpu_model(const QemuDefinition& definition);
std::string netdev_value(const QemuNetwork& network);
Values device_values(const QemuDefinition& definition, const AttachedDrives& drives);
std::string card_value(const QemuNetwork& network);
void keep_network_card(const QemuNetwork& network, UserArguments& user);
bool has_pci(const std::string& machine_type);

}  // namespace

ProcessSpec qemu_command(const QemuDefinition& definition,
                         const std::filesystem::path& control_socket) {
    UserArguments user(definition.user_arguments);
    check(definition, user);
    keep_network_card(definition.network, user);
    const AttachedDrives drives =
        attach_drives(definition, user.names("-drive"), user.names("-device"));
    const QemuFirmware& firmware = definition.firmware;

    CommandLine line(user);
    const auto add_if = [&](bool wanted, const std::string& option, const std::string& value) {
        if (wanted) line.add_default(option, value);
    };
    line.add_default("-name", option_value(definition.name));
    line.add_default("-machine", machine_value(definition));
    add_if(!cpu_model(definition).empty(), "-cpu", cpu_model(definition));
    line.add_default("-smp", user.names("-smp") ? ""
                                                : smp_value(definition.cpus, definition.sockets,
                                                            definition.cores, definition.threads));
    line.add_default("-m", fmt::format("{}M", definition.memory_mib));
    add_if(firmware.efi_code.empty(), "-boot",
           definition.boot_order == BootOrder::Disk ? "c" : "once=d");
    add_if(!firmware.bios.empty(), "-bios", firmware.bios.string());
    if (definition.network.kind == QemuNetwork::Kind::None) {
        line.add_default("-nic", "none");
    } else {
        line.add_default("-netdev", netdev_value(definition.network));
    }
    if (definition.tpm) {
        line.add_default("-chardev",
                         "socket,id=vtpm,path=" + option_value(definition.tpm->socket.string()));
        line.add_default("-tpmdev", "emulator,id=tpm0,chardev=vtpm");
    }
    line.add_defaults("-device", device_values(definition, drives));
    for (const std::string& device : drives.fixed_devices) line.add_fixed("-device", device);
    line.add_defaults("-drive", drives.drives);
    add_if(!definition.floppy.empty(), "-fda", definition.floppy.string());
    add_if(definition.display.has_value(), "-display", definition.display.value_or(""));
    add_if(!definition.vga.empty(), "-vga", definition.vga);
    if (definition.vnc) {
        line.add_default("-vnc",
                         definition.vnc->listen + (definition.vnc->password ? ",password=on" : ""));
    }
    add_if(!definition.serial_file.empty(), "-serial", "file:" + definition.serial_file.string());
    if (!definition.user_qmp.empty()) {
        line.add_default(
            "-qmp", "unix:" + option_value(definition.user_qmp.string()) + ",server=on,wait=off");
    }
    line.add_user_rest();
    if (!control_socket.empty()) {
        line.add_fixed("-chardev",
                       "socket,id=kiln-control,path=" + option_value(control_socket.string()) +
                           ",server=on,wait=off");
        line.add_fixed("-mon", "chardev=kiln-control,mode=control");
    }

    ProcessSpec spec;
    spec.program = definition.binary;
    spec.arguments = line.take();
    return spec;
}

std::optional<std::filesystem::path> serial_file(const QemuDefinition& definition) {
    if (definition.serial_file.empty()) return std::nullopt;
    if (UserArguments(definition.user_arguments).names("-serial")) return std::nullopt;
    return definition.serial_file;
}

std::string smp_value(int cpus, int sockets, int cores, int threads) {
    int total = 0;
    std::string topology;
    const std::array<std::pair<std::string_view, int>, 3> parts = {
        {{"sockets", sockets}, {"cores", cores}, {"threads", threads}}};
    for (const auto& [name, count] : parts) {
        if (count <= 0) continue;
        total = std::max(total, 1) * count;
        topology += fmt::format(",{}={}", name, count);
    }
    if (total == 0) return std::to_string(std::max(cpus, 1));
    if (cpus > 0 && cpus < total) {
        throw Error(fmt::format("{} cpus do not fill {} places", cpus, total))
            .because(fmt::format("sockets, cores and threads make {} processors, and QEMU wants "
                                 "as many cpus",
                                 total))
            .with_hint(fmt::format("Leave `cpus` out, or set it to {}.", total));
    }
    return std::to_string(total) + topology;
}

std::string option_value(std::string_view value) {
    std::string out;
    for (const char c : value) out.append(c == ',' ? 2 : 1, c);
    return out;
}

namespace {

UserArguments::UserArguments(const std::vector<QemuArgumentRow>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].empty() || rows[i].front().empty()) {
            throw Error(fmt::format("row {} of qemuargs is empty", i + 1))
                .with_hint(
                    "A row is a switch of QEMU and its value, as in "
                    "[\"-m\", \"1024M\"].");
        }
        std::string value;
        for (std::size_t part = 1; part < rows[i].size(); ++part) value += rows[i][part];
        add(rows[i].front(), std::move(value));
    }
}

void UserArguments::add(const std::string& option, std::string value) {
    auto found = std::ranges::find(options_, option, &std::pair<std::string, Values>::first);
    if (found == options_.end()) found = options_.insert(found, {option, {}});
    if (!value.empty()) found->second.push_back(std::move(value));
}

const Values* UserArguments::find(std::string_view option) const {
    for (const auto& [name, values] : options_) {
        if (name == option) return &values;
    }
    return nullptr;
}

void CommandLine::add_default(const std::string& option, const std::string& value) {
    add_defaults(option, {value});
}

void CommandLine::add_defaults(const std::string& option, const Values& values) {
    if (const Values* mine = user_.find(option)) {
        if (done_.insert(option).second) add_user(option, *mine);
        return;
    }
    for (const std::string& value : values) add_fixed(option, value);
}

void CommandLine::add_fixed(const std::string& option, const std::string& value) {
    arguments_.push_back(option);
    arguments_.push_back(value);
}

void CommandLine::add_user(const std::string& option, const Values& values) {
    if (values.empty()) arguments_.push_back(option);
    for (const std::string& value : values) add_fixed(option, value);
}

void CommandLine::add_user_rest() {
    for (const auto& [option, values] : user_.all()) {
        if (done_.insert(option).second) add_user(option, values);
    }
}

void check(const QemuDefinition& definition, const UserArguments& user) {
    if (user.names("-daemonize")) {
        throw Error("qemuargs has -daemonize, with which QEMU would leave kiln's control")
            .with_hint("Remove the row; headless = true opens no window.");
    }
    if (definition.binary.empty()) throw Error("no QEMU binary is named");
    if (definition.memory_mib <= 0) {
        throw Error(fmt::format("a guest cannot have {} MiB of memory", definition.memory_mib));
    }
    if (definition.network.kind == QemuNetwork::Kind::Bridge && definition.network.bridge.empty()) {
        throw Error("no bridge is named for the guest's network");
    }
}

std::string machine_value(const QemuDefinition& definition) {
    std::string value = "type=" + definition.machine_type;
    if (definition.accelerator != "none") value += ",accel=" + definition.accelerator;
    return value;
}

// QEMU's own default model is that of a processor of 2006: slow under KVM, without the random
// numbers that an installer waits for, and refused by newer distributions.
std::string cpu_model(const QemuDefinition& definition) {
    if (!definition.cpu_model.empty()) return definition.cpu_model;
    const bool accelerator_has_it =
        definition.accelerator == "kvm" || definition.accelerator == "tcg";
    const auto binary = std::filesystem::path(definition.binary).filename().string();
    const bool x86 = binary.ends_with("x86_64") || binary.ends_with("i386");
    const bool binary_has_it = x86 || binary.ends_with("aarch64") || binary == "qemu-kvm";
    if (!accelerator_has_it || !binary_has_it) return "";
    // Emulated, two features only cost time: "fast" string instructions make guests copy byte by
    // byte, and a fifth level of page tables makes each walk longer.
    return x86 && definition.accelerator == "tcg" ? "max,erms=off,fsrm=off,la57=off" : "max";
}

std::string netdev_value(const QemuNetwork& network) {
    if (network.kind == QemuNetwork::Kind::Bridge) {
        return "bridge,id=user.0,br=" + option_value(network.bridge);
    }
    std::string value = "user,id=user.0";
    for (const QemuForward& forward : network.forwards) {
        value += fmt::format(",hostfwd=tcp:{}:{}-:{}", forward.host_address, forward.host_port,
                             forward.guest_port);
    }
    return value;
}

// The network card comes first, so that its place on the bus (and the name that the guest gives it)
// does not depend on disks and CDs.
Values device_values(const QemuDefinition& definition, const AttachedDrives& drives) {
    Values values;
    if (definition.network.kind != QemuNetwork::Kind::None) {
        values.push_back(card_value(definition.network));
    }
    values.insert(values.end(), drives.devices.begin(), drives.devices.end());
    if (definition.tpm) values.push_back(definition.tpm->device + ",tpmdev=tpm0");
    if (definition.random_source && has_pci(definition.machine_type)) {
        values.push_back("virtio-rng-pci");
    }
    return values;
}

std::string card_value(const QemuNetwork& network) {
    return network.device + ",netdev=user.0";
}

// The one default that rows of the user's do not replace: without its card the guest would be out
// of reach (spec/qemu-builder.md, section 11, rule 4).
void keep_network_card(const QemuNetwork& network, UserArguments& user) {
    const Values* devices = user.find("-device");
    if (devices == nullptr || network.kind == QemuNetwork::Kind::None) return;
    const bool has_card = std::ranges::any_of(*devices, [&](const std::string& value) {
        return value.find(network.device) != std::string::npos;
    });
    if (!has_card) user.add("-device", card_value(network));
}

bool has_pci(const std::string& machine_type) {
    const std::string_view name = std::string_view(machine_type).substr(0, machine_type.find(','));
    return is_pc(machine_type) || name == "virt" || name.starts_with("virt-");
}

}  // namespace
}  // namespace kiln::qemu
