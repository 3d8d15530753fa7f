#include "builder/hyperv/hyperv_builders.h"

#include "builder/options/communicator_options.h"
#include "builder/options/guest_options.h"
#include "builder/options/iso_options.h"
#include "engine/declared.h"
#include "engine/option_checks.h"

namespace kiln {
namespace {

/// What both Hyper-V builders share.
struct HypervOptions {
    std::string vm_name;
    std::string output_directory;
    int cpus = 1;
    int memory = 1024;
    int generation = 1;
    std::string switch_name;
    std::string switch_vlan_id;
    std::string vlan_id;
    std::string mac_address;
    bool use_legacy_network_adapter = false;
    bool enable_mac_spoofing = false;
    bool enable_dynamic_memory = false;
    bool enable_secure_boot = false;
    bool enable_tpm = false;
    std::string secure_boot_template = "MicrosoftWindows";
    bool enable_virtualization_extensions = false;
    std::string guest_additions_mode;
    std::string guest_additions_path;
    std::vector<std::string> secondary_iso_images;
    std::vector<std::string> boot_order;
    std::string first_boot_device;
    std::string temp_path;
    std::string configuration_version;
    bool headless = false;
    bool keep_registered = false;
    bool skip_compaction = false;
    bool skip_export = false;
    bool disable_shutdown = false;
    http::HttpOptions http;
    BootOptions boot;
    MediaOptions media;
    ShutdownOptions shutdown;
    CommunicatorOptions communicator;
};

struct HypervIsoOptions {
    IsoOptions iso;
    HypervOptions hyperv;
    int disk_size = 40 * 1024;
    std::vector<int> disk_additional_size;
    int disk_block_size = 32;
    bool use_fixed_vhd_format = false;
    bool differencing_disk = false;
};

struct HypervVmcxOptions {
    IsoOptions iso;
    HypervOptions hyperv;
    std::string clone_from_vmcx_path;
    std::string clone_from_vm_name;
    std::string clone_from_snapshot_name;
    bool clone_all_snapshots = false;
    bool compare_copy = false;
    bool copy_in_compare = false;
};

Schema<HypervOptions> hyperv_schema();
void declare_machine(Schema<HypervOptions>& schema);
void declare_network(Schema<HypervOptions>& schema);
void check_hyperv(const HypervOptions& options, Problems& problems);
Schema<HypervIsoOptions> hyperv_iso_schema();
Schema<HypervVmcxOptions> hyperv_vmcx_schema();

}  // namespace

void add_hyperv_builders(Registry& registry) {
    const std::string why =
        "kiln does not drive Hyper-V. The same guest can be built by a qemu source.";
    registry.add_builder("hyperv-iso", declared_factory<Builder>(hyperv_iso_schema, why));
    registry.add_builder("hyperv-vmcx", declared_factory<Builder>(hyperv_vmcx_schema, why));
}

namespace {

Schema<HypervOptions> hyperv_schema() {
    using O = HypervOptions;
    Schema<O> schema("hyperv", "What both Hyper-V builders have.");
    schema.option("vm_name", &O::vm_name, "The guest's name.")
        .default_is("\"packer-NAME\"")
        .option("output_directory", &O::output_directory, "Where the result goes.")
        .default_is("\"output-NAME\"");
    declare_machine(schema);
    declare_network(schema);
    schema.option("headless", &O::headless, "Open no window.")
        .option("keep_registered", &O::keep_registered, "Leave the guest in Hyper-V.")
        .option("skip_compaction", &O::skip_compaction, "Do not shrink the disks at the end.")
        .option("skip_export", &O::skip_export, "Do not export the guest.")
        .option("disable_shutdown", &O::disable_shutdown,
                "The guest shuts itself down; wait for it.")
        .include(&O::http, http_schema())
        .include(&O::boot, boot_schema())
        .include(&O::media, media_schema())
        .include(&O::communicator, communicator_schema())
        .include(&O::shutdown, shutdown_schema())
        .check(check_hyperv);
    return schema;
}

void declare_machine(Schema<HypervOptions>& schema) {
    using O = HypervOptions;
    schema.option("cpus", &O::cpus, "How many CPUs the guest has.")
        .option("memory", &O::memory, "The guest's memory in MB.")
        .option("generation", &O::generation, "The guest's generation: 1, or 2 for UEFI.")
        .option("configuration_version", &O::configuration_version, "The hardware version.")
        .option("enable_dynamic_memory", &O::enable_dynamic_memory, "Let its memory change.")
        .option("enable_secure_boot", &O::enable_secure_boot, "Turn secure boot on.")
        .option("secure_boot_template", &O::secure_boot_template, "Which keys secure boot trusts.")
        .option("enable_tpm", &O::enable_tpm, "Give the guest a virtual TPM.")
        .option("enable_virtualization_extensions", &O::enable_virtualization_extensions,
                "Let the guest run guests of its own.")
        .option("guest_additions_mode", &O::guest_additions_mode,
                "How the integration services come into the guest: attach or none.")
        .option("guest_additions_path", &O::guest_additions_path, "The ISO of these services.")
        .option("secondary_iso_images", &O::secondary_iso_images, "More ISOs to attach.")
        .option("boot_order", &O::boot_order, "What to boot from, by controller and place.")
        .option("first_boot_device", &O::first_boot_device, "What to boot from first.")
        .option("temp_path", &O::temp_path, "Where the guest's files are while it is built.");
}

void declare_network(Schema<HypervOptions>& schema) {
    using O = HypervOptions;
    schema.option("switch_name", &O::switch_name, "The virtual switch.")
        .option("switch_vlan_id", &O::switch_vlan_id, "The switch's VLAN.")
        .option("vlan_id", &O::vlan_id, "The network card's VLAN.")
        .option("mac_address", &O::mac_address, "The network card's hardware address.")
        .option("use_legacy_network_adapter", &O::use_legacy_network_adapter,
                "Use the old network card; generation 1 only.")
        .option("enable_mac_spoofing", &O::enable_mac_spoofing,
                "Let the guest send from other hardware addresses.");
}

void check_hyperv(const HypervOptions& options, Problems& problems) {
    if (options.generation != 1 && options.generation != 2) {
        problems.error("generation", "generation must be 1 or 2.");
    }
    if (options.generation == 2 && !options.media.floppy.floppy_files.empty()) {
        problems.error("floppy_files", "A guest of generation 2 has no floppies.");
    }
    if (options.generation == 2 && options.use_legacy_network_adapter) {
        problems.error("use_legacy_network_adapter",
                       "A guest of generation 2 has no old network card.");
    }
    option_check::is_not_negative("cpus", options.cpus, problems);
    option_check::is_not_negative("memory", options.memory, problems);
}

Schema<HypervIsoOptions> hyperv_iso_schema() {
    using O = HypervIsoOptions;
    Schema<O> schema("hyperv-iso", "Builds in a Hyper-V guest, from an ISO.");
    schema.include(&O::iso, iso_schema())
        .include(&O::hyperv, hyperv_schema())
        .option("disk_size", &O::disk_size, "The size of the main disk in MB.")
        .option("disk_additional_size", &O::disk_additional_size,
                "One more disk for each size, in MB.")
        .option("disk_block_size", &O::disk_block_size, "The disks' block size in MB.")
        .option("use_fixed_vhd_format", &O::use_fixed_vhd_format,
                "Make disks of a fixed size; generation 1 only.")
        .option("differencing_disk", &O::differencing_disk,
                "Make the disk an overlay over the image that iso_url names.");
    return schema;
}

Schema<HypervVmcxOptions> hyperv_vmcx_schema() {
    using O = HypervVmcxOptions;
    Schema<O> schema("hyperv-vmcx", "Builds in a clone of a Hyper-V guest.");
    schema.include(&O::iso, optional_iso_schema())
        .include(&O::hyperv, hyperv_schema())
        .option("clone_from_vmcx_path", &O::clone_from_vmcx_path, "The exported guest to clone.")
        .option("clone_from_vm_name", &O::clone_from_vm_name, "The guest to clone.")
        .option("clone_from_snapshot_name", &O::clone_from_snapshot_name, "Its snapshot to clone.")
        .option("clone_all_snapshots", &O::clone_all_snapshots, "Clone its snapshots too.")
        .option("compare_copy", &O::compare_copy, "Compare the clone's files with the guest's.")
        .option("copy_in_compare", &O::copy_in_compare, "Copy the guest's files to compare them.")
        .check([](const O& options, Problems& problems) {
            option_check::exactly_one(
                {{"clone_from_vmcx_path", !options.clone_from_vmcx_path.empty()},
                 {"clone_from_vm_name", !options.clone_from_vm_name.empty()}},
                problems);
        });
    return schema;
}

}  // namespace
}  // namespace kiln
