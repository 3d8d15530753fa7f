#include "template/attribute_value.h"

#include <algorithm>

#include <fmt/format.h>

#include "hcl/eval/evaluate.h"
#include "hcl/eval/references.h"
#include "hcl/syntax/parser.h"
#include "hcl/value/convert.h"

namespace kiln {
namespace {

bool refers_to_build(const hcl::Expression& expression);
std::optional<hcl::Value> find_value(const hcl::BodyContent& content, const std::string& name,
                                     const hcl::Type& type, const hcl::EvalScope& scope,
                                     Diagnostics& diagnostics);

}  // namespace

std::optional<hcl::Value> attribute_value(const hcl::Attribute& attribute, const hcl::Type& type,
                                          const hcl::EvalScope& scope, Diagnostics& diagnostics) {
    const std::size_t errors = count_errors(diagnostics);
    Diagnostics found;
    const hcl::Value value = hcl::evaluate(*attribute.expression, scope, found);
    const bool failed = found.has_errors();
    const bool uses_build = failed && refers_to_build(*attribute.expression);
    for (Diagnostic one : found) {
        if (uses_build) {
            one.detail +=
                " The values of build.* are not known here: this is read before any build starts.";
        }
        diagnostics.add(std::move(one));
    }
    if (failed) return std::nullopt;
    if (value.is_null()) return std::nullopt;
    const auto refuse = [&](const std::string& why) {
        diagnostics.add(
            Diagnostic::error("Unsuitable value type",
                              fmt::format("Unsuitable value for \"{}\": {}.", attribute.name, why),
                              attribute.expression->range, attribute.range));
        return std::nullopt;
    };
    const hcl::Conversion converted = hcl::convert(value, type);
    if (!converted) return refuse(converted.reason);
    if (!converted.value->is_wholly_known()) {
        // What failed before is unknown now and was told already.
        if (errors > 0) return std::nullopt;
        return refuse("it must be known before any build starts");
    }
    return converted.value;
}

std::optional<std::string> string_attribute(const hcl::BodyContent& content,
                                            const std::string& name, const hcl::EvalScope& scope,
                                            Diagnostics& diagnostics) {
    const auto value = find_value(content, name, hcl::Type::string(), scope, diagnostics);
    return value ? std::optional(value->as_string()) : std::nullopt;
}

std::optional<bool> bool_attribute(const hcl::BodyContent& content, const std::string& name,
                                   const hcl::EvalScope& scope, Diagnostics& diagnostics) {
    const auto value = find_value(content, name, hcl::Type::boolean(), scope, diagnostics);
    return value ? std::optional(value->as_bool()) : std::nullopt;
}

std::vector<std::string> strings_attribute(const hcl::BodyContent& content, const std::string& name,
                                           const hcl::EvalScope& scope, Diagnostics& diagnostics) {
    const auto value =
        find_value(content, name, hcl::Type::list(hcl::Type::string()), scope, diagnostics);
    std::vector<std::string> strings;
    if (!value) return strings;
    for (const hcl::Value& element : value->elements()) {
        if (!element.is_null()) strings.push_back(element.as_string());
    }
    return strings;
}

bool check_label_name(const hcl::Label& label, const std::string& what, Diagnostics& diagnostics) {
    if (hcl::is_identifier(label.text)) return true;
    diagnostics.add(Diagnostic::error(
        fmt::format("Invalid {} name", what),
        "A name must start with a letter or underscore and may contain only letters, digits, "
        "underscores, and dashes.",
        label.range));
    return false;
}

std::size_t count_errors(const Diagnostics& diagnostics) {
    return static_cast<std::size_t>(
        std::count_if(diagnostics.begin(), diagnostics.end(),
                      [](const Diagnostic& one) { return one.severity == Severity::Error; }));
}

namespace {

bool refers_to_build(const hcl::Expression& expression) {
    const auto used = hcl::references(expression);
    return std::any_of(used.begin(), used.end(),
                       [](const hcl::Traversal& one) { return one.root == "build"; });
}

std::optional<hcl::Value> find_value(const hcl::BodyContent& content, const std::string& name,
                                     const hcl::Type& type, const hcl::EvalScope& scope,
                                     Diagnostics& diagnostics) {
    const hcl::Attribute* attribute = content.find(name);
    if (attribute == nullptr) return std::nullopt;
    return attribute_value(*attribute, type, scope, diagnostics);
}

}  // namespace
}  // namespace kiln
