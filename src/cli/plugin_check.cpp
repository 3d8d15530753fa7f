#include "cli/plugin_check.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "base/error.h"
#include "cli/docs/components.h"
#include "cli/registry.h"
#include "cli/version.h"

namespace kiln {
namespace {

constexpr std::size_t max_source_parts = 16;

bool belongs_to(const std::string& type, const std::string& accessor);

}  // namespace

std::vector<UsedComponent> used_components(const Template& tmpl) {
    std::vector<UsedComponent> used;
    const auto add = [&](const char* block, const auto& item) {
        const bool known = std::any_of(used.begin(), used.end(), [&](const UsedComponent& other) {
            return other.block == block && other.type == item.type;
        });
        if (!known) used.push_back({block, item.type, item.range});
    };
    for (const auto& build : tmpl.builds) {
        for (const auto& source : build.sources) add("source", source);
        for (const auto& item : build.provisioners) add("provisioner", item);
        if (build.error_cleanup) add("provisioner", *build.error_cleanup);
        for (const auto& chain : build.chains) {
            for (const auto& item : chain) add("post-processor", item);
        }
    }
    return used;
}

PluginVerdict judge_plugin(const std::string& accessor, const std::vector<UsedComponent>& used) {
    PluginVerdict verdict;
    for (const auto& block : docs::component_blocks()) {
        for (const auto& type : all_components().types(block)) {
            if (!belongs_to(type, accessor)) continue;
            const bool runs = all_components().unavailable(block, type).empty();
            verdict.built_in.push_back(
                fmt::format("{} {}{}", block, type, runs ? "" : ": not yet able to run"));
        }
    }
    for (const auto& component : used) {
        if (belongs_to(component.type, accessor) &&
            !all_components().has(component.block, component.type)) {
            verdict.missing.push_back(component);
        }
    }
    return verdict;
}

bool has_known_source(const std::vector<UsedComponent>& used) {
    return std::any_of(used.begin(), used.end(), [](const UsedComponent& component) {
        return component.block == "source" && all_components().has("source", component.type);
    });
}

PluginVerdict judge_plugin_source(const std::string& source) {
    const auto parts = static_cast<std::size_t>(std::count(source.begin(), source.end(), '/')) + 1;
    const bool good = parts >= 3 && parts <= max_source_parts && !source.starts_with('/') &&
                      !source.ends_with('/') && source.find("//") == std::string::npos &&
                      source.find_first_of("?# ") == std::string::npos;
    if (!good) {
        throw Error(fmt::format("\"{}\" is not the address of a plugin", source))
            .with_hint("An address has a host, a namespace and a name: github.com/hashicorp/qemu");
    }
    return judge_plugin(source.substr(source.rfind('/') + 1), {});
}

std::string satisfied_notice(const std::string& source, const PluginVerdict& verdict) {
    return fmt::format("{}: built into kiln v{} ({}), nothing to install", source, kiln_version,
                       fmt::join(verdict.built_in, ", "));
}

std::string refusal(const std::string& source, const std::vector<UsedComponent>& missing) {
    std::string out = fmt::format(
        "Failed getting the \"{}\" plugin:\n"
        "  It is not built into kiln, and kiln fetches no plugins.\n",
        source);
    if (missing.empty()) return out + "  The template uses no component of it.\n";
    out += "  These components of the template are missing:\n";
    for (const auto& component : missing) {
        out += fmt::format("    {} \"{}\"  ({}:{})\n", component.block, component.type,
                           component.range.filename, component.range.start.line);
    }
    return out + "  Builds that do not use them work; choose them with -only or -except.\n";
}

namespace {

bool belongs_to(const std::string& type, const std::string& accessor) {
    return type == accessor || type.starts_with(accessor + "-");
}

}  // namespace
}  // namespace kiln
