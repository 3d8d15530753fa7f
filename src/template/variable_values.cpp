#include "template/variable_values.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/secret.h"
#include "base/suggest.h"
#include "hcl/eval/body.h"
#include "hcl/eval/evaluate.h"
#include "hcl/json/parser.h"
#include "hcl/syntax/parser.h"
#include "template/attribute_value.h"
#include "template/config_files.h"

namespace kiln {
namespace {

class Assigner {
  public:
    Assigner(const TemplateOptions& options, Variables& variables, SourceMap& sources,
             Diagnostics& diagnostics)
        : options_(options), variables_(variables), sources_(sources), diagnostics_(diagnostics) {}

    void from_environment();
    void from_file(const std::filesystem::path& path);
    void from_command_line();

  private:
    void from_body(const hcl::Body& body);
    void from_text(Variable& variable, const std::string& text, ValueOrigin origin,
                   const std::string& where);
    void assign(Variable& variable, const hcl::Value& value, ValueOrigin origin,
                const SourceRange& range);
    Variable* declared_for_file(const std::string& name, const SourceRange& range);
    std::vector<std::string> names() const;
    void fail(std::string summary, std::string detail, std::optional<SourceRange> range = {}) {
        diagnostics_.add(Diagnostic::error(std::move(summary), std::move(detail), range));
    }

    const TemplateOptions& options_;
    Variables& variables_;
    SourceMap& sources_;
    Diagnostics& diagnostics_;
};

std::vector<std::filesystem::path> automatic_files(const std::filesystem::path& path);
bool taken_literally(const hcl::Type& type);
std::string example_of(const std::string& name, const hcl::Type& type, ValueOrigin origin);

}  // namespace

void assign_variables(const TemplateOptions& options, Variables& variables, SourceMap& sources,
                      Diagnostics& diagnostics) {
    Assigner assigner(options, variables, sources, diagnostics);
    assigner.from_environment();
    for (const auto& file : automatic_files(options.path)) assigner.from_file(file);
    for (const auto& file : options.variable_files) assigner.from_file(file);
    assigner.from_command_line();
}

namespace {

void Assigner::from_environment() {
    for (auto& [name, variable] : variables_) {
        const char* text = std::getenv(("PKR_VAR_" + name).c_str());
        if (text == nullptr) continue;
        from_text(variable, text, ValueOrigin::Environment,
                  fmt::format("<value for var.{} from env>", name));
    }
}

void Assigner::from_file(const std::filesystem::path& path) {
    const std::string extension = path.extension().string();
    if (extension != ".hcl" && extension != ".json") {
        return fail(fmt::format("Could not guess format of {}", path.string()),
                    "The name of a variables file must end in .hcl or .json.");
    }
    std::string text;
    try {
        text = read_template_file(options_, path);
    } catch (const Error& error) {
        return fail("Failed to read variables file", error.to_string());
    }
    const auto parse = extension == ".hcl" ? hcl::parse_file : hcl::parse_json_file;
    from_body(parse(text, path.string(), &sources_, diagnostics_));
}

void Assigner::from_command_line() {
    for (const auto& [name, text] : options_.variables) {
        const auto found = variables_.find(name);
        if (found == variables_.end()) {
            fail("Undefined -var variable",
                 fmt::format("-var gives \"{0}\" a value, but the template declares no variable of "
                             "that name.{1}",
                             name, did_you_mean(name, names())));
            continue;
        }
        from_text(found->second, text, ValueOrigin::CommandLine,
                  fmt::format("<value for var.{} from arguments>", name));
    }
}

// In JSON files strings are literal: there is nothing to evaluate in them.
void Assigner::from_body(const hcl::Body& body) {
    hcl::Body rest;
    Diagnostics about_form;
    const hcl::BodyContent blocks =
        hcl::read_body_partially(body, {{}, {{"variable", {"name"}}}}, rest, about_form);
    if (blocks.blocks.empty()) diagnostics_.append(std::move(about_form));
    for (const hcl::Block& block : blocks.blocks) {
        fail("Variable declaration in a variables file",
             "A variables file gives values to variables: NAME = VALUE. Declare them in the "
             "template, in a file whose name ends in .pkr.hcl.",
             block.header_range());
    }
    for (const auto& [name, attribute] : hcl::read_attributes(rest, diagnostics_)) {
        Variable* variable = declared_for_file(name, attribute.range);
        if (variable == nullptr) continue;
        const std::size_t errors = count_errors(diagnostics_);
        const hcl::Value value =
            hcl::evaluate(*attribute.expression, hcl::EvalScope(), diagnostics_);
        if (count_errors(diagnostics_) > errors) {
            variable->broken = true;
            continue;
        }
        assign(*variable, value, ValueOrigin::File, attribute.expression->range);
    }
}

// Bools and structures are read as expressions; all else is the text itself.
void Assigner::from_text(Variable& variable, const std::string& text, ValueOrigin origin,
                         const std::string& where) {
    // A number or a bool is no secret text: hiding every `1` would only garble the output.
    const hcl::Type& type = variable.type.type;
    const bool text_like = !type.is(hcl::TypeKind::Number) && !type.is(hcl::TypeKind::Bool);
    if (variable.sensitive && text_like) secrets().add(text);
    sources_.add_file(where, text);
    const std::size_t lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    SourceRange range{where, {}, {text.size(), 1 + lines, lines == 0 ? text.size() + 1 : 1}};
    if (taken_literally(variable.type.type)) {
        return assign(variable, hcl::Value::string(text), origin, range);
    }
    Diagnostics found;
    const hcl::ExpressionPtr expression = hcl::parse_expression(text, where, found);
    hcl::Value value;
    if (!found.has_errors()) value = hcl::evaluate(*expression, hcl::EvalScope(), found);
    if (!found.has_errors()) return assign(variable, value, origin, range);
    variable.broken = true;
    Diagnostic first = found[0];
    first.detail += fmt::format(
        "\n\nThe value of {} is read as an expression because its type is {}. Write it like {}.",
        variable.name, variable.type.type.to_constraint(),
        example_of(variable.name, variable.type.type, origin));
    diagnostics_.add(std::move(first));
}

void Assigner::assign(Variable& variable, const hcl::Value& value, ValueOrigin origin,
                      const SourceRange& range) {
    const hcl::Conversion converted = variable.type.apply(value);
    if (variable.sensitive) register_secrets(converted ? *converted.value : value);
    if (!converted) {
        variable.broken = true;
        return fail(origin == ValueOrigin::CommandLine ? "Invalid argument value for -var variable"
                                                       : "Invalid value for variable",
                    fmt::format("The value for {} is not compatible with the variable's type "
                                "constraint: {}.",
                                variable.name, converted.reason),
                    range);
    }
    variable.assigned = {*converted.value, origin, range};
}

Variable* Assigner::declared_for_file(const std::string& name, const SourceRange& range) {
    const auto found = variables_.find(name);
    if (found != variables_.end()) return &found->second;
    if (options_.warn_undeclared_variables) {
        diagnostics_.add(Diagnostic::warning(
            "Undefined variable",
            fmt::format("The variable \"{0}\" was set but is not declared.{1} To declare it, place "
                        "this block in a .pkr.hcl file:\n\nvariable \"{0}\" {{\n}}",
                        name, did_you_mean(name, names())),
            range));
    }
    return nullptr;
}

std::vector<std::string> Assigner::names() const {
    std::vector<std::string> names;
    for (const auto& [name, variable] : variables_) names.push_back(name);
    return names;
}

std::vector<std::filesystem::path> automatic_files(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) return {};
    auto files = files_ending(path, ".auto.pkrvars.hcl");
    const auto json = files_ending(path, ".auto.pkrvars.json");
    files.insert(files.end(), json.begin(), json.end());
    return files;
}

// The value of a variable of this type as one would type it.
std::string example_of(const std::string& name, const hcl::Type& type, ValueOrigin origin) {
    std::string value = "true";
    if (type.is_mapping()) {
        value = "{ name = \"value\" }";
    } else if (type.is_sequence()) {
        const bool numbers = type.is_collection() && type.element().is(hcl::TypeKind::Number);
        value = numbers ? "[1, 2]" : "[\"a\", \"b\"]";
    }
    if (origin == ValueOrigin::Environment) return fmt::format("PKR_VAR_{}='{}'", name, value);
    return fmt::format("-var '{}={}'", name, value);
}

bool taken_literally(const hcl::Type& type) {
    return type.is_dynamic() || type.is(hcl::TypeKind::String) || type.is(hcl::TypeKind::Number);
}

}  // namespace
}  // namespace kiln
