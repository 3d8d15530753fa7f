#include "formats/ova/ova_format.h"

#include <array>

#include "formats/core/output_options.h"
#include "formats/outputs.h"
#include "formats/ova/ova_check.h"
#include "formats/ova/ova_source.h"
#include "formats/ova/ova_writer.h"

namespace kiln::formats {

namespace {

bool recognizes(const InputFile& file);
std::unique_ptr<Sink> ova_sink(const OutputSpec& spec, OutputOptions& options);
OvfMachine ova_machine(OutputOptions& options);
std::string network_adapter(OutputOptions& options);

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"ova"sv};

}  // namespace

const Format kOvaFormat = {
    .name = "ova",
    .title = "Open Virtualization Format archive",
    .extensions = kExtensions,
    .options =
        "vm_name=NAME\n"
        "vcpus=N\n"
        "memory=MIB\n"
        "os_type=NAME\n"
        "firmware=bios|efi\n"
        "secure_boot=on|off\n"
        "hwversion=N\n"
        "disk_controller=lsilogic|lsisas1068|pvscsi|sata|ide\n"
        "network=NAME\n"
        "network_adapter=vmxnet3|e1000|e1000e|pcnet32|none\n"
        "annotation=TEXT",
    .recognizes = recognizes,
    .open = open_ova,
    .check = check_ova,
    .make_sink = ova_sink,
};

namespace {

bool recognizes(const InputFile& file) {
    std::array<std::byte, kTarBlock> head{};
    if (file.size() < head.size()) return false;
    file.read(0, head);
    const auto entry = TarEntry::decode(head);
    return entry && entry->name.ends_with(".ovf");
}

std::unique_ptr<Sink> ova_sink(const OutputSpec& spec, OutputOptions& options) {
    const OvfMachine machine = ova_machine(options);
    return make_ova_sink(spec.path, machine, {spec.speed, spec.sha256, spec.digests});
}

OvfMachine ova_machine(OutputOptions& options) {
    const auto limited = [&](const std::string& name, unsigned otherwise) {
        constexpr std::uint64_t kMost = 1U << 31;
        return static_cast<unsigned>(std::min(options.number(name, otherwise), kMost));
    };
    OvfMachine machine;
    machine.name = options.text("vm_name").value_or("");
    machine.annotation = options.text("annotation").value_or("");
    machine.cpus = limited("vcpus", machine.cpus);
    machine.memory_mib = limited("memory", machine.memory_mib);
    machine.hardware_version = limited("hwversion", machine.hardware_version);
    machine.firmware = options.choice<Firmware>("firmware", Firmware::Bios,
                                                {{"bios", Firmware::Bios}, {"efi", Firmware::Efi}});
    machine.secure_boot = options.flag("secure_boot", false);
    machine.disk_controller =
        options.choice<DiskController>("disk_controller", DiskController::LsiLogic,
                                       {{"lsilogic", DiskController::LsiLogic},
                                        {"lsisas1068", DiskController::LsiLogicSas},
                                        {"pvscsi", DiskController::Pvscsi},
                                        {"sata", DiskController::Ahci},
                                        {"ide", DiskController::Ide}});
    if (const auto os = options.text("os_type")) set_os_type(machine, *os);
    const std::string adapter = network_adapter(options);
    const std::string network =
        options.text("network").value_or(machine.network_cards.front().network);
    machine.network_cards.clear();
    if (adapter != "none") machine.network_cards.push_back({adapter, network});
    return machine;
}

std::string network_adapter(OutputOptions& options) {
    return options.choice<std::string>("network_adapter", "VmxNet3",
                                       {{"vmxnet3", "VmxNet3"},
                                        {"e1000", "E1000"},
                                        {"e1000e", "E1000e"},
                                        {"pcnet32", "PCNet32"},
                                        {"none", "none"}});
}

}  // namespace

}  // namespace kiln::formats
