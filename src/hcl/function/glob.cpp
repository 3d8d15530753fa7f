#include "hcl/function/glob.h"

#include "base/error.h"
#include "hcl/syntax/text.h"

namespace kiln::hcl {
namespace {

constexpr std::size_t kMaxAlternatives = 1000;

void expand_braces(const std::string& pattern, std::vector<std::string>& out);
std::vector<std::string> cut(std::string_view path);
bool match_name(std::string_view pattern, std::string_view name);
/// Matches one character against `[...]`; `pattern` is moved behind the bracket.
bool match_class(std::string_view& pattern, char32_t c);
void check(std::string_view pattern);

}  // namespace

Glob::Glob(std::string_view pattern) {
    std::vector<std::string> expanded;
    expand_braces(std::string(pattern), expanded);
    for (const std::string& alternative : expanded) {
        check(alternative);
        alternatives_.push_back(cut(alternative));
    }
}

bool Glob::matches(std::string_view path) const {
    const std::vector<std::string> names = cut(path);
    for (const auto& parts : alternatives_) {
        // reached[j]: the first i parts can stand for the first j names.
        std::vector<bool> reached(names.size() + 1, false);
        reached[0] = true;
        for (const std::string& part : parts) {
            std::vector<bool> next(names.size() + 1, false);
            for (std::size_t j = 0; j <= names.size(); ++j) {
                if (part == "**") {
                    next[j] = reached[j] || (j > 0 && next[j - 1]);
                } else {
                    next[j] = j > 0 && reached[j - 1] && match_name(part, names[j - 1]);
                }
            }
            reached = std::move(next);
        }
        if (reached.back()) return true;
    }
    return false;
}

namespace {

/// Replaces the first `{a,b}` by each of its alternatives, and so on.
void expand_braces(const std::string& pattern, std::vector<std::string>& out) {
    std::size_t open = std::string::npos;
    std::size_t depth = 0;
    std::vector<std::size_t> cuts;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '\\') {
            ++i;
        } else if (c == '{') {
            if (depth++ == 0) {
                open = i;
                cuts = {i};
            }
        } else if (c == ',' && depth == 1) {
            cuts.push_back(i);
        } else if (c == '}' && depth > 0 && --depth == 0) {
            cuts.push_back(i);
            for (std::size_t k = 0; k + 1 < cuts.size(); ++k) {
                const std::string choice = pattern.substr(cuts[k] + 1, cuts[k + 1] - cuts[k] - 1);
                expand_braces(pattern.substr(0, open) + choice + pattern.substr(i + 1), out);
            }
            return;
        }
    }
    if (depth > 0) throw Error("syntax error in pattern: a \"{\" has no end");
    if (out.size() >= kMaxAlternatives) throw Error("the pattern has too many alternatives");
    out.push_back(pattern);
}

std::vector<std::string> cut(std::string_view path) {
    std::vector<std::string> names;
    while (true) {
        const std::size_t slash = path.find('/');
        names.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return names;
        path.remove_prefix(slash + 1);
    }
}

void check(std::string_view pattern) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\') {
            ++i;
        } else if (pattern[i] == '[') {
            const std::size_t end = pattern.find(']', i + 2);
            if (end == std::string_view::npos) {
                throw Error("syntax error in pattern: a \"[\" has no end");
            }
            i = end;
        }
    }
}

bool match_name(std::string_view pattern, std::string_view name) {
    // Where to go on when what follows the last star does not match: one character later.
    std::string_view star_pattern;
    std::string_view star_name;
    bool has_star = false;
    while (true) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            star_pattern = pattern;
            star_name = name;
            has_star = true;
            continue;
        }
        if (name.empty() && pattern.empty()) return true;
        char32_t c = 0;
        const std::size_t length = std::max<std::size_t>(decode_utf8(name, c), 1);
        std::string_view rest = pattern;
        bool same = false;
        if (!name.empty() && !pattern.empty()) {
            if (pattern[0] == '?') {
                rest.remove_prefix(1);
                same = true;
            } else if (pattern[0] == '[') {
                same = match_class(rest, c);
            } else {
                if (pattern[0] == '\\' && pattern.size() > 1) rest.remove_prefix(1);
                same = rest.starts_with(name.substr(0, length));
                rest.remove_prefix(std::min(length, rest.size()));
            }
        }
        if (same) {
            pattern = rest;
            name.remove_prefix(length);
        } else if (has_star && !star_name.empty()) {
            star_name.remove_prefix(std::max<std::size_t>(decode_utf8(star_name, c), 1));
            pattern = star_pattern;
            name = star_name;
        } else {
            return false;
        }
    }
}

bool match_class(std::string_view& pattern, char32_t c) {
    pattern.remove_prefix(1);
    const bool negated = pattern.starts_with('^') || pattern.starts_with('!');
    if (negated) pattern.remove_prefix(1);
    bool found = false;
    for (bool first = true; !pattern.empty() && (first || pattern[0] != ']'); first = false) {
        char32_t low = 0;
        pattern.remove_prefix(std::max<std::size_t>(decode_utf8(pattern, low), 1));
        char32_t high = low;
        if (pattern.size() > 1 && pattern[0] == '-' && pattern[1] != ']') {
            pattern.remove_prefix(1);
            pattern.remove_prefix(std::max<std::size_t>(decode_utf8(pattern, high), 1));
        }
        found = found || (c >= low && c <= high);
    }
    if (!pattern.empty()) pattern.remove_prefix(1);
    return found != negated;
}

}  // namespace
}  // namespace kiln::hcl
