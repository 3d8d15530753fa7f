#include "cli/console/session.h"

#include "cli/template_report.h"
#include "hcl/value/print.h"
#include "template/expression.h"

namespace kiln {
namespace {

constexpr auto input_name = "<console-input>";

std::string trim(const std::string& text);

}  // namespace

ConsoleResult ConsoleSession::evaluate(const std::string& line) const {
    const std::string text = trim(line);
    if (text.empty()) return {};
    if (text == "exit") return {"", false, true};
    if (text == "help") return {help()};
    if (text == "variables") return {describe_names(template_)};
    SourceMap sources;
    Diagnostics diagnostics;
    const hcl::Value value = evaluate_expression(template_, text, input_name, sources, diagnostics);
    if (!diagnostics.has_errors()) return {hcl::print_for_console(value)};
    std::string errors;
    for (const auto& diagnostic : diagnostics) {
        errors += format_diagnostic(diagnostic, sources, false);
    }
    return {errors, true};
}

std::string ConsoleSession::help() const {
    const bool hcl = template_.language == TemplateLanguage::Hcl2;
    std::string out =
        hcl ? "The console evaluates HCL2 expressions: type one and press enter.\n\n"
              "  upper(var.name)   names of the template: var, local, path, packer; "
              "and every function\n"
            : "The console renders texts as a JSON template does: type one and press "
              "enter.\n\n"
              "  {{user `name`}} {{timestamp}}   what a template's strings may hold\n";
    out +=
        "  variables         shows all variables and their values\n"
        "  help              shows this\n"
        "  exit              ends the console, as Control-D does\n";
    out += hcl ? "\nTexts in {{ }} belong to components; the console does not render them here."
               : "\nFor HCL2 expressions give an HCL2 template, or -config-type=hcl2 and none.";
    return out;
}

namespace {

std::string trim(const std::string& text) {
    constexpr auto space = " \t\r\n";
    const std::size_t start = text.find_first_not_of(space);
    if (start == std::string::npos) return "";
    return text.substr(start, text.find_last_not_of(space) - start + 1);
}

}  // namespace
}  // namespace kiln
