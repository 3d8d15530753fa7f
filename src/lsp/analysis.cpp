#include "lsp/analysis.h"

#include <algorithm>
#include <set>

#include "base/secret.h"
#include "engine/plan.h"
#include "hcl/syntax/parser.h"
#include "lsp/name_check.h"
#include "template/config_files.h"
#include "template/template.h"

namespace kiln::lsp {
namespace {

/// Makes a directory that of the process and goes back.
class WorkingDirectory {
  public:
    explicit WorkingDirectory(const std::filesystem::path& directory)
        : before_(std::filesystem::current_path(failure_)) {
        std::filesystem::current_path(directory, failure_);
    }
    ~WorkingDirectory() { std::filesystem::current_path(before_, failure_); }
    WorkingDirectory(const WorkingDirectory&) = delete;
    WorkingDirectory& operator=(const WorkingDirectory&) = delete;

  private:
    std::error_code failure_;  // where there is no such directory, paths count from where we are
    std::filesystem::path before_;
};

void check_directory(const TemplateOptions& options, const Registry& registry, Analysis& analysis,
                     const CancelToken& cancel);
void check_variable_file(TemplateOptions options, const std::filesystem::path& file,
                         Analysis& analysis);
void check_template(const TemplateOptions& options, const Registry& registry, Analysis& analysis,
                    const CancelToken& cancel);
/// Whether a JSON file is meant to be a template; an editor shows us others too.
bool looks_like_template(const TemplateOptions& options);
void add_new(const Diagnostics& found, Diagnostics& diagnostics);

}  // namespace

std::optional<Unit> unit_of(const std::filesystem::path& file) {
    const std::string name = file.filename().string();
    const Unit directory{Unit::Kind::Directory, file.parent_path()};
    for (const char* suffix :
         {".pkr.hcl", ".pkr.json", ".auto.pkrvars.hcl", ".auto.pkrvars.json"}) {
        if (name.ends_with(suffix)) return directory;
    }
    if (name.ends_with(".pkrvars.hcl")) return Unit{Unit::Kind::VariableFile, file};
    if (name.ends_with(".json") && !name.ends_with(".pkrvars.json")) {
        return Unit{Unit::Kind::LegacyTemplate, file};
    }
    return std::nullopt;
}

Analysis analyse(const Unit& unit, const OpenText& open_text, const Registry& registry,
                 const std::string& version, const CancelToken& cancel) {
    // Secrets of a text that has changed since would hide parts of today's messages.
    secrets().clear();
    const bool is_directory = unit.kind == Unit::Kind::Directory;
    const auto directory = is_directory ? unit.path : unit.path.parent_path();
    const WorkingDirectory here(directory);
    Analysis analysis;
    TemplateOptions options;
    options.path = unit.kind == Unit::Kind::LegacyTemplate ? unit.path : directory;
    options.read_file = open_text;
    options.version = version;
    options.warn_undeclared_variables = true;
    options.find_schema = [&](std::string_view block, const std::string& type) {
        return registry.schema(block, type);
    };
    try {
        if (is_directory) {
            check_directory(options, registry, analysis, cancel);
        } else if (unit.kind == Unit::Kind::VariableFile) {
            check_variable_file(options, unit.path, analysis);
        } else if (looks_like_template(options)) {
            check_template(options, registry, analysis, cancel);
        }
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        analysis.diagnostics.add(
            Diagnostic::error("The template cannot be read", error.to_string()));
    }
    return analysis;
}

Declarations read_declarations(const std::filesystem::path& directory, const OpenText& open_text,
                               const std::optional<ConfigText>& beside) {
    TemplateOptions options;
    options.path = directory;
    options.read_file = open_text;
    SourceMap sources;
    Diagnostics told_elsewhere;
    std::vector<ConfigFile> files = read_config_files(options, sources, told_elsewhere);
    if (beside) {
        const std::string name = beside->path.string();
        files.push_back({name, hcl::parse_file(beside->text, name, &sources, told_elsewhere)});
    }
    return Declarations(files, sources);
}

namespace {

void check_directory(const TemplateOptions& options, const Registry& registry, Analysis& analysis,
                     const CancelToken& cancel) {
    check_template(options, registry, analysis, cancel);
    SourceMap already_known;
    Diagnostics found;
    Diagnostics told_already;
    for (const ConfigFile& file : read_config_files(options, already_known, told_already)) {
        check_names(file.body, registry, found);
    }
    add_new(found, analysis.diagnostics);
}

void check_template(const TemplateOptions& options, const Registry& registry, Analysis& analysis,
                    const CancelToken& cancel) {
    Diagnostics found;
    const Template tmpl = load_template(options, analysis.sources, found, cancel);
    if (!found.has_errors() || !tmpl.builds.empty()) {
        make_plan(tmpl, {{}, {}, false, false, options.version}, registry, found);
    }
    for (const Diagnostic& diagnostic : found) {
        if (!diagnostic.summary.starts_with("Unset variable")) analysis.diagnostics.add(diagnostic);
    }
}

/// The file by itself, and then its values by the variables of the template beside it.
void check_variable_file(TemplateOptions options, const std::filesystem::path& file,
                         Analysis& analysis) {
    const std::string name = file.string();
    const std::string text = read_template_file(options, file);
    Diagnostics found;
    hcl::parse_file(text, name, &analysis.sources, found);
    if (!found.has_errors()) {
        options.variable_files.push_back(file);
        Diagnostics of_all;
        check_template_syntax(options, analysis.sources, of_all);
        for (const Diagnostic& diagnostic : of_all) {
            if (diagnostic.subject && diagnostic.subject->filename == name) found.add(diagnostic);
        }
    }
    analysis.diagnostics.append(std::move(found));
}

bool looks_like_template(const TemplateOptions& options) {
    return read_template_file(options, options.path).find("\"builders\"") != std::string::npos;
}

/// Adds what stands at a place of which nothing is told yet.
void add_new(const Diagnostics& found, Diagnostics& diagnostics) {
    std::set<std::pair<std::string, std::size_t>> told;
    for (const Diagnostic& diagnostic : diagnostics) {
        if (diagnostic.subject) {
            told.emplace(diagnostic.subject->filename, diagnostic.subject->start.byte);
        }
    }
    for (const Diagnostic& diagnostic : found) {
        const auto& subject = diagnostic.subject;
        if (subject && !told.contains({subject->filename, subject->start.byte})) {
            diagnostics.add(diagnostic);
        }
    }
}

}  // namespace
}  // namespace kiln::lsp
