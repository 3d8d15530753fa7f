#include "lsp/name_check.h"

#include <algorithm>

#include "hcl/eval/body.h"
#include "lsp/shape.h"

namespace kiln::lsp {
namespace {

void check_body(const hcl::Body& body, std::vector<OpenBlock>& path, const Registry& registry,
                Diagnostics& diagnostics);
bool takes_any_name(const std::vector<OpenBlock>& path);
bool is_unknown_component(const OpenBlock& block, const Registry& registry);

}  // namespace

void check_names(const hcl::Body& file, const Registry& registry, Diagnostics& diagnostics) {
    std::vector<OpenBlock> path;
    check_body(file, path, registry, diagnostics);
}

namespace {

void check_body(const hcl::Body& body, std::vector<OpenBlock>& path, const Registry& registry,
                Diagnostics& diagnostics) {
    const auto shape = shape_of(path, registry);
    if (!shape || takes_any_name(path)) return;
    hcl::BodySchema schema;
    for (const Member& member : shape->members) {
        if (member.is_block) {
            schema.blocks.push_back({member.name, member.labels});
        } else {
            schema.attributes.push_back({member.name, false});
        }
    }
    for (const hcl::Block& block : hcl::read_body(body, schema, diagnostics).blocks) {
        if (block.type == "dynamic") continue;
        OpenBlock open{block.type, {}};
        for (const hcl::Label& label : block.labels) open.labels.push_back(label.text);
        if (is_unknown_component(open, registry)) continue;
        path.push_back(std::move(open));
        check_body(block.body, path, registry, diagnostics);
        path.pop_back();
    }
}

bool takes_any_name(const std::vector<OpenBlock>& path) {
    if (path.empty()) return false;
    const std::string& type = path.back().type;
    return (path.size() == 1 && (type == "variables" || type == "locals")) ||
           type == "required_plugins";
}

bool is_unknown_component(const OpenBlock& block, const Registry& registry) {
    return !component_kind(block.type).empty() && component_of(block, registry) == nullptr;
}

}  // namespace
}  // namespace kiln::lsp
