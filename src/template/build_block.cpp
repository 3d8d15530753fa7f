#include "template/build_block.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggest.h"
#include "hcl/eval/body.h"
#include "hcl/eval/dynamic.h"
#include "hcl/eval/references.h"
#include "hcl/syntax/parser.h"
#include "template/attribute_value.h"
#include "template/component_body.h"
#include "template/meta_arguments.h"
#include "template/registry_block.h"

namespace kiln {
namespace {

const hcl::BodySchema& build_schema();
const hcl::NestedBlockSchema& build_dynamics();

struct SourceName {
    std::string type;
    std::string name;
};

class BuildReader {
  public:
    BuildReader(const SourceBlocks& sources, const std::shared_ptr<const TemplateScope>& scope,
                Diagnostics& diagnostics)
        : sources_(sources), scope_(scope), diagnostics_(diagnostics) {}

    BuildBlock read(const hcl::Block& block);

  private:
    void read_sources_list(const hcl::BodyContent& content);
    void read_inline_source(const hcl::Block& block);
    void read_provisioner(const hcl::Block& block);
    void read_error_cleanup(const hcl::Block& block);
    void read_chain(const hcl::Block& block);
    void read_registry(const hcl::Block& block);
    ProvisionerBlock provisioner(const hcl::Block& block);
    PostProcessorBlock post_processor(const hcl::Block& block);
    std::optional<SourceName> parse_reference(const std::string& text, const SourceRange& range);
    const hcl::Block* resolve(const SourceName& source, const SourceRange& range);
    void fail(std::string summary, std::string detail, const SourceRange& subject,
              std::optional<SourceRange> context = {}) {
        diagnostics_.add(
            Diagnostic::error(std::move(summary), std::move(detail), subject, context));
    }

    const SourceBlocks& sources_;
    std::shared_ptr<const TemplateScope> scope_;
    Diagnostics& diagnostics_;
    BuildBlock build_;
    RegistrySeen registry_;
    std::optional<hcl::EvalScope> meta_scope_;
    bool has_source_references_ = false;
};

}  // namespace

BuildBlock read_build(const hcl::Block& block, const SourceBlocks& sources,
                      const std::shared_ptr<const TemplateScope>& scope, Diagnostics& diagnostics) {
    return BuildReader(sources, scope, diagnostics).read(block);
}

void SourceBlocks::add(const hcl::Block& block, Diagnostics& diagnostics) {
    const bool good_type = check_label_name(block.labels[0], "source", diagnostics);
    const bool good_name = check_label_name(block.labels[1], "source", diagnostics);
    if (!good_type || !good_name) return;
    const std::pair key(block.labels[0].text, block.labels[1].text);
    const auto [existing, added] = blocks_.try_emplace(key, block);
    if (added) return;
    diagnostics.add(Diagnostic::error(
        "Duplicate source block",
        fmt::format("The source {}.{} is defined at {} already. Names must be unique among the "
                    "sources of a type.",
                    key.first, key.second, existing->second.header_range().to_string()),
        block.header_range()));
}

const hcl::Block* SourceBlocks::find(const std::string& type, const std::string& name) const {
    const auto found = blocks_.find({type, name});
    return found == blocks_.end() ? nullptr : &found->second;
}

std::vector<std::string> SourceBlocks::names() const {
    std::vector<std::string> names;
    for (const auto& [key, block] : blocks_) names.push_back(key.first + "." + key.second);
    return names;
}

namespace {

BuildBlock BuildReader::read(const hcl::Block& block) {
    build_.range = block.header_range();
    const hcl::EvalScope scope = scope_->outside_sources(nullptr);
    const hcl::Body body =
        hcl::expand_dynamic_blocks(block.body, scope, build_dynamics(), diagnostics_);
    const hcl::BodyContent content = hcl::read_body(body, build_schema(), diagnostics_);
    build_.name = string_attribute(content, "name", scope, diagnostics_).value_or("");
    build_.description = string_attribute(content, "description", scope, diagnostics_).value_or("");
    meta_scope_ = scope_->outside_sources(&build_.name);

    read_sources_list(content);
    for (const hcl::Block* source : content.blocks_of("source")) read_inline_source(*source);
    if (!has_source_references_) {
        fail("missing source reference",
             "A build needs at least one source: sources = [\"source.TYPE.NAME\"].", build_.range);
    }
    for (const hcl::Block& inner : content.blocks) {
        if (inner.type == "provisioner") read_provisioner(inner);
        if (inner.type == "error-cleanup-provisioner") read_error_cleanup(inner);
        if (inner.type == "post-processor") build_.chains.push_back({post_processor(inner)});
        if (inner.type == "post-processors") read_chain(inner);
        if (inner.type == "hcp_packer_registry") read_registry(inner);
    }
    return std::move(build_);
}

void BuildReader::read_sources_list(const hcl::BodyContent& content) {
    const hcl::Attribute* attribute = content.find("sources");
    if (attribute == nullptr) return;
    const hcl::EvalScope scope = scope_->outside_sources(nullptr);
    const auto list =
        attribute_value(*attribute, hcl::Type::list(hcl::Type::string()), scope, diagnostics_);
    if (!list) {
        has_source_references_ = has_source_references_ || diagnostics_.has_errors();
        return;
    }
    const auto written = hcl::as_list(*attribute->expression);
    const auto& elements = list->elements();
    for (std::size_t i = 0; i < elements.size(); ++i) {
        has_source_references_ = true;
        const bool place_known = written && written->size() == elements.size();
        const SourceRange range = place_known ? (*written)[i]->range : attribute->expression->range;
        const std::string text = elements[i].is_null() ? "" : elements[i].as_string();
        const auto source = parse_reference(text, range);
        if (!source) continue;
        const hcl::Block* block = resolve(*source, range);
        if (block == nullptr) continue;
        build_.sources.push_back({source->type, source->name, source->name, block->header_range(),
                                  make_component_body(scope_, block->body, false)});
    }
}

void BuildReader::read_inline_source(const hcl::Block& block) {
    has_source_references_ = true;
    const auto source = parse_reference(block.labels[0].text, block.labels[0].range);
    if (!source) return;
    const hcl::Block* origin = resolve(*source, block.labels[0].range);
    if (origin == nullptr) return;
    hcl::Body own;
    const hcl::BodyContent content =
        hcl::read_body_partially(block.body, {{{"name", false}}, {}}, own, diagnostics_);
    const std::string local_name =
        string_attribute(content, "name", hcl::EvalScope(), diagnostics_).value_or(source->name);
    hcl::Body merged = hcl::merge_bodies({origin->body, std::move(own)}, diagnostics_);
    build_.sources.push_back({source->type, source->name,
                              local_name.empty() ? source->name : local_name, block.header_range(),
                              make_component_body(scope_, std::move(merged), false)});
}

std::optional<SourceName> BuildReader::parse_reference(const std::string& text,
                                                       const SourceRange& range) {
    std::string_view rest = text;
    if (rest.starts_with("source.")) rest.remove_prefix(7);
    const std::size_t dot = rest.find('.');
    const std::string type(rest.substr(0, dot));
    const std::string name(dot == std::string_view::npos ? "" : rest.substr(dot + 1));
    if (hcl::is_identifier(type) && hcl::is_identifier(name)) return SourceName{type, name};
    fail("Invalid source reference",
         fmt::format("\"{}\" names no source. A source is named like \"source.TYPE.NAME\", after "
                     "its block: source \"TYPE\" \"NAME\".",
                     text),
         range);
    return std::nullopt;
}

const hcl::Block* BuildReader::resolve(const SourceName& source, const SourceRange& range) {
    const hcl::Block* block = sources_.find(source.type, source.name);
    if (block != nullptr) return block;
    const std::string full = source.type + "." + source.name;
    const std::vector<std::string> known = sources_.names();
    std::string hint = did_you_mean(full, known);
    if (hint.empty()) hint = fmt::format(" Known: [{}]", fmt::join(known, ", "));
    fail(fmt::format("Unknown source {}", full),
         fmt::format("No block source \"{}\" \"{}\" was found.{}", source.type, source.name, hint),
         range);
    return nullptr;
}

void BuildReader::read_provisioner(const hcl::Block& block) {
    build_.provisioners.push_back(provisioner(block));
}

void BuildReader::read_error_cleanup(const hcl::Block& block) {
    if (build_.error_cleanup) {
        fail("Only one error-cleanup-provisioner is allowed",
             fmt::format("The first one is at {}.", build_.error_cleanup->range.to_string()),
             block.header_range());
        return;
    }
    build_.error_cleanup = provisioner(block);
}

ProvisionerBlock BuildReader::provisioner(const hcl::Block& block) {
    hcl::Body own;
    std::string name;
    ProvisionerMeta meta = read_provisioner_meta(block.body, *meta_scope_, name, own, diagnostics_);
    return {block.labels[0].text, std::move(name), std::move(meta), block.header_range(),
            make_component_body(scope_, std::move(own), true)};
}

PostProcessorBlock BuildReader::post_processor(const hcl::Block& block) {
    PostProcessorBlock result{block.labels[0].text,  "", {}, {}, {}, block.header_range(),
                              ComponentBody(nullptr)};
    hcl::Body own;
    read_post_processor_meta(block.body, *meta_scope_, result, own, diagnostics_);
    result.body = make_component_body(scope_, std::move(own), true);
    return result;
}

void BuildReader::read_chain(const hcl::Block& block) {
    const hcl::BodySchema schema{{}, {{"post-processor", {"type"}}}};
    const hcl::BodyContent content = hcl::read_body(block.body, schema, diagnostics_);
    std::vector<PostProcessorBlock> chain;
    for (const hcl::Block& inner : content.blocks) chain.push_back(post_processor(inner));
    if (!chain.empty()) build_.chains.push_back(std::move(chain));
}

void BuildReader::read_registry(const hcl::Block& block) {
    diagnostics_.add(
        Diagnostic::warning("hcp_packer_registry belongs to the top of the template",
                            "Inside of a build block it is deprecated: move it out of the build.",
                            block.header_range()));
    check_registry_block(block, registry_, diagnostics_);
}

const hcl::BodySchema& build_schema() {
    static const hcl::BodySchema schema{
        {{"name", false}, {"description", false}, {"sources", false}},
        {{"source", {"reference"}},
         {"provisioner", {"type"}},
         {"error-cleanup-provisioner", {"type"}},
         {"post-processor", {"type"}},
         {"post-processors", {}},
         {"hcp_packer_registry", {}},
         {"from", {"type"}}}};
    return schema;
}

// Dynamic blocks inside the bodies of components stay: they are expanded for each source, with what
// is known then.
const hcl::NestedBlockSchema& build_dynamics() {
    static const hcl::NestedBlockSchema component{{{{"dynamic", {"type"}}, {}}}, false};
    static const hcl::NestedBlockSchema chain{{{{"post-processor", {"type"}}, component}}, false};
    static const hcl::NestedBlockSchema build{{{{"source", {"reference"}}, component},
                                               {{"provisioner", {"type"}}, component},
                                               {{"error-cleanup-provisioner", {"type"}}, component},
                                               {{"post-processor", {"type"}}, component},
                                               {{"post-processors", {}}, chain},
                                               {{"hcp_packer_registry", {}}, {}}},
                                              false};
    return build;
}

}  // namespace
}  // namespace kiln
