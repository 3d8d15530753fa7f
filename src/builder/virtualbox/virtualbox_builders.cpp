#include "builder/virtualbox/virtualbox_options.h"
#include "download/checksum.h"
#include "engine/declared.h"
#include "engine/option_checks.h"

namespace kiln {
namespace {

struct VirtualboxIsoOptions {
    IsoOptions iso;
    VirtualboxHardware hardware;
    VirtualboxOptions virtualbox;
    std::string vm_name;
};

struct VirtualboxOvfOptions {
    VirtualboxOptions virtualbox;
    std::string vm_name;
    std::string source_path;
    std::string checksum;
    std::string target_path;
    std::vector<std::string> import_flags;
    std::string import_opts;
};

struct VirtualboxVmOptions {
    VirtualboxOptions virtualbox;
    std::string vm_name;
    std::string attach_snapshot;
    std::string target_snapshot;
    bool force_delete_snapshot = false;
};

Schema<VirtualboxIsoOptions> virtualbox_iso_schema();
Schema<VirtualboxOvfOptions> virtualbox_ovf_schema();
Schema<VirtualboxVmOptions> virtualbox_vm_schema();

}  // namespace

void add_virtualbox_builders(Registry& registry) {
    const std::string why =
        "kiln does not drive VirtualBox. The same guest can be built by a qemu source, and the "
        "post-processor ova makes a file that VirtualBox imports.";
    registry.add_builder("virtualbox-iso", declared_factory<Builder>(virtualbox_iso_schema, why));
    registry.add_builder("virtualbox-ovf", declared_factory<Builder>(virtualbox_ovf_schema, why));
    registry.add_builder("virtualbox-vm", declared_factory<Builder>(virtualbox_vm_schema, why));
}

namespace {

Schema<VirtualboxIsoOptions> virtualbox_iso_schema() {
    using O = VirtualboxIsoOptions;
    Schema<O> schema("virtualbox-iso", "Builds in a VirtualBox guest, from an ISO.");
    schema.include(&O::iso, iso_schema())
        .option("vm_name", &O::vm_name, "The guest's name.")
        .default_is("\"packer-NAME\"")
        .include(&O::hardware, virtualbox_hardware_schema())
        .include(&O::virtualbox, virtualbox_schema());
    return schema;
}

Schema<VirtualboxOvfOptions> virtualbox_ovf_schema() {
    using O = VirtualboxOvfOptions;
    Schema<O> schema("virtualbox-ovf", "Builds in a VirtualBox guest, from an OVF or OVA file.");
    schema.option("source_path", &O::source_path, "The .ovf or .ova file, or its URL.")
        .required()
        .option("checksum", &O::checksum, "The file's checksum, where it is downloaded.")
        .option("target_path", &O::target_path, "Where to keep the download.")
        .option("vm_name", &O::vm_name, "The guest's name.")
        .default_is("\"packer-NAME-TIME\"")
        .option("import_flags", &O::import_flags, "More arguments for VBoxManage import.")
        .option("import_opts", &O::import_opts, "Options for VBoxManage import: keepallmacs, ...")
        .include(&O::virtualbox, virtualbox_schema())
        .check([](const O& options, Problems& problems) {
            if (options.checksum.empty() || options.checksum.starts_with("file:")) return;
            try {
                download::parse_checksum(options.checksum);
            } catch (const Error& error) {
                problems.error("checksum", error.to_string());
            }
        });
    return schema;
}

Schema<VirtualboxVmOptions> virtualbox_vm_schema() {
    using O = VirtualboxVmOptions;
    Schema<O> schema("virtualbox-vm", "Builds in a VirtualBox guest that is there.");
    schema.option("vm_name", &O::vm_name, "The guest's name.")
        .required()
        .option("attach_snapshot", &O::attach_snapshot, "The snapshot to start from.")
        .option("target_snapshot", &O::target_snapshot, "The name of a snapshot to take.")
        .option("force_delete_snapshot", &O::force_delete_snapshot,
                "Replace a snapshot of that name.")
        .include(&O::virtualbox, virtualbox_schema());
    return schema;
}

}  // namespace
}  // namespace kiln
