#include "cli/docs/components.h"

#include "cli/registry.h"

namespace kiln::docs {

std::string_view Component::kind() const {
    if (block == "source") return "builder";
    if (block == "data") return "data-source";
    return block;
}

const std::vector<std::string>& component_blocks() {
    static const std::vector<std::string> blocks = {"source", "provisioner", "post-processor",
                                                    "data"};
    return blocks;
}

std::vector<Component> all_documented() {
    std::vector<Component> all;
    for (const auto& block : component_blocks()) {
        for (const auto& type : all_components().types(block)) {
            all.push_back({block, type, all_components().schema(block, type),
                           all_components().unavailable(block, type)});
        }
    }
    return all;
}

std::vector<Component> find_components(std::string_view name) {
    std::vector<Component> found;
    for (auto& component : all_documented()) {
        if (component.type == name || component.path() == name) {
            found.push_back(std::move(component));
        }
    }
    return found;
}

}  // namespace kiln::docs
