#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kiln {

/// What a flag's value or a positional argument is: for shell completion, and for the help text.
enum class ValueKind {
    None,  ///< a switch: `-f`, or `-f=false`
    Text,
    Number,
    Choice,
    File,
    Directory,
    Component,  ///< the name of a component
    Option,     ///< an option of the component before it
};

/// One flag of a command, as help, completion and the manual page need it.
struct Flag {
    std::string name;  ///< without dashes
    ValueKind kind = ValueKind::None;
    std::string value_name;  ///< how help calls the value: `name=value`
    std::string doc;         ///< one line
    std::vector<std::string> choices;
    bool hidden = false;
    /// Takes the value over. Throws Error with what is wrong with it.
    std::function<void(const std::string& value)> set;
};

/// A positional argument; the last one may take any number of values.
struct Positional {
    std::string name;
    ValueKind kind = ValueKind::Text;
    std::string doc;
    bool required = true;
    bool repeated = false;
    std::vector<std::string> choices;
    std::function<void(const std::string& value)> set;
};

/// The flags and arguments of one command, declared once: parsing, help, completion and the manual
/// page come from it.
///
/// The rules are the peer's (spec/cli.md, section 1), which no option parser of the usual kind has:
/// one dash or two, `-f v` or `-f=v`, a value may begin with a dash, switches take a value only
/// after `=`, and the first argument that is no flag ends the flags. Targets must outlive parsing.
class FlagSet {
  public:
    /// `command` is what is typed (`plugins install`), `about` a sentence or several.
    FlagSet(std::string command, std::string about);

    FlagSet& add(Flag flag);
    FlagSet& add_switch(std::string name, bool* target, std::string doc);
    FlagSet& add_text(std::string name, std::string* target, std::string value_name,
                      std::string doc);
    FlagSet& add_file(std::string name, std::string* target, std::string doc);
    FlagSet& add_number(std::string name, int* target, std::string value_name, std::string doc);
    FlagSet& add_choice(std::string name, std::string* target, std::vector<std::string> choices,
                        std::string doc);
    /// Each use appends.
    FlagSet& add_list(std::string name, std::vector<std::string>* target, std::string value_name,
                      std::string doc, ValueKind kind = ValueKind::Text);
    /// The same, and each value is split at commas.
    FlagSet& add_comma_list(std::string name, std::vector<std::string>* target, std::string doc);

    FlagSet& add_positional(std::string name, std::string* target, ValueKind kind, std::string doc);
    /// One of `choices`.
    FlagSet& add_positional(std::string name, std::string* target, std::vector<std::string> choices,
                            std::string doc);
    FlagSet& add_optional_positional(std::string name, std::string* target, ValueKind kind,
                                     std::string doc);
    /// One or more.
    FlagSet& add_positionals(std::string name, std::vector<std::string>* target, ValueKind kind,
                             std::string doc);
    /// The flag works and is not shown.
    FlagSet& hide(std::string_view name);
    /// Everything is handed over as it is; the command parses it itself, help included.
    FlagSet& take_everything(std::vector<std::string>* target);
    /// What stands below the flags in the help text.
    FlagSet& set_footer(std::string footer);

    /// Gives the targets their values. Throws Error with what is wrong, first line only; for a
    /// wrong number of positional arguments the message says which are missing or too many.
    void parse(const std::vector<std::string>& arguments) const;

    std::string help() const;
    const std::string& command() const { return command_; }
    const std::string& about() const { return about_; }
    /// `kiln build [flags] TEMPLATE`
    std::string usage() const;
    const std::vector<Flag>& flags() const { return flags_; }
    const std::vector<Positional>& positionals() const { return positionals_; }
    const Flag* find(std::string_view name) const;
    bool takes_everything() const { return everything_ != nullptr; }

  private:
    std::size_t take_flag(const std::vector<std::string>& arguments, std::size_t at) const;
    void take_positionals(const std::vector<std::string>& values) const;

    std::string command_;
    std::string about_;
    std::string footer_;
    std::vector<Flag> flags_;
    std::vector<Positional> positionals_;
    std::vector<std::string>* everything_ = nullptr;
};

}  // namespace kiln
