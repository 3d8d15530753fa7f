#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/schema.h"
#include "template/legacy/options.h"
#include "template/legacy/upgrade/text_upgrade.h"

namespace kiln::legacy {

/// Writes options of legacy components as HCL: by the schema where kiln has it, else by the look of
/// the values. Lines are not indented; the formatter does that.
class BodyWriter {
  public:
    /// `default_of` gives the default of a user variable, or nothing: bools need to know what texts
    /// a variable may hold.
    using DefaultOf = std::function<std::optional<std::string>(const std::string& user)>;

    /// What cannot be said in HCL is left out, with a comment and a warning.
    BodyWriter(const json::Document& document, TextUpgrade& texts, DefaultOf default_of,
               Diagnostics& diagnostics)
        : document_(document),
          texts_(texts),
          default_of_(std::move(default_of)),
          diagnostics_(diagnostics) {}

    /// The component's options that `is_own` does not claim, a line or block each.
    std::string body(const json::Node& component, OwnKey is_own, const SchemaInfo* schema,
                     TextPlace place);
    /// Options as one object: `{ inline = [...] }`.
    std::string object(const json::Node& options, const SchemaInfo* schema, TextPlace place);

  private:
    std::string option(const std::string& name, const Setting& value, const OptionInfo& info,
                       TextPlace place);
    std::string block(const std::string& name, const Setting& value, const SchemaInfo& schema,
                      TextPlace place);
    std::string settings(const Setting::Map& settings, const SchemaInfo& schema, TextPlace place);
    std::string unknown(const std::string& name, const json::Node& node, TextPlace place);

    std::string expression(const Setting& value, OptionType type, TextPlace place);
    std::string boolean(const std::string& text, TextPlace place);
    std::string integer(const std::string& text, TextPlace place);
    std::string left_out(const std::string& name, const std::optional<SourceRange>& range,
                         std::string_view why);
    /// A name as the key of an object.
    std::string key(const std::string& name, TextPlace place);
    std::string list(const Setting& value, OptionType type, TextPlace place);
    std::string map(const Setting::Map& entries, TextPlace place);
    /// By the look of the value alone.
    std::string plain(const Setting& value, TextPlace place);

    const json::Document& document_;
    TextUpgrade& texts_;
    DefaultOf default_of_;
    Diagnostics& diagnostics_;
};

/// `[a, b]`, over several lines when there are several elements.
std::string written_list(const std::vector<std::string>& elements);

}  // namespace kiln::legacy
