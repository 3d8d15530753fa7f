#include "cli/template_report.h"

#include <fmt/format.h>

#include "hcl/value/print.h"

namespace kiln {
namespace {

std::string describe_variables(const Template& tmpl);
std::string describe_builds(const Template& tmpl);
std::string describe_build(const BuildBlock& build, std::size_t index);
std::string named(const std::string& type, const std::string& name);

}  // namespace

std::vector<std::string> describe_hcl_template(const Template& tmpl) {
    return {"Kiln Inspect: HCL2 mode\n", describe_variables(tmpl), describe_builds(tmpl)};
}

std::string describe_names(const Template& tmpl) {
    if (tmpl.language == TemplateLanguage::Hcl2) return describe_variables(tmpl) + "\n";
    std::string out;
    for (const auto& variable : tmpl.variables) {
        out += fmt::format("{}: {},\n", variable.name, variable.text);
    }
    return out;
}

namespace {

std::string describe_variables(const Template& tmpl) {
    std::string out = "> input-variables:\n\n";
    for (const auto& variable : tmpl.variables) {
        out += fmt::format("var.{}: {}\n", variable.name, hcl::quote(variable.text));
    }
    out += "\n> local-variables:\n\n";
    for (const auto& local : tmpl.locals) {
        out += fmt::format("local.{}: {}\n", local.name, hcl::quote(local.text));
    }
    return out;
}

std::string describe_builds(const Template& tmpl) {
    std::string out = "> builds:\n";
    for (std::size_t i = 0; i < tmpl.builds.size(); ++i) out += describe_build(tmpl.builds[i], i);
    return out;
}

std::string describe_build(const BuildBlock& build, std::size_t index) {
    std::string out = fmt::format(
        "\n  > {}:\n", build.name.empty() ? fmt::format("<unnamed build {}>", index) : build.name);
    if (!build.description.empty()) {
        out += fmt::format("\n  > Description: {}\n", build.description);
    }
    out += "\n    sources:\n";
    if (build.sources.empty()) out += "\n      <no source>\n";
    for (const auto& source : build.sources) {
        const bool renamed = source.local_name != source.name;
        out += fmt::format("\n      {}.{}{}\n", source.type, source.name,
                           renamed ? fmt::format(" ({})", source.local_name) : "");
    }
    out += "\n    provisioners:\n\n";
    if (build.provisioners.empty()) out += "      <no provisioner>\n";
    for (const auto& provisioner : build.provisioners) {
        out += fmt::format("      {}\n", named(provisioner.type, provisioner.name));
    }
    out += "\n    post-processors:\n\n";
    if (build.chains.empty()) out += "      <no post-processor>\n";
    for (std::size_t i = 0; i < build.chains.size(); ++i) {
        out += fmt::format("{}      {}:\n", i == 0 ? "" : "\n", i);
        for (const auto& item : build.chains[i]) {
            out += fmt::format("        {}\n", named(item.type, item.name));
        }
    }
    return out;
}

std::string named(const std::string& type, const std::string& name) {
    return name.empty() ? type : type + "." + name;
}

}  // namespace
}  // namespace kiln
