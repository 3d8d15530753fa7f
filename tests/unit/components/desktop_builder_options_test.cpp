#include "component_table.h"

namespace kiln::test {
namespace {

Setting::Map iso_settings() {
    return {{"ssh_username", "root"},
            {"shutdown_command", "poweroff"},
            {"iso_url", "x.iso"},
            {"iso_checksum", std::string(64, 'a')}};
}

TEST(VirtualboxIso, ChecksItsOptions) {
    const Setting::List command = {"modifyvm", "{{.Name}}", "--vram", "36"};
    check_table("source", "virtualbox-iso", iso_settings(),
                {
                    {{{"vboxmanage", Setting::List{command}}, {"guest_os_type", "Debian_64"}}, ""},
                    {{{"iso_checksum", Setting()}}, "A checksum must be specified"},
                    {{{"shutdown_command", Setting()}}, "shutdown_command was not specified"},
                    {{{"shutdown_command", Setting()}, {"acpi_shutdown", true}}, ""},
                    {{{"hard_drive_interface", "usb"}}, "hard_drive_interface must be one of"},
                    {{{"guest_additions_mode", "none"}}, "guest_additions_mode must be one of"},
                    {{{"gfx_vram_size", 512}}, "from 0 to 256"},
                    {{{"sata_port_count", 31}}, "from 0 to 30"},
                    {{{"format", "vmdk"}}, "format must be one of ovf, ova"},
                    {{{"vrdp_port_min", 7000}}, "vrdp_port_min must be at most vrdp_port_max"},
                    {{{"host_port_max", 70000}}, "host_port_max is 70000, not a port"},
                    {{{"virtualbox_version_file", ""}}, ""},
                });
}

TEST(VirtualboxOthers, CheckTheirOptions) {
    const Setting::Map ssh = {{"ssh_username", "root"}, {"shutdown_command", "poweroff"}};
    Setting::Map ovf = ssh;
    ovf["source_path"] = "x.ova";
    check_table("source", "virtualbox-ovf", ovf,
                {
                    {{{"source_path", Setting()}}, "source_path must be set"},
                    {{{"checksum", "md5:1"}}, "md5:1"},
                    {{{"iso_url", "x"}}, "has no option \"iso_url\""},
                });
    Setting::Map vm = ssh;
    vm["vm_name"] = "base";
    check_table("source", "virtualbox-vm", vm, {{{{"vm_name", ""}}, "vm_name must be set"}});
}

TEST(HypervIso, ChecksItsOptions) {
    check_table(
        "source", "hyperv-iso", iso_settings(),
        {
            {{{"generation", 2}, {"enable_secure_boot", true}}, ""},
            {{{"generation", 3}}, "generation must be 1 or 2"},
            {{{"generation", 2}, {"use_legacy_network_adapter", true}}, "has no old network card"},
            {{{"cpu", 2}}, "has no option \"cpu\""},
        });
}

TEST(HypervVmcx, ChecksItsOptions) {
    check_table("source", "hyperv-vmcx", {{"ssh_username", "root"}, {"clone_from_vm_name", "base"}},
                {
                    {{{"clone_from_vm_name", Setting()}}, "One of clone_from_vmcx_path"},
                    {{{"clone_from_vmcx_path", "/x"}}, "cannot be used together"},
                });
}

TEST(Parallels, ChecksItsOptions) {
    Setting::Map good = iso_settings();
    good["parallels_tools_flavor"] = "lin";
    check_table(
        "source", "parallels-iso", good,
        {
            {{{"parallels_tools_flavor", Setting()}}, "parallels_tools_flavor must be"},
            {{{"parallels_tools_flavor", Setting()}, {"parallels_tools_mode", "disable"}}, ""},
            {{{"disk_type", "sparse"}}, "disk_type must be one of"},
        });
    const SomeFile bundle;
    check_table("source", "parallels-pvm",
                {{"ssh_username", "root"},
                 {"parallels_tools_mode", "disable"},
                 {"source_path", bundle.directory()}},
                {{{{"source_path", "/nonexistent.pvm"}}, "source_path is invalid"}});
}

}  // namespace
}  // namespace kiln::test
