#include "template/legacy/raw_template.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/suggest.h"

namespace kiln::legacy {
namespace {

constexpr std::array kRootKeys = {"builders",
                                  "description",
                                  "error-cleanup-provisioner",
                                  "min_packer_version",
                                  "post-processors",
                                  "provisioners",
                                  "push",
                                  "sensitive-variables",
                                  "variables"};
constexpr std::array kBuilderKeys = {"type", "name"};
constexpr std::array kProvisionerKeys = {"type",    "only",         "except",     "override",
                                         "timeout", "pause_before", "max_retries"};
constexpr std::array kPostProcessorKeys = {"type", "name", "only", "except", "keep_input_artifact"};

/// Among so many names a likely one is looked for.
constexpr std::size_t kMostSuggested = 100;

template <class Keys>
bool contains(const Keys& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

class RawReader {
  public:
    RawReader(RawTemplate& result, Diagnostics& diagnostics)
        : result_(result), document_(*result.document), diagnostics_(diagnostics) {}

    void read();

  private:
    void check_root_keys();
    void read_variables(const json::Node& node);
    void read_sensitive(const json::Node& node);
    void read_builder(const json::Node& node, std::size_t number);
    std::optional<RawProvisioner> read_provisioner(const json::Node& node, const std::string& what);
    void read_chain(const json::Node& node, std::size_t number);
    std::optional<RawPostProcessor> read_post_processor(const json::Node& node,
                                                        const std::string& what);

    void check_builder_names();
    void check_provisioner(const RawProvisioner& provisioner, const std::string& what);
    void check_filter(const json::Node& node, const std::vector<std::string>& only,
                      const std::vector<std::string>& except, const std::string& what);
    void check_builder_name(const std::string& name, const json::Node& place,
                            const std::string& sentence);

    /// The items of an array; one object may stand for an array of one.
    std::vector<const json::Node*> items(const json::Node& node, std::string_view key);
    /// The `type` of a component; empty after an error.
    std::string type_of(const json::Node& node, const std::string& what);
    std::string text(const json::Node& component, std::string_view key);
    std::vector<std::string> texts(const json::Node& component, std::string_view key);
    SourceRange component_range(const json::Node& node) const;
    void fail(std::string summary, std::string detail, const SourceRange& range) {
        diagnostics_.add(Diagnostic::error(std::move(summary), std::move(detail), range));
    }

    RawTemplate& result_;
    const json::Document& document_;
    Diagnostics& diagnostics_;
};

}  // namespace

RawTemplate read_raw_template(json::DocumentPtr document, Diagnostics& diagnostics) {
    RawTemplate result;
    result.document = std::move(document);
    RawReader(result, diagnostics).read();
    return result;
}

const RawVariable* RawTemplate::find_variable(const std::string& name) const {
    const auto found = std::find_if(variables.begin(), variables.end(),
                                    [&](const RawVariable& one) { return one.name == name; });
    return found == variables.end() ? nullptr : &*found;
}

bool is_builder_key(std::string_view key) {
    return contains(kBuilderKeys, key);
}

bool is_provisioner_key(std::string_view key) {
    return contains(kProvisionerKeys, key);
}

bool is_post_processor_key(std::string_view key) {
    return contains(kPostProcessorKeys, key);
}

namespace {

void RawReader::read() {
    check_root_keys();
    const json::Node& root = document_.root;
    result_.description = text(root, "description");
    result_.min_packer_version = text(root, "min_packer_version");
    if (const auto* version = root.find("min_packer_version")) {
        result_.min_packer_version_range = document_.range(version->value);
    }
    if (const auto* sensitive = root.find("sensitive-variables")) read_sensitive(sensitive->value);
    if (const auto* variables = root.find("variables")) read_variables(variables->value);
    std::size_t number = 0;
    if (const auto* builders = root.find("builders")) {
        for (const auto* node : items(builders->value, "builders")) read_builder(*node, ++number);
    }
    check_builder_names();
    number = 0;
    if (const auto* provisioners = root.find("provisioners")) {
        for (const auto* node : items(provisioners->value, "provisioners")) {
            auto read = read_provisioner(*node, fmt::format("provisioner {}", ++number));
            if (read) result_.provisioners.push_back(std::move(*read));
        }
    }
    if (const auto* cleanup = root.find("error-cleanup-provisioner")) {
        if (!cleanup->value.is(json::Kind::Null)) {
            result_.error_cleanup = read_provisioner(cleanup->value, "error-cleanup-provisioner");
        }
    }
    number = 0;
    if (const auto* chains = root.find("post-processors")) {
        for (const auto* node : items(chains->value, "post-processors")) {
            read_chain(*node, ++number);
        }
    }
}

void RawReader::check_root_keys() {
    for (const json::Property& property : document_.root.properties) {
        const std::string& key = property.name.text;
        if (key.starts_with('_') || contains(kRootKeys, key)) continue;
        fail(fmt::format("Unknown root level key in template: '{}'", key),
             fmt::format("A template has the keys builders, provisioners, post-processors, "
                         "variables and a few more; keys that begin with an underscore are "
                         "comments.{}",
                         did_you_mean(key, {kRootKeys.begin(), kRootKeys.end()})),
             document_.range(property.name));
    }
}

void RawReader::read_sensitive(const json::Node& node) {
    auto names = weak_texts(node);
    if (!names) {
        return fail("Invalid sensitive-variables",
                    "sensitive-variables is a list of the names of variables.",
                    document_.range(node));
    }
    result_.sensitive = std::move(*names);
}

void RawReader::read_variables(const json::Node& node) {
    if (node.is(json::Kind::Null)) return;
    if (!node.is(json::Kind::Object)) {
        return fail("Invalid variables",
                    "variables is an object: names and their defaults, null where a value must be "
                    "given.",
                    document_.range(node));
    }
    for (const json::Property& property : node.properties) {
        RawVariable variable;
        variable.name = property.name.text;
        variable.range = document_.range(property);
        variable.sensitive = contains(result_.sensitive, variable.name);
        if (!property.value.is(json::Kind::Null)) {
            variable.default_text = weak_text(property.value);
            if (!variable.default_text) {
                fail(fmt::format("variable {}: the default must be a string", variable.name),
                     fmt::format("Variables of a JSON template are strings. This is {}: write its "
                                 "parts as variables of their own.",
                                 kind_with_article(property.value.kind)),
                     document_.range(property.value));
                variable.default_text = "";
            }
        }
        result_.variables.push_back(std::move(variable));
    }
    std::sort(result_.variables.begin(), result_.variables.end(),
              [](const RawVariable& a, const RawVariable& b) { return a.name < b.name; });
}

void RawReader::read_builder(const json::Node& node, std::size_t number) {
    const std::string what = fmt::format("builder {}", number);
    RawBuilder builder;
    builder.type = type_of(node, what);
    if (builder.type.empty()) return;
    builder.name = text(node, "name");
    if (builder.name.empty()) builder.name = builder.type;
    builder.range = component_range(node);
    builder.node = &node;
    result_.builders.push_back(std::move(builder));
}

void RawReader::check_builder_names() {
    if (!diagnostics_.has_errors() && result_.builders.empty()) {
        fail("at least one builder must be defined",
             "A template names what it builds under \"builders\": an array of objects, each with a "
             "\"type\".",
             document_.open_range(document_.root));
    }
    std::map<std::string, const RawBuilder*> first;
    for (const RawBuilder& builder : result_.builders) {
        const auto [known, added] = first.try_emplace(builder.name, &builder);
        if (added) continue;
        fail(fmt::format("builder with name '{}' already exists", builder.name),
             fmt::format("The first one is at {}. Give one of them another \"name\": without it, a "
                         "builder is named after its type.",
                         known->second->range.to_string()),
             builder.range);
    }
}

std::optional<RawProvisioner> RawReader::read_provisioner(const json::Node& node,
                                                          const std::string& what) {
    RawProvisioner provisioner;
    provisioner.type = type_of(node, what);
    if (provisioner.type.empty()) return std::nullopt;
    provisioner.only = texts(node, "only");
    provisioner.except = texts(node, "except");
    const auto value_of = [&](std::string_view key) {
        const json::Property* property = node.find(key);
        const bool set = property != nullptr && !property->value.is(json::Kind::Null);
        return set ? &property->value : nullptr;
    };
    provisioner.pause_before = value_of("pause_before");
    provisioner.timeout = value_of("timeout");
    provisioner.max_retries = value_of("max_retries");
    provisioner.range = component_range(node);
    provisioner.node = &node;
    if (const json::Node* overrides = value_of("override")) {
        if (!overrides->is(json::Kind::Object)) {
            fail(fmt::format("{}: override must be an object", what),
                 "Write one object for each builder, under the builder's name.",
                 document_.range(*overrides));
        }
        for (const json::Property& property : overrides->properties) {
            provisioner.overrides.push_back(&property);
        }
    }
    check_provisioner(provisioner, what);
    return provisioner;
}

void RawReader::check_provisioner(const RawProvisioner& provisioner, const std::string& what) {
    check_filter(*provisioner.node, provisioner.only, provisioner.except, what);
    for (const json::Property* property : provisioner.overrides) {
        const std::string& name = property->name.text;
        check_builder_name(name, property->name,
                           fmt::format("{}: override '{}' doesn't exist", what, name));
        if (property->value.is(json::Kind::Object)) continue;
        fail(fmt::format("{}: the override for '{}' must be an object", what, name),
             "It holds options of the provisioner.", document_.range(property->value));
    }
}

void RawReader::check_filter(const json::Node& node, const std::vector<std::string>& only,
                             const std::vector<std::string>& except, const std::string& what) {
    if (!only.empty() && !except.empty()) {
        fail(fmt::format("{}: only one of 'only' or 'except' may be specified", what),
             "\"only\" names the builders to run for, \"except\" those to leave out: keep one of "
             "them.",
             document_.range(node.find("except")->name));
    }
    for (const std::string& name : only) {
        check_builder_name(name, node.find("only")->value,
                           fmt::format("{}: 'only' specified builder '{}' not found", what, name));
    }
    for (const std::string& name : except) {
        check_builder_name(
            name, node.find("except")->value,
            fmt::format("{}: 'except' specified builder '{}' not found", what, name));
    }
}

void RawReader::check_builder_name(const std::string& name, const json::Node& place,
                                   const std::string& sentence) {
    std::vector<std::string> known;
    for (const RawBuilder& builder : result_.builders) {
        if (builder.name == name) return;
        if (known.size() < kMostSuggested) known.push_back(builder.name);
    }
    const json::Node* written = &place;
    for (const json::Node& item : place.items) {
        if (item.text == name) written = &item;
    }
    fail(sentence, fmt::format("No builder has this name.{}", did_you_mean(name, known)),
         document_.range(*written));
}

void RawReader::read_chain(const json::Node& node, std::size_t number) {
    std::vector<RawPostProcessor> chain;
    if (node.is(json::Kind::Array)) {
        std::size_t place = 0;
        for (const json::Node& item : node.items) {
            auto read =
                read_post_processor(item, fmt::format("post-processor {}.{}", number, ++place));
            if (read) chain.push_back(std::move(*read));
        }
    } else {
        auto read = read_post_processor(node, fmt::format("post-processor {}.1", number));
        if (read) chain.push_back(std::move(*read));
    }
    if (!chain.empty()) result_.chains.push_back(std::move(chain));
}

std::optional<RawPostProcessor> RawReader::read_post_processor(const json::Node& node,
                                                               const std::string& what) {
    RawPostProcessor post_processor;
    post_processor.range = document_.range(node);
    if (node.is(json::Kind::String)) {
        post_processor.type = node.text;
        post_processor.name = node.text;
        if (!node.text.empty()) return post_processor;
    }
    post_processor.type = type_of(node, what);
    if (post_processor.type.empty()) return std::nullopt;
    post_processor.name = text(node, "name");
    if (post_processor.name.empty()) post_processor.name = post_processor.type;
    post_processor.only = texts(node, "only");
    post_processor.except = texts(node, "except");
    post_processor.range = component_range(node);
    post_processor.node = &node;
    check_filter(node, post_processor.only, post_processor.except, what);
    const json::Property* keep = node.find("keep_input_artifact");
    if (keep != nullptr && !keep->value.is(json::Kind::Null)) {
        post_processor.keep_input_artifact = weak_bool(keep->value);
        if (!post_processor.keep_input_artifact) {
            fail(fmt::format("{}: keep_input_artifact must be true or false", what), "",
                 document_.range(keep->value));
        }
    }
    return post_processor;
}

std::vector<const json::Node*> RawReader::items(const json::Node& node, std::string_view key) {
    std::vector<const json::Node*> found;
    if (node.is(json::Kind::Array)) {
        for (const json::Node& item : node.items) found.push_back(&item);
    } else if (node.is(json::Kind::Object)) {
        found.push_back(&node);
    } else if (!node.is(json::Kind::Null)) {
        fail(fmt::format("Invalid {}", key), fmt::format("{} is an array of objects.", key),
             document_.range(node));
    }
    return found;
}

std::string RawReader::type_of(const json::Node& node, const std::string& what) {
    if (!node.is(json::Kind::Object)) {
        fail(fmt::format("{}: an object is needed", what),
             fmt::format("This is {}. Write an object with a \"type\".",
                         kind_with_article(node.kind)),
             document_.range(node));
        return {};
    }
    std::string type = text(node, "type");
    if (type.empty()) {
        fail(fmt::format("{}: missing 'type'", what),
             "The type says which component this is, like \"type\": \"qemu\".",
             document_.open_range(node));
    }
    return type;
}

std::string RawReader::text(const json::Node& component, std::string_view key) {
    const json::Property* property = component.find(key);
    if (property == nullptr) return {};
    auto value = weak_text(property->value);
    if (value) return std::move(*value);
    fail(fmt::format("Invalid {}", key), fmt::format("{} must be a string.", key),
         document_.range(property->value));
    return {};
}

std::vector<std::string> RawReader::texts(const json::Node& component, std::string_view key) {
    const json::Property* property = component.find(key);
    if (property == nullptr) return {};
    auto values = weak_texts(property->value);
    if (values) return std::move(*values);
    fail(fmt::format("Invalid {}", key), fmt::format("{} must be a list of strings.", key),
         document_.range(property->value));
    return {};
}

// What to point at when the component as a whole is wrong: its type.
SourceRange RawReader::component_range(const json::Node& node) const {
    return document_.range(*node.find("type"));
}

}  // namespace
}  // namespace kiln::legacy
