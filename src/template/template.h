#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/diagnostic.h"
#include "base/duration.h"
#include "base/schema.h"
#include "base/setting.h"
#include "hcl/function/secret_sources.h"

namespace kiln {

struct InterpolateContext;

/// In what a template is written. `FromPath` asks the path: directories, `*.pkr.hcl` and
/// `*.pkr.json` are HCL2, every other file is a legacy JSON template, and so is standard input.
enum class TemplateLanguage { FromPath, Hcl2, Json };

/// What the caller knows that a template may ask for.
struct TemplateOptions {
    /// A file or directory; `-` for standard input, whose text is `stdin_text`; empty for no
    /// template at all (`console` without an argument).
    std::filesystem::path path;
    /// The language where the path does not tell it (`-config-type`): standard input and no path.
    TemplateLanguage language = TemplateLanguage::FromPath;
    std::optional<std::string> stdin_text;
    /// The text of a file that an editor holds open, or nothing: then the file itself is read.
    std::function<std::optional<std::string>(const std::filesystem::path&)> read_file;
    std::vector<std::pair<std::string, std::string>> variables;  ///< -var, in their order
    std::vector<std::filesystem::path> variable_files;           ///< -var-file, in their order
    bool warn_undeclared_variables = false;
    /// All data sources first, which cannot use locals then, and locals after them, instead of one
    /// graph of both (`-use-sequential-evaluation`).
    bool sequential_evaluation = false;
    std::string version;  ///< packer.version
    /// A component's schema by the type of its block (`source`, `provisioner`, `post-processor`,
    /// `data`) and its own, or nullptr when kiln does not have it. Without it kiln has none.
    std::function<std::shared_ptr<const SchemaInfo>(std::string_view block,
                                                    const std::string& type)>
        find_schema;
    /// The types of a block's components, for suggestions; may be absent.
    std::function<std::vector<std::string>(std::string_view block)> known_types;
    /// Asks a data source, with its options, for its attributes; may throw Error. Without it data
    /// sources are not asked and their values are unknown, as `validate` has it.
    std::function<Setting::Map(const std::string& type, const Setting::Map& options)> read_data;
    /// Who answers `vault`, `consul_key` and the `aws_secretsmanager` functions, in both languages.
    hcl::SecretSources secrets;
};

/// The values of `build.*` (and of `{{ build "X" }}`). Before the guest runs nothing is known but
/// the names: then every value is the placeholder `<unknown>` (spec/template.md, 6.4).
struct BuildVariables {
    std::string build_name;  ///< name of the build block, "" if unnamed
    std::map<std::string, Setting> values;

    static BuildVariables placeholders(std::string build_name,
                                       const std::vector<std::string>& announced_by_builder);
};

/// Where a body is evaluated: in which source, with which build values.
struct BodyContext {
    std::string source_type;
    std::string source_name;  ///< local name or N
    BuildVariables build;
};

/// The body of a source, provisioner or post-processor, which can be evaluated any number of times
/// (spec/template.md, 6.4). Cheap to copy; keeps its template's values alive.
class ComponentBody {
  public:
    class Impl;
    explicit ComponentBody(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

    /// The body's options by the schema, as plain data: HCL values converted to the options' types,
    /// unknown ones replaced by placeholders. Nulls are left out.
    Setting::Map evaluate(const SchemaInfo& schema, const BodyContext& context,
                          Diagnostics& diagnostics) const;

    /// Adds what the `{{ }}` texts of the body's template may ask for beside all others: in a
    /// legacy template the user variables and its directory.
    void complete(InterpolateContext& context) const;

  private:
    std::shared_ptr<const Impl> impl_;
};

/// Arguments that every provisioner takes beside its own options.
struct ProvisionerMeta {
    std::vector<std::string> only;
    std::vector<std::string> except;
    std::map<std::string, Setting::Map> override_by_source;
    Duration pause_before{0};
    Duration timeout{0};
    int max_retries = 0;
    bool continue_on_error = false;
};

struct SourceUse {
    std::string type;
    std::string name;        ///< the source block's own name, N
    std::string local_name;  ///< given in the build block, or N
    SourceRange range;
    ComponentBody body;
};

struct ProvisionerBlock {
    std::string type;
    std::string name;
    ProvisionerMeta meta;
    SourceRange range;
    ComponentBody body;
};

struct PostProcessorBlock {
    std::string type;
    std::string name;  ///< empty when not given
    std::vector<std::string> only;
    std::vector<std::string> except;
    std::optional<bool> keep_input_artifact;
    SourceRange range;
    ComponentBody body;
};

struct BuildBlock {
    std::string name;
    std::string description;
    SourceRange range;
    std::vector<SourceUse> sources;
    std::vector<ProvisionerBlock> provisioners;
    std::optional<ProvisionerBlock> error_cleanup;
    std::vector<std::vector<PostProcessorBlock>> chains;
};

/// A value that `inspect` shows: text already hidden where it is sensitive.
struct NamedValue {
    std::string name;
    std::string text;
};

/// An input variable as `inspect` shows it; texts are hidden where it is sensitive.
struct TemplateVariable {
    std::string name;
    std::string description;
    std::string text;                         ///< the value that won
    std::optional<std::string> default_text;  ///< none: a value must be given
    bool sensitive = false;
    SourceRange range;

    bool required() const { return !default_text; }
};

/// The names that expressions outside of any build may use (see template/expression.h).
class TemplateNames;

/// A template, read and evaluated as far as it can be without a guest: variables checked, locals
/// computed, sources and builds resolved. Immutable once loaded. What could be found out stands in
/// it even after errors; `readable` tells whether steps 1 to 7 had none.
struct Template {
    TemplateLanguage language = TemplateLanguage::Hcl2;  ///< Hcl2 or Json
    bool readable = false;
    std::string description;                  ///< of a legacy template
    std::vector<TemplateVariable> variables;  ///< sorted by name
    std::vector<NamedValue> locals;           ///< sorted by name
    std::vector<std::string> sensitive_variables;
    std::map<std::string, std::string> variable_values;  ///< packer_user_variables
    std::vector<BuildBlock> builds;
    std::shared_ptr<const TemplateNames> names;  ///< null when not readable
};

/// Reads the template and everything it names (spec/template.md, section 13, steps 1 to 12). All
/// errors go to `diagnostics`, texts for their snippets to `sources`. Sensitive values are
/// registered with the redactor. The result is usable when there are no errors.
Template load_template(const TemplateOptions& options, SourceMap& sources, Diagnostics& diagnostics,
                       const CancelToken& cancel);

/// Steps 1 to 7 alone, for `validate -syntax-only`.
void check_template_syntax(const TemplateOptions& options, SourceMap& sources,
                           Diagnostics& diagnostics);

/// The language of the template that the options name: Hcl2 or Json.
TemplateLanguage template_language(const TemplateOptions& options);

/// An entry of `required_plugins`.
struct PluginRequirement {
    std::string accessor;
    std::string source;      ///< `github.com/hashicorp/qemu`
    std::string constraint;  ///< `~> 1.1`
    SourceRange range;
};

/// Steps 1 to 4 alone: what `init` and `plugins required` need. Entries with errors are left out.
std::vector<PluginRequirement> read_plugin_requirements(const TemplateOptions& options,
                                                        SourceMap& sources,
                                                        Diagnostics& diagnostics);

}  // namespace kiln
