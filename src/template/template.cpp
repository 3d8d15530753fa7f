#include "template/template.h"

#include <fmt/format.h>

#include "hcl/eval/body.h"
#include "hcl/eval/evaluate.h"
#include "hcl/syntax/parser.h"
#include "hcl/value/convert.h"
#include "hcl/value/print.h"
#include "template/build_block.h"
#include "template/config_files.h"
#include "template/data_source.h"
#include "template/legacy/load.h"
#include "template/names.h"
#include "template/packer_block.h"
#include "template/registry_block.h"
#include "template/root.h"
#include "template/scope.h"
#include "template/value_graph.h"
#include "template/variable.h"
#include "template/variable_values.h"

namespace kiln {
namespace {

/// What the blocks declare, before anything but the variables' values is evaluated.
struct Declarations {
    Variables variables;
    ValueDefinitions values;
    SourceBlocks sources;
    std::vector<hcl::Block> builds;
    std::vector<PluginRequirement> plugins;
    RegistrySeen registry;
    /// What there is is known: no block was left aside because of its form. Else what is missed
    /// later may stand in such a block.
    bool complete = true;
};

/// The names of an HCL template for the console.
class HclNames : public TemplateNames {
  public:
    explicit HclNames(std::shared_ptr<const TemplateScope> scope)
        : scope_(std::move(scope)), names_(scope_->without_data()) {}
    hcl::Value evaluate(std::string_view text, const std::string& name,
                        Diagnostics& diagnostics) const override;

  private:
    std::shared_ptr<const TemplateScope> scope_;
    hcl::EvalScope names_;
};

/// Steps 1 to 7 of spec/template.md, section 13.
std::optional<Declarations> read_declarations(const TemplateOptions& options, SourceMap& sources,
                                              Diagnostics& diagnostics);
void declare(const hcl::Body& root, Declarations& declarations, Diagnostics& diagnostics);
void describe_variables(const Variables& variables, Template& result);
std::string shown(const hcl::Value& value, bool sensitive);

}  // namespace

Template load_template(const TemplateOptions& options, SourceMap& sources, Diagnostics& diagnostics,
                       const CancelToken& cancel) {
    if (template_language(options) == TemplateLanguage::Json) {
        return legacy::load(options, sources, diagnostics);
    }
    Template result;
    Diagnostics found;
    const auto declared = read_declarations(options, sources, found);
    result.readable = declared && !found.has_errors();
    diagnostics.append(std::move(found));
    if (!declared || !declared->complete) return result;

    const auto scope = std::make_shared<TemplateScope>(root_directory(options.path),
                                                       options.version, options.secrets);
    check_variable_values(declared->variables, options.secrets, diagnostics);
    describe_variables(declared->variables, result);
    hcl::Value::Entries variables;
    for (const auto& [name, variable] : declared->variables) {
        variables.emplace(name, variable.value());
    }
    scope->set_variables(std::move(variables));

    const auto data = [&](const DataDefinition& definition, const hcl::EvalScope& names,
                          Diagnostics& problems) {
        return evaluate_data(definition, names, options, problems);
    };
    const auto evaluate = options.sequential_evaluation ? evaluate_in_sequence : evaluate_graph;
    GraphValues values = evaluate(declared->values, *scope, data, diagnostics, cancel);
    for (const auto& [name, local] : declared->values.locals()) {
        result.locals.push_back({name, shown(values.locals[name], local.sensitive)});
    }
    scope->set_locals(std::move(values.locals));
    scope->set_data(values.data);
    // Where data sources are not asked, none of their values is known anyway.
    if (options.read_data) scope->set_unavailable(std::move(values.unavailable));
    if (result.readable) result.names = std::make_shared<HclNames>(scope);

    for (const hcl::Block& block : declared->builds) {
        cancel.throw_if_cancelled();
        result.builds.push_back(read_build(block, declared->sources, scope, diagnostics));
    }
    return result;
}

void check_template_syntax(const TemplateOptions& options, SourceMap& sources,
                           Diagnostics& diagnostics) {
    if (template_language(options) == TemplateLanguage::Json) {
        legacy::check_syntax(options, sources, diagnostics);
    } else {
        read_declarations(options, sources, diagnostics);
    }
}

std::vector<PluginRequirement> read_plugin_requirements(const TemplateOptions& options,
                                                        SourceMap& sources,
                                                        Diagnostics& diagnostics) {
    const auto declared = read_declarations(options, sources, diagnostics);
    return declared ? declared->plugins : std::vector<PluginRequirement>();
}

namespace {

std::optional<Declarations> read_declarations(const TemplateOptions& options, SourceMap& sources,
                                              Diagnostics& diagnostics) {
    Diagnostics found;
    const auto files = read_config_files(options, sources, found);
    const bool usable =
        !found.has_errors() && check_required_version(files, options.version, found);
    diagnostics.append(std::move(found));
    if (!usable) return std::nullopt;

    Declarations declarations;
    for (const ConfigFile& file : files) declare(file.body, declarations, diagnostics);
    assign_variables(options, declarations.variables, sources, diagnostics);
    return declarations;
}

void declare(const hcl::Body& root, Declarations& declarations, Diagnostics& diagnostics) {
    const auto [content, complete] = read_root(root, diagnostics);
    declarations.complete = declarations.complete && complete;
    for (const hcl::Block* block : content.blocks_of("packer")) {
        read_packer_block(*block, declarations.plugins, diagnostics);
    }
    for (const hcl::Block& block : content.blocks) {
        if (block.type == "variable") {
            declare_variable(block, declarations.variables, diagnostics);
        } else if (block.type == "variables") {
            declare_variables(block, declarations.variables, diagnostics);
        } else if (block.type == "locals") {
            declarations.values.add_locals(block, diagnostics);
        } else if (block.type == "local") {
            declarations.values.add_local(block, diagnostics);
        } else if (block.type == "data") {
            declarations.values.add_data(block, diagnostics);
        } else if (block.type == "source") {
            declarations.sources.add(block, diagnostics);
        } else if (block.type == "build") {
            declarations.builds.push_back(block);
        } else if (block.type == "hcp_packer_registry") {
            check_registry_block(block, declarations.registry, diagnostics);
        }
    }
}

void describe_variables(const Variables& variables, Template& result) {
    for (const auto& [name, variable] : variables) {
        const hcl::Value value = variable.value();
        TemplateVariable& described = result.variables.emplace_back();
        described.name = name;
        described.description = variable.description;
        described.text = shown(value, variable.sensitive);
        if (variable.default_value) {
            described.default_text = shown(*variable.default_value, variable.sensitive);
        }
        described.sensitive = variable.sensitive;
        described.range = variable.range;
        if (variable.sensitive) result.sensitive_variables.push_back(name);
        const bool plain = value.is_known() && !value.is_null() && value.type().is_primitive();
        const hcl::Conversion text =
            plain ? hcl::convert(value, hcl::Type::string()) : hcl::Conversion{};
        if (text) result.variable_values[name] = text.value->as_string();
    }
}

hcl::Value HclNames::evaluate(std::string_view text, const std::string& name,
                              Diagnostics& diagnostics) const {
    Diagnostics found;
    const hcl::ExpressionPtr expression = hcl::parse_expression(text, name, found);
    hcl::Value value = hcl::Value::dynamic_unknown();
    if (!found.has_errors()) value = hcl::evaluate(*expression, names_, found);
    diagnostics.append(std::move(found));
    return value;
}

std::string shown(const hcl::Value& value, bool sensitive) {
    if (sensitive) return "<sensitive>";
    if (!value.is_known()) return "<unknown>";
    return hcl::print_for_console(value);
}

}  // namespace
}  // namespace kiln
