// What hcl2_upgrade writes of the legacy templates under tests/templates builds the same machines:
// both are loaded, and every option of every component is compared.
#include <fstream>
#include <regex>
#include <sstream>

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "cli/registry.h"
#include "template/interpolate.h"
#include "template/legacy/upgrade/upgrade.h"
#include "template/template.h"

namespace kiln {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<const SchemaInfo> find_schema(std::string_view block, const std::string& type) {
    return all_components().schema(block, type);
}

/// One way in which a template of the tree is called: a line of its directory's file `args`.
struct Call {
    fs::path directory;
    std::string tmpl;
    std::vector<std::string> files;
    std::vector<std::pair<std::string, std::string>> variables;
};

Call parse_call(const fs::path& directory, const std::string& line) {
    Call call;
    call.directory = directory;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
        const bool is_variable = word == "-var" || word.starts_with("-var=");
        if (word.starts_with("-var-file=")) {
            call.files.push_back(word.substr(10));
        } else if (is_variable) {
            std::string given = word.substr(std::min<std::size_t>(5, word.size()));
            if (word == "-var") words >> given;
            call.variables.emplace_back(given.substr(0, given.find('=')),
                                        given.substr(given.find('=') + 1));
        }
        call.tmpl = word;
    }
    return call;
}

// `{{ }}` in variable files is rendered for legacy templates alone: HCL takes it as it is.
bool has_plain_values(const Call& call) {
    return std::none_of(call.files.begin(), call.files.end(), [&](const std::string& file) {
        return read_file(call.directory / file).find("{{") != std::string::npos;
    });
}

std::vector<Call> legacy_calls() {
    std::vector<Call> calls;
    for (const auto& entry : fs::directory_iterator(KILN_TEST_TEMPLATES)) {
        if (!fs::exists(entry.path() / "args")) continue;
        std::istringstream lines(read_file(entry.path() / "args"));
        for (std::string line; std::getline(lines, line);) {
            Call call = parse_call(entry.path(), line);
            const bool is_legacy =
                call.tmpl.ends_with(".json") && !call.tmpl.ends_with(".pkr.json");
            if (is_legacy && has_plain_values(call)) calls.push_back(std::move(call));
        }
    }
    std::sort(calls.begin(), calls.end(), [](const Call& x, const Call& y) {
        return std::tie(x.directory, x.tmpl, x.files) < std::tie(y.directory, y.tmpl, y.files);
    });
    return calls;
}

std::string messages(const Diagnostics& diagnostics, const SourceMap& sources) {
    std::string all;
    for (const Diagnostic& one : diagnostics) all += format_diagnostic(one, sources, false);
    return all;
}

// A value as its option takes it, whatever it is written as.
std::string canonical(const Setting& setting, const OptionInfo& option);

// Maps of texts that hold more.
bool cannot_be_carried_over(const Setting& setting, const OptionInfo& option) {
    const Setting::Map* map = setting.as_map();
    return option.type == OptionType::StringMap && map != nullptr &&
           std::any_of(map->begin(), map->end(),
                       [](const auto& entry) { return entry.second.as_map() != nullptr; });
}

std::string canonical(const Setting::Map& settings, const SchemaInfo& schema) {
    std::string out;
    for (const auto& [name, value] : settings) {
        const OptionInfo* option = schema.find(name);
        if (option == nullptr || value.is_null() || cannot_be_carried_over(value, *option))
            continue;
        out += fmt::format("{} = {}\n", name, canonical(value, *option));
    }
    return out;
}

template <class Member>
std::string assigned(const Setting& setting) {
    Member member{};
    try {
        setting_to::assign(setting, member);
    } catch (const Error& error) {
        return std::string("wrong: ") + error.what();
    }
    return default_text::of(member);
}

std::string canonical(const Setting& setting, const OptionInfo& option) {
    if (option.block != nullptr) {
        std::string out;
        if (const Setting::List* list = setting.as_list()) {
            for (const Setting& item : *list) out += "{" + canonical(item, option) + "}";
        } else if (setting.as_map() != nullptr) {
            out = canonical(*setting.as_map(), *option.block);
        }
        return out;
    }
    switch (option.type) {
        case OptionType::Bool:
        case OptionType::Tristate:
            return assigned<bool>(setting);
        case OptionType::Int:
            return assigned<int>(setting);
        case OptionType::TimeSpan:
            return assigned<Duration>(setting);
        case OptionType::StringList:
            return assigned<std::vector<std::string>>(setting);
        case OptionType::StringListList:
            return assigned<std::vector<std::vector<std::string>>>(setting);
        case OptionType::IntList:
            return assigned<std::vector<int>>(setting);
        case OptionType::StringMap:
            return assigned<std::map<std::string, std::string>>(setting);
        default:
            return assigned<std::string>(setting);
    }
}

struct Loaded {
    Template tmpl;
    Diagnostics diagnostics;
    SourceMap sources;
};

Loaded load(const fs::path& path, const fs::path& root, const Call& call) {
    Loaded loaded;
    TemplateOptions options;
    options.path = path;
    options.version = "1.16.0";
    for (const std::string& file : call.files) options.variable_files.push_back(root / file);
    options.variables = call.variables;
    options.find_schema = find_schema;
    loaded.tmpl = load_template(options, loaded.sources, loaded.diagnostics, CancelToken());
    return loaded;
}

// The options of a component, rendered, as one text.
std::string options_of(const ComponentBody& body, std::string_view block, const std::string& type,
                       const SourceUse& source, Loaded& loaded) {
    const auto schema = find_schema(block, type);
    if (schema == nullptr) return "no such component";
    const BuildVariables variables = BuildVariables::placeholders("", {});
    Setting::Map settings =
        body.evaluate(*schema, {source.type, "NAME", variables}, loaded.diagnostics);
    InterpolateContext context;
    context.build_name = "NAME";
    context.build_type = source.type;
    context.version = "1.16.0";
    context.build_values = variables.values;
    context.fields = variables.values;
    body.complete(context);
    Problems problems;
    interpolate_settings(settings, *schema, context, problems);
    std::string out;
    for (const Problem& problem : problems) out += problem.message + "\n";
    // Each reading makes new ones; the time is written in another way by design.
    static const std::regex passing(
        "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|20[0-9]{12}|1[0-9]{9}|"
        "20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z");
    return std::regex_replace(out + canonical(settings, *schema), passing, "PASSING");
}

// One line for each component of each build, in an order that does not depend on names.
std::vector<std::string> components_of(Loaded& loaded) {
    std::vector<std::string> all;
    for (const BuildBlock& build : loaded.tmpl.builds) {
        for (const SourceUse& source : build.sources) {
            std::string text =
                fmt::format("source {}\n{}", source.type,
                            options_of(source.body, "source", source.type, source, loaded));
            for (const ProvisionerBlock& one : build.provisioners) {
                text += fmt::format("provisioner {} {} {} {}\n{}", one.type, one.meta.only.size(),
                                    format_duration(one.meta.pause_before), one.meta.max_retries,
                                    options_of(one.body, "provisioner", one.type, source, loaded));
            }
            for (const auto& chain : build.chains) {
                for (const PostProcessorBlock& one : chain) {
                    text += fmt::format(
                        "post-processor {} of {} {}\n{}", one.type, chain.size(),
                        one.keep_input_artifact.value_or(false),
                        options_of(one.body, "post-processor", one.type, source, loaded));
                }
            }
            all.push_back(text);
        }
    }
    std::sort(all.begin(), all.end());
    return all;
}

class UpgradedTemplate : public ::testing::TestWithParam<Call> {};

TEST_P(UpgradedTemplate, BuildsWhatTheOldOneDid) {
    // Beside a copy of all that belongs to it.
    const TempDir directory(temp_root());
    const Call& call = GetParam();
    fs::copy(call.directory, directory.path(), fs::copy_options::recursive);
    const fs::path old_path = directory.path() / call.tmpl;
    Loaded before = load(old_path, directory.path(), call);
    ASSERT_FALSE(before.diagnostics.has_errors()) << messages(before.diagnostics, before.sources);

    UpgradeOptions options;
    options.find_schema = find_schema;
    SourceMap sources;
    Diagnostics diagnostics;
    const UpgradeResult upgraded =
        upgrade_template(read_file(old_path), old_path.string(), options, sources, diagnostics);
    EXPECT_FALSE(upgraded.text.empty()) << messages(diagnostics, sources);
    const fs::path new_path = old_path.parent_path() / "upgraded.pkr.hcl";
    std::ofstream(new_path) << upgraded.text;

    Loaded after = load(new_path, directory.path(), call);
    EXPECT_FALSE(after.diagnostics.has_errors())
        << messages(after.diagnostics, after.sources) << upgraded.text;
    const auto wanted = components_of(before);
    const auto made = components_of(after);
    ASSERT_EQ(made.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(made[i], wanted[i]) << upgraded.text;
}

INSTANTIATE_TEST_SUITE_P(Legacy, UpgradedTemplate, ::testing::ValuesIn(legacy_calls()),
                         [](const auto& one) {
                             std::string name = fmt::format(
                                 "{}_{}", one.param.directory.filename().string(), one.index);
                             for (char& c : name) {
                                 if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                             }
                             return name;
                         });

TEST(UpgradedTemplates, AreSeveral) {
    EXPECT_GE(legacy_calls().size(), 8u);
}

}  // namespace
}  // namespace kiln
