#include "builder/vagrant/vagrant_builder.h"

#include "download/checksum.h"
#include "engine/declared.h"
#include "engine/option_checks.h"

namespace kiln {
namespace {

void declare_box(Schema<VagrantBuilderOptions>& schema);
void check_vagrant(const VagrantBuilderOptions& options, Problems& problems);

}  // namespace

void add_vagrant_builder(Registry& registry) {
    registry.add_builder(
        "vagrant", declared_factory<Builder>(
                       vagrant_builder_schema,
                       "kiln does not drive Vagrant. A qemu source with disk_image = true can "
                       "start from the disk of a libvirt box."));
}

Schema<VagrantBuilderOptions> vagrant_builder_schema() {
    using O = VagrantBuilderOptions;
    Schema<O> schema("vagrant", "Builds in a machine that Vagrant runs, into a Vagrant box.");
    declare_box(schema);
    schema.option("provider", &O::provider, "The Vagrant provider to use.")
        .option("teardown_method", &O::teardown_method, "What becomes of the machine at the end.")
        .one_of({"halt", "suspend", "destroy"})
        .default_is("\"halt\" with global_id, else \"destroy\"")
        .option("output_dir", &O::output_dir, "Where the box goes.")
        .default_is("\"output-NAME\"")
        .option("skip_package", &O::skip_package, "Do not pack a box.")
        .option("package_include", &O::package_include, "Files to put into the box.")
        .option("output_vagrantfile", &O::output_vagrantfile, "A Vagrantfile for the box.")
        .option("template", &O::template_path, "A template for the machine's Vagrantfile.")
        .option("synced_folder", &O::synced_folder, "A directory that the machine shares.")
        .option("insert_key", &O::insert_key, "Let Vagrant put a key of its own into the machine.")
        .default_is("false")
        .include(&O::http, http_schema())
        .include(&O::media, media_schema())
        .include(&O::boot, boot_schema())
        .include(&O::communicator, communicator_schema())
        .include(&O::shutdown, shutdown_schema())
        .check(check_vagrant);
    return schema;
}

namespace {

void declare_box(Schema<VagrantBuilderOptions>& schema) {
    using O = VagrantBuilderOptions;
    schema.option("source_path", &O::source_path, "The box: a name, a file or a URL.")
        .option("global_id", &O::global_id, "A machine of Vagrant that is there, in its place.")
        .option("box_name", &O::box_name, "The name under which the box is added.")
        .option("box_version", &O::box_version, "The version of the box.")
        .option("checksum", &O::checksum, "The checksum of a box that is a file or a URL.")
        .option("skip_add", &O::skip_add, "The box is added already.")
        .option("add_cacert", &O::add_cacert, "A certificate authority for fetching the box.")
        .option("add_capath", &O::add_capath, "A directory of such authorities.")
        .option("add_cert", &O::add_cert, "A client certificate for fetching the box.")
        .option("add_clean", &O::add_clean, "Drop earlier partial downloads.")
        .option("add_force", &O::add_force, "Replace a box of the same name.")
        .option("add_insecure", &O::add_insecure, "Do not check certificates.");
}

void check_vagrant(const VagrantBuilderOptions& options, Problems& problems) {
    option_check::exactly_one(
        {{"source_path", !options.source_path.empty()}, {"global_id", !options.global_id.empty()}},
        problems);
    const bool is_box = options.source_path.ends_with(".box");
    option_check::needs("a source_path that ends in .box", is_box, "box_name",
                        !options.box_name.empty(), problems);
    option_check::file_exists("template", options.template_path, problems);
    option_check::file_exists("output_vagrantfile", options.output_vagrantfile, problems);
    if (options.communicator.communicator != "ssh") {
        problems.error("communicator",
                       "The Vagrant builder currently only supports the ssh "
                       "communicator.");
    }
    if (options.checksum.empty() || options.checksum.starts_with("file:")) return;
    try {
        download::parse_checksum(options.checksum);
    } catch (const Error& error) {
        problems.error("checksum", error.to_string());
    }
}

}  // namespace
}  // namespace kiln
