#include "template/legacy/fix/fixer.h"

namespace kiln::legacy {
namespace {

// Old templates had to escape what PowerShell would expand; now it is done for them.
void unescape(std::string& text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = text[i] == '`' && i + 1 < text.size() &&
                             std::string_view("$\"`'").find(text[i + 1]) != std::string_view::npos;
        if (escaped) ++i;
        plain += text[i];
    }
    text = std::move(plain);
}

void powershell_escapes(Json& tmpl) {
    each_provisioner(tmpl, [](Json& provisioner) {
        if (type_of(provisioner) != "powershell") return;
        for (const char* key : {"environment_vars", "elevated_user", "elevated_password"}) {
            if (provisioner.contains(key)) each_text(provisioner[key], unescape);
        }
    });
}

void vmware_compaction(Json& tmpl) {
    each_builder_of(tmpl, "vmware-iso", [](Json& builder) {
        if (text_of(builder.value("remote_type", Json())) != "esx5") return;
        if (!builder.contains("disk_type_id")) builder["disk_type_id"] = "zeroedthick";
        if (builder["disk_type_id"] != "thin") builder["skip_compaction"] = true;
    });
}

void hyperv_deprecations(Json& tmpl) {
    each_builder_of(tmpl, "hyperv-iso", [](Json& builder) { builder.erase("vhd_temp_path"); });
}

void hyperv_typo(Json& tmpl) {
    each_builder_of(tmpl, "hyperv-vmcx", [](Json& builder) {
        rename_key(builder, "clone_from_vmxc_path", "clone_from_vmcx_path");
    });
}

void hyperv_cpu_and_memory(Json& tmpl) {
    each_builder_like(tmpl, "hyperv-", [](Json& builder) {
        rename_key(builder, "cpu", "cpus");
        rename_key(builder, "ram_size", "memory");
    });
}

void clean_image_name(Json& tmpl) {
    each_builder(tmpl, [](Json& builder) {
        each_text(builder, [](std::string& text) {
            for (const std::string_view old : {"clean_image_name", "clean_ami_name"}) {
                for (std::size_t at = text.find(old); at != std::string::npos;
                     at = text.find(old, at)) {
                    text.replace(at, old.size(), "clean_resource_name");
                }
            }
        });
    });
}

void qemu_disk_size(Json& tmpl) {
    each_builder_of(tmpl, "qemu", [](Json& builder) {
        const auto size = builder.find("disk_size");
        if (size == builder.end() || !size->is_number()) return;
        *size = std::to_string(size->get<std::int64_t>()) + "M";
    });
}

void galaxy_command(Json& tmpl) {
    each_provisioner(tmpl, [](Json& provisioner) {
        if (type_of(provisioner) == "ansible-local") {
            rename_key(provisioner, "galaxycommand", "galaxy_command");
        }
    });
}

void communicator_options(Json& tmpl) {
    each_builder_like(tmpl, "virtualbox", [](Json& builder) {
        rename_key(builder, "ssh_host_port_min", "host_port_min");
        rename_key(builder, "ssh_host_port_max", "host_port_max");
        rename_key(builder, "ssh_skip_nat_mapping", "skip_nat_mapping");
    });
}

void ssh_wait_timeout(Json& tmpl) {
    each_builder(tmpl,
                 [](Json& builder) { rename_key(builder, "ssh_wait_timeout", "ssh_timeout"); });
}

// The keys move into the first entry of a list of their own.
void gather(Json& builder, const char* list, const std::vector<const char*>& keys) {
    Json entry = Json::object();
    for (const char* key : keys) {
        if (builder.contains(key)) entry[key] = take(builder, key);
    }
    if (entry.empty()) return;
    Json& entries = builder[list];
    if (!entries.is_array()) entries = Json::array();
    entries.insert(entries.begin(), std::move(entry));
}

void vsphere_network_and_storage(Json& tmpl) {
    each_builder_of(tmpl, "vsphere-iso", [](Json& builder) {
        gather(builder, "network_adapters", {"network", "network_card"});
        gather(builder, "storage", {"disk_size", "disk_thin_provisioned", "disk_eagerly_scrub"});
    });
}

void iso_checksum_type_and_url(Json& tmpl) {
    each_builder(tmpl, [](Json& builder) {
        const std::string url = text_of(take(builder, "iso_checksum_url"));
        const std::string type = text_of(take(builder, "iso_checksum_type"));
        const std::string sum = text_of(builder.value("iso_checksum", Json()));
        if (type == "none") {
            builder["iso_checksum"] = "none";
        } else if (!url.empty()) {
            builder["iso_checksum"] = "file:" + url;
        } else if (!type.empty() && !sum.empty()) {
            builder["iso_checksum"] = type + ":" + sum;
        }
    });
}

void qemu_host_port(Json& tmpl) {
    each_builder_of(tmpl, "qemu", [](Json& builder) {
        rename_key(builder, "ssh_host_port_min", "host_port_min");
        rename_key(builder, "ssh_host_port_max", "host_port_max");
    });
}

void azure_exclude_from_latest(Json& tmpl) {
    each_builder_like(tmpl, "azure-", [](Json& builder) {
        rename_key(builder, "exlude_from_latest", "exclude_from_latest");
        for (Json& value : builder) {
            if (value.is_object()) rename_key(value, "exlude_from_latest", "exclude_from_latest");
        }
    });
}

void proxmox_type(Json& tmpl) {
    each_builder_of(tmpl, "proxmox", [](Json& builder) { builder["type"] = "proxmox-iso"; });
}

}  // namespace

std::vector<Fixer> platform_fixers() {
    return {
        {"powershell-escapes", powershell_escapes},
        {"vmware-compaction", vmware_compaction},
        {"hyperv-deprecations", hyperv_deprecations, {"vhd_temp_path"}},
        {"hyperv-vmxc-typo", hyperv_typo, {"clone_from_vmxc_path"}},
        {"hyperv-cpu-and-ram", hyperv_cpu_and_memory, {"cpu", "ram_size"}},
        {"clean-image-name", clean_image_name},
        {"qemu-disk-size", qemu_disk_size},
        {"galaxy-command", galaxy_command, {"galaxycommand"}},
        {"comm-config",
         communicator_options,
         {"ssh_host_port_min", "ssh_host_port_max", "ssh_skip_nat_mapping"}},
        {"ssh-wait-timeout", ssh_wait_timeout},
        {"vsphere-iso-net-disk",
         vsphere_network_and_storage,
         {"network", "network_card", "disk_thin_provisioned", "disk_eagerly_scrub"}},
        {"iso-checksum-type-and-url",
         iso_checksum_type_and_url,
         {"iso_checksum_url", "iso_checksum_type"}},
        {"qemu-host-port", qemu_host_port},
        {"azure-exclude_from_latest", azure_exclude_from_latest, {"exlude_from_latest"}},
        {"proxmox-type", proxmox_type},
    };
}

}  // namespace kiln::legacy
