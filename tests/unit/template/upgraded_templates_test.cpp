// What hcl2_upgrade writes of the legacy templates under tests/templates builds the same machines:
// both are loaded, and every option of every component is compared.
#include <fstream>
#include <regex>

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

std::vector<fs::path> legacy_templates() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(KILN_TEST_TEMPLATES)) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(".json") || name.ends_with(".pkr.json")) continue;
        const std::string text = read_file(entry.path());
        if (text.find("\"builders\"") != std::string::npos) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
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

Loaded load(const fs::path& path, const std::vector<fs::path>& files) {
    Loaded loaded;
    TemplateOptions options;
    options.path = path;
    options.version = "1.16.0";
    options.variable_files = files;
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

class UpgradedTemplate : public ::testing::TestWithParam<fs::path> {};

TEST_P(UpgradedTemplate, BuildsWhatTheOldOneDid) {
    // Beside a copy of all that belongs to it.
    const TempDir directory(temp_root());
    const fs::path& original = GetParam();
    fs::copy(original.parent_path(), directory.path(), fs::copy_options::recursive);
    const fs::path old_path = directory.path() / original.filename();
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(directory.path())) {
        const std::string name = entry.path().filename().string();
        const bool is_values = name.ends_with(".json") && name != original.filename() &&
                               read_file(entry.path()).find("\"builders\"") == std::string::npos;
        if (is_values) files.push_back(entry.path());
    }
    Loaded before = load(old_path, files);
    if (before.diagnostics.has_errors()) {
        // Some need values on the command line.
        before = load(old_path, {});
    }
    const std::string told = messages(before.diagnostics, before.sources);
    if (told.find(" not set") != std::string::npos) GTEST_SKIP() << "needs values of its own";
    ASSERT_FALSE(before.diagnostics.has_errors()) << told;

    UpgradeOptions options;
    options.find_schema = find_schema;
    SourceMap sources;
    Diagnostics diagnostics;
    const UpgradeResult upgraded =
        upgrade_template(read_file(old_path), old_path.string(), options, sources, diagnostics);
    EXPECT_FALSE(upgraded.text.empty()) << messages(diagnostics, sources);
    const fs::path new_path = directory.path() / "upgraded.pkr.hcl";
    std::ofstream(new_path) << upgraded.text;

    Loaded after = load(new_path, files);
    EXPECT_FALSE(after.diagnostics.has_errors())
        << messages(after.diagnostics, after.sources) << upgraded.text;
    const auto wanted = components_of(before);
    const auto made = components_of(after);
    ASSERT_EQ(made.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(made[i], wanted[i]) << upgraded.text;
}

INSTANTIATE_TEST_SUITE_P(Legacy, UpgradedTemplate, ::testing::ValuesIn(legacy_templates()),
                         [](const auto& info) {
                             std::string name = info.param.parent_path().filename().string() + "_" +
                                                info.param.stem().string();
                             for (char& c : name) {
                                 if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                             }
                             return name;
                         });

TEST(UpgradedTemplates, AreSeveral) {
    EXPECT_GE(legacy_templates().size(), 5u);
}

}  // namespace
}  // namespace kiln
