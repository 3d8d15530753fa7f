#include "builder/qemu/qemu_builder.h"

#include "base/process.h"
#include "builder/qemu/qemu_driver.h"
#include "builder/vm/recipe.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

void require_program(const std::string& name, std::string_view package);
std::vector<fs::path> artifact_files(const QemuOptions& options, const fs::path& directory);
Setting::Map artifact_state(const QemuOptions& options, const VmResult& result,
                            const std::string& accelerator);

}  // namespace

std::shared_ptr<Artifact> QemuBuilder::run(BuildContext& context, ProvisionHook& hook) {
    require_program(options().qemu_binary, "qemu-system-x86");
    require_program("qemu-img", "qemu-utils");
    QemuDriver driver(options(), prepared().interpolation);
    const VmResult result = build_vm(options().vm, prepared().interpolation, driver, context, hook);

    auto artifact = std::make_shared<Artifact>();
    artifact->builder_id = "transcend.qemu";
    artifact->id = "VM";
    artifact->description = fmt::format("VM files in directory: {}", options().vm.output_directory);
    artifact->files = artifact_files(options(), options().vm.output_directory);
    for (const auto& [disk, digest] : result.sealed.digests) {
        artifact->digests[fs::path(options().vm.output_directory) / disk.filename()] = digest;
    }
    artifact->state = artifact_state(options(), result, driver.accelerator());
    artifact->generated_data = result.generated_data;
    artifact->destroy = [directory = result.output_directory] { fs::remove_all(directory); };
    return artifact;
}

void QemuBuilder::complete(QemuOptions& options, const PrepareContext& context,
                           Problems& problems) {
    complete_qemu_options(options, context.source_name, context.force || context.values_known,
                          problems);
}

void QemuBuilder::find_gaps(const QemuOptions& options, Problems& gaps) const {
    report_communicator_gaps(options.vm.communicator, gaps);
}

namespace {

void require_program(const std::string& name, std::string_view package) {
    if (find_program(name)) return;
    throw Error(fmt::format("{} is not installed, or not in PATH", name))
        .with_hint(
            fmt::format("apt-get install {}; `kiln doctor` tells what else is missing.", package));
}

std::vector<fs::path> artifact_files(const QemuOptions& options, const fs::path& directory) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        if (!entry.is_regular_file()) continue;
        if (options.efi_drop_efivars && entry.path().filename() == "efivars.fd") continue;
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Setting::Map artifact_state(const QemuOptions& options, const VmResult& result,
                            const std::string& accelerator) {
    Setting::List disks;
    for (const auto& disk : result.sealed.disks) disks.emplace_back(disk.string());
    const int cpus = std::max(
        {options.cpus, 1,
         std::max(options.sockets, 1) * std::max(options.cores, 1) * std::max(options.threads, 1)});
    return {
        {"diskName", options.vm.vm_name},
        {"diskPaths", disks},
        {"diskType", options.format},
        {"diskSize", options.disk_size},
        {"domainType", accelerator},
        {"vmName", options.vm.vm_name},
        {"cpus", cpus},
        {"memory", options.memory},
        {"firmware", options.efi_boot ? "efi" : "bios"},
    };
}

}  // namespace
}  // namespace kiln
