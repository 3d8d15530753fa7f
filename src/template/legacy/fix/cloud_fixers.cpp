#include "template/legacy/fix/fixer.h"

namespace kiln::legacy {
namespace {

void shutdown_behavior(Json& tmpl) {
    each_builder_like(tmpl, "amazon-", [](Json& builder) {
        rename_key(builder, "shutdown_behaviour", "shutdown_behavior");
    });
}

void enhanced_networking(Json& tmpl) {
    each_builder_like(tmpl, "amazon-", [](Json& builder) {
        rename_key(builder, "enhanced_networking", "ena_support");
    });
}

void private_ip(Json& tmpl) {
    each_builder_like(tmpl, "amazon-", [](Json& builder) {
        if (!builder.contains("ssh_private_ip")) return;
        const std::string wanted = text_of(take(builder, "ssh_private_ip"));
        const bool is_private = wanted == "true" || wanted == "1";
        builder["ssh_interface"] = is_private ? "private_ip" : "public_ip";
    });
}

void temporary_group_cidrs(Json& tmpl) {
    each_builder_like(tmpl, "amazon-", [](Json& builder) {
        if (!builder.contains("temporary_security_group_source_cidr")) return;
        Json cidr = take(builder, "temporary_security_group_source_cidr");
        Json& all = builder["temporary_security_group_source_cidrs"];
        if (!all.is_array()) all = Json::array();
        all.push_back(std::move(cidr));
    });
}

void spot_price_product(Json& tmpl) {
    each_builder_like(tmpl, "amazon-",
                      [](Json& builder) { builder.erase("spot_price_auto_product"); });
}

void docker_email(Json& tmpl) {
    const auto drop = [](Json& component) {
        if (type_of(component).starts_with("docker")) component.erase("login_email");
    };
    each_builder(tmpl, drop);
    each_post_processor(tmpl, drop);
}

void docker_tags(Json& tmpl) {
    each_post_processor(tmpl, [](Json& post_processor) {
        if (type_of(post_processor) != "docker-tag" || !post_processor.contains("tag")) return;
        const Json tag = take(post_processor, "tag");
        Json& tags = post_processor["tags"];
        if (tags.is_null()) tags = Json::array();
        if (!tags.is_array()) tags = Json::array({tags});
        for (const Json& one : tag.is_array() ? tag : Json::array({tag})) {
            if (std::find(tags.begin(), tags.end(), one) == tags.end()) tags.push_back(one);
        }
    });
}

}  // namespace

std::vector<Fixer> cloud_fixers() {
    return {
        {"amazon-shutdown_behavior", shutdown_behavior, {"shutdown_behaviour"}},
        {"amazon-enhanced-networking", enhanced_networking, {"enhanced_networking"}},
        {"amazon-private-ip", private_ip, {"ssh_private_ip"}},
        {"amazon-temp-sec-cidrs", temporary_group_cidrs, {"temporary_security_group_source_cidr"}},
        {"amazon-spot-price-auto-product", spot_price_product, {"spot_price_auto_product"}},
        {"docker-email", docker_email, {"login_email"}},
        {"docker-tag-tags", docker_tags, {"tag"}},
    };
}

}  // namespace kiln::legacy
