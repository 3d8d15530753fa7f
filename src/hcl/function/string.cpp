#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <utf8proc.h>

#include "hcl/function/builtin.h"
#include "hcl/syntax/text.h"

/// Functions over text.
namespace kiln::hcl {
namespace {

/// Adds a function of one string to one string.
void add_mapping(FunctionTable& table, const std::string& name,
                 std::function<std::string(const std::string&)> map);
/// Adds a predicate over two strings.
void add_predicate(FunctionTable& table, const std::string& name, const char* second,
                   std::function<bool(const std::string&, const std::string&)> holds);

std::string map_code_points(std::string_view text, const std::function<char32_t(char32_t)>& map);
std::string chomp(const std::string& text);
std::string title(const std::string& text);
std::string reverse_graphemes(const std::string& text);
std::string trim(const std::string& text, const std::string& characters);
std::string indent(std::int64_t spaces, const std::string& text);
std::string replace_all(const std::string& text, const std::string& from, const std::string& to);
std::vector<std::string> split(const std::string& separator, const std::string& text);
std::string substr(const std::string& text, std::int64_t offset, std::int64_t length);
Value join(const Arguments& arguments);

}  // namespace

void add_string_functions(FunctionTable& table) {
    const Type text = Type::string();
    add_mapping(table, "chomp", chomp);
    add_mapping(table, "lower", [](const std::string& s) {
        return map_code_points(s, [](char32_t c) {
            return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
        });
    });
    add_mapping(table, "upper", [](const std::string& s) {
        return map_code_points(s, [](char32_t c) {
            // The sharp s has no simple upper case.
            if (c == 0xDF) return c;
            return static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c)));
        });
    });
    add_mapping(table, "title", title);
    add_mapping(table, "strrev", reverse_graphemes);
    add_mapping(table, "trimspace", [](const std::string& s) { return trim_start(trim_end(s)); });
    add_predicate(table, "startswith", "prefix",
                  [](const auto& s, const auto& prefix) { return s.starts_with(prefix); });
    add_predicate(table, "endswith", "suffix",
                  [](const auto& s, const auto& suffix) { return s.ends_with(suffix); });
    add_predicate(table, "strcontains", "substr", [](const auto& s, const auto& part) {
        return s.find(part) != std::string::npos;
    });
    table.add("trim", fixed({string_parameter("str"), string_parameter("cutset")}, text,
                            [](const Arguments& a) {
                                return Value::string(trim(a[0].as_string(), a[1].as_string()));
                            }));
    table.add(
        "trimprefix",
        fixed({string_parameter("str"), string_parameter("prefix")}, text, [](const Arguments& a) {
            const std::string& s = a[0].as_string();
            const std::string& prefix = a[1].as_string();
            return s.starts_with(prefix) ? Value::string(s.substr(prefix.size())) : a[0];
        }));
    table.add(
        "trimsuffix",
        fixed({string_parameter("str"), string_parameter("suffix")}, text, [](const Arguments& a) {
            const std::string& s = a[0].as_string();
            const std::string& suffix = a[1].as_string();
            return s.ends_with(suffix) ? Value::string(s.substr(0, s.size() - suffix.size()))
                                       : a[0];
        }));
    table.add(
        "indent",
        fixed({number_parameter("spaces"), string_parameter("str")}, text, [](const Arguments& a) {
            return Value::string(indent(whole_number(a, 0), a[1].as_string()));
        }));
    table.add("replace", fixed({string_parameter("str"), string_parameter("substr"),
                                string_parameter("replace")},
                               text, [](const Arguments& a) {
                                   return Value::string(replace_all(
                                       a[0].as_string(), a[1].as_string(), a[2].as_string()));
                               }));
    table.add("split",
              fixed({string_parameter("separator"), string_parameter("str")}, Type::list(text),
                    [](const Arguments& a) {
                        Value::Elements parts;
                        for (const std::string& part : split(a[0].as_string(), a[1].as_string())) {
                            parts.push_back(Value::string(part));
                        }
                        return Value::list(Type::string(), std::move(parts));
                    }));
    table.add("join", fixed_variadic({string_parameter("separator")}, {"lists", Type::list(text)},
                                     text, join));
    table.add("substr", fixed({string_parameter("str"), number_parameter("offset"),
                               number_parameter("length")},
                              text, [](const Arguments& a) {
                                  return Value::string(substr(a[0].as_string(), whole_number(a, 1),
                                                              whole_number(a, 2)));
                              }));
}

namespace {

void add_mapping(FunctionTable& table, const std::string& name,
                 std::function<std::string(const std::string&)> map) {
    table.add(name, fixed({string_parameter("str")}, Type::string(),
                          [map = std::move(map)](const Arguments& a) {
                              return Value::string(map(a[0].as_string()));
                          }));
}

void add_predicate(FunctionTable& table, const std::string& name, const char* second,
                   std::function<bool(const std::string&, const std::string&)> holds) {
    table.add(name, fixed({string_parameter("str"), string_parameter(second)}, Type::boolean(),
                          [holds = std::move(holds)](const Arguments& a) {
                              return Value::boolean(holds(a[0].as_string(), a[1].as_string()));
                          }));
}

std::string map_code_points(std::string_view text, const std::function<char32_t(char32_t)>& map) {
    std::string out;
    while (!text.empty()) {
        char32_t c = 0;
        const std::size_t length = decode_utf8(text, c);
        if (length == 0) break;
        append_utf8(out, map(c));
        text.remove_prefix(length);
    }
    return out;
}

std::string chomp(const std::string& text) {
    const std::size_t last = text.find_last_not_of("\r\n");
    return last == std::string::npos ? std::string() : text.substr(0, last + 1);
}

/// What a word goes on behind. Outside of ASCII only white space ends a word.
bool is_word_character(char32_t c) {
    if (c >= 0x80 && !is_white_space(c)) return true;
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_ND:
            return true;
        default:
            return c == '_';
    }
}

std::string title(const std::string& text) {
    bool word_start = true;
    return map_code_points(text, [&](char32_t c) {
        const bool first = std::exchange(word_start, !is_word_character(c));
        // The sharp s has no simple title case.
        if (!first || c == 0xDF) return c;
        return static_cast<char32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(c)));
    });
}

std::string reverse_graphemes(const std::string& text) {
    std::string out(text.size(), '\0');
    std::size_t end = text.size();
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t length = grapheme_length(rest);
        end -= length;
        out.replace(end, length, rest.substr(0, length));
        rest.remove_prefix(length);
    }
    return out;
}

std::string trim(const std::string& text, const std::string& characters) {
    std::set<char32_t> cut;
    for (std::string_view rest = characters; !rest.empty();) {
        char32_t c = 0;
        const std::size_t length = decode_utf8(rest, c);
        cut.insert(c);
        rest.remove_prefix(std::max<std::size_t>(length, 1));
    }
    std::string_view rest = text;
    char32_t c = 0;
    while (!rest.empty()) {
        const std::size_t length = decode_utf8(rest, c);
        if (length == 0 || !cut.contains(c)) break;
        rest.remove_prefix(length);
    }
    while (!rest.empty()) {
        std::size_t start = rest.size() - 1;
        while (start > 0 && (static_cast<unsigned char>(rest[start]) & 0xC0) == 0x80) --start;
        if (decode_utf8(rest.substr(start), c) == 0 || !cut.contains(c)) break;
        rest.remove_suffix(rest.size() - start);
    }
    return std::string(rest);
}

std::string indent(std::int64_t spaces, const std::string& text) {
    constexpr std::int64_t most = 10000;
    if (spaces < 0 || spaces > most) {
        throw ArgumentError(0, fmt::format("a number between 0 and {} is required", most));
    }
    return replace_all(text, "\n", "\n" + std::string(static_cast<std::size_t>(spaces), ' '));
}

std::string replace_all(const std::string& text, const std::string& from, const std::string& to) {
    std::string out;
    if (from.empty()) {
        out = to;
        for (std::string_view rest = text; !rest.empty();) {
            char32_t c = 0;
            const std::size_t length = std::max<std::size_t>(decode_utf8(rest, c), 1);
            out += rest.substr(0, length);
            out += to;
            rest.remove_prefix(length);
        }
        return out;
    }
    std::size_t at = 0;
    for (std::size_t found = text.find(from); found != std::string::npos;
         found = text.find(from, at)) {
        out.append(text, at, found - at);
        out += to;
        at = found + from.size();
    }
    return out.append(text, at);
}

std::vector<std::string> split(const std::string& separator, const std::string& text) {
    std::vector<std::string> parts;
    if (separator.empty()) {
        for (std::string_view rest = text; !rest.empty();) {
            char32_t c = 0;
            const std::size_t length = std::max<std::size_t>(decode_utf8(rest, c), 1);
            parts.emplace_back(rest.substr(0, length));
            rest.remove_prefix(length);
        }
        return parts;
    }
    std::size_t at = 0;
    for (std::size_t found = text.find(separator); found != std::string::npos;
         found = text.find(separator, at)) {
        parts.push_back(text.substr(at, found - at));
        at = found + separator.size();
    }
    parts.push_back(text.substr(at));
    return parts;
}

std::string substr(const std::string& text, std::int64_t offset, std::int64_t length) {
    std::vector<std::string_view> characters;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t size = grapheme_length(rest);
        characters.push_back(rest.substr(0, size));
        rest.remove_prefix(size);
    }
    const auto count = static_cast<std::int64_t>(characters.size());
    // From a negative offset, a length of zero means the rest like a negative one.
    if (offset < 0 && length == 0) length = -1;
    if (offset < 0) offset = offset < -count ? 0 : count + offset;
    if (offset >= count || length == 0) return {};
    const std::int64_t end = length < 0 || length > count - offset ? count : offset + length;
    std::string out;
    for (std::int64_t i = offset; i < end; ++i) out += characters[static_cast<std::size_t>(i)];
    return out;
}

Value join(const Arguments& arguments) {
    if (arguments.size() < 2) throw Error("at least one list is required");
    std::string out;
    bool first = true;
    for (std::size_t list = 1; list < arguments.size(); ++list) {
        std::size_t index = 0;
        for (const Value& element : arguments[list].elements()) {
            if (element.is_null()) {
                const std::string where =
                    arguments.size() > 2 ? fmt::format(" of list {}", list) : std::string();
                throw ArgumentError(
                    list, fmt::format("element {}{} is null; cannot concatenate null values", index,
                                      where));
            }
            if (!std::exchange(first, false)) out += arguments[0].as_string();
            out += element.as_string();
            ++index;
        }
    }
    return Value::string(out);
}

}  // namespace
}  // namespace kiln::hcl
