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

    /// The next match at or behind `from`; group 0 is the whole.
    bool match(const std::string& text, std::size_t from, std::vector<re2::StringPiece>& groups);
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
/// Where to look on behind a match: an empty one must not be found again.
std::size_t next_start(const std::string& text, const re2::StringPiece& match);

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
    compiled_ = std::make_unique<RE2>(text, options);
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
    std::vector<re2::StringPiece> groups;
    // With no match at all, the element type is that of a match of nothing.
    std::vector<re2::StringPiece> nothing(pattern.group_count() + 1, re2::StringPiece(""));
    const Type type = pattern.result(nothing).type();
    Value::Elements matches;
    for (std::size_t at = 0; pattern.match(text, at, groups); at = next_start(text, groups[0])) {
        matches.push_back(pattern.result(groups));
    }
    return Value::list(type, std::move(matches));
}

Value regex_replace(const Arguments& arguments) {
    const std::string& text = arguments[0].as_string();
    Pattern pattern(arguments[1].as_string());
    std::vector<re2::StringPiece> groups;
    std::string out;
    std::size_t copied = 0;
    for (std::size_t at = 0; pattern.match(text, at, groups); at = next_start(text, groups[0])) {
        const auto start = static_cast<std::size_t>(groups[0].data() - text.data());
        out.append(text, copied, start - copied);
        out += expand(arguments[2].as_string(), pattern.compiled(), groups);
        copied = start + groups[0].size();
    }
    return Value::string(out.append(text, copied));
}

std::size_t next_start(const std::string& text, const re2::StringPiece& match) {
    const auto end = static_cast<std::size_t>(match.data() - text.data()) + match.size();
    if (!match.empty()) return end;
    char32_t c = 0;
    return end + std::max<std::size_t>(1, decode_utf8(std::string_view(text).substr(end), c));
}

std::string expand(std::string_view replacement, const RE2& pattern,
                   const std::vector<re2::StringPiece>& groups) {
    const auto group_text = [&](std::string_view name) -> std::string {
        const bool number =
            !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
        std::size_t index = groups.size();
        if (number && name.size() < 6) {
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
