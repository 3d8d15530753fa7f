#include "builder/parallels/parallels_builders.h"

#include <filesystem>

#include "base/file.h"
#include "builder/options/communicator_options.h"
#include "builder/options/guest_options.h"
#include "builder/options/iso_options.h"
#include "engine/declared.h"
#include "engine/option_checks.h"

namespace kiln {
namespace {

/// What both Parallels builders share.
struct ParallelsOptions {
    std::string vm_name;
    std::string output_directory;
    std::string parallels_tools_mode = "upload";
    std::string parallels_tools_flavor;
    std::string parallels_tools_guest_path = "prl-tools-{{ .Flavor }}.iso";
    std::vector<std::vector<std::string>> prlctl;
    std::vector<std::vector<std::string>> prlctl_post;
    std::optional<std::string> prlctl_version_file = ".prlctl_version";  // "": none
    bool skip_compaction = false;
    http::HttpOptions http;
    BootOptions boot;
    MediaOptions media;
    ShutdownOptions shutdown;
    CommunicatorOptions communicator;
};

struct ParallelsIsoOptions {
    IsoOptions iso;
    ParallelsOptions parallels;
    std::string guest_os_type = "other";
    int cpus = 1;
    int memory = 512;
    bool sound = false;
    bool usb = false;
    int disk_size = 40000;
    std::string disk_type = "expand";
    std::string hard_drive_interface = "sata";
    std::vector<std::string> host_interfaces = {"en0", "en1", "en2", "en3", "en4",
                                                "en5", "en6", "en7", "en8", "en9"};
};

struct ParallelsPvmOptions {
    ParallelsOptions parallels;
    std::string source_path;
    bool reassign_mac = false;
};

Schema<ParallelsOptions> parallels_schema();
Schema<ParallelsIsoOptions> parallels_iso_schema();
Schema<ParallelsPvmOptions> parallels_pvm_schema();

}  // namespace

void add_parallels_builders(Registry& registry) {
    const std::string why =
        "kiln does not drive Parallels. The same guest can be built by a qemu source.";
    registry.add_builder("parallels-iso", declared_factory<Builder>(parallels_iso_schema, why));
    registry.add_builder("parallels-pvm", declared_factory<Builder>(parallels_pvm_schema, why));
}

namespace {

Schema<ParallelsOptions> parallels_schema() {
    using O = ParallelsOptions;
    Schema<O> schema("parallels", "What both Parallels builders have.");
    schema.option("vm_name", &O::vm_name, "The guest's name.")
        .default_is("\"packer-NAME\"")
        .option("output_directory", &O::output_directory, "Where the result goes.")
        .default_is("\"output-NAME\"")
        .option("parallels_tools_mode", &O::parallels_tools_mode,
                "How Parallels' tools come into the guest.")
        .one_of({"upload", "attach", "disable"})
        .option("parallels_tools_flavor", &O::parallels_tools_flavor,
                "The system that the tools are for.")
        .one_of({"lin", "lin-arm", "mac", "mac-arm", "os2", "other", "win", "win-arm"})
        .option("parallels_tools_guest_path", &O::parallels_tools_guest_path,
                "Where the tools' ISO goes in the guest; `{{.Flavor}}` is the system.")
        .rendered_late()
        .option("prlctl", &O::prlctl, "Commands for prlctl before the guest starts.")
        .rendered_late()
        .option("prlctl_post", &O::prlctl_post, "Commands for prlctl after the guest stopped.")
        .rendered_late()
        .option("prlctl_version_file", &O::prlctl_version_file,
                "A file in the guest that gets Parallels' version; empty: none.")
        .option("skip_compaction", &O::skip_compaction, "Do not shrink the disks at the end.")
        .include(&O::http, http_schema())
        .include(&O::boot, boot_schema())
        .include(&O::media, media_schema())
        .include(&O::communicator, communicator_schema())
        .include(&O::shutdown, shutdown_schema())
        .check([](const O& options, Problems& problems) {
            const bool needs_flavor = options.parallels_tools_mode != "disable";
            if (needs_flavor && options.parallels_tools_flavor.empty()) {
                problems.error("parallels_tools_flavor",
                               "parallels_tools_flavor must be specified, unless "
                               "parallels_tools_mode is \"disable\".");
            }
        });
    return schema;
}

Schema<ParallelsIsoOptions> parallels_iso_schema() {
    using O = ParallelsIsoOptions;
    Schema<O> schema("parallels-iso", "Builds in a Parallels guest, from an ISO.");
    schema.include(&O::iso, iso_schema())
        .include(&O::parallels, parallels_schema())
        .option("guest_os_type", &O::guest_os_type, "Parallels' name of the guest's system.")
        .option("cpus", &O::cpus, "How many CPUs the guest has.")
        .option("memory", &O::memory, "The guest's memory in MB.")
        .option("sound", &O::sound, "Give the guest a sound card.")
        .option("usb", &O::usb, "Give the guest a USB controller.")
        .option("disk_size", &O::disk_size, "The size of the disk in MB.")
        .option("disk_type", &O::disk_type, "How the disk's file is laid out.")
        .one_of({"expand", "plain"})
        .option("hard_drive_interface", &O::hard_drive_interface, "How the disk is attached.")
        .one_of({"ide", "sata", "scsi"})
        .option("host_interfaces", &O::host_interfaces,
                "The host's interfaces that may tell its address.")
        .check([](const O& options, Problems& problems) {
            option_check::is_not_negative("cpus", options.cpus, problems);
            option_check::is_not_negative("memory", options.memory, problems);
            option_check::is_not_negative("disk_size", options.disk_size, problems);
        });
    return schema;
}

Schema<ParallelsPvmOptions> parallels_pvm_schema() {
    using O = ParallelsPvmOptions;
    Schema<O> schema("parallels-pvm", "Builds in a clone of a Parallels guest.");
    schema.option("source_path", &O::source_path, "The .pvm bundle to clone.")
        .required()
        .option("reassign_mac", &O::reassign_mac, "Give the clone a hardware address of its own.")
        .include(&O::parallels, parallels_schema())
        .check([](const O& options, Problems& problems) {
            if (!std::filesystem::exists(expand_home(options.source_path))) {
                problems.error(
                    "source_path",
                    fmt::format("source_path is invalid: {} does not exist.", options.source_path));
            }
        });
    return schema;
}

}  // namespace
}  // namespace kiln
