#include "builder/vm/vm_options.h"

#include <filesystem>

#include "engine/option_checks.h"

namespace kiln {
namespace {

void check_ports(const VmOptions& options, Problems& problems);

}  // namespace

Schema<VmOptions> vm_schema() {
    using O = VmOptions;
    Schema<O> schema("vm", "What every VM builder has.");
    schema.include(&O::iso, streamed_iso_schema())
        .option("output_directory", &O::output_directory,
                "Where the disks go; must not exist, unless -force is given.")
        .default_is("\"output-NAME\"")
        .option("vm_name", &O::vm_name, "The guest's name, and the file name of its first disk.")
        .default_is("\"packer-NAME\"")
        .include(&O::http, http_schema())
        .include(&O::boot, boot_schema())
        .include(&O::media, media_schema())
        .include(&O::communicator, communicator_schema())
        .option("host_port_min", &O::host_port_min,
                "The first host port that may lead to the guest's SSH server.")
        .option("host_port_max", &O::host_port_max,
                "The last host port that may lead to the guest's SSH server.")
        .option("skip_nat_mapping", &O::skip_nat_mapping,
                "Do not forward a host port to the guest; connect to the guest's own port.")
        .include(&O::shutdown, shutdown_schema())
        .check(check_ports);
    return schema;
}

void complete_vm_options(VmOptions& options, const std::string& source_name, bool force,
                         Problems& problems) {
    if (options.vm_name.empty()) options.vm_name = "packer-" + source_name;
    if (options.output_directory.empty()) options.output_directory = "output-" + source_name;
    if (options.vm_name.find('/') != std::string::npos || options.vm_name == "." ||
        options.vm_name == "..") {
        problems.error("vm_name", fmt::format("\"{}\" cannot be a file name.", options.vm_name));
    }
    if (!force && std::filesystem::exists(options.output_directory)) {
        problems.error("output_directory",
                       fmt::format("Output directory exists: {}\n\nUse the force flag to delete it "
                                   "prior to building.",
                                   options.output_directory));
    }
}

namespace {

void check_ports(const VmOptions& options, Problems& problems) {
    option_check::is_port("host_port_min", options.host_port_min, problems);
    option_check::is_port("host_port_max", options.host_port_max, problems);
    if (problems.has_errors()) return;
    if (options.host_port_min > options.host_port_max) {
        problems.error("host_port_min", "host_port_min must be at most host_port_max.");
    }
}

}  // namespace
}  // namespace kiln
