#include "engine/declared.h"
#include "engine/option_checks.h"
#include "post_processor/declared.h"

namespace kiln {
namespace {

/// The options of `vsphere` (spec/libvirt-vsphere-vagrant.md, section B1).
struct VsphereUploadOptions {
    std::string host;
    std::string username;
    std::string password;
    std::string datacenter;
    std::string cluster;
    std::string datastore;
    std::string datastore_cluster;
    std::string vm_name;
    std::string resource_pool;
    std::string vm_folder;
    std::string vm_network;
    std::string disk_mode = "thick";
    std::string esxi_host;
    std::string hardware_version;
    bool insecure = false;
    bool overwrite = false;
    std::vector<std::string> options;
    int max_retries = 5;
};

/// The options of `vsphere-template` (section B2).
struct VsphereTemplateOptions {
    std::string host;
    std::string username;
    std::string password;
    bool insecure = false;
    std::string datacenter;
    std::string template_name;
    std::string folder;
    bool snapshot_enable = false;
    std::string snapshot_name;
    std::string snapshot_description;
    std::optional<bool> reregister_vm;
    bool override_existing = false;
};

Schema<VsphereUploadOptions> vsphere_upload_schema();
Schema<VsphereTemplateOptions> vsphere_template_schema();

}  // namespace

void add_vsphere_post_processors(Registry& registry) {
    const std::string why =
        "kiln does not speak to vSphere. The post-processor ova makes a file that ovftool or the "
        "web client can import.";
    registry.add_post_processor("vsphere",
                                declared_factory<PostProcessor>(vsphere_upload_schema, why));
    registry.add_post_processor("vsphere-template",
                                declared_factory<PostProcessor>(vsphere_template_schema, why));
}

namespace {

Schema<VsphereUploadOptions> vsphere_upload_schema() {
    using O = VsphereUploadOptions;
    Schema<O> schema("vsphere", "Uploads a virtual machine to vSphere by ovftool.");
    schema.option("host", &O::host, "The vCenter or ESXi server.")
        .required()
        .option("username", &O::username, "The user to log in as.")
        .required()
        .option("password", &O::password, "That user's password.")
        .required()
        .sensitive()
        .option("datacenter", &O::datacenter, "The datacenter.")
        .required()
        .option("cluster", &O::cluster, "The cluster or host that gets the machine.")
        .required()
        .option("vm_name", &O::vm_name, "The machine's name.")
        .required()
        .option("datastore", &O::datastore, "The datastore for the disks.")
        .option("datastore_cluster", &O::datastore_cluster,
                "A cluster of datastores, in place of one.")
        .option("resource_pool", &O::resource_pool, "The resource pool.")
        .option("vm_folder", &O::vm_folder, "The folder.")
        .option("vm_network", &O::vm_network, "The network.")
        .option("disk_mode", &O::disk_mode, "How the disks are laid out: thin, thick, ...")
        .option("esxi_host", &O::esxi_host, "The ESXi host behind a vCenter server.")
        .option("hardware_version", &O::hardware_version, "The highest hardware version.")
        .option("insecure", &O::insecure, "Do not check the server's certificate.")
        .option("overwrite", &O::overwrite, "Replace a machine of the same name.")
        .option("options", &O::options, "More arguments for ovftool.")
        .option("max_retries", &O::max_retries, "How often to try.")
        .check([](const O& options, Problems& problems) {
            option_check::exactly_one({{"datastore", !options.datastore.empty()},
                                       {"datastore_cluster", !options.datastore_cluster.empty()}},
                                      problems);
            option_check::is_not_negative("max_retries", options.max_retries, problems);
        });
    return schema;
}

Schema<VsphereTemplateOptions> vsphere_template_schema() {
    using O = VsphereTemplateOptions;
    Schema<O> schema("vsphere-template", "Makes a machine in vSphere a template.");
    schema.option("host", &O::host, "The vCenter server.")
        .required()
        .option("username", &O::username, "The user to log in as.")
        .required()
        .option("password", &O::password, "That user's password.")
        .required()
        .sensitive()
        .option("insecure", &O::insecure, "Do not check the server's certificate.")
        .option("datacenter", &O::datacenter, "The datacenter, where there are several.")
        .option("template_name", &O::template_name, "The template's name.")
        .default_is("the machine's")
        .option("folder", &O::folder, "The folder for the template.")
        .option("snapshot_enable", &O::snapshot_enable, "Take a snapshot before.")
        .option("snapshot_name", &O::snapshot_name, "The snapshot's name.")
        .option("snapshot_description", &O::snapshot_description, "The snapshot's description.")
        .option("reregister_vm", &O::reregister_vm, "Register the machine anew as a template.")
        .default_is("true")
        .option("override", &O::override_existing, "Replace a template of the same name.");
    return schema;
}

}  // namespace
}  // namespace kiln
