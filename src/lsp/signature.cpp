#include "lsp/signature.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kiln::lsp {

std::string signature(const std::string& name, const hcl::Function& function) {
    std::vector<std::string> parameters;
    const auto add = [&](const hcl::Parameter& parameter, const char* end) {
        parameters.push_back(
            fmt::format("{} {}{}", parameter.name, parameter.type.to_constraint(), end));
    };
    for (const hcl::Parameter& parameter : function.parameters) add(parameter, "");
    if (function.variadic) add(*function.variadic, "...");
    return fmt::format("{}({})", name, fmt::join(parameters, ", "));
}

std::string member_summary(const Member& member) {
    std::string text = member.type;
    if (member.required) text += ", required";
    if (!member.default_text.empty()) text += ", default " + member.default_text;
    return text;
}

std::string member_doc(const Member& member) {
    std::string text = member.doc;
    if (!member.choices.empty()) {
        text += fmt::format("\n\nOne of: {}.", fmt::join(member.choices, ", "));
    }
    if (!member.deprecated.empty()) text += "\n\nDeprecated: " + member.deprecated;
    if (!member.unavailable.empty()) text += "\n\nNot served yet: " + member.unavailable;
    return text;
}

}  // namespace kiln::lsp
