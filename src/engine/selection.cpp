#include "engine/selection.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "base/glob.h"

namespace kiln {

std::string display_name(const std::string& build, const std::string& type,
                         const std::string& local_name) {
    const std::string name = type + "." + local_name;
    return build.empty() ? name : build + "." + name;
}

BuildNames build_names(TemplateLanguage language, const std::string& build, const std::string& type,
                       const std::string& local_name) {
    if (language == TemplateLanguage::Json) {
        return {local_name == type ? type : type + "." + local_name, local_name, local_name};
    }
    const std::string name = display_name(build, type, local_name);
    return {name, name, display_name("", type, local_name)};
}

Selection::Selection(std::vector<std::string> only, std::vector<std::string> except,
                     Matching matching)
    : matching_(matching) {
    for (auto& text : only) only_.push_back({std::move(text)});
    for (auto& text : except) except_.push_back({std::move(text)});
}

bool Selection::selects(const std::string& build) {
    if (!only_.empty() && !match_any(only_, build)) return false;
    return !match_any(except_, build);
}

bool Selection::excludes_post_processor(const std::string& name) {
    return match_any(except_, name);
}

void Selection::report_unmatched(const std::vector<std::string>& names,
                                 Diagnostics& diagnostics) const {
    const auto unmatched = [](const std::vector<Pattern>& patterns) {
        return std::any_of(patterns.begin(), patterns.end(),
                           [](const Pattern& pattern) { return !pattern.matched; });
    };
    const std::string detail = fmt::format("Possible build names: [{}]", fmt::join(names, " "));
    if (unmatched(only_)) {
        diagnostics.add(Diagnostic::warning(
            "an 'only' option was passed, but not all matches were found for the given build.",
            detail));
    }
    if (unmatched(except_)) {
        diagnostics.add(Diagnostic::warning(
            "an 'except' option was passed, but did not match any build.", detail));
    }
}

// Every pattern is tried, so that each one that matches anything is known to.
bool Selection::match_any(std::vector<Pattern>& patterns, const std::string& name) const {
    bool any = false;
    for (auto& pattern : patterns) {
        const bool matches = matching_ == Matching::ExactNames ? pattern.text == name
                                                               : glob_match(pattern.text, name);
        if (!matches) continue;
        pattern.matched = true;
        any = true;
    }
    return any;
}

}  // namespace kiln
