#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace kiln::legacy {

/// Where an upgraded text stands, which settles what it may use.
enum class TextPlace {
    VariableDefault,  ///< env() alone
    Local,
    Source,
    AfterSource,  ///< provisioners and post-processors, which know `build.*`
};

/// Turns `{{ }}` texts into strings of HCL (spec/template.md, section 12). Calls that HCL has an
/// expression for become that; the rest stays and is rendered as before. Remembers what the
/// template must define for them.
class TextUpgrade {
  public:
    /// `references` gives what each user variable is called in HCL: `var.x`, `local.y`.
    explicit TextUpgrade(std::map<std::string, std::string> references)
        : references_(std::move(references)) {}

    /// The text as a quoted string.
    std::string quoted(std::string_view text, TextPlace place);
    /// When the text is nothing but one user variable: its name in the old template.
    static std::optional<std::string> only_user(std::string_view text);
    /// `var.x`. A variable that the template does not declare gets a declaration of its own.
    std::string reference(const std::string& user);

    /// The name of the local that holds the time, once it is used.
    void set_timestamp_name(std::string name) { timestamp_name_ = std::move(name); }
    const std::string& timestamp_name() const { return timestamp_name_; }
    bool uses_timestamp() const { return uses_timestamp_; }
    /// User variables that are used and not declared.
    const std::set<std::string>& undeclared() const { return undeclared_; }
    /// Environment variables that locals use: variable in HCL by the name in the environment.
    const std::map<std::string, std::string>& environment() const { return environment_; }

  private:
    std::string action(std::string_view text, TextPlace place);
    /// The expression for a call of one function with constants, or nothing.
    std::optional<std::string> expression(std::string_view text, TextPlace place);
    std::string with_values(std::string_view text, TextPlace place);
    std::string environment_reference(const std::string& name);

    std::map<std::string, std::string> references_;
    std::set<std::string> undeclared_;
    std::map<std::string, std::string> environment_;
    std::string timestamp_name_ = "timestamp";
    bool uses_timestamp_ = false;
};

/// A quoted string of HCL with nothing in it to evaluate.
std::string literal_string(std::string_view text);
/// The content of such a string, without the quotes.
std::string escape_template(std::string_view text);

/// A name that HCL takes: what it does not take becomes an underscore.
std::string to_identifier(std::string_view name);

/// The functions that the `{{ }}` of a text call; empty for a text that cannot be read.
std::set<std::string> called_functions(const std::string& text);

}  // namespace kiln::legacy
