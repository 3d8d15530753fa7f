#include "cli/docs/option_text.h"

#include <fmt/ranges.h>

namespace kiln::docs {

std::string default_of(const OptionInfo& option) {
    const bool nothing =
        option.default_text == "\"\"" || option.default_text == "[]" || option.default_text == "{}";
    return option.required || nothing ? "" : option.default_text;
}

std::string describe_option(const OptionInfo& option, bool with_default) {
    std::string out = as_sentence(option.doc);
    const auto add = [&](const std::string& sentence) {
        if (!out.empty()) out += ' ';
        out += sentence;
    };
    if (option.required) add("Required.");
    if (!option.choices.empty()) {
        std::vector<std::string> choices;
        for (const auto& choice : option.choices) choices.push_back('"' + choice + '"');
        add(fmt::format("One of {}.", fmt::join(choices, ", ")));
    }
    if (with_default && !default_of(option).empty()) {
        add(fmt::format("Default: {}.", default_of(option)));
    }
    if (option.rendered_late) add("May hold {{ }} text that is rendered when it is used.");
    if (option.sensitive) add("Kept out of all output.");
    if (!option.deprecated.empty()) {
        add(as_sentence(fmt::format("Deprecated: {}", option.deprecated)));
    }
    if (!option.unavailable.empty()) {
        add(as_sentence(fmt::format("Does not work yet: {}", option.unavailable)));
    }
    return out;
}

std::string as_sentence(const std::string& text) {
    if (text.empty()) return text;
    std::string out = text;
    if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    const char last = out.back();
    if (last != '.' && last != '!' && last != '?') out += '.';
    return out;
}

}  // namespace kiln::docs
