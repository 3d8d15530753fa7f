#include "cli/template_arguments.h"

#include <fmt/format.h>

#include "cli/registry.h"
#include "cli/version.h"
#include "secret_store/secret_store.h"

namespace kiln {
namespace {

TemplateLanguage language_from(std::string word);
hcl::SecretSources secret_sources(const CancelToken& cancel);

}  // namespace

void TemplateArguments::declare(FlagSet& flags) {
    declare_flags(flags);
    flags.add_positional("TEMPLATE", &path, ValueKind::File,
                         "A *.pkr.hcl or *.pkr.json file, a directory of them, or a JSON template; "
                         "- for standard input");
}

void TemplateArguments::declare_optional(FlagSet& flags) {
    declare_flags(flags);
    flags.add_optional_positional("TEMPLATE", &path, ValueKind::File,
                                  "A template, as for build; - for standard input");
}

void TemplateArguments::declare_accepted(FlagSet& flags) {
    declare_flags(flags);
    for (const char* name : {"only", "except", "var", "var-file", "config-type"}) flags.hide(name);
}

void TemplateArguments::declare_flags(FlagSet& flags) {
    flags.add_comma_list("only", &only, "Only these builds (names or patterns)");
    flags.add_comma_list("except", &except, "All but these builds and post-processors");
    flags.add_list("var", &variables, "name=value", "A variable; may be repeated");
    flags.add_list("var-file", &variable_files, "file", "A file of variables; may be repeated",
                   ValueKind::File);
    Flag language{"config-type",
                  ValueKind::Choice,
                  "json|hcl2",
                  "The language of a template on standard input (default json)",
                  {"json", "hcl2"},
                  false,
                  [this](const std::string& word) { stdin_language = language_from(word); }};
    flags.add(std::move(language));
}

void TemplateArguments::declare_evaluation(FlagSet& flags) {
    flags.add_switch("use-sequential-evaluation", &sequential_evaluation,
                     "Evaluate all data sources first, then the locals (older templates)");
    flags.add_switch("ignore-prerelease-plugins", &ignore_prerelease_plugins,
                     "For Packer's sake: kiln's components are built in, none is a pre-release");
}

TemplateOptions TemplateArguments::to_options(const Streams& streams, const CancelToken& cancel,
                                              Diagnostics& diagnostics) const {
    TemplateOptions options;
    options.path = path;
    if (path.empty() || path == "-") options.language = stdin_language;
    if (path == "-") options.stdin_text = streams.read_all();
    for (const auto& text : variables) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos) {
            diagnostics.add(Diagnostic::error(fmt::format("No '=' value in arg: {}", text),
                                              "A variable is given as -var name=value."));
            continue;
        }
        options.variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    for (const auto& file : variable_files) options.variable_files.emplace_back(file);
    options.sequential_evaluation = sequential_evaluation;
    options.version = template_version;
    options.find_schema = [](std::string_view kind, const std::string& type) {
        return all_components().schema(kind, type);
    };
    options.known_types = [](std::string_view kind) { return all_components().types(kind); };
    options.secrets = secret_sources(cancel);
    return options;
}

void allow_data_sources(TemplateOptions& options, const CancelToken& cancel) {
    options.read_data = [cancel](const std::string& type, const Setting::Map& settings) {
        return read_data_source(all_components(), type, settings, cancel);
    };
}

namespace {

TemplateLanguage language_from(std::string word) {
    for (char& c : word) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (word == "json") return TemplateLanguage::Json;
    if (word == "hcl2") return TemplateLanguage::Hcl2;
    throw Error("one of [json, hcl2] is needed");
}

hcl::SecretSources secret_sources(const CancelToken& cancel) {
    SecretStoreOptions options;
    options.cancel = cancel;
    const auto store = std::make_shared<const SecretStore>(std::move(options));
    return {[store](const auto& path, const auto& key) { return store->vault(path, key); },
            [store](const auto& key) { return store->consul_key(key); },
            [store](const auto& name, const auto& key) { return store->aws_secret(name, key); },
            [store](const auto& name) { return store->aws_secret_raw(name); }};
}

}  // namespace
}  // namespace kiln
