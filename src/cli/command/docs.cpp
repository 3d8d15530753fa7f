#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/suggest.h"
#include "cli/command/command.h"
#include "cli/docs/json_schema.h"
#include "cli/docs/reference.h"
#include "cli/docs/terminal.h"

namespace kiln {
namespace {

class DocsCommand : public Command {
  public:
    void declare(FlagSet& flags) override;
    int run(CommandContext& context) override;

  private:
    std::string describe(const docs::TerminalStyle& style) const;
    void write_reference() const;

    std::string component_;
    std::string option_;
    bool json_schema_ = false;
    bool manual_ = false;
    std::string markdown_directory_;
};

bool is_set(const char* name);
Error unknown_component(const std::string& name);
Error unknown_option(const docs::Component& component, const std::string& name);

}  // namespace

std::unique_ptr<Command> make_docs_command() {
    return std::make_unique<DocsCommand>();
}

namespace {

void DocsCommand::declare(FlagSet& flags) {
    flags.add_switch("json-schema", &json_schema_,
                     "Print a JSON schema of *.pkr.json templates, for editors");
    flags.add_switch("manual", &manual_, "Print the manual page").hide("manual");
    flags
        .add_file("markdown", &markdown_directory_,
                  "Write the pages of docs/reference into a directory")
        .hide("markdown");
    flags.add_optional_positional("COMPONENT", &component_, ValueKind::Component,
                                  "A component, by name (qemu) or by kind and name "
                                  "(provisioner/shell)");
    flags.add_optional_positional("OPTION", &option_, ValueKind::Option, "One of its options");
}

int DocsCommand::run(CommandContext& context) {
    if (json_schema_) {
        context.streams.out(docs::json_schema());
        return 0;
    }
    if (manual_) {
        context.streams.out(docs::manual_page());
        return 0;
    }
    if (!markdown_directory_.empty()) {
        write_reference();
        return 0;
    }
    const bool color = context.streams.out_is_terminal && !context.machine_readable &&
                       !is_set("NO_COLOR") && !is_set("PACKER_NO_COLOR");
    context.streams.out(describe({context.streams.width, color}));
    return 0;
}

std::string DocsCommand::describe(const docs::TerminalStyle& style) const {
    if (component_.empty()) return docs::list_for_terminal(docs::all_documented(), style);
    const auto components = docs::find_components(component_);
    if (components.empty()) throw unknown_component(component_);
    std::string out;
    for (const auto& component : components) {
        if (!out.empty()) out += "\n";
        if (option_.empty()) {
            out += docs::component_for_terminal(component, style);
        } else if (const auto text = docs::option_for_terminal(component, option_, style)) {
            out += *text;
        }
    }
    if (out.empty()) throw unknown_option(components[0], option_);
    return out;
}

// Pages of components that are gone do not stay.
void DocsCommand::write_reference() const {
    namespace fs = std::filesystem;
    const auto pages = docs::reference_pages();
    for (const auto& [path, text] : pages) {
        const fs::path file = fs::path(markdown_directory_) / path;
        fs::create_directories(file.parent_path());
        write_file_atomically(file, text);
    }
    for (const auto& entry : fs::recursive_directory_iterator(markdown_directory_)) {
        const std::string path = fs::relative(entry.path(), markdown_directory_).string();
        if (entry.path().extension() == ".md" && !pages.contains(path)) fs::remove(entry.path());
    }
}

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

Error unknown_component(const std::string& name) {
    std::vector<std::string> known;
    for (const auto& component : docs::all_documented()) known.push_back(component.type);
    return Error(fmt::format("there is no component \"{}\".{}", name, did_you_mean(name, known)))
        .with_hint("`kiln docs` lists all components.");
}

Error unknown_option(const docs::Component& component, const std::string& name) {
    return Error(fmt::format("{} {} has no option \"{}\".{}", component.kind(), component.type,
                             name, did_you_mean(name, component.schema->option_names())))
        .with_hint(fmt::format("`kiln docs {}` lists its options.", component.type));
}

}  // namespace
}  // namespace kiln
