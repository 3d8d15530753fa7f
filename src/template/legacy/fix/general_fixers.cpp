#include <re2/re2.h>

#include "template/legacy/fix/fixer.h"

namespace kiln::legacy {
namespace {

void iso_md5(Json& tmpl) {
    each_builder(tmpl, [](Json& builder) {
        if (!builder.contains("iso_md5")) return;
        builder["iso_checksum"] = take(builder, "iso_md5");
        builder["iso_checksum_type"] = "md5";
    });
}

void create_time(Json& tmpl) {
    static const RE2 pattern(R"(\{\{\s*\.CreateTime\s*\}\})");
    each_builder(tmpl, [](Json& builder) {
        each_text(builder,
                  [](std::string& text) { RE2::GlobalReplace(&text, pattern, "{{timestamp}}"); });
    });
}

void guest_additions_attach(Json& tmpl) {
    each_builder_of(tmpl, "virtualbox", [](Json& builder) {
        if (!builder.contains("guest_additions_attach")) return;
        const Json attach = take(builder, "guest_additions_attach");
        const bool wanted = attach == Json(true) || attach == Json("true");
        builder["guest_additions_mode"] = wanted ? "attach" : "upload";
    });
}

void vagrant_override(Json& tmpl) {
    each_post_processor(tmpl, [](Json& post_processor) {
        if (type_of(post_processor) != "vagrant") return;
        for (const char* provider : {"aws", "digitalocean", "virtualbox", "vmware"}) {
            if (!post_processor.contains(provider)) continue;
            Json options = take(post_processor, provider);
            Json& all = post_processor["override"];
            if (!all.is_object()) all = Json::object();
            all[provider] = std::move(options);
        }
    });
}

// The builder's type, and what provisioners override for it.
void rename_type(Json& tmpl, const char* from, const char* to) {
    each_builder_of(tmpl, from, [&](Json& builder) { builder["type"] = to; });
    each_provisioner(tmpl, [&](Json& provisioner) {
        const auto overrides = provisioner.find("override");
        if (overrides != provisioner.end() && overrides->is_object()) {
            rename_key(*overrides, from, to);
        }
    });
}

void virtualbox_rename(Json& tmpl) {
    rename_type(tmpl, "virtualbox", "virtualbox-iso");
}

void vmware_rename(Json& tmpl) {
    rename_type(tmpl, "vmware", "vmware-iso");
}

void parallels_headless(Json& tmpl) {
    each_builder_like(tmpl, "parallels-", [](Json& builder) { builder.erase("headless"); });
}

void parallels_deprecations(Json& tmpl) {
    each_builder_like(tmpl, "parallels-", [](Json& builder) {
        builder.erase("parallels_tools_host_path");
        rename_key(builder, "guest_os_distribution", "guest_os_type");
    });
}

void ssh_key_path(Json& tmpl) {
    each_builder(
        tmpl, [](Json& builder) { rename_key(builder, "ssh_key_path", "ssh_private_key_file"); });
}

void ssh_disable_agent(Json& tmpl) {
    each_builder(tmpl, [](Json& builder) {
        rename_key(builder, "ssh_disable_agent", "ssh_disable_agent_forwarding");
    });
}

void scaleway_access_key(Json& tmpl) {
    each_builder_of(tmpl, "scaleway", [](Json& builder) {
        rename_key(builder, "access_key", "organization_id");
        rename_key(builder, "api_access_key", "organization_id");
    });
}

void manifest_filename(Json& tmpl) {
    each_post_processor(tmpl, [](Json& post_processor) {
        if (type_of(post_processor) == "manifest") rename_key(post_processor, "filename", "output");
    });
}

}  // namespace

std::vector<Fixer> general_fixers() {
    return {
        {"iso-md5", iso_md5, {"iso_md5"}},
        {"createtime", create_time},
        {"virtualbox-gaattach", guest_additions_attach, {"guest_additions_attach"}},
        {"pp-vagrant-override", vagrant_override, {"aws", "digitalocean", "virtualbox", "vmware"}},
        {"virtualbox-rename", virtualbox_rename},
        {"vmware-rename", vmware_rename},
        {"parallels-headless", parallels_headless},
        {"parallels-deprecations",
         parallels_deprecations,
         {"parallels_tools_host_path", "guest_os_distribution"}},
        {"sshkeypath", ssh_key_path, {"ssh_key_path"}},
        {"sshdisableagent", ssh_disable_agent, {"ssh_disable_agent"}},
        {"scaleway-access-key", scaleway_access_key, {"access_key", "api_access_key"}},
        {"manifest-filename", manifest_filename, {"filename"}},
    };
}

}  // namespace kiln::legacy
