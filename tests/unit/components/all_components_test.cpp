#include <gmock/gmock.h>

#include "component_table.h"
#include "hcl/eval/evaluate.h"
#include "hcl/eval/references.h"
#include "hcl/syntax/parser.h"
#include "template/setting_value.h"

namespace kiln::test {
namespace {

constexpr std::array<std::string_view, 4> blocks = {"source", "provisioner", "post-processor",
                                                    "data"};

/// Calls `visit` with each schema there is, nested blocks included, and a name for messages.
void for_each_schema(const std::function<void(const std::string&, const SchemaInfo&)>& visit) {
    const std::function<void(const std::string&, const SchemaInfo&)> descend =
        [&](const std::string& name, const SchemaInfo& schema) {
            visit(name, schema);
            for (const OptionInfo& option : schema.options()) {
                if (option.block) descend(name + "." + option.name, *option.block);
            }
        };
    for (const auto block : blocks) {
        for (const auto& type : components().types(block)) {
            descend(fmt::format("{} {}", block, type), *components().schema(block, type));
        }
    }
}

/// The value of a default as it is documented, or nothing when the documentation is prose.
std::optional<Setting> default_value(const std::string& text) {
    Diagnostics diagnostics;
    const auto expression = hcl::parse_expression(text, "default", diagnostics);
    if (diagnostics.has_errors() || !hcl::references(*expression).empty()) return std::nullopt;
    const hcl::Value value = hcl::evaluate(*expression, hcl::EvalScope(), diagnostics);
    if (diagnostics.has_errors()) return std::nullopt;
    return to_setting(value);
}

TEST(AllComponents, AreThere) {
    using ::testing::IsSupersetOf;
    EXPECT_THAT(components().types("source"),
                IsSupersetOf({"file", "libvirt", "null", "qemu", "vagrant", "vmware-iso",
                              "vmware-vmx", "vsphere-clone", "vsphere-iso"}));
    EXPECT_THAT(components().types("provisioner"),
                IsSupersetOf({"ansible", "ansible-local", "breakpoint", "chef-client", "chef-solo",
                              "file", "goss", "hcp-sbom", "powershell", "puppet-masterless",
                              "puppet-server", "salt-masterless", "shell", "shell-local", "sleep",
                              "windows-restart", "windows-shell", "windows-update"}));
    EXPECT_THAT(components().types("post-processor"), IsSupersetOf({"amazon-import",
                                                                    "artifice",
                                                                    "checksum",
                                                                    "compress",
                                                                    "digitalocean-import",
                                                                    "docker-import",
                                                                    "docker-push",
                                                                    "docker-save",
                                                                    "docker-tag",
                                                                    "googlecompute-export",
                                                                    "googlecompute-import",
                                                                    "manifest",
                                                                    "ova",
                                                                    "provenance",
                                                                    "shell-local",
                                                                    "vagrant",
                                                                    "vagrant-cloud",
                                                                    "vagrant-registry",
                                                                    "vsphere",
                                                                    "vsphere-template"}));
    EXPECT_THAT(components().types("data"),
                IsSupersetOf({"hcp-packer-artifact", "hcp-packer-image", "hcp-packer-iteration",
                              "hcp-packer-version", "host-info", "http", "null"}));
}

TEST(AllComponents, AreNamedLikeTheirSchemasAndCanBeMade) {
    for (const auto block : blocks) {
        for (const auto& type : components().types(block)) {
            const auto schema = components().schema(block, type);
            EXPECT_EQ(schema->name(), type);
            EXPECT_TRUE(schema->doc().ends_with('.')) << type;
            const std::string why = components().unavailable(block, type);
            EXPECT_TRUE(why.empty() || why.ends_with('.')) << type;
            EXPECT_EQ(schema->outputs().empty(), block != "data") << type;
            for (const OutputInfo& output : schema->outputs()) {
                EXPECT_TRUE(output.doc.ends_with('.')) << type << "." << output.name;
            }
        }
        if (block == "source") EXPECT_NE(components().builder("vmware-iso")->create(), nullptr);
    }
}

TEST(AllComponents, DeclareEachOptionOnceWithADocumentation) {
    for_each_schema([](const std::string& name, const SchemaInfo& schema) {
        std::set<std::string> seen;
        for (const OptionInfo& option : schema.options()) {
            EXPECT_TRUE(seen.insert(option.name).second) << name << "." << option.name << " twice";
            EXPECT_GT(option.doc.size(), 8U) << name << "." << option.name;
            EXPECT_TRUE(option.doc.ends_with('.')) << name << "." << option.name;
            EXPECT_EQ(option.doc.find('\n'), std::string::npos) << name << "." << option.name;
            const bool is_block =
                option.type == OptionType::Block || option.type == OptionType::BlockList;
            EXPECT_EQ(option.block != nullptr, is_block) << name << "." << option.name;
            EXPECT_FALSE(option_type_name(option.type).empty());
        }
    });
}

TEST(AllComponents, TakeTheirOwnDefaults) {
    int checked = 0;
    for_each_schema([&](const std::string& name, const SchemaInfo& schema) {
        for (const OptionInfo& option : schema.options()) {
            if (option.block || option.default_text.empty()) continue;
            const auto value = default_value(option.default_text);
            if (!value) continue;
            ++checked;
            Problems problems;
            schema.validate({{option.name, *value}}, problems);
            for (const Problem& problem : problems) {
                const bool about_form = problem.option == option.name &&
                                        (problem.message.find(" needs a ") != std::string::npos ||
                                         problem.message.find("one of") != std::string::npos);
                EXPECT_FALSE(about_form) << name << "." << option.name << " = "
                                         << option.default_text << ": " << problem.message;
            }
        }
    });
    EXPECT_GT(checked, 500) << "defaults are read from their documentation";
}

TEST(AllComponents, SayWhatTheyDoNotKnow) {
    for (const auto block : blocks) {
        for (const auto& type : components().types(block)) {
            const auto found = problems_of(block, type, {{"no_such_option_at_all", 1}});
            EXPECT_THAT(
                found, ::testing::Contains(::testing::HasSubstr(type + " has no option \"no_such")))
                << type;
        }
    }
}

TEST(AllComponents, KeepSecretsOutOfTheirProblems) {
    for_each_schema([](const std::string& name, const SchemaInfo& schema) {
        for (const OptionInfo& option : schema.options()) {
            const bool secret =
                option.type == OptionType::String &&
                (option.name.ends_with("password") || option.name.ends_with("token") ||
                 option.name.ends_with("secret") || option.name.ends_with("secret_key"));
            EXPECT_TRUE(!secret || option.sensitive) << name << "." << option.name;
        }
    });
}

}  // namespace
}  // namespace kiln::test
