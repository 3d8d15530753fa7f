#include "lsp/shape.h"

#include <algorithm>
#include <map>
#include <span>

#include <fmt/format.h>

#include "lsp/template_blocks.h"

namespace kiln::lsp {
namespace {

void add_options(Shape& shape, const SchemaInfo& schema);
Shape shape_of_schema(std::string title, const SchemaInfo& schema);
std::optional<Shape> shape_of_top(std::span<const OpenBlock> blocks, const Registry& registry);
std::optional<Shape> shape_in_component(Shape shape, std::shared_ptr<const SchemaInfo> schema,
                                        std::span<const OpenBlock> inner);
std::string title_of(const OpenBlock& block);

}  // namespace

const Member* Shape::find(std::string_view name) const {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Member& member) { return member.name == name; });
    return found == members.end() ? nullptr : &*found;
}

std::optional<Shape> shape_of(const std::vector<OpenBlock>& blocks, const Registry& registry) {
    return shape_of_top(blocks, registry);
}

std::string_view component_kind(std::string_view block_type) {
    if (block_type == "error-cleanup-provisioner") return "provisioner";
    for (const std::string_view kind : {"source", "provisioner", "post-processor", "data"}) {
        if (block_type == kind) return kind;
    }
    return {};
}

std::shared_ptr<const SchemaInfo> component_of(const OpenBlock& block, const Registry& registry) {
    const std::string_view kind = component_kind(block.type);
    if (kind.empty() || block.labels.empty()) return nullptr;
    std::string type = block.labels.front();
    // The label of a source in a build is a reference: `source.qemu.x`.
    if (kind == "source" && block.labels.size() == 1) {
        if (type.starts_with("source.")) type.erase(0, std::string_view("source.").size());
        type.resize(std::min(type.find('.'), type.size()));
    }
    return registry.schema(kind, type);
}

namespace {

/// Steps over the blocks of the template itself down to the first component.
std::optional<Shape> shape_of_top(std::span<const OpenBlock> blocks, const Registry& registry) {
    std::string path;
    const Shape* shape = template_block("");
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const OpenBlock& block = blocks[i];
        const auto inner = blocks.subspan(i + 1);
        if (block.type == "dynamic" && inner.size() > 0) {
            // What `content` holds is what the block of the label holds.
            if (inner.front().type != "content" || block.labels.empty()) return std::nullopt;
            std::vector<OpenBlock> generated(inner.begin(), inner.end());
            generated.front() = {block.labels.front(), {}};
            std::vector<OpenBlock> all(blocks.begin(), blocks.begin() + static_cast<long>(i));
            all.insert(all.end(), generated.begin(), generated.end());
            return shape_of_top(all, registry);
        }
        if (block.type == "dynamic") {
            shape = template_block("dynamic");
            return *shape;
        }
        path += path.empty() ? block.type : "/" + block.type;
        shape = template_block(path);
        if (shape == nullptr) return std::nullopt;
        if (component_kind(block.type).empty()) continue;
        Shape described = *shape;
        described.title = title_of(block);
        const auto schema = component_of(block, registry);
        if (schema == nullptr) {
            return inner.empty() ? std::optional<Shape>(described) : std::nullopt;
        }
        return shape_in_component(std::move(described), schema, inner);
    }
    return *shape;
}

std::optional<Shape> shape_in_component(Shape shape, std::shared_ptr<const SchemaInfo> schema,
                                        std::span<const OpenBlock> inner) {
    shape.doc = schema->doc();
    add_options(shape, *schema);
    for (std::size_t i = 0; i < inner.size(); ++i) {
        std::string name = inner[i].type;
        if (name == "dynamic") {
            if (i + 1 == inner.size()) return *template_block("dynamic");
            if (inner[i + 1].type != "content" || inner[i].labels.empty()) return std::nullopt;
            name = inner[i].labels.front();
            ++i;
        }
        const OptionInfo* option = schema->find(name);
        if (option == nullptr || option->block == nullptr) return std::nullopt;
        schema = option->block;
        shape = shape_of_schema(name, *schema);
        if (shape.doc.empty()) shape.doc = option->doc;
    }
    return shape;
}

Shape shape_of_schema(std::string title, const SchemaInfo& schema) {
    Shape shape{std::move(title), schema.doc(), {}};
    add_options(shape, schema);
    return shape;
}

void add_options(Shape& shape, const SchemaInfo& schema) {
    for (const OptionInfo& option : schema.options()) {
        if (shape.find(option.name) != nullptr) continue;
        const bool is_block = option.block != nullptr;
        shape.members.push_back({.name = option.name,
                                 .doc = option.doc,
                                 .type = std::string(option_type_name(option.type)),
                                 .default_text = option.default_text,
                                 .is_block = is_block,
                                 .required = option.required,
                                 .hidden = option.hidden,
                                 .labels = {},
                                 .choices = option.choices,
                                 .deprecated = option.deprecated,
                                 .unavailable = option.unavailable});
    }
}

std::string title_of(const OpenBlock& block) {
    std::string title = block.type;
    if (!block.labels.empty()) title += fmt::format(" \"{}\"", block.labels.front());
    return title;
}

}  // namespace
}  // namespace kiln::lsp
