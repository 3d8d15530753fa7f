#include "builder/vmware/vmware_builders.h"

#include <fmt/ranges.h>

#include "base/process.h"
#include "builder/vmware/vmx_ports.h"
#include "engine/declared.h"
#include "engine/option_checks.h"

namespace kiln {
namespace {

constexpr int lowest_version = 13;

Schema<VmwareHardwareOptions> hardware_schema();
void check_hardware(const VmwareHardwareOptions& options, Problems& problems);
void check_iso_builder(const VmwareIsoOptions& options, Problems& problems);
void check_vmx_builder(const VmwareVmxOptions& options, Problems& problems);
void check_version(int version, Problems& problems);
void warn_of_vmx_data(const VmxOptions& options, Problems& problems);

}  // namespace

void add_vmware_builders(Registry& registry) {
    const std::string why =
        "Building with VMware comes with a later version of kiln. The same guest can be built by "
        "a qemu source, and the post-processor ova makes a file that VMware imports.";
    registry.add_builder("vmware-iso", declared_factory<Builder>(vmware_iso_schema, why));
    registry.add_builder("vmware-vmx", declared_factory<Builder>(vmware_vmx_schema, why));
}

Schema<VmwareIsoOptions> vmware_iso_schema() {
    using O = VmwareIsoOptions;
    Schema<O> schema("vmware-iso", "Builds in a VMware guest, from an ISO.");
    schema.include(&O::iso, iso_schema())
        .include(&O::hardware, hardware_schema())
        .include(&O::vmware, vmware_schema())
        .check(check_iso_builder);
    return schema;
}

Schema<VmwareVmxOptions> vmware_vmx_schema() {
    using O = VmwareVmxOptions;
    Schema<O> schema("vmware-vmx", "Builds in a clone of a VMware guest.");
    schema.option("source_path", &O::source_path, "The guest to clone: a .vmx, .ovf or .ova file.")
        .required()
        .option("linked", &O::linked, "Make a linked clone.")
        .option("attach_snapshot", &O::attach_snapshot, "The snapshot to clone.")
        .option("guest_os_type", &O::guest_os_type,
                "VMware's name of the guest's system, for .ovf and .ova files.")
        .option("version", &O::version, "The hardware version, for .ovf and .ova files.")
        .option("cdrom_adapter_type", &O::cdrom_adapter_type, "How CDs are attached.")
        .one_of({"ide", "sata", "scsi"})
        .include(&O::vmware, vmware_schema())
        .check(check_vmx_builder);
    return schema;
}

namespace {

Schema<VmwareHardwareOptions> hardware_schema() {
    using O = VmwareHardwareOptions;
    Schema<O> schema("hardware", "The guest's hardware.");
    schema.option("guest_os_type", &O::guest_os_type, "VMware's name of the guest's system.")
        .default_is("\"other-64\"")
        .option("version", &O::version, "The hardware version.")
        .option("firmware", &O::firmware, "The guest's firmware.")
        .one_of({"bios", "efi", "efi-secure"})
        .option("cpus", &O::cpus, "How many CPUs the guest has; 0: VMware's own default.")
        .option("cores", &O::cores, "Cores of a socket; 0: VMware's own default.")
        .option("memory", &O::memory, "The guest's memory in MB.")
        .option("disk_size", &O::disk_size, "The size of the main disk in MB.")
        .option("cdrom_adapter_type", &O::cdrom_adapter_type, "How CDs are attached.")
        .default_is("what fits disk_adapter_type")
        .option("network", &O::network,
                "The network: nat, hostonly, bridged, or the name of a device.")
        .option("network_name", &O::network_name, "The port group on ESXi.")
        .option("network_adapter_type", &O::network_adapter_type,
                "The model of the network card: vmxnet3, e1000e, e1000.")
        .option("sound", &O::sound, "Give the guest a sound card.")
        .option("usb", &O::usb, "Give the guest a USB controller.")
        .option("usb_version", &O::usb_version, "The version of the USB controller.")
        .one_of({"2.0", "3.1", "3.2"})
        .option("serial", &O::serial,
                "A serial port: FILE:path, DEVICE:path, PIPE:path,end,host, AUTO or NONE.")
        .option("parallel", &O::parallel, "A parallel port: FILE:path, DEVICE:path, AUTO or NONE.")
        .option("vhv_enabled", &O::vhv_enabled, "Let the guest run guests of its own.")
        .option("vmx_template_path", &O::vmx_template_path,
                "A template for the VMX file, in place of the built-in one.")
        .option("vmx_disk_template_path", &O::vmx_disk_template_path,
                "A template for each additional disk's entries.")
        .check(check_hardware);
    return schema;
}

void check_hardware(const VmwareHardwareOptions& options, Problems& problems) {
    check_version(options.version, problems);
    option_check::is_not_negative("cpus", options.cpus, problems);
    option_check::is_not_negative("cores", options.cores, problems);
    option_check::is_not_negative("memory", options.memory, problems);
    option_check::is_not_negative("disk_size", options.disk_size, problems);
    std::string adapter = options.cdrom_adapter_type;
    for (char& c : adapter) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!adapter.empty() && adapter != "ide" && adapter != "sata" && adapter != "scsi") {
        problems.error("cdrom_adapter_type",
                       fmt::format("cdrom_adapter_type must be one of ide, sata, scsi, not \"{}\".",
                                   options.cdrom_adapter_type));
    }
    option_check::needs("usb_version", !options.usb_version.empty(), "usb = true", options.usb,
                        problems);
    check_serial_port(options.serial, problems);
    check_parallel_port(options.parallel, problems);
    option_check::file_exists("vmx_template_path", options.vmx_template_path, problems);
    option_check::file_exists("vmx_disk_template_path", options.vmx_disk_template_path, problems);
}

void check_iso_builder(const VmwareIsoOptions& options, Problems& problems) {
    if (options.hardware.vmx_template_path.empty()) warn_of_vmx_data(options.vmware.vmx, problems);
    const VmwareOptions& vmware = options.vmware;
    const std::string& disk_type = vmware.disks.disk_type_id;
    const bool thick = !disk_type.empty() && disk_type != "thin";
    if (vmware.esxi.is_remote() && thick && !vmware.exporting.skip_compaction) {
        problems.error("skip_compaction",
                       "skip_compaction must be 'true' for disk_type_id: " + disk_type);
    }
}

// The peer's own template fills these from options.
void warn_of_vmx_data(const VmxOptions& options, Problems& problems) {
    std::vector<std::string> doubled;
    for (const char* key :
         {"displayName", "guestOS", "memsize", "numvcpus", "cpuid.coresPerSocket", "firmware",
          "virtualHW.version", "ethernet0.virtualDev", "ethernet0.connectionType",
          "scsi0:0.fileName", "sound.present", "usb.present", "vhv.enable"}) {
        if (options.vmx_data.contains(key)) doubled.emplace_back(key);
    }
    if (doubled.empty()) return;
    problems.warning(
        "vmx_data", fmt::format("vmx_data sets {}, which the builder sets from options of its own; "
                                "the entries here win.",
                                fmt::join(doubled, ", ")));
}

void check_vmx_builder(const VmwareVmxOptions& options, Problems& problems) {
    check_version(options.version, problems);
    if (!options.vmware.esxi.is_remote()) {
        option_check::file_exists("source_path", options.source_path, problems);
    }
    const bool packed =
        options.source_path.ends_with(".ovf") || options.source_path.ends_with(".ova");
    if (!packed) return;
    if (options.guest_os_type.empty()) {
        problems.error("guest_os_type",
                       "guest_os_type must be set when source_path is an .ovf or .ova file.");
    }
    if (!find_program("ovftool")) {
        problems.warning("source_path",
                         "Reading an .ovf or .ova file needs ovftool, which is not "
                         "installed on this host.");
    }
}

void check_version(int version, Problems& problems) {
    if (version >= lowest_version) return;
    problems.error("version", fmt::format("version is {}; the lowest hardware version is {}.",
                                          version, lowest_version));
}

}  // namespace
}  // namespace kiln
