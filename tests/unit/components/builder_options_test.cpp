#include "builder/vmware/vmx_ports.h"
#include "component_table.h"

namespace kiln::test {
namespace {

const Setting::Map ssh = {{"ssh_username", "root"}, {"shutdown_command", "poweroff"}};

Setting::Map with(Setting::Map settings, const Setting::Map& more) {
    for (const auto& [name, value] : more) settings[name] = value;
    return settings;
}

Setting::Map iso_settings() {
    return with(ssh, {{"iso_url", "x.iso"}, {"iso_checksum", std::string(64, 'a')}});
}

TEST(VmwareIso, ChecksItsOptions) {
    const SomeFile template_file;
    check_table(
        "source", "vmware-iso", iso_settings(),
        {
            {{{"network_adapter_type", "vmxnet3"}, {"version", 20}, {"cpus", 2}}, ""},
            {{{"shutdown_command", Setting()}}, "shutdown_command was not specified"},
            {{{"iso_checksum", Setting()}}, "iso_checksum"},
            {{{"ssh_username", Setting()}}, "An ssh_username must be specified"},
            {{{"version", 12}}, "the lowest hardware version is 13"},
            {{{"cpus", -1}}, "cpus must not be negative"},
            {{{"memory", -1}}, "memory must not be negative"},
            {{{"disk_size", "40G"}}, "disk_size needs a whole number"},
            {{{"disk_size", -5}}, "disk_size must not be negative"},
            {{{"firmware", "EFI"}}, "firmware must be one of bios, efi, efi-secure"},
            {{{"cdrom_adapter_type", "SATA"}}, ""},
            {{{"cdrom_adapter_type", "usb"}}, "cdrom_adapter_type must be one of"},
            {{{"usb_version", "3.1"}}, "usb_version needs usb = true"},
            {{{"usb_version", "3.1"}, {"usb", true}}, ""},
            {{{"usb_version", "1.1"}, {"usb", true}}, "usb_version must be one of"},
            {{{"disk_type_id", "7"}}, "disk_type_id must be one of"},
            {{{"disk_type_id", 1}}, ""},
            {{{"disk_additional_size", Setting::List{10, 0}}}, "must be positive"},
            {{{"vnc_port_min", 6000}, {"vnc_port_max", 5900}}, "vnc_port_min must be at most"},
            {{{"vnc_port_min", -1}}, "vnc_port_min is -1, not a port"},
            {{{"vnc_over_websocket", true}}, "needs remote_type"},
            {{{"headless", true}, {"disable_vnc", true}}, "nobody can see"},
            {{{"tools_upload_flavor", "linux"}}, ""},
            {{{"tools_upload_flavor", "solaris"}}, "tools_upload_flavor must be one of"},
            {{{"tools_mode", "attach"}}, "needs tools_source_path"},
            {{{"tools_mode", "attach"}, {"tools_source_path", template_file.path()}}, ""},
            {{{"tools_mode", "attach"},
              {"tools_source_path", template_file.path()},
              {"tools_upload_flavor", "linux"}},
             "takes neither"},
            {{{"tools_mode", "upload"}}, "needs either"},
            {{{"tools_source_path", "/nonexistent.iso"}}, "/nonexistent.iso does not exist"},
            {{{"format", "raw"}}, "format must be one of ova, ovf, vmx"},
            {{{"vmx_template_path", "/nonexistent"}}, "/nonexistent does not exist"},
            {{{"vmx_data", Setting::Map{{"memsize", "1024"}}}}, "sets memsize"},
            {{{"vmx_data", Setting::Map{{"svga.vramSize", "1"}}}}, ""},
            {{{"vmx_data", Setting::Map{{"memsize", "1"}}},
              {"vmx_template_path", template_file.path()}},
             ""},
            {{{"serial", "FILE:/tmp/x,TRUE"}}, ""},
            {{{"serial", "RS232:/dev/x"}}, "the type is one of"},
            {{{"parallel", "DEVICE:/dev/x,UP"}}, "only BI or UNI"},
            {{{"remote_type", "esxi"}}, "remote_host must be specified"},
            {{{"remote_type", "esxi"}, {"remote_host", "h"}}, "needs remote_password"},
            {{{"remote_type", "esxi"}, {"remote_host", "h"}, {"skip_export", true}}, ""},
            {{{"remote_type", "esxi"},
              {"remote_host", "h"},
              {"skip_export", true},
              {"disk_type_id", "zeroedthick"}},
             "skip_compaction must be 'true'"},
            {{{"remote_type", "workstation"}}, "remote_type must be one of"},
            {{{"communicator", "winrm"}, {"winrm_username", "u"}}, ""},
            {{{"communicator", "winrm"}}, "winrm_username must be specified"},
            {{{"boot_command", "<entre>"}}, "<enter>"},
            {{{"disk_sise", 1}}, "Did you mean \"disk_size\"?"},
        });
}

TEST(VmwareVmx, ChecksItsOptions) {
    const SomeFile vmx("x.vmx");
    const SomeFile ova("x.ova");
    check_table("source", "vmware-vmx", with(ssh, {{"source_path", vmx.path()}}),
                {
                    {{{"linked", true}, {"attach_snapshot", "s"}}, ""},
                    {{{"source_path", Setting()}}, "source_path must be set"},
                    {{{"source_path", "/nonexistent.vmx"}}, "/nonexistent.vmx does not exist"},
                    {{{"source_path", ova.path()}}, "guest_os_type must be set"},
                    {{{"iso_url", "x"}}, "has no option \"iso_url\""},
                    {{{"version", 3}}, "the lowest hardware version"},
                });
}

TEST(VmxPorts, ReadTheirForms) {
    const auto is_good = [](void (*check)(const std::string&, Problems&), const char* text) {
        Problems problems;
        check(text, problems);
        return problems.empty();
    };
    for (const char* text :
         {"none", "NONE", "auto", "AUTO:", "auto:true", "FILE:/a", "file:/a,false",
          "DEVICE:/dev/ttyS0", "PIPE:/a,client,app", "pipe:/a,SERVER,vm,TRUE"}) {
        EXPECT_TRUE(is_good(check_serial_port, text)) << text;
    }
    for (const char* text : {"x", "FILE:", "FILE", "FILE:/a,maybe", "FILE:/a,TRUE,FALSE", "AUTO:no",
                             "PIPE:/a", "PIPE:/a,client", "PIPE:/a,middle,app", "PIPE:/a,client,x",
                             "PIPE:,client,app", "PIPE:/a,client,app,perhaps"}) {
        EXPECT_FALSE(is_good(check_serial_port, text)) << text;
    }
    for (const char* text : {"none", "AUTO", "auto:bi", "FILE:/a", "DEVICE:/a", "device:/a,uni"}) {
        EXPECT_TRUE(is_good(check_parallel_port, text)) << text;
    }
    for (const char* text : {"x", "FILE:", "FILE:/a,BI", "DEVICE:", "AUTO:up", "PIPE:/a"}) {
        EXPECT_FALSE(is_good(check_parallel_port, text)) << text;
    }
}

TEST(Libvirt, ChecksItsOptions) {
    const Setting::Map volume = {{"alias", "artifact"}, {"capacity", "20G"}};
    const auto source = [](Setting::Map options) {
        return Setting(Setting::Map{{"alias", "artifact"}, {"source", std::move(options)}});
    };
    const Setting card = Setting::Map{{"type", "managed"}, {"alias", "a"}};
    const Setting::Map good = {{"libvirt_uri", "qemu:///system"},
                               {"volume", Setting::List{volume}},
                               {"network_interface", Setting::List{card}},
                               {"communicator", Setting::Map{{"ssh_username", "root"}}}};
    check_table(
        "source", "libvirt", good,
        {
            {{{"libvirt_uri", Setting()}}, "libvirt_uri must be set"},
            {{{"libvirt_uri", "localhost"}}, "is no libvirt URI"},
            {{{"communicator", Setting()}}, "An ssh_username must be specified"},
            {{{"communicator", Setting::Map{}}}, "An ssh_username must be specified"},
            {{{"communicator", Setting::Map{{"communicator", "winrm"}}}}, "winrm_username"},
            {{{"volume", Setting()}}, "At least one volume"},
            {{{"volume", Setting::List{Setting::Map{{"size", "1G"}}}}}, "only volume is taken"},
            {{{"volume",
               Setting::List{Setting::Map{{"size", "1G"}}, Setting::Map{{"size", "1G"}}}}},
             "With several volumes"},
            {{{"artifact_volume_alias", "x"}}, "No volume has the alias \"x\""},
            {{{"volume", Setting::List{Setting::Map{{"alias", "artifact"}, {"size", "20"}}}}},
             "whole number with a unit"},
            {{{"volume", Setting::List{Setting::Map{{"alias", "artifact"}, {"device", "tape"}}}}},
             "device must be one of"},
            {{{"volume", source({{"type", "tape"}})}}, "type must be one of"},
            {{{"volume", source({{"type", "external"}})}}, "needs urls"},
            {{{"volume", source({{"type", "external"},
                                 {"urls", Setting::List{"x"}},
                                 {"checksum", "sha256:1"}})}},
             "sha256:1"},
            {{{"volume", source({{"type", "cloning"}, {"pool", "p"}})}}, "needs pool and volume"},
            {{{"volume", source({{"type", "backing-store"}})}}, "needs pool and volume"},
            {{{"volume", source({{"type", "cloud-init"}, {"user_data", "#cloud-config"}})}}, ""},
            {{{"volume", source({{"type", "files"}, {"files", "/nonexistent"}})}}, "/nonexistent"},
            {{{"network_interface", Setting()}}, "has no network card"},
            {{{"network_interface", Setting::Map{{"type", "bridge"}}}}, "needs the option bridge"},
            {{{"network_interface", Setting::Map{{"type", "network"}}}}, "leads nowhere"},
            {{{"communicator_interface", "b"}}, "No network_interface has the alias \"b\""},
            {{{"boot_devices", Setting::List{"hd", "usb"}}}, "boot_devices must be one of"},
            {{{"shutdown_mode", "now"}}, "shutdown_mode must be one of"},
            {{{"network_address_source", "dns"}}, "network_address_source must be one of"},
            {{{"graphics", Setting::Map{{"type", "spice"}}}}, "type must be one of vnc, sdl"},
            {{{"secure_boot", true}}, "secure_boot needs loader_path"},
            {{{"boot_command", "<wait0s>"}}, "longer than nothing"},
        });
}

Setting::Map vsphere_settings() {
    return with(ssh, {{"vcenter_server", "v"},
                      {"username", "u"},
                      {"password", "pass-word"},
                      {"vm_name", "box"},
                      {"cluster", "c"}});
}

TEST(VsphereIso, ChecksItsOptions) {
    const auto disk = [](int index) {
        return Setting::Map{{"disk_size", 1024}, {"disk_controller_index", index}};
    };
    check_table(
        "source", "vsphere-iso", with(vsphere_settings(), {{"storage", Setting::List{disk(0)}}}),
        {
            {{{"iso_paths", Setting::List{"[d] a.iso"}}, {"CPUs", 2}, {"RAM", 2048}}, ""},
            {{{"vcenter_server", Setting()}}, "vcenter_server must be set"},
            {{{"cluster", Setting()}}, "'host' or 'cluster' is required"},
            {{{"datastore", "a"}, {"datastore_cluster", "b"}}, "cannot be used together"},
            {{{"storage", Setting()}}, "At least one storage block"},
            {{{"storage", Setting::Map{}}}, "disk_size must be set"},
            {{{"storage", Setting::List{disk(1)}}}, "names no controller"},
            {{{"storage", Setting::List{disk(1)}},
              {"disk_controller_type", Setting::List{"pvscsi", "sata"}}},
             ""},
            {{{"disk_controller_type", Setting::List{"buslogic"}}}, "must be one of"},
            {{{"network_adapters", Setting::List{Setting::Map{{"network", "n"}}}}},
             "network_card must be set"},
            {{{"usb_controller", Setting::List{"usb", "xhci"}}}, ""},
            {{{"usb_controller", Setting::List{"usb", "true"}}}, "one usb and one xhci"},
            {{{"usb_controller", Setting::List{"uhci"}}}, "usb and xhci are possible"},
            {{{"RAM_reservation", 5}, {"RAM_reserve_all", true}}, "cannot be used together"},
            {{{"cpus", 2}}, "has no option \"cpus\""},
            {{{"firmware", "uefi"}}, "firmware must be one of"},
            {{{"vTPM", true}}, "vTPM needs firmware"},
            {{{"vTPM", true}, {"firmware", "efi-secure"}}, ""},
            {{{"vbs_enabled", true}}, "vbs_enabled needs vvtd_enabled"},
            {{{"precision_clock", "sundial"}}, "precision_clock must be one of"},
            {{{"tools_sync_time_periodically", true}}, "needs tools_sync_time"},
            {{{"cdrom_type", "scsi"}}, "cdrom_type must be one of"},
            {{{"reattach_cdroms", 5}}, "from 0 to 4"},
            {{{"iso_url", "x.iso"}}, "A checksum must be specified"},
            {{{"iso_checksum", std::string(64, 'a')}}, "One of iso_url or iso_urls"},
            {{{"ip_wait_address", "10.0.0.0"}}, "is no network"},
            {{{"ip_wait_address", "10.0.0.0/33"}}, "is no network"},
            {{{"ip_wait_address", "fe80::/10"}}, ""},
            {{{"ip_wait_address", ""}}, ""},
            {{{"export", Setting::Map{{"manifest", "md5"}}}}, "manifest must be one of"},
            {{{"export", Setting::Map{{"output_format", "ova"}}}}, ""},
            {{{"content_library_destination", Setting::Map{}}}, "library must be set"},
        });
}

TEST(VsphereClone, ChecksItsOptions) {
    const Setting::Map card = {{"ipv4_address", "10.0.0.2"}, {"ipv4_netmask", 24}};
    const Setting::Map identity = {{"domain", "d"}, {"host_name", "h"}};
    const auto customize = [&](Setting::Map more) {
        Setting::Map options = {{"linux_options", identity},
                                {"network_interface", Setting::List{card}}};
        for (auto& [name, value] : more) options[name] = value;
        return Setting(options);
    };
    check_table(
        "source", "vsphere-clone", with(vsphere_settings(), {{"template", "t"}}),
        {
            {{{"customize", customize({})}}, ""},
            {{{"template", Setting()}}, "template must be set"},
            {{{"linked_clone", true}, {"disk_size", 5}}, "cannot be used together"},
            {{{"mac_address", "00:50:56:00:00:01"}}, "mac_address needs network"},
            {{{"customize", customize({{"windows_sysprep_text", "x"}})}},
             "linux_options and windows_sysprep_text cannot be used together"},
            {{{"customize", customize({{"linux_options", Setting()}})}}, "One of linux_options"},
            {{{"customize", customize({{"network_interface", Setting()}})}},
             "at least one network_interface"},
        });
}

TEST(Qemu, TellsAllMistakesAtOnce) {
    const auto found = problems_of("source", "qemu",
                                   with(iso_settings(), {{"memory", "much"},
                                                         {"disk_size", "1X"},
                                                         {"http_port_min", 70000},
                                                         {"ssh_port", 70000},
                                                         {"iso_checksum_type", "md5"}}));
    EXPECT_EQ(
        found,
        (std::vector<std::string>{
            "iso_checksum_type: qemu has no option \"iso_checksum_type\". Write the type into "
            "iso_checksum: \"sha256:HEX\".",
            "memory: memory needs a whole number, not \"much\"",
            ": http_port_min must be less than http_port_max",
            "ssh_port: ssh_port is 70000, not a port number\nUse a number from 1 to 65535.",
            "disk_size: \"1X\" is no disk size: a whole number, and one of b, k, m, g, t "
            "behind it."}));
}

TEST(Qemu, TakesEmptyValuesForNothing) {
    check_table("source", "qemu", iso_settings(),
                {{{{"ssh_port", 0},
                   {"http_port_min", 0},
                   {"http_port_max", ""},
                   {"host_port_min", 0},
                   {"host_port_max", 0},
                   {"vnc_port_min", 0},
                   {"vnc_port_max", 0},
                   {"vnc_bind_address", ""},
                   {"machine_type", ""},
                   {"headless", ""},
                   {"shutdown_timeout", "0s"},
                   {"qemu_binary", ""}},
                  ""}});
}

TEST(VagrantBuilder, ChecksItsOptions) {
    check_table("source", "vagrant", with(ssh, {{"source_path", "debian/bookworm64"}}),
                {
                    {{{"source_path", Setting()}, {"global_id", "1a2b"}}, ""},
                    {{{"source_path", Setting()}}, "One of source_path, global_id"},
                    {{{"global_id", "1a2b"}}, "cannot be used together"},
                    {{{"source_path", "x.box"}}, "needs box_name"},
                    {{{"teardown_method", "burn"}}, "teardown_method must be one of"},
                    {{{"communicator", "none"}}, "only supports the ssh"},
                    {{{"checksum", "md5:1"}}, "md5:1"},
                });
}

TEST(NullBuilder, ChecksItsOptions) {
    check_table("source", "null", {{"communicator", "none"}},
                {
                    {{{"communicator", "ssh"}}, "a Host must be specified"},
                    {{{"communicator", "winrm"},
                      {"winrm_host", "h"},
                      {"winrm_username", "u"},
                      {"winrm_password", "pass-word"}},
                     ""},
                    {{{"communicator", "winrm"}, {"winrm_username", "u"}}, "a Host must be"},
                    {{{"communicator", "docker"}}, "a Host must be specified"},
                });
}

}  // namespace
}  // namespace kiln::test
