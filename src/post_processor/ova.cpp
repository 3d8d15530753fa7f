#include "post_processor/ova.h"

#include <algorithm>
#include <array>

#include "engine/late_text.h"
#include "formats/format.h"
#include "formats/outputs.h"
#include "formats/ova/ova_writer.h"
#include "post_processor/output_name.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

template <class Value>
struct Choice {
    std::string_view name;
    Value value;
};

constexpr std::array<Choice<formats::DiskController>, 5> disk_adapters = {{
    {"lsilogic", formats::DiskController::LsiLogic},
    {"lsisas1068", formats::DiskController::LsiLogicSas},
    {"pvscsi", formats::DiskController::Pvscsi},
    {"sata", formats::DiskController::Ahci},
    {"ide", formats::DiskController::Ide},
}};
constexpr std::array<Choice<const char*>, 4> network_adapters = {{
    {"vmxnet3", "VmxNet3"},
    {"e1000", "E1000"},
    {"e1000e", "E1000e"},
    {"pcnet32", "PCNet32"},
}};
// What files are called that are disks and nothing else.
constexpr std::array disk_formats = {"qcow2", "raw", "vmdk", "vhd", "vhdx", "vdi"};

void check_numbers(const OvaPostOptions& options, Problems& problems);
template <class Value, std::size_t count>
std::optional<Value> chosen(const std::array<Choice<Value>, count>& choices, std::string_view name);
template <class Value, std::size_t count>
std::vector<std::string> names_of(const std::array<Choice<Value>, count>& choices);
template <class Value>
std::optional<Value> announced(const Artifact& artifact, const std::string& key);
const formats::Format* announced_format(const OvaPostOptions& options, const Artifact& input);
std::vector<OvaDisk> named_disks(const std::vector<fs::path>& files, const formats::Format* format);
std::vector<OvaDisk> named_containers(const std::vector<fs::path>& files);
std::vector<OvaDisk> recognized_disks(const std::vector<fs::path>& files);
OvaDisk disk_of(const fs::path& path, const formats::Format* format);
formats::OutputResult write(const fs::path& output, const formats::OvfMachine& machine,
                            const std::vector<OvaDisk>& disks, formats::Speed speed,
                            const BuildContext& context);

}  // namespace

Schema<OvaPostOptions> ova_schema() {
    using O = OvaPostOptions;
    return Schema<O>("ova",
                     "Makes an OVA (OVF 1.0 descriptor, streamOptimized VMDKs, SHA-256 manifest) "
                     "of the disks. The disks stay unless keep_input_artifact is false.")
        .option("output", &O::output,
                "Path of the OVA; `{{.BuildName}}` and `{{.BuilderType}}` may stand in it.")
        .rendered_late()
        .option("vm_name", &O::vm_name, "The machine's name where the OVA is imported.")
        .default_is("the output's file name without .ova")
        .option("annotation", &O::annotation, "A note that importers show with the machine.")
        .option("cpus", &O::cpus, "Number of processors.")
        .default_is("as the machine was built with, or 1")
        .option("memory", &O::memory, "Memory in MiB.")
        .default_is("as the machine was built with, or 1024")
        .option("guest_os_type", &O::guest_os_type,
                "The guest's system: linux, debian, ubuntu, rhel, windows, other, or VMware's own "
                "word for it, like `debian11_64Guest`.")
        .option("hardware_version", &O::hardware_version,
                "VMware's virtual hardware version: 13 runs on ESXi 6.5 and later.")
        .option("disk_adapter", &O::disk_adapter,
                "The disks' controller. The guest needs a driver for it.")
        .one_of(names_of(disk_adapters))
        .option("disk_format", &O::disk_format,
                "Format of the artifact's disks. To be set for raw disks that neither a builder "
                "nor a file name ending in .raw calls so.")
        .one_of({disk_formats.begin(), disk_formats.end()})
        .default_is("what the builder says, or the file's name or content")
        .option("network_adapter", &O::network_adapter,
                "The network card. The guest needs a driver for it.")
        .one_of(names_of(network_adapters))
        .option("network_name", &O::network_name,
                "The network that the card is connected to; importers map it to one of theirs.")
        .option("firmware", &O::firmware, "What the machine boots with.")
        .one_of({"bios", "efi"})
        .default_is("as the machine was built with, or \"bios\"")
        .option("speed", &O::speed,
                "`fast` compresses quickly, `small` well, `balanced` is between.")
        .one_of({"fast", "balanced", "small"})
        .check(check_numbers);
}

void OvaPostProcessor::complete(OvaPostOptions& options, const PrepareContext&,
                                Problems& problems) {
    check_late_text("output", options.output, problems);
}

PostProcessed OvaPostProcessor::process(BuildContext& context, const ArtifactPtr& input) {
    const fs::path output = render_output_name(options().output, prepared());
    const formats::OvfMachine machine = ova_machine(options(), *input, output);
    const std::vector<OvaDisk> disks = ova_disks(options(), *input);
    make_parent_directories(output);
    context.report.say(fmt::format("Writing {} with {} disk{}", output.string(), disks.size(),
                                   disks.size() == 1 ? "" : "s"));
    const formats::OutputResult written =
        write(output, machine, disks, *formats::speed_from_name(options().speed), context);

    auto result = std::make_shared<Artifact>();
    result->builder_id = "kiln.post-processor.ova";
    result->description = fmt::format("OVA: {}", output.string());
    result->files = {output};
    result->digests[output] = written.sha256;
    result->generated_data = input->generated_data;
    result->destroy = [output] { remove_files({output}); };
    return {result, true, false};
}

formats::OvfMachine ova_machine(const OvaPostOptions& options, const Artifact& input,
                                const fs::path& output) {
    formats::OvfMachine machine;
    formats::set_os_type(machine, options.guest_os_type);
    machine.name = options.vm_name.empty() ? output.stem().string() : options.vm_name;
    machine.annotation = options.annotation;
    machine.hardware_version = static_cast<unsigned>(options.hardware_version);
    const int cpus = options.cpus.value_or(announced<int>(input, "cpus").value_or(1));
    const int memory = options.memory.value_or(announced<int>(input, "memory").value_or(1024));
    machine.cpus = static_cast<unsigned>(std::max(cpus, 1));
    machine.memory_mib = static_cast<unsigned>(std::max(memory, 1));
    const std::string firmware = options.firmware.empty()
                                     ? announced<std::string>(input, "firmware").value_or("bios")
                                     : options.firmware;
    machine.firmware =
        firmware == "efi" || firmware == "uefi" ? formats::Firmware::Efi : formats::Firmware::Bios;
    machine.disk_controller = *chosen(disk_adapters, options.disk_adapter);
    machine.network_cards = {
        {*chosen(network_adapters, options.network_adapter), options.network_name}};
    return machine;
}

std::vector<OvaDisk> ova_disks(const OvaPostOptions& options, const Artifact& input) {
    const auto format = announced_format(options, input);
    std::vector<OvaDisk> disks;
    if (const auto paths = announced<std::vector<std::string>>(input, "diskPaths")) {
        for (const auto& path : *paths) {
            disks.push_back(disk_of(path, format));
            // The builder made this disk over a file that the template names.
            disks.back().how.allow_backing = true;
        }
    } else if (format != nullptr && input.files.size() == 1) {
        disks.push_back(disk_of(input.files.front(), format));
    }
    if (disks.empty()) disks = named_disks(input.files, format);
    if (disks.empty()) disks = named_containers(input.files);
    if (disks.empty()) disks = recognized_disks(input.files);
    if (disks.empty()) {
        throw Error("the artifact has no disk image to make an OVA of")
            .because("none of its files is called as a disk image is, or begins like one")
            .with_hint(fmt::format(
                "Files of these formats are taken: {}. A raw disk must be named so (.raw, .img), "
                "or disk_format = \"raw\" says it.",
                fmt::join(disk_formats, ", ")));
    }
    return disks;
}

namespace {

void check_numbers(const OvaPostOptions& options, Problems& problems) {
    if (options.cpus && *options.cpus < 1) problems.error("cpus", "cpus must be at least 1.");
    if (options.memory && *options.memory < 4) {
        problems.error("memory", "memory must be at least 4 (MiB).");
    }
    if (options.hardware_version < 4 || options.hardware_version > 22) {
        problems.error("hardware_version", "hardware_version must be from 4 to 22.");
    }
}

template <class Value, std::size_t count>
std::optional<Value> chosen(const std::array<Choice<Value>, count>& choices,
                            std::string_view name) {
    for (const auto& choice : choices) {
        if (choice.name == name) return choice.value;
    }
    return std::nullopt;
}

template <class Value, std::size_t count>
std::vector<std::string> names_of(const std::array<Choice<Value>, count>& choices) {
    std::vector<std::string> names;
    for (const auto& choice : choices) names.emplace_back(choice.name);
    return names;
}

template <class Value>
std::optional<Value> announced(const Artifact& artifact, const std::string& key) {
    const auto found = artifact.state.find(key);
    if (found == artifact.state.end() || found->second.is_null()) return std::nullopt;
    Value value{};
    setting_to::assign(found->second, value);
    return value;
}

const formats::Format* announced_format(const OvaPostOptions& options, const Artifact& input) {
    const std::string name = options.disk_format.empty()
                                 ? announced<std::string>(input, "diskType").value_or("")
                                 : options.disk_format;
    return name.empty() ? nullptr : formats::find_format(name);
}

std::vector<OvaDisk> named_disks(const std::vector<fs::path>& files,
                                 const formats::Format* format) {
    std::vector<OvaDisk> disks;
    for (const fs::path& file : files) {
        const formats::Format* named = formats::format_of_file_name(file.filename().string());
        if (file.extension() == ".qcow") named = formats::find_format("qcow2");
        if (named == nullptr ||
            std::ranges::find(disk_formats, named->name) == disk_formats.end()) {
            continue;
        }
        // A file named .img may hold any format, so that its content has to tell.
        if (file.extension() == ".img") named = nullptr;
        disks.push_back(disk_of(file, format != nullptr ? format : named));
    }
    return disks;
}

// Compressed disks, boxes, OVAs: a name like .gz says little, and their content tells.
std::vector<OvaDisk> named_containers(const std::vector<fs::path>& files) {
    std::vector<OvaDisk> disks;
    for (const fs::path& file : files) {
        if (formats::format_of_file_name(file.filename().string()) == nullptr) continue;
        disks.push_back(disk_of(file, nullptr));
    }
    return disks;
}

std::vector<OvaDisk> recognized_disks(const std::vector<fs::path>& files) {
    std::vector<OvaDisk> disks;
    for (const fs::path& file : files) {
        if (!fs::is_regular_file(file)) continue;
        const auto opened = formats::InputFile::open(file);
        const auto all = formats::all_formats();
        const auto found = std::ranges::find_if(
            all, [&](const formats::Format* format) { return format->recognizes(opened); });
        if (found != all.end()) disks.push_back(disk_of(file, *found));
    }
    return disks;
}

OvaDisk disk_of(const fs::path& path, const formats::Format* format) {
    OvaDisk disk{path, {}};
    disk.how.format = format;
    return disk;
}

formats::OutputResult write(const fs::path& output, const formats::OvfMachine& machine,
                            const std::vector<OvaDisk>& disks, formats::Speed speed,
                            const BuildContext& context) {
    std::vector<std::unique_ptr<formats::Source>> opened;
    std::vector<const formats::Source*> sources;
    for (const auto& disk : disks) {
        opened.push_back(formats::open_source(disk.path, disk.how));
        sources.push_back(opened.back().get());
    }
    formats::ConvertOptions convert;
    convert.cancel = context.cancel;
    convert.progress = [&context](const ProgressEvent& event) { context.report.progress(event); };
    convert.progress_id = output.string();
    convert.progress_label = fmt::format("writing {}", output.string());
    formats::OvaOptions how;
    how.speed = speed;
    return formats::write_ova(output, machine, sources, how, convert);
}

}  // namespace
}  // namespace kiln
