#include "template/root.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/suggest.h"

namespace kiln {
namespace {

constexpr std::array kBuildBlocks = {"provisioner", "error-cleanup-provisioner", "post-processor",
                                     "post-processors"};

const hcl::BodySchema& root_schema();
bool report_legacy_template(const hcl::Body& root, Diagnostics& diagnostics);
void report_root_attributes(hcl::Body& rest, Diagnostics& diagnostics);
std::vector<std::string> root_types();
bool may_declare(const std::string& type);
bool is_build_block(std::string_view type);

}  // namespace

RootContent read_root(const hcl::Body& root, Diagnostics& diagnostics) {
    if (report_legacy_template(root, diagnostics)) return {{}, false};
    RootContent result;
    hcl::Body rest;
    Diagnostics about_labels;
    result.content = hcl::read_body_partially(root, root_schema(), rest, about_labels);
    result.complete = !about_labels.has_errors();
    diagnostics.append(std::move(about_labels));
    if (auto other = without_misplaced_blocks(rest, root_schema(), diagnostics)) {
        rest = std::move(*other);
    }
    report_root_attributes(rest, diagnostics);
    // All that is left is told by the schema.
    for (const hcl::Block& block : rest.blocks) {
        result.complete = result.complete && !may_declare(block.type);
    }
    for (const hcl::OpenProperty& property : rest.properties) {
        result.complete = result.complete && !may_declare(property.name());
    }
    hcl::read_body(rest, root_schema(), diagnostics);
    return result;
}

std::optional<hcl::Body> without_misplaced_blocks(const hcl::Body& body,
                                                  const hcl::BodySchema& allowed,
                                                  Diagnostics& diagnostics) {
    const auto is_misplaced = [&](const hcl::Block& block) {
        return is_build_block(block.type) &&
               std::none_of(allowed.blocks.begin(), allowed.blocks.end(),
                            [&](const hcl::BlockSchema& one) { return one.type == block.type; });
    };
    if (std::none_of(body.blocks.begin(), body.blocks.end(), is_misplaced)) return std::nullopt;
    hcl::Body rest = body;
    std::erase_if(rest.blocks, is_misplaced);
    for (const hcl::Block& block : body.blocks) {
        if (!is_misplaced(block)) continue;
        diagnostics.add(Diagnostic::error(
            "Unsupported block type",
            fmt::format("A {} block belongs into a build block, beside its sources.", block.type),
            block.type_range, block.header_range()));
    }
    return rest;
}

namespace {

const hcl::BodySchema& root_schema() {
    static const hcl::BodySchema schema{{},
                                        {{"packer", {}},
                                         {"source", {"type", "name"}},
                                         {"variable", {"name"}},
                                         {"variables", {}},
                                         {"local", {"name"}},
                                         {"locals", {}},
                                         {"data", {"type", "name"}},
                                         {"build", {}},
                                         {"hcp_packer_registry", {}},
                                         {"communicator", {"type", "name"}}}};
    return schema;
}

bool report_legacy_template(const hcl::Body& root, Diagnostics& diagnostics) {
    const auto builders =
        std::find_if(root.properties.begin(), root.properties.end(),
                     [](const hcl::OpenProperty& one) { return one.name() == "builders"; });
    if (builders == root.properties.end()) return false;
    diagnostics.add(Diagnostic::error(
        "This is a legacy JSON template",
        "Files named *.pkr.json hold HCL2 in JSON syntax. Rename the file to *.json, or rewrite it "
        "with `kiln hcl2_upgrade` after that.",
        builders->document->range(builders->property->name)));
    return true;
}

void report_root_attributes(hcl::Body& rest, Diagnostics& diagnostics) {
    for (const auto& [name, attribute] : rest.attributes) {
        const std::vector<std::string> types = root_types();
        const bool is_type = std::find(types.begin(), types.end(), name) != types.end();
        diagnostics.add(Diagnostic::error(
            "Unsupported argument",
            is_type ? fmt::format("\"{0}\" is a block: write {0} {{ ... }} without an equals sign.",
                                  name)
                    : fmt::format(
                          "An argument named \"{}\" is not expected here: outside of blocks a "
                          "template has none.{} A value with a name belongs into a locals block, "
                          "the value of a variable into a file named *.pkrvars.hcl.",
                          name, did_you_mean(name, types)),
            attribute.name_range));
    }
    rest.attributes.clear();
}

std::vector<std::string> root_types() {
    std::vector<std::string> types;
    for (const hcl::BlockSchema& block : root_schema().blocks) types.push_back(block.type);
    return types;
}

// Whether the unknown type is most likely one whose blocks give names to the rest.
bool may_declare(const std::string& type) {
    const auto meant = suggest(type, root_types());
    return meant && *meant != "build" && *meant != "packer";
}

bool is_build_block(std::string_view type) {
    return std::find(kBuildBlocks.begin(), kBuildBlocks.end(), type) != kBuildBlocks.end();
}

}  // namespace
}  // namespace kiln
