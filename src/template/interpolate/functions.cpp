#include "template/interpolate/functions.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "base/go_time.h"
#include "template/interpolate/printf.h"
#include "template/interpolate/text.h"

namespace kiln::interpolation {
namespace {

const std::map<std::string, Function>& table();

}  // namespace

const Function* find_function(const std::string& name) {
    const auto found = table().find(name);
    return found == table().end() ? nullptr : &found->second;
}

std::vector<std::string> function_names() {
    std::vector<std::string> names;
    for (const auto& [name, function] : table()) names.push_back(name);
    return names;
}

std::string print_value(const Value& value) {
    return value.is_nothing() ? "<no value>" : go_text(value);
}

Value field_of(const Value& value, const std::string& name) {
    if (value.is_nothing()) {
        throw Error(fmt::format("a value that is not there has no field \"{}\"", name));
    }
    const auto* map = value.as_map();
    if (map == nullptr) {
        throw Error(fmt::format("a {} has no field \"{}\"", value.type_name(), name));
    }
    const auto found = map->find(name);
    return found == map->end() ? Value() : found->second;
}

namespace {

const std::string& string_argument(const Arguments& arguments, std::size_t index) {
    const Value& value = arguments.at(index);
    if (const std::string* text = value.as_string()) return *text;
    throw Error(fmt::format("argument {} must be a string, not {}", index + 1,
                            value.is_nothing() ? "a value that is not there" : value.type_name()));
}

std::int64_t int_argument(const Arguments& arguments, std::size_t index) {
    const Value& value = arguments.at(index);
    if (const std::int64_t* number = value.as_int()) return *number;
    const double* real = value.as_float();
    if (real != nullptr && std::trunc(*real) == *real && std::fabs(*real) < 1e15) {
        return static_cast<std::int64_t>(*real);
    }
    throw Error(fmt::format("argument {} must be a whole number, not {}", index + 1,
                            value.is_nothing() ? "a value that is not there" : value.type_name()));
}

// The text of all arguments together, as the escaping functions take it.
std::string joined(const Arguments& arguments) {
    if (arguments.size() == 1) {
        const Value& only = arguments.front();
        return only.is_nothing() ? "<no value>" : go_text(only);
    }
    std::string out;
    bool string_before = true;
    for (const Value& value : arguments) {
        const bool is_string = value.as_string() != nullptr;
        if (!string_before && !is_string) out += ' ';
        out += value.is_nothing() ? "<no value>" : go_text(value);
        string_before = is_string;
    }
    return out;
}

// What kind of comparison a value takes part in.
enum class Basic { None, Bool, Int, Float, String, Other };

Basic basic(const Value& value) {
    if (value.is_nothing()) return Basic::None;
    if (value.as_bool() != nullptr) return Basic::Bool;
    if (value.as_int() != nullptr) return Basic::Int;
    if (value.as_float() != nullptr) return Basic::Float;
    if (value.as_string() != nullptr) return Basic::String;
    return Basic::Other;
}

Error not_comparable(const Value& a, const Value& b) {
    return Error(fmt::format("a {} and a {} cannot be compared", a.type_name(), b.type_name()));
}

bool is_equal(const Value& a, const Value& b) {
    if (basic(a) == Basic::Other || basic(b) == Basic::Other) throw not_comparable(a, b);
    if (basic(a) != basic(b)) {
        if (!a.is_nothing() && !b.is_nothing()) throw not_comparable(a, b);
        return false;
    }
    switch (basic(a)) {
        case Basic::Bool:
            return *a.as_bool() == *b.as_bool();
        case Basic::Int:
            return *a.as_int() == *b.as_int();
        case Basic::Float:
            return *a.as_float() == *b.as_float();
        case Basic::String:
            return *a.as_string() == *b.as_string();
        default:
            return true;
    }
}

bool is_less(const Value& a, const Value& b) {
    if (basic(a) != basic(b)) throw not_comparable(a, b);
    switch (basic(a)) {
        case Basic::Int:
            return *a.as_int() < *b.as_int();
        case Basic::Float:
            return *a.as_float() < *b.as_float();
        case Basic::String:
            return *a.as_string() < *b.as_string();
        default:
            throw not_comparable(a, b);
    }
}

Value equal_to_any(const Arguments& arguments, const InterpolateContext&) {
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        if (is_equal(arguments[0], arguments[i])) return true;
    }
    return false;
}

Value index_into(const Arguments& arguments, const InterpolateContext&) {
    Value at = arguments[0];
    if (at.is_nothing()) throw Error("a value that is not there has no index");
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const Value& key = arguments[i];
        if (const auto* map = at.as_map()) {
            const auto found = map->find(string_argument(arguments, i));
            at = found == map->end() ? Value() : found->second;
            continue;
        }
        const std::int64_t* number = key.as_int();
        if (number == nullptr) {
            throw Error(
                fmt::format("a {} cannot be the index of a {}", key.type_name(), at.type_name()));
        }
        const auto* list = at.as_list();
        const auto* text = at.as_string();
        if (list == nullptr && text == nullptr) {
            throw Error(fmt::format("a {} has no index", at.type_name()));
        }
        const std::size_t size = list != nullptr ? list->size() : text->size();
        if (*number < 0 || static_cast<std::size_t>(*number) >= size) {
            throw Error(
                fmt::format("index {} is out of range: there are {} elements", *number, size));
        }
        const auto position = static_cast<std::size_t>(*number);
        at = list != nullptr ? Value((*list)[position])
                             : Value(std::int64_t{static_cast<unsigned char>((*text)[position])});
    }
    return at;
}

Value slice_of(const Arguments& arguments, const InterpolateContext&) {
    const auto* list = arguments[0].as_list();
    const auto* text = arguments[0].as_string();
    if (list == nullptr && text == nullptr) {
        throw Error(fmt::format("a {} cannot be sliced", arguments[0].type_name()));
    }
    const auto size = static_cast<std::int64_t>(list != nullptr ? list->size() : text->size());
    const std::int64_t first = arguments.size() > 1 ? int_argument(arguments, 1) : 0;
    const std::int64_t last = arguments.size() > 2 ? int_argument(arguments, 2) : size;
    if (first < 0 || last > size || first > last) {
        throw Error(fmt::format("the slice {} to {} is out of range: there are {} elements", first,
                                last, size));
    }
    if (text != nullptr) {
        return text->substr(static_cast<std::size_t>(first),
                            static_cast<std::size_t>(last - first));
    }
    return Value::List(list->begin() + first, list->begin() + last);
}

Value length_of(const Arguments& arguments, const InterpolateContext&) {
    const Value& value = arguments[0];
    if (const auto* text = value.as_string()) return static_cast<std::int64_t>(text->size());
    if (const auto* list = value.as_list()) return static_cast<std::int64_t>(list->size());
    if (const auto* map = value.as_map()) return static_cast<std::int64_t>(map->size());
    throw Error(fmt::format("a {} has no length", value.type_name()));
}

Value print_all(const Arguments& arguments, const InterpolateContext&) {
    std::string out;
    bool string_before = true;
    for (const Value& value : arguments) {
        const bool is_string = value.as_string() != nullptr;
        if (!string_before && !is_string) out += ' ';
        out += go_text(value);
        string_before = is_string;
    }
    return out;
}

Value print_line(const Arguments& arguments, const InterpolateContext&) {
    std::string out;
    for (const Value& value : arguments) {
        if (&value != &arguments.front()) out += ' ';
        out += go_text(value);
    }
    return out + "\n";
}

Value print_formatted(const Arguments& arguments, const InterpolateContext&) {
    return go_printf(string_argument(arguments, 0), {arguments.begin() + 1, arguments.end()});
}

Value build_value(const Arguments& arguments, const InterpolateContext& context) {
    const std::string& name = string_argument(arguments, 0);
    const auto found = context.build_values.find(name);
    if (found == context.build_values.end()) {
        throw Error(fmt::format("the build has no value \"{}\"", name));
    }
    return Value::from(found->second);
}

Value known_name(const std::string& value, std::string_view what) {
    if (value.empty()) throw Error(fmt::format("the {} is not known here", what));
    return value;
}

Value iso_time(const Arguments& arguments, const InterpolateContext& context) {
    return format_go_time(context.start_time, arguments.empty() ? std::string(kGoRfc3339)
                                                                : string_argument(arguments, 0));
}

Value part_of_split(const Arguments& arguments, const InterpolateContext&) {
    const auto parts = split_text(string_argument(arguments, 0), string_argument(arguments, 1));
    const std::int64_t index = int_argument(arguments, 2);
    if (index < 0 || static_cast<std::size_t>(index) >= parts.size()) {
        throw Error(
            fmt::format("index {} is out of range: the split gives {} parts", index, parts.size()));
    }
    return parts[static_cast<std::size_t>(index)];
}

[[noreturn]] Value refuse(std::string_view why) {
    throw Error(std::string(why));
}

Value user_variable(const Arguments& arguments, const InterpolateContext& context) {
    if (!context.legacy) {
        return refuse("user is for JSON templates; in an HCL template write ${var.name}");
    }
    return context.legacy->user(string_argument(arguments, 0)).value_or("");
}

Value template_directory(const Arguments&, const InterpolateContext& context) {
    if (!context.legacy) {
        return refuse("template_dir is for JSON templates; in an HCL template write ${path.root}");
    }
    if (context.legacy->template_dir.empty()) {
        return refuse("template_dir is not known: the template comes from standard input");
    }
    return context.legacy->template_dir;
}

Value environment_variable(const Arguments& arguments, const InterpolateContext& context) {
    if (!context.legacy) {
        return refuse(
            "env is not allowed here: declare a variable whose default is env(\"NAME\") and use "
            "the variable");
    }
    if (!context.legacy->in_variables) {
        return refuse(
            "env is allowed in the \"variables\" section only: give the value to a variable there "
            "and write {{user `name`}}");
    }
    const char* value = std::getenv(string_argument(arguments, 0).c_str());
    return std::string(value == nullptr ? "" : value);
}

Value secret_value(const char* function, const Arguments& arguments,
                   const InterpolateContext& context) {
    if (!context.legacy) {
        return refuse(
            "secrets are not fetched in {{ }} texts; give the value to a sensitive variable and "
            "write ${var.name}");
    }
    if (!context.legacy->in_variables || !context.legacy->secret) {
        return refuse(
            "secrets are fetched in the \"variables\" section only: give the value to a variable "
            "there and write {{user `name`}}");
    }
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < arguments.size(); ++i)
        texts.push_back(string_argument(arguments, i));
    return context.legacy->secret(function, texts);
}

using Context = InterpolateContext;

std::map<std::string, Function> make_table() {
    std::map<std::string, Function> functions;
    const auto add = [&](const char* name, std::size_t least, std::size_t most,
                         Value (*call)(const Arguments&, const Context&)) {
        functions[name] = {least, most, call};
    };
    add("and", 1, kAnyNumber, [](const Arguments& a, const Context&) { return a.back(); });
    add("or", 1, kAnyNumber, [](const Arguments& a, const Context&) { return a.back(); });
    add("not", 1, 1, [](const Arguments& a, const Context&) { return Value(!a[0].truth()); });
    add("eq", 2, kAnyNumber, equal_to_any);
    add("ne", 2, 2,
        [](const Arguments& a, const Context&) { return Value(!is_equal(a[0], a[1])); });
    add("lt", 2, 2, [](const Arguments& a, const Context&) { return Value(is_less(a[0], a[1])); });
    add("le", 2, 2, [](const Arguments& a, const Context&) {
        return Value(is_less(a[0], a[1]) || is_equal(a[0], a[1]));
    });
    add("gt", 2, 2, [](const Arguments& a, const Context&) {
        return Value(!is_less(a[0], a[1]) && !is_equal(a[0], a[1]));
    });
    add("ge", 2, 2, [](const Arguments& a, const Context&) { return Value(!is_less(a[0], a[1])); });
    add("index", 1, kAnyNumber, index_into);
    add("slice", 1, 3, slice_of);
    add("len", 1, 1, length_of);
    add("print", 0, kAnyNumber, print_all);
    add("println", 0, kAnyNumber, print_line);
    add("printf", 1, kAnyNumber, print_formatted);
    add("html", 0, kAnyNumber,
        [](const Arguments& a, const Context&) { return Value(escape_html(joined(a))); });
    add("js", 0, kAnyNumber,
        [](const Arguments& a, const Context&) { return Value(escape_js(joined(a))); });
    add("urlquery", 0, kAnyNumber,
        [](const Arguments& a, const Context&) { return Value(escape_url(joined(a))); });

    add("build", 1, 1, build_value);
    add("build_name", 0, 0, [](const Arguments&, const Context& c) {
        return known_name(c.build_name, "build's name");
    });
    add("build_type", 0, 0, [](const Arguments&, const Context& c) {
        return known_name(c.build_type, "builder's type");
    });
    add("packer_version", 0, 0,
        [](const Arguments&, const Context& c) { return known_name(c.version, "version"); });
    add("isotime", 0, 1, iso_time);
    add("strftime", 1, 1, [](const Arguments& a, const Context& c) {
        return Value(format_strftime(c.start_time, string_argument(a, 0)));
    });
    add("timestamp", 0, 0, [](const Arguments&, const Context& c) {
        return Value(std::int64_t{
            std::chrono::floor<std::chrono::seconds>(c.start_time).time_since_epoch().count()});
    });
    add("lower", 1, 1, [](const Arguments& a, const Context&) {
        return Value(lower_case(string_argument(a, 0)));
    });
    add("upper", 1, 1, [](const Arguments& a, const Context&) {
        return Value(upper_case(string_argument(a, 0)));
    });
    add("pwd", 0, 0, [](const Arguments&, const Context&) {
        return Value(std::filesystem::current_path().string());
    });
    add("replace", 4, 4, [](const Arguments& a, const Context&) {
        return Value(replace_text(string_argument(a, 3), string_argument(a, 0),
                                  string_argument(a, 1), int_argument(a, 2)));
    });
    add("replace_all", 3, 3, [](const Arguments& a, const Context&) {
        return Value(
            replace_text(string_argument(a, 2), string_argument(a, 0), string_argument(a, 1), -1));
    });
    add("split", 3, 3, part_of_split);
    add("uuid", 0, 0, [](const Arguments&, const Context&) { return Value(time_ordered_uuid()); });

    add("user", 1, 1, user_variable);
    add("template_dir", 0, 0, template_directory);
    add("env", 1, 1, environment_variable);
    add("sed", 2, 2, [](const Arguments&, const Context&) {
        return refuse("sed was removed; use a provisioner to change files");
    });
    add("vault", 2, 2,
        [](const Arguments& a, const Context& c) { return secret_value("vault", a, c); });
    add("consul_key", 1, 1,
        [](const Arguments& a, const Context& c) { return secret_value("consul_key", a, c); });
    add("aws_secretsmanager", 1, 2, [](const Arguments& a, const Context& c) {
        return secret_value("aws_secretsmanager", a, c);
    });
    add("aws_secretsmanager_raw", 1, 1, [](const Arguments& a, const Context& c) {
        return secret_value("aws_secretsmanager_raw", a, c);
    });
    return functions;
}

const std::map<std::string, Function>& table() {
    static const std::map<std::string, Function> functions = make_table();
    return functions;
}

}  // namespace
}  // namespace kiln::interpolation
