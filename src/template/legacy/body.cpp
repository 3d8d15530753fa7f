#include "template/legacy/body.h"

#include <fmt/format.h>

#include "base/suggest.h"
#include "template/legacy/fix/fix.h"
#include "template/legacy/user_texts.h"

namespace kiln::legacy {
namespace {

class LegacyBody : public ComponentBody::Impl {
  public:
    LegacyBody(json::DocumentPtr document, const json::Node* node, OwnKey is_own,
               std::shared_ptr<const LegacyFacts> facts)
        : document_(std::move(document)), node_(node), is_own_(is_own), facts_(std::move(facts)) {}

    Setting::Map evaluate(const SchemaInfo& schema, const BodyContext&,
                          Diagnostics& diagnostics) const override;
    void complete(InterpolateContext& context) const override { context.legacy = facts_; }

  private:
    json::DocumentPtr document_;
    const json::Node* node_;
    OwnKey is_own_;
    std::shared_ptr<const LegacyFacts> facts_;
};

Diagnostic unknown_key(const json::Document& document, const UnknownProperty& unknown);
void complete_late_texts(Setting::Map& settings, const SchemaInfo& schema,
                         const LegacyFacts& facts);
void replace_all_users(Setting& setting, const LegacyFacts& facts);

}  // namespace

ComponentBody make_body(json::DocumentPtr document, const json::Node* node, OwnKey is_own,
                        std::shared_ptr<const LegacyFacts> facts) {
    return ComponentBody(
        std::make_shared<LegacyBody>(std::move(document), node, is_own, std::move(facts)));
}

namespace {

Setting::Map LegacyBody::evaluate(const SchemaInfo& schema, const BodyContext&,
                                  Diagnostics& diagnostics) const {
    if (node_ == nullptr) return {};
    std::vector<UnknownProperty> unknown;
    Setting::Map settings = read_options(*document_, *node_, schema, is_own_, unknown);
    for (const auto& one : unknown) diagnostics.add(unknown_key(*document_, one));
    complete_late_texts(settings, schema, *facts_);
    return settings;
}

Diagnostic unknown_key(const json::Document& document, const UnknownProperty& unknown) {
    const std::string& name = unknown.property->name.text;
    const std::string hint = is_mended_option(name)
                                 ? " It is an old name: `kiln fix` brings the template up to date."
                                 : did_you_mean(name, unknown.schema->option_names());
    return Diagnostic::error(
        fmt::format("unknown configuration key: '\"{}\"'", name),
        fmt::format("{} has no option \"{}\".{}", unknown.schema->name(), name, hint),
        document.range(unknown.property->name), document.range(*unknown.property));
}

// Texts that are rendered late are rendered once, so what a variable brings along (`{{ .Vars }}`)
// must stand there before.
void complete_late_texts(Setting::Map& settings, const SchemaInfo& schema,
                         const LegacyFacts& facts) {
    for (auto& [name, setting] : settings) {
        const OptionInfo& option = *schema.find(name);
        if (option.rendered_late) replace_all_users(setting, facts);
        if (option.block == nullptr) continue;
        if (Setting::Map* block = setting.as_map()) {
            complete_late_texts(*block, *option.block, facts);
        } else if (Setting::List* blocks = setting.as_list()) {
            for (Setting& item : *blocks) {
                if (item.as_map() != nullptr) {
                    complete_late_texts(*item.as_map(), *option.block, facts);
                }
            }
        }
    }
}

void replace_all_users(Setting& setting, const LegacyFacts& facts) {
    if (std::string* text = setting.as_string()) {
        *text = replace_users(*text, facts);
    } else if (Setting::List* list = setting.as_list()) {
        for (Setting& item : *list) replace_all_users(item, facts);
    } else if (Setting::Map* map = setting.as_map()) {
        for (auto& [key, item] : *map) replace_all_users(item, facts);
    }
}

}  // namespace
}  // namespace kiln::legacy
