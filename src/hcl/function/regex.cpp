#include <fmt/format.h>
#include <re2/re2.h>

#include "hcl/function/builtin.h"
#include "hcl/syntax/text.h"

/// Regular expressions, in linear time.
namespace kiln::hcl {
namespace {

/// A compiled pattern; throws Error for one that is not good.
class Pattern {
  public:
    explicit Pattern(const std::string& text);

    /// The first match at or behind `from`; group 0 is the whole.
    bool match(const std::string& text, std::size_t from, std::vector<re2::StringPiece>& groups);
    /// Calls `found` for each match from left to right. An empty match directly behind another one
    /// does not count.
    void for_each_match(const std::string& text,
                        const std::function<void(const std::vector<re2::StringPiece>&)>& found);
    /// What `regex` gives for a match: the text, a tuple or an object of groups.
    Value result(const std::vector<re2::StringPiece>& groups) const;
    const RE2& compiled() const { return *compiled_; }
    std::size_t group_count() const { return groups_; }

  private:
    std::unique_ptr<RE2> compiled_;
    std::size_t groups_ = 0;
};

Value regex_all(const Arguments& arguments);
Value regex_replace(const Arguments& arguments);
/// The replacement for one match, with `$1`, `${1}` and `${name}` filled in.
std::string expand(std::string_view replacement, const RE2& pattern,
                   const std::vector<re2::StringPiece>& groups);
/// `(?<name>` as RE2 of this version knows it: `(?P<name>`.
std::string with_named_groups(const std::string& pattern);

}  // namespace

void add_regex_functions(FunctionTable& table) {
    table.add(
        "regex",
        dynamic({string_parameter("pattern"), string_parameter("string")}, [](const Arguments& a) {
            Pattern pattern(a[0].as_string());
            std::vector<re2::StringPiece> groups;
            if (!pattern.match(a[1].as_string(), 0, groups)) {
                throw Error("pattern did not match any part of the given string");
            }
            return pattern.result(groups);
        }));
    table.add("regexall",
              dynamic({string_parameter("pattern"), string_parameter("string")}, regex_all));
    table.add("regex_replace", fixed({string_parameter("str"), string_parameter("pattern"),
                                      string_parameter("replace")},
                                     Type::string(), regex_replace));
}

namespace {

Pattern::Pattern(const std::string& text) {
    RE2::Options options;
    options.set_log_errors(false);
    compiled_ = std::make_unique<RE2>(with_named_groups(text), options);
    if (!compiled_->ok()) {
        throw Error(fmt::format("invalid regexp pattern: {}", compiled_->error()));
    }
    groups_ = static_cast<std::size_t>(compiled_->NumberOfCapturingGroups());
}

bool Pattern::match(const std::string& text, std::size_t from,
                    std::vector<re2::StringPiece>& groups) {
    groups.resize(groups_ + 1);
    return from <= text.size() && compiled_->Match(text, from, text.size(), RE2::UNANCHORED,
                                                   groups.data(), static_cast<int>(groups.size()));
}

void Pattern::for_each_match(
    const std::string& text,
    const std::function<void(const std::vector<re2::StringPiece>&)>& found) {
    std::vector<re2::StringPiece> groups;
    std::optional<std::size_t> last_end;
    for (std::size_t at = 0; match(text, at, groups);) {
        const auto start = static_cast<std::size_t>(groups[0].data() - text.data());
        const std::size_t end = start + groups[0].size();
        if (end > start || start != last_end) found(groups);
        last_end = end;
        if (end > start) {
            at = end;
        } else {
            char32_t c = 0;
            const std::string_view rest = std::string_view(text).substr(end);
            at = end + std::max<std::size_t>(1, decode_utf8(rest, c));
        }
    }
}

std::string with_named_groups(const std::string& pattern) {
    std::string out;
    bool in_class = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const std::string_view rest = std::string_view(pattern).substr(i);
        if (rest.starts_with("\\Q")) {
            const std::size_t end = std::min(pattern.find("\\E", i), pattern.size());
            out.append(pattern, i, end - i);
            i = end - 1;
        } else if (rest[0] == '\\') {
            out += rest.substr(0, 2);
            ++i;
        } else if (!in_class && rest.starts_with("(?<")) {
            out += "(?P<";
            i += 2;
        } else {
            const bool opens = !in_class && rest[0] == '[';
            if (opens || (in_class && rest[0] == ']')) in_class = opens;
            out += rest[0];
            if (!opens) continue;
            // A closing bracket that comes first in a class stands for itself.
            for (const char first : {'^', ']'}) {
                if (i + 1 < pattern.size() && pattern[i + 1] == first) out += pattern[++i];
            }
        }
    }
    return out;
}

Value Pattern::result(const std::vector<re2::StringPiece>& groups) const {
    const auto text = [](const re2::StringPiece& group) {
        if (group.data() == nullptr) return Value::null_of(Type::string());
        return Value::string(std::string_view(group.data(), group.size()));
    };
    if (groups_ == 0) return text(groups[0]);
    const auto& names = compiled_->CapturingGroupNames();
    if (!names.empty() && names.size() != groups_) {
        throw Error(
            "invalid regexp pattern: cannot mix both named and unnamed capture "
            "groups");
    }
    if (names.empty()) {
        Value::Elements elements;
        for (std::size_t i = 1; i <= groups_; ++i) elements.push_back(text(groups[i]));
        return Value::tuple(std::move(elements));
    }
    Value::Entries attributes;
    for (const auto& [index, name] : names) {
        attributes.emplace(name, text(groups[static_cast<std::size_t>(index)]));
    }
    return Value::object(std::move(attributes));
}

Value regex_all(const Arguments& arguments) {
    Pattern pattern(arguments[0].as_string());
    const std::string& text = arguments[1].as_string();
    // With no match at all, the element type is that of a match of nothing.
    std::vector<re2::StringPiece> nothing(pattern.group_count() + 1, re2::StringPiece(""));
    const Type type = pattern.result(nothing).type();
    Value::Elements matches;
    pattern.for_each_match(text,
                           [&](const auto& groups) { matches.push_back(pattern.result(groups)); });
    return Value::list(type, std::move(matches));
}

Value regex_replace(const Arguments& arguments) {
    const std::string& text = arguments[0].as_string();
    Pattern pattern(arguments[1].as_string());
    std::string out;
    std::size_t copied = 0;
    pattern.for_each_match(text, [&](const auto& groups) {
        const auto start = static_cast<std::size_t>(groups[0].data() - text.data());
        out.append(text, copied, start - copied);
        out += expand(arguments[2].as_string(), pattern.compiled(), groups);
        copied = start + groups[0].size();
    });
    return Value::string(out.append(text, copied));
}

std::string expand(std::string_view replacement, const RE2& pattern,
                   const std::vector<re2::StringPiece>& groups) {
    const auto group_text = [&](std::string_view name) -> std::string {
        const bool number =
            !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
        std::size_t index = groups.size();
        if (number && name.size() < 6 && (name[0] != '0' || name.size() == 1)) {
            index = static_cast<std::size_t>(std::stoul(std::string(name)));
        } else if (!number) {
            const auto& names = pattern.NamedCapturingGroups();
            const auto found = names.find(std::string(name));
            if (found != names.end()) index = static_cast<std::size_t>(found->second);
        }
        return index < groups.size() ? std::string(groups[index].data(), groups[index].size())
                                     : std::string();
    };
    constexpr std::string_view name_characters =
        "0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::string out;
    for (std::size_t i = 0; i < replacement.size();) {
        if (replacement[i] != '$') {
            out += replacement[i++];
            continue;
        }
        const std::string_view rest = replacement.substr(i + 1);
        if (rest.starts_with('$')) {
            out += '$';
            i += 2;
            continue;
        }
        const bool braces = rest.starts_with('{');
        const std::string_view after = rest.substr(braces ? 1 : 0);
        const std::size_t end = std::min(after.find_first_not_of(name_characters), after.size());
        if (end == 0 || (braces && !after.substr(end).starts_with('}'))) {
            out += '$';
            ++i;
            continue;
        }
        out += group_text(after.substr(0, end));
        i += 1 + end + (braces ? 2 : 0);
    }
    return out;
}

}  // namespace
}  // namespace kiln::hcl
