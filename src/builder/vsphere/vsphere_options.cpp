#include "builder/vsphere/vsphere_options.h"

#include <arpa/inet.h>

#include "engine/option_checks.h"

namespace kiln {
namespace {

Schema<VsphereConnection> connection_schema();
Schema<VsphereLocation> location_schema();
Schema<VsphereMedia> vsphere_media_schema();
void declare_cache(Schema<VsphereMedia>& schema);
Schema<VsphereWait> wait_schema();
bool is_network(const std::string& text);

}  // namespace

Schema<VsphereOptions> vsphere_schema() {
    using O = VsphereOptions;
    Schema<O> schema("vsphere", "What the vSphere builders have.");
    schema.include(&O::connection, connection_schema())
        .include(&O::location, location_schema())
        .include(&O::hardware, vsphere_hardware_schema())
        .include(&O::settings, vsphere_settings_schema())
        .include(&O::media, vsphere_media_schema())
        .include(&O::boot, boot_schema())
        .option("boot_order", &O::boot_order, "What to boot from, like \"disk,cdrom\".")
        .default_is("\"disk,cdrom\" while building")
        .include(&O::http, http_schema())
        .option("http_ip", &O::http_ip, "The address of this host that the guest is told.")
        .include(&O::wait, wait_schema())
        .include(&O::communicator, communicator_schema())
        .include(&O::shutdown, shutdown_schema())
        .option("disable_shutdown", &O::disable_shutdown,
                "The guest shuts itself down; wait for it.")
        .include(&O::results, vsphere_results_schema())
        .option("notes", &O::notes, "A text that vSphere keeps with the guest.")
        .option("destroy", &O::destroy, "Remove the guest at the end.");
    return schema;
}

namespace {

Schema<VsphereConnection> connection_schema() {
    using O = VsphereConnection;
    Schema<O> schema("connection", "The vSphere server.");
    schema.option("vcenter_server", &O::vcenter_server, "The vCenter or ESXi server.")
        .required()
        .option("username", &O::username, "The user to log in as.")
        .required()
        .option("password", &O::password, "That user's password.")
        .required()
        .sensitive()
        .option("insecure_connection", &O::insecure_connection,
                "Do not check the server's certificate.")
        .option("datacenter", &O::datacenter, "The datacenter, where there are several.");
    return schema;
}

Schema<VsphereLocation> location_schema() {
    using O = VsphereLocation;
    Schema<O> schema("location", "Where the guest is.");
    schema.option("vm_name", &O::vm_name, "The guest's name.")
        .required()
        .option("folder", &O::folder, "The guest's folder.")
        .option("cluster", &O::cluster, "The cluster that runs the guest.")
        .option("host", &O::host, "The ESXi host that runs the guest.")
        .option("resource_pool", &O::resource_pool, "The guest's resource pool.")
        .option("datastore", &O::datastore, "The datastore for its disks.")
        .option("datastore_cluster", &O::datastore_cluster,
                "A cluster of datastores, in place of one.")
        .option("set_host_for_datastore_uploads", &O::set_host_for_datastore_uploads,
                "Name the host when files are uploaded.")
        .check([](const O& options, Problems& problems) {
            if (options.cluster.empty() && options.host.empty()) {
                problems.error("host", "'host' or 'cluster' is required");
            }
            option_check::at_most_one({{"datastore", !options.datastore.empty()},
                                       {"datastore_cluster", !options.datastore_cluster.empty()}},
                                      problems);
        });
    return schema;
}

Schema<VsphereMedia> vsphere_media_schema() {
    using O = VsphereMedia;
    constexpr int most_cdroms = 4;
    Schema<O> schema("media", "CDs and floppies.");
    schema.include(&O::iso, optional_iso_schema())
        .option("iso_paths", &O::iso_paths,
                "ISOs that are in datastores: \"[DATASTORE] directory/file.iso\".")
        .option("cdrom_type", &O::cdrom_type, "How CDs are attached.")
        .one_of({"ide", "sata"})
        .default_is("\"ide\"")
        .option("remove_cdrom", &O::remove_cdrom, "Take the CD drives out at the end.")
        .option("reattach_cdroms", &O::reattach_cdroms,
                "How many empty CD drives to put in at the end: 0 to 4.")
        .include(&O::media, media_schema())
        .option("floppy_img_path", &O::floppy_img_path, "A floppy that is in a datastore.");
    declare_cache(schema);
    schema.check([](const O& options, Problems& problems) {
        if (options.reattach_cdroms < 0 || options.reattach_cdroms > most_cdroms) {
            problems.error("reattach_cdroms", "reattach_cdroms must be from 0 to 4.");
        }
        const FloppyOptions& floppy = options.media.floppy;
        const bool made = !floppy.floppy_files.empty() || !floppy.floppy_dirs.empty();
        option_check::at_most_one(
            {{"floppy_img_path", !options.floppy_img_path.empty()}, {"floppy_files", made}},
            problems);
    });
    return schema;
}

void declare_cache(Schema<VsphereMedia>& schema) {
    using O = VsphereMedia;
    schema
        .option("local_cache_overwrite", &O::local_cache_overwrite,
                "Download the ISO even if it is here.")
        .option("remote_cache_overwrite", &O::remote_cache_overwrite,
                "Upload the ISO even if it is there.")
        .option("remote_cache_cleanup", &O::remote_cache_cleanup,
                "Remove the uploaded ISO at the end.")
        .option("remote_cache_datastore", &O::remote_cache_datastore,
                "The datastore for uploaded ISOs.")
        .default_is("that of datastore")
        .option("remote_cache_path", &O::remote_cache_path, "The directory for uploaded ISOs.")
        .default_is("\"packer_cache/\"");
}

Schema<VsphereWait> wait_schema() {
    using O = VsphereWait;
    Schema<O> schema("wait", "How the guest's address is found.");
    schema.option("ip_wait_timeout", &O::ip_wait_timeout, "How long to wait for an address.")
        .option("ip_settle_timeout", &O::ip_settle_timeout,
                "How long the address must stay the same.")
        .option("ip_wait_address", &O::ip_wait_address,
                "The network that the address must be in; empty: any.")
        .check([](const O& options, Problems& problems) {
            const std::string network = options.ip_wait_address.value_or("");
            if (!network.empty() && !is_network(network)) {
                problems.error("ip_wait_address",
                               fmt::format("\"{}\" is no network like 10.0.0.0/8.", network));
            }
            option_check::is_not_negative("ip_wait_timeout", options.ip_wait_timeout, problems);
            option_check::is_not_negative("ip_settle_timeout", options.ip_settle_timeout, problems);
        });
    return schema;
}

bool is_network(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos || slash + 1 == text.size()) return false;
    const std::string address = text.substr(0, slash);
    const std::string bits = text.substr(slash + 1);
    const bool v6 = address.find(':') != std::string::npos;
    in6_addr parsed{};
    if (inet_pton(v6 ? AF_INET6 : AF_INET, address.c_str(), &parsed) != 1) return false;
    if (bits.size() > 3 || bits.find_first_not_of("0123456789") != std::string::npos) return false;
    return std::stoi(bits) <= (v6 ? 128 : 32);
}

}  // namespace
}  // namespace kiln
