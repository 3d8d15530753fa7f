#include <algorithm>

#include <fmt/format.h>

#include "hcl/function/builtin.h"
#include "hcl/syntax/text.h"
#include "hcl/value/convert.h"

/// `format` and `formatlist` (spec/functions.md, section 8).
namespace kiln::hcl {
namespace {

constexpr std::size_t kMaxWidth = 100'000;

/// One `%…` in a format string.
struct Verb {
    std::string source;  ///< as written, for messages
    std::size_t offset = 0;
    bool left = false;
    bool plus = false;
    bool space = false;
    bool zero = false;
    bool alternate = false;
    std::optional<std::size_t> width;
    std::optional<std::size_t> precision;
    std::optional<std::size_t> argument;  ///< counts from 1
    char letter = '\0';
};

std::string format_values(std::string_view format, const Value* values, std::size_t count);
Verb read_verb(std::string_view format, std::size_t& at);
std::optional<std::size_t> read_digits(std::string_view format, std::size_t& at);
std::string format_value(const Verb& verb, const Value& value);
std::string format_integer(const Verb& verb, const Value& value);
std::string format_float(const Verb& verb, const Value& value);
std::string with_sign(const Verb& verb, std::string text);
std::string pad(const Verb& verb, std::string text);
Value convert_for(const Verb& verb, const Value& value, const Type& wanted);
Value format_list(const Arguments& arguments);

}  // namespace

void add_format_functions(FunctionTable& table) {
    Parameter values = any_parameter("args");
    values.allow_null = true;
    table.add("format", fixed_variadic({string_parameter("format")}, values, Type::string(),
                                       [](const Arguments& a) {
                                           return Value::string(format_values(
                                               a[0].as_string(), a.data() + 1, a.size() - 1));
                                       }));
    table.add("formatlist", fixed_variadic({string_parameter("format")}, values,
                                           Type::list(Type::string()), format_list));
}

namespace {

std::string format_values(std::string_view format, const Value* values, std::size_t count) {
    std::string out;
    std::size_t next = 0;
    std::size_t highest = 0;
    for (std::size_t at = 0; at < format.size();) {
        if (format[at] != '%') {
            out += format[at++];
            continue;
        }
        if (at + 1 < format.size() && format[at + 1] == '%') {
            out += '%';
            at += 2;
            continue;
        }
        const Verb verb = read_verb(format, at);
        const std::size_t index = verb.argument ? *verb.argument - 1 : next;
        if (index >= count) {
            throw Error(
                fmt::format("not enough arguments for \"{}\" at {}: need index {} but have "
                            "{} total",
                            verb.source, verb.offset, index + 1, count));
        }
        next = index + 1;
        highest = std::max(highest, next);
        out += format_value(verb, values[index]);
    }
    if (highest < count) {
        throw ArgumentError(
            highest + 1,
            highest == 0
                ? std::string("too many arguments; no verbs in format string")
                : fmt::format("too many arguments; only {} used by format string", highest));
    }
    return out;
}

Verb read_verb(std::string_view format, std::size_t& at) {
    Verb verb;
    verb.offset = at;
    const auto peek = [&] { return at < format.size() ? format[at] : '\0'; };
    for (++at; peek() != '\0'; ++at) {
        const char c = peek();
        if (c == '-') {
            verb.left = true;
        } else if (c == '+') {
            verb.plus = true;
        } else if (c == ' ') {
            verb.space = true;
        } else if (c == '0') {
            verb.zero = true;
        } else if (c == '#') {
            verb.alternate = true;
        } else {
            break;
        }
    }
    verb.width = read_digits(format, at);
    if (peek() == '.') {
        ++at;
        verb.precision = read_digits(format, at).value_or(0);
    }
    if (peek() == '[') {
        ++at;
        verb.argument = read_digits(format, at);
        if (!verb.argument || *verb.argument == 0 || peek() != ']') {
            throw Error(fmt::format("unrecognized format character at offset {}", at));
        }
        ++at;
    }
    char32_t letter = 0;
    const std::size_t length = decode_utf8(format.substr(std::min(at, format.size())), letter);
    at += length;
    verb.source = std::string(format.substr(verb.offset, at - verb.offset));
    if (length == 0) {
        throw Error(
            fmt::format("unterminated format verb {} at offset {}", verb.source, verb.offset));
    }
    constexpr std::string_view known = "vtbdoxXeEfgGsq";
    if (length != 1 || known.find(static_cast<char>(letter)) == std::string_view::npos) {
        throw Error(fmt::format("unsupported format verb '{}' in \"{}\" at offset {}",
                                format.substr(at - length, length), verb.source, verb.offset));
    }
    verb.letter = static_cast<char>(letter);
    return verb;
}

std::optional<std::size_t> read_digits(std::string_view format, std::size_t& at) {
    std::optional<std::size_t> number;
    for (; at < format.size() && format[at] >= '0' && format[at] <= '9'; ++at) {
        number = number.value_or(0) * 10 + static_cast<std::size_t>(format[at] - '0');
        if (*number > kMaxWidth) {
            throw Error(fmt::format("a width of more than {} is not supported", kMaxWidth));
        }
    }
    return number;
}

std::string format_value(const Verb& verb, const Value& value) {
    switch (verb.letter) {
        case 'v':
            if (!verb.alternate && !value.is_null()) {
                if (value.type() == Type::string()) return pad(verb, value.as_string());
                if (value.type() == Type::number()) {
                    Verb number = verb;
                    number.letter = 'g';
                    return format_float(number, value);
                }
            }
            return pad(verb, encode_json(value));
        case 't':
            return convert_for(verb, value, Type::boolean()).as_bool() ? "true" : "false";
        case 's':
        case 'q': {
            std::string text = convert_for(verb, value, Type::string()).as_string();
            if (verb.precision) {
                std::size_t end = 0;
                for (std::size_t i = 0; i < *verb.precision && end < text.size(); ++i) {
                    end += grapheme_length(std::string_view(text).substr(end));
                }
                text.resize(end);
            }
            if (verb.letter == 'q') text = encode_json(Value::string(text));
            return pad(verb, std::move(text));
        }
        case 'b':
        case 'd':
        case 'o':
        case 'x':
        case 'X':
            return format_integer(verb, value);
        default:
            return format_float(verb, value);
    }
}

std::string format_integer(const Verb& verb, const Value& value) {
    const Value number = convert_for(verb, value, Type::number());
    if (!number.as_number().is_integer()) {
        throw Error(fmt::format("unsupported value for \"{}\" at {}: an integer is required",
                                verb.source, verb.offset));
    }
    const int base = verb.letter == 'b' ? 2 : verb.letter == 'o' ? 8 : verb.letter == 'd' ? 10 : 16;
    std::string digits = number.as_number().to_base(base);
    const bool negative = digits.starts_with('-');
    if (negative) digits.erase(0, 1);
    if (verb.letter == 'X') {
        std::transform(digits.begin(), digits.end(), digits.begin(),
                       [](char c) { return static_cast<char>(std::toupper(c)); });
    }
    if (verb.precision && digits.size() < *verb.precision) {
        digits.insert(0, *verb.precision - digits.size(), '0');
    }
    if (verb.alternate) {
        if (verb.letter == 'x') digits.insert(0, "0x");
        if (verb.letter == 'X') digits.insert(0, "0X");
        if (verb.letter == 'o') digits.insert(0, "0");
        if (verb.letter == 'b') digits.insert(0, "0b");
    }
    return pad(verb, with_sign(verb, (negative ? "-" : "") + digits));
}

std::string format_float(const Verb& verb, const Value& value) {
    const Value number = convert_for(verb, value, Type::number());
    std::optional<int> precision;
    if (verb.precision) precision = static_cast<int>(*verb.precision);
    return pad(verb, with_sign(verb, number.as_number().to_format(verb.letter, precision)));
}

std::string with_sign(const Verb& verb, std::string text) {
    if (text.starts_with('-') || text.starts_with('+')) return text;
    if (verb.plus) return "+" + text;
    return verb.space ? " " + text : text;
}

std::string pad(const Verb& verb, std::string text) {
    const std::size_t length = count_graphemes(text);
    if (!verb.width || length >= *verb.width) return text;
    const std::size_t missing = *verb.width - length;
    if (verb.left) return text + std::string(missing, ' ');
    if (!verb.zero) return std::string(missing, ' ') + text;
    const bool sign = verb.letter != 's' && verb.letter != 'q' &&
                      (text.starts_with('-') || text.starts_with('+') || text.starts_with(' '));
    return text.insert(sign ? 1 : 0, missing, '0');
}

Value convert_for(const Verb& verb, const Value& value, const Type& wanted) {
    const auto unsupported = [&](const std::string& why) {
        throw Error(
            fmt::format("unsupported value for \"{}\" at {}: {}", verb.source, verb.offset, why));
    };
    if (value.is_null()) unsupported("null value cannot be formatted");
    const Conversion converted = convert(value, wanted);
    if (!converted) unsupported(converted.reason);
    return *converted.value;
}

Value format_list(const Arguments& arguments) {
    std::optional<std::size_t> length;
    std::size_t first_list = 0;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const Value& value = arguments[i];
        if (value.is_null() || !value.type().is_sequence()) continue;
        if (!length) {
            length = value.length();
            first_list = i;
        } else if (*length != value.length()) {
            throw ArgumentError(i, fmt::format("argument {} has length {}, which is inconsistent "
                                               "with argument {} of length {}",
                                               i, value.length(), first_list, *length));
        }
    }
    Value::Elements results;
    for (std::size_t row = 0; row < length.value_or(1); ++row) {
        std::vector<Value> values;
        for (std::size_t i = 1; i < arguments.size(); ++i) {
            const Value& value = arguments[i];
            const bool list = !value.is_null() && value.type().is_sequence();
            values.push_back(list ? value.elements()[row] : value);
        }
        try {
            results.push_back(Value::string(
                format_values(arguments[0].as_string(), values.data(), values.size())));
        } catch (const Error& error) {
            throw Error(fmt::format("error on format iteration {}: {}", row, error.message()));
        }
    }
    return Value::list(Type::string(), std::move(results));
}

}  // namespace
}  // namespace kiln::hcl
