#include "cli/flag_set.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/ranges.h>

#include "base/error.h"
#include "base/suggest.h"
#include "cli/wrap.h"

namespace kiln {
namespace {

constexpr std::size_t help_width = 100;
constexpr std::size_t widest_column = 27;

bool is_flag(const std::string& argument);
std::string parse_switch(const std::string& flag, const std::string& value);
std::string flag_column(const Flag& flag);
void check_choice(const std::vector<std::string>& choices, const std::string& value);

}  // namespace

FlagSet::FlagSet(std::string command, std::string about)
    : command_(std::move(command)), about_(std::move(about)) {}

void FlagSet::parse(const std::vector<std::string>& arguments) const {
    if (everything_ != nullptr) {
        *everything_ = arguments;
        return;
    }
    std::size_t at = 0;
    while (at < arguments.size() && is_flag(arguments[at])) {
        if (arguments[at] == "--") {
            ++at;
            break;
        }
        at = take_flag(arguments, at);
    }
    take_positionals({arguments.begin() + static_cast<std::ptrdiff_t>(at), arguments.end()});
}

FlagSet& FlagSet::add(Flag flag) {
    flags_.push_back(std::move(flag));
    return *this;
}

FlagSet& FlagSet::add_switch(std::string name, bool* target, std::string doc) {
    return add({std::move(name),
                ValueKind::None,
                "",
                std::move(doc),
                {},
                false,
                [target](const std::string& value) { *target = value == "true"; }});
}

FlagSet& FlagSet::add_text(std::string name, std::string* target, std::string value_name,
                           std::string doc) {
    return add({std::move(name),
                ValueKind::Text,
                std::move(value_name),
                std::move(doc),
                {},
                false,
                [target](const std::string& value) { *target = value; }});
}

FlagSet& FlagSet::add_file(std::string name, std::string* target, std::string doc) {
    add_text(std::move(name), target, "file", std::move(doc));
    flags_.back().kind = ValueKind::File;
    return *this;
}

FlagSet& FlagSet::add_number(std::string name, int* target, std::string value_name,
                             std::string doc) {
    const auto set = [target](const std::string& value) {
        const char* end = value.data() + value.size();
        const auto [stop, error] = std::from_chars(value.data(), end, *target);
        if (error != std::errc() || stop != end || value.empty()) {
            throw Error("a whole number is needed");
        }
    };
    return add({std::move(name),
                ValueKind::Number,
                std::move(value_name),
                std::move(doc),
                {},
                false,
                set});
}

FlagSet& FlagSet::add_choice(std::string name, std::string* target,
                             std::vector<std::string> choices, std::string doc) {
    const auto set = [target, choices](const std::string& value) {
        check_choice(choices, value);
        *target = value;
    };
    const std::string value_name = fmt::format("{}", fmt::join(choices, "|"));
    return add({std::move(name), ValueKind::Choice, value_name, std::move(doc), std::move(choices),
                false, set});
}

FlagSet& FlagSet::add_list(std::string name, std::vector<std::string>* target,
                           std::string value_name, std::string doc, ValueKind kind) {
    return add({std::move(name),
                kind,
                std::move(value_name),
                std::move(doc),
                {},
                false,
                [target](const std::string& value) { target->push_back(value); }});
}

FlagSet& FlagSet::add_comma_list(std::string name, std::vector<std::string>* target,
                                 std::string doc) {
    const auto set = [target](const std::string& value) {
        std::size_t start = 0;
        while (true) {
            const std::size_t comma = value.find(',', start);
            const std::string item = value.substr(start, comma - start);
            if (!item.empty()) target->push_back(item);
            if (comma == std::string::npos) return;
            start = comma + 1;
        }
    };
    return add({std::move(name), ValueKind::Text, "a,b", std::move(doc), {}, false, set});
}

FlagSet& FlagSet::add_positional(std::string name, std::string* target, ValueKind kind,
                                 std::string doc) {
    positionals_.push_back({std::move(name),
                            kind,
                            std::move(doc),
                            true,
                            false,
                            {},
                            [target](const std::string& value) { *target = value; }});
    return *this;
}

FlagSet& FlagSet::add_positional(std::string name, std::string* target,
                                 std::vector<std::string> choices, std::string doc) {
    const auto set = [target, choices, name](const std::string& value) {
        try {
            check_choice(choices, value);
        } catch (const Error& error) {
            throw Error(
                fmt::format("The argument {} cannot be \"{}\": {}.", name, value, error.what()));
        }
        *target = value;
    };
    positionals_.push_back(
        {std::move(name), ValueKind::Choice, std::move(doc), true, false, std::move(choices), set});
    return *this;
}

FlagSet& FlagSet::add_optional_positional(std::string name, std::string* target, ValueKind kind,
                                          std::string doc) {
    add_positional(std::move(name), target, kind, std::move(doc));
    positionals_.back().required = false;
    return *this;
}

FlagSet& FlagSet::add_positionals(std::string name, std::vector<std::string>* target,
                                  ValueKind kind, std::string doc) {
    positionals_.push_back(
        {std::move(name), kind, std::move(doc), true, true, {}, [target](const std::string& value) {
             target->push_back(value);
         }});
    return *this;
}

FlagSet& FlagSet::hide(std::string_view name) {
    for (auto& flag : flags_) {
        if (flag.name == name) flag.hidden = true;
    }
    return *this;
}

FlagSet& FlagSet::take_everything(std::vector<std::string>* target) {
    everything_ = target;
    return *this;
}

FlagSet& FlagSet::set_footer(std::string footer) {
    footer_ = std::move(footer);
    return *this;
}

const Flag* FlagSet::find(std::string_view name) const {
    const auto found = std::find_if(flags_.begin(), flags_.end(),
                                    [&](const Flag& flag) { return flag.name == name; });
    return found == flags_.end() ? nullptr : &*found;
}

std::string FlagSet::usage() const {
    std::string out = "kiln " + command_;
    const bool any =
        std::any_of(flags_.begin(), flags_.end(), [](const Flag& flag) { return !flag.hidden; });
    if (any) out += " [flags]";
    for (const auto& positional : positionals_) {
        const std::string name = positional.name + (positional.repeated ? "..." : "");
        out += positional.required ? " " + name : " [" + name + "]";
    }
    return out;
}

std::string FlagSet::help() const {
    std::string out = fmt::format("Usage: {}\n\n{}\n", usage(), about_);
    std::vector<std::pair<std::string, std::string>> rows;
    for (const auto& positional : positionals_) {
        rows.emplace_back(positional.name, positional.doc);
    }
    std::vector<const Flag*> shown;
    for (const auto& flag : flags_) {
        if (!flag.hidden) shown.push_back(&flag);
    }
    std::sort(shown.begin(), shown.end(),
              [](const Flag* a, const Flag* b) { return a->name < b->name; });
    for (const Flag* flag : shown) rows.emplace_back(flag_column(*flag), flag->doc);
    std::size_t widest = 0;
    for (const auto& [left, right] : rows) {
        if (left.size() <= widest_column) widest = std::max(widest, left.size());
    }
    const std::size_t column = widest + 4;
    if (!rows.empty()) out += "\n";
    for (const auto& [left, right] : rows) {
        out += fmt::format("  {:<{}}", left, widest);
        out += left.size() > widest ? "\n" + std::string(column, ' ') : "  ";
        out += wrap_text(right, column, help_width) + "\n";
    }
    if (!footer_.empty()) out += "\n" + footer_ + "\n";
    return out;
}

// The index of the argument behind the flag and its value.
std::size_t FlagSet::take_flag(const std::vector<std::string>& arguments, std::size_t at) const {
    const std::string& argument = arguments[at++];
    const std::size_t dashes = argument.starts_with("--") ? 2 : 1;
    const std::size_t equals = argument.find('=', dashes);
    const std::string name = argument.substr(dashes, equals - dashes);
    if (name.empty() || name[0] == '-') {
        throw Error(fmt::format("bad flag syntax: {}", argument));
    }
    const Flag* flag = find(name);
    if (flag == nullptr) {
        std::vector<std::string> known;
        for (const auto& item : flags_) {
            if (!item.hidden) known.push_back(item.name);
        }
        const auto near = suggest(name, known);
        throw Error(fmt::format("flag provided but not defined: -{}{}", name,
                                near ? fmt::format("\nDid you mean -{}?", *near) : ""));
    }
    std::string value;
    if (equals != std::string::npos) {
        value = argument.substr(equals + 1);
        if (flag->kind == ValueKind::None) value = parse_switch(name, value);
    } else if (flag->kind == ValueKind::None) {
        value = "true";
    } else if (at == arguments.size()) {
        throw Error(fmt::format("flag needs an argument: -{} {}", name, flag->value_name));
    } else {
        value = arguments[at++];
    }
    try {
        flag->set(value);
    } catch (const Error& error) {
        throw Error(
            fmt::format("invalid value \"{}\" for flag -{}: {}", value, name, error.what()));
    }
    return at;
}

void FlagSet::take_positionals(const std::vector<std::string>& values) const {
    std::size_t at = 0;
    for (const auto& positional : positionals_) {
        if (at == values.size()) {
            if (!positional.required) continue;
            throw Error(fmt::format("The argument {} is missing.", positional.name));
        }
        do {
            positional.set(values[at++]);
        } while (positional.repeated && at < values.size());
    }
    if (at == values.size()) return;
    const bool flag = is_flag(values[at]) && values[at] != "--";
    throw Error(flag ? fmt::format("The flag {} stands behind the arguments. Flags come before "
                                   "them: {}",
                                   values[at], usage())
                     : fmt::format("The argument {} is one too many.", values[at]));
}

namespace {

// A dash alone is an argument: standard input.
bool is_flag(const std::string& argument) {
    return argument.size() > 1 && argument[0] == '-';
}

std::string parse_switch(const std::string& flag, const std::string& value) {
    constexpr std::array<std::string_view, 6> yes = {"1", "t", "T", "TRUE", "true", "True"};
    constexpr std::array<std::string_view, 6> no = {"0", "f", "F", "FALSE", "false", "False"};
    if (std::find(yes.begin(), yes.end(), value) != yes.end()) return "true";
    if (std::find(no.begin(), no.end(), value) != no.end()) return "false";
    throw Error(
        fmt::format("invalid boolean value \"{}\" for -{}: true or false is needed", value, flag));
}

std::string flag_column(const Flag& flag) {
    if (flag.kind == ValueKind::None) return "-" + flag.name;
    return fmt::format("-{} {}", flag.name, flag.value_name);
}

void check_choice(const std::vector<std::string>& choices, const std::string& value) {
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) return;
    throw Error(fmt::format("one of [{}] is needed", fmt::join(choices, ", ")));
}

}  // namespace
}  // namespace kiln
