#include "builder/vsphere/vsphere_clone.h"

#include "engine/option_checks.h"

namespace kiln {
namespace {

Schema<VsphereVapp> vapp_schema();
Schema<VsphereCustomization> customize_schema();
Schema<VsphereLinuxIdentity> linux_schema();
Schema<VsphereWindowsIdentity> windows_schema();
Schema<VsphereCustomInterface> interface_schema();
void check_customize(const VsphereCustomization& options, Problems& problems);

}  // namespace

Schema<VsphereCloneOptions> vsphere_clone_schema() {
    using O = VsphereCloneOptions;
    Schema<O> schema("vsphere-clone", "Builds in a clone of a template of vSphere.");
    schema.option("template", &O::template_name, "The template or guest to clone.")
        .required()
        .option("linked_clone", &O::linked_clone, "Make a linked clone.")
        .option("disk_size", &O::disk_size, "The size of the first disk in MiB.")
        .default_is("the template's")
        .option("network", &O::network, "The network of the first network card.")
        .option("mac_address", &O::mac_address, "The hardware address of that card.")
        .block("vapp", &O::vapp, vapp_schema(), "Properties of a vApp.")
        .block("customize", &O::customize, customize_schema(), "What vSphere changes in it.")
        .include(&O::storage, vsphere_storage_schema())
        .include(&O::vsphere, vsphere_schema())
        .check([](const O& options, Problems& problems) {
            option_check::at_most_one(
                {{"linked_clone", options.linked_clone}, {"disk_size", options.disk_size > 0}},
                problems);
            option_check::needs("mac_address", !options.mac_address.empty(), "network",
                                !options.network.empty(), problems);
        });
    return schema;
}

namespace {

Schema<VsphereVapp> vapp_schema() {
    using O = VsphereVapp;
    Schema<O> schema("vapp", "Properties of a vApp.");
    schema.option("properties", &O::properties, "The properties, by name.")
        .option("deployment_option", &O::deployment_option, "The deployment to choose.");
    return schema;
}

Schema<VsphereCustomization> customize_schema() {
    using O = VsphereCustomization;
    Schema<O> schema("customize", "What vSphere changes in the clone.");
    schema.block("linux_options", &O::linux_options, linux_schema(), "A Linux guest's identity.")
        .block("windows_options", &O::windows_options, windows_schema(),
               "A Windows guest's identity.")
        .option("windows_sysprep_file", &O::windows_sysprep_file, "A sysprep answer file.")
        .deprecated("use windows_sysprep_text")
        .option("windows_sysprep_text", &O::windows_sysprep_text,
                "The text of a sysprep answer file.")
        .blocks("network_interface", &O::interfaces, interface_schema(),
                "A network card's addresses, in the order of the cards.")
        .option("ipv4_gateway", &O::ipv4_gateway, "The IPv4 gateway.")
        .option("ipv6_gateway", &O::ipv6_gateway, "The IPv6 gateway.")
        .option("dns_server_list", &O::dns_server_list, "Name servers, of Linux guests.")
        .option("dns_suffix_list", &O::dns_suffix_list, "Domains that names are looked up in.")
        .check(check_customize);
    return schema;
}

void check_customize(const VsphereCustomization& options, Problems& problems) {
    option_check::exactly_one({{"linux_options", options.linux_options.has_value()},
                               {"windows_options", options.windows_options.has_value()},
                               {"windows_sysprep_file", !options.windows_sysprep_file.empty()},
                               {"windows_sysprep_text", !options.windows_sysprep_text.empty()}},
                              problems);
    option_check::file_exists("windows_sysprep_file", options.windows_sysprep_file, problems);
    if (options.interfaces.empty()) {
        problems.error("customize", "A customize block needs at least one network_interface.");
    }
}

Schema<VsphereLinuxIdentity> linux_schema() {
    using O = VsphereLinuxIdentity;
    Schema<O> schema("linux_options", "A Linux guest's identity.");
    schema.option("domain", &O::domain, "The guest's domain.")
        .required()
        .option("host_name", &O::host_name, "The guest's host name.")
        .required()
        .option("hw_clock_utc", &O::hw_clock_utc, "Whether the guest's clock runs on UTC.")
        .default_is("\"true\"")
        .option("time_zone", &O::time_zone, "The guest's time zone.")
        .default_is("\"UTC\"");
    return schema;
}

Schema<VsphereWindowsIdentity> windows_schema() {
    using O = VsphereWindowsIdentity;
    Schema<O> schema("windows_options", "A Windows guest's identity.");
    schema.option("computer_name", &O::computer_name, "The guest's host name.")
        .required()
        .option("full_name", &O::full_name, "The user's name.")
        .default_is("\"Administrator\"")
        .option("organization_name", &O::organization_name, "The organization.")
        .default_is("\"Built by Packer\"")
        .option("product_key", &O::product_key, "The licence key.")
        .sensitive()
        .option("admin_password", &O::admin_password, "The administrator's password.")
        .sensitive()
        .option("auto_logon", &O::auto_logon, "Log the administrator in.")
        .option("auto_logon_count", &O::auto_logon_count, "How often.")
        .option("run_once_command_list", &O::run_once_command_list, "What to run at first.")
        .option("time_zone", &O::time_zone, "The number of the time zone; 85 is GMT.")
        .option("workgroup", &O::workgroup, "The workgroup.")
        .option("join_domain", &O::join_domain, "The domain to join.")
        .option("domain_admin_user", &O::domain_admin_user, "The user that joins it.")
        .option("domain_admin_password", &O::domain_admin_password, "That user's password.")
        .sensitive()
        .check([](const O& options, Problems& problems) {
            option_check::at_most_one({{"workgroup", !options.workgroup.empty()},
                                       {"join_domain", !options.join_domain.empty()}},
                                      problems);
        });
    return schema;
}

Schema<VsphereCustomInterface> interface_schema() {
    using O = VsphereCustomInterface;
    Schema<O> schema("network_interface", "A network card's addresses.");
    schema.option("ipv4_address", &O::ipv4_address, "The IPv4 address; empty: by DHCP.")
        .option("ipv4_netmask", &O::ipv4_netmask, "The bits of the IPv4 network.")
        .option("ipv6_address", &O::ipv6_address, "The IPv6 address; empty: by DHCP.")
        .option("ipv6_netmask", &O::ipv6_netmask, "The bits of the IPv6 network.")
        .option("dns_server_list", &O::dns_server_list, "Name servers, of Windows guests.")
        .option("dns_domain", &O::dns_domain, "The domain of the card, of Windows guests.");
    return schema;
}

}  // namespace
}  // namespace kiln
