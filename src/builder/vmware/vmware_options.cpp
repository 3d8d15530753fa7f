#include "builder/vmware/vmware_options.h"

#include "engine/option_checks.h"

namespace kiln {
namespace {

Schema<VmwareDiskOptions> disk_schema();
Schema<VmwareConsoleOptions> console_schema();
Schema<VmxOptions> vmx_schema();
Schema<VmwareToolsOptions> tools_schema();
Schema<VmwareExportOptions> export_schema();
Schema<EsxiOptions> esxi_schema();
void check_console(const VmwareConsoleOptions& options, Problems& problems);
void check_tools(const VmwareToolsOptions& options, Problems& problems);
void check_esxi(const EsxiOptions& options, Problems& problems);
void check_vmware(const VmwareOptions& options, Problems& problems);

}  // namespace

Schema<VmwareOptions> vmware_schema() {
    using O = VmwareOptions;
    Schema<O> schema("vmware", "What both VMware builders have.");
    schema.option("vm_name", &O::vm_name, "The guest's name, and that of its VMX file.")
        .default_is("\"packer-NAME\"")
        .option("output_directory", &O::output_directory, "Where the guest's files go.")
        .default_is("\"output-NAME\"")
        .option("snapshot_name", &O::snapshot_name, "The name of a snapshot to take at the end.")
        .option("fusion_app_path", &O::fusion_app_path, "Where VMware Fusion is.")
        .default_is("FUSION_APP_PATH, or \"/Applications/VMware Fusion.app\"")
        .include(&O::disks, disk_schema())
        .include(&O::console, console_schema())
        .include(&O::vmx, vmx_schema())
        .include(&O::tools, tools_schema())
        .include(&O::exporting, export_schema())
        .include(&O::esxi, esxi_schema())
        .include(&O::http, http_schema())
        .include(&O::boot, boot_schema())
        .include(&O::media, media_schema())
        .include(&O::communicator, communicator_schema())
        .include(&O::shutdown, shutdown_schema())
        .option("ssh_skip_request_pty", &O::ssh_skip_request_pty, "The old opposite of ssh_pty.")
        .deprecated("use ssh_pty")
        .check(check_vmware);
    return schema;
}

namespace {

Schema<VmwareDiskOptions> disk_schema() {
    using O = VmwareDiskOptions;
    Schema<O> schema("disks", "The disks.");
    schema.option("vmdk_name", &O::vmdk_name, "The main disk's file name without its extension.")
        .option("disk_additional_size", &O::disk_additional_size,
                "One more disk for each size, in MB.")
        .option("disk_adapter_type", &O::disk_adapter_type,
                "The controller of the disks: ide, sata, nvme, scsi, or a SCSI controller's name.")
        .option("disk_type_id", &O::disk_type_id,
                "How the disk's file is laid out: 0 and 1 grow, 2 and 3 are allocated, in one file "
                "or in several; 4 is ESX's, 5 a compressed stream.")
        .default_is("\"1\"")
        .one_of({"0", "1", "2", "3", "4", "5", "zeroedthick", "eagerzeroedthick", "thin"})
        .check([](const O& options, Problems& problems) {
            for (const int size : options.disk_additional_size) {
                if (size > 0) continue;
                problems.error("disk_additional_size",
                               "The sizes in disk_additional_size must be positive.");
            }
        });
    return schema;
}

Schema<VmwareConsoleOptions> console_schema() {
    using O = VmwareConsoleOptions;
    Schema<O> schema("console", "Window and VNC.");
    schema.option("headless", &O::headless, "Open no window.")
        .option("vnc_bind_address", &O::vnc_bind_address, "The address that VNC listens on.")
        .option("vnc_port_min", &O::vnc_port_min, "The first port that VNC may take.")
        .option("vnc_port_max", &O::vnc_port_max, "The last port that VNC may take.")
        .option("vnc_disable_password", &O::vnc_disable_password, "Leave VNC without a password.")
        .option("vnc_over_websocket", &O::vnc_over_websocket,
                "Reach the screen of an ESXi guest by a websocket.")
        .option("insecure_connection", &O::insecure_connection,
                "Do not check the websocket's certificate.")
        .check(check_console);
    return schema;
}

Schema<VmxOptions> vmx_schema() {
    using O = VmxOptions;
    Schema<O> schema("vmx", "Changes to the VMX file.");
    schema.option("vmx_data", &O::vmx_data, "Entries of the VMX file, set before the first start.")
        .option("vmx_data_post", &O::vmx_data_post, "Entries of the VMX file, set at the end.")
        .option("vmx_remove_ethernet_interfaces", &O::vmx_remove_ethernet_interfaces,
                "Take the network cards out at the end, as Vagrant boxes want it.")
        .option("display_name", &O::display_name, "The name that VMware shows.");
    return schema;
}

Schema<VmwareToolsOptions> tools_schema() {
    using O = VmwareToolsOptions;
    Schema<O> schema("tools", "VMware's tools.");
    schema.option("tools_mode", &O::tools_mode, "How the tools come into the guest.")
        .one_of({"upload", "attach", "disable"})
        .option("tools_upload_flavor", &O::tools_upload_flavor,
                "The system that the tools are for; their ISO is uploaded.")
        .one_of({"darwin", "linux", "windows"})
        .option("tools_source_path", &O::tools_source_path, "The tools' ISO on this host.")
        .option("tools_upload_path", &O::tools_upload_path,
                "Where the ISO goes in the guest; `{{.Flavor}}` is the system.")
        .rendered_late()
        .default_is("\"{{ .Flavor }}.iso\"")
        .check(check_tools);
    return schema;
}

Schema<VmwareExportOptions> export_schema() {
    using O = VmwareExportOptions;
    Schema<O> schema("export", "What becomes of the finished guest.");
    schema.option("format", &O::format, "The form of the result.")
        .one_of({"ova", "ovf", "vmx"})
        .default_is("\"vmx\"")
        .option("ovftool_options", &O::ovftool_options, "More arguments for ovftool.")
        .option("skip_export", &O::skip_export, "Do not export the guest.")
        .option("skip_compaction", &O::skip_compaction, "Do not shrink the disks at the end.")
        .option("keep_registered", &O::keep_registered, "Leave the guest registered on ESXi.");
    return schema;
}

Schema<EsxiOptions> esxi_schema() {
    using O = EsxiOptions;
    Schema<O> schema("esxi", "A remote ESXi host.");
    schema.option("remote_type", &O::remote_type, "Build on a remote host of this kind.")
        .one_of({"esxi", "esx5"})
        .option("remote_host", &O::remote_host, "The ESXi host.")
        .option("remote_port", &O::remote_port, "The port of its SSH server.")
        .option("remote_username", &O::remote_username, "The user to log in as.")
        .option("remote_password", &O::remote_password, "That user's password.")
        .sensitive()
        .option("remote_private_key_file", &O::remote_private_key_file, "That user's key.")
        .option("remote_datastore", &O::remote_datastore, "The datastore for the guest.")
        .option("remote_output_directory", &O::remote_output_directory,
                "The guest's directory in the datastore.")
        .default_is("that of vm_name")
        .option("remote_cache_datastore", &O::remote_cache_datastore,
                "The datastore for uploaded media.")
        .default_is("that of remote_datastore")
        .option("remote_cache_directory", &O::remote_cache_directory, "The directory for them.")
        .option("cleanup_remote_cache", &O::cleanup_remote_cache,
                "Remove uploaded media at the end.")
        .option("skip_validate_credentials", &O::skip_validate_credentials,
                "Do not try the login before.")
        .check(check_esxi);
    return schema;
}

void check_console(const VmwareConsoleOptions& options, Problems& problems) {
    option_check::is_port_range("vnc_port_min", options.vnc_port_min, "vnc_port_max",
                                options.vnc_port_max, problems);
}

// Templates of the plugin's first generation name a flavor and no mode; that is an upload.
void check_tools(const VmwareToolsOptions& options, Problems& problems) {
    const bool flavor = !options.tools_upload_flavor.empty();
    const bool source = !options.tools_source_path.empty();
    if (options.tools_mode == "attach") {
        if (!source) {
            problems.error("tools_mode", "tools_mode = \"attach\" needs tools_source_path.");
        }
        if (flavor || !options.tools_upload_path.empty()) {
            problems.error("tools_mode",
                           "tools_mode = \"attach\" takes neither tools_upload_flavor nor "
                           "tools_upload_path.");
        }
    }
    if (options.tools_mode == "upload" && flavor == source) {
        problems.error("tools_mode",
                       "tools_mode = \"upload\" needs either tools_upload_flavor or "
                       "tools_source_path.");
    }
    option_check::file_exists("tools_source_path", options.tools_source_path, problems);
}

void check_esxi(const EsxiOptions& options, Problems& problems) {
    option_check::is_port("remote_port", options.remote_port, problems);
    if (!options.is_remote()) return;
    if (options.remote_host.empty()) {
        problems.error("remote_host", "remote_host must be specified with remote_type.");
    }
    option_check::file_exists("remote_private_key_file", options.remote_private_key_file, problems);
}

void check_vmware(const VmwareOptions& options, Problems& problems) {
    if (options.shutdown.shutdown_command.empty()) {
        problems.warning("shutdown_command",
                         "A shutdown_command was not specified. Without a shutdown command, the "
                         "guest is switched off hard, and what it had not written is lost.");
    }
    if (options.console.headless && options.boot.disable_vnc) {
        problems.warning("headless",
                         "With headless and disable_vnc nobody can see what the guest does.");
    }
    if (options.console.vnc_over_websocket && !options.esxi.is_remote()) {
        problems.error("vnc_over_websocket", "vnc_over_websocket needs remote_type = \"esxi\".");
    }
    const bool exports = options.esxi.is_remote() && !options.exporting.skip_export;
    if (exports && options.esxi.remote_password.empty()) {
        problems.error("remote_password",
                       "exporting from ESXi needs remote_password (or skip_export = true).");
    }
}

}  // namespace
}  // namespace kiln
