#include "builder/vsphere/vsphere_results.h"

namespace kiln {
namespace {

Schema<VsphereExport> export_schema();
Schema<VsphereLibrary> library_schema();

}  // namespace

Schema<VsphereResults> vsphere_results_schema() {
    using O = VsphereResults;
    Schema<O> schema("results", "What becomes of the finished guest.");
    schema
        .option("remove_network_adapter", &O::remove_network_adapter, "Take the network cards out.")
        .option("create_snapshot", &O::create_snapshot, "Take a snapshot.")
        .option("snapshot_name", &O::snapshot_name, "The snapshot's name.")
        .default_is("\"Created By Packer\"")
        .option("convert_to_template", &O::convert_to_template, "Make the guest a template.")
        .block("export", &O::exporting, export_schema(), "Export the guest to files.")
        .block("content_library_destination", &O::library, library_schema(),
               "Put the guest into a content library.");
    return schema;
}

namespace {

Schema<VsphereExport> export_schema() {
    using O = VsphereExport;
    Schema<O> schema("export", "Exporting the guest to files.");
    schema.option("name", &O::name, "The name of the files.")
        .default_is("that of vm_name")
        .option("force", &O::force, "Replace files that are there.")
        .option("output_directory", &O::output_directory, "Where the files go.")
        .default_is("\"output-NAME\"")
        .option("directory_permission", &O::directory_permission, "That directory's mode.")
        .option("output_format", &O::output_format, "The form of the files.")
        .one_of({"ovf", "ova"})
        .option("manifest", &O::manifest, "The digests in the manifest.")
        .one_of({"sha256", "sha1", "sha512", "none"})
        .option("image_files", &O::image_files, "Export all files, not the disks alone.")
        .option("options", &O::options,
                "What is kept: mac, uuid, extraconfig; nodevicesubtypes leaves models out.");
    return schema;
}

Schema<VsphereLibrary> library_schema() {
    using O = VsphereLibrary;
    Schema<O> schema("content_library_destination", "A content library.");
    schema.option("library", &O::library, "The library's name.")
        .required()
        .option("name", &O::name, "The item's name.")
        .option("description", &O::description, "The item's description.")
        .option("cluster", &O::cluster, "The cluster of the item.")
        .option("host", &O::host, "The host of the item.")
        .option("resource_pool", &O::resource_pool, "The resource pool of the item.")
        .option("folder", &O::folder, "The folder of the item.")
        .option("datastore", &O::datastore, "The datastore of the item.")
        .option("ovf", &O::ovf, "Keep it as an OVF, not as a template.")
        .option("ovf_flags", &O::ovf_flags, "What the OVF keeps.")
        .option("destroy", &O::destroy, "Remove the guest afterwards.")
        .option("skip_import", &O::skip_import, "Do everything but the import.");
    return schema;
}

}  // namespace
}  // namespace kiln
