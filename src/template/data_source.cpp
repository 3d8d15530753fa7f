#include "template/data_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggest.h"
#include "hcl/value/convert.h"
#include "template/body_settings.h"
#include "template/setting_value.h"

namespace kiln {
namespace {

Diagnostic unknown_type(const DataDefinition& data, const TemplateOptions& options);
void check_data_options(const DataDefinition& data, const SchemaInfo& schema,
                        const Setting::Map& settings, Diagnostics& diagnostics);
hcl::Value unknown_outputs(const SchemaInfo& schema);
hcl::Value outputs_value(const SchemaInfo& schema, Setting::Map read);

}  // namespace

std::optional<hcl::Value> evaluate_data(const DataDefinition& data, const hcl::EvalScope& scope,
                                        const TemplateOptions& options, Diagnostics& diagnostics) {
    const auto schema = options.find_schema ? options.find_schema("data", data.type) : nullptr;
    if (schema == nullptr) {
        diagnostics.add(unknown_type(data, options));
        return std::nullopt;
    }
    Diagnostics found;
    const Setting::Map settings = body_settings(data.body, *schema, scope, found);
    const bool good = !found.has_errors();
    diagnostics.append(std::move(found));
    if (!good) return unknown_outputs(*schema);
    if (!options.read_data) {
        check_data_options(data, *schema, settings, diagnostics);
        return unknown_outputs(*schema);
    }
    try {
        return outputs_value(*schema, options.read_data(data.type, settings));
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        diagnostics.add(
            Diagnostic::error(fmt::format("Data source {}.{} failed", data.type, data.name),
                              error.to_string(), data.range));
        return unknown_outputs(*schema);
    }
}

namespace {

Diagnostic unknown_type(const DataDefinition& data, const TemplateOptions& options) {
    std::string known;
    if (options.known_types) {
        const auto types = options.known_types("data");
        known = fmt::format("{} Known types: {}.", did_you_mean(data.type, types),
                            fmt::join(types, ", "));
    }
    return Diagnostic::warning(
        fmt::format("Unknown data type {}", data.type),
        fmt::format("kiln has no data source \"{}\".{} Builds that use the value of data.{}.{} "
                    "cannot be made; take it from a variable instead.",
                    data.type, known, data.type, data.name),
        data.range);
}

// The rules of a data source that is not asked; they cannot judge what is not known.
void check_data_options(const DataDefinition& data, const SchemaInfo& schema,
                        const Setting::Map& settings, Diagnostics& diagnostics) {
    Problems problems;
    schema.validate(settings, problems);
    for (const Problem& problem : problems) {
        const auto setting = settings.find(problem.option);
        const std::string* text = setting == settings.end() ? nullptr : setting->second.as_string();
        if (text != nullptr && text->find("<unknown>") != std::string::npos) continue;
        const bool failed = problem.severity == Severity::Error;
        Diagnostic diagnostic =
            Diagnostic::error(fmt::format("{} data source {}.{}",
                                          failed ? "Failed preparing" : "In", data.type, data.name),
                              problem.message, problem.range ? *problem.range : data.range);
        diagnostic.severity = problem.severity;
        diagnostics.add(std::move(diagnostic));
    }
}

// The attributes by their declared types, so that expressions are checked against them.
hcl::Value unknown_outputs(const SchemaInfo& schema) {
    if (schema.outputs().empty()) return hcl::Value::dynamic_unknown();
    hcl::Value::Entries attributes;
    for (const OutputInfo& output : schema.outputs()) {
        attributes.emplace(output.name, hcl::Value::unknown_of(type_of_option(output.type)));
    }
    return hcl::Value::object(std::move(attributes));
}

hcl::Value outputs_value(const SchemaInfo& schema, Setting::Map read) {
    if (schema.outputs().empty()) return to_value(Setting(std::move(read)));
    hcl::Value::Entries attributes;
    for (const OutputInfo& output : schema.outputs()) {
        const hcl::Conversion converted =
            hcl::convert(to_value(read[output.name]), type_of_option(output.type));
        if (!converted) throw Error(fmt::format("its {}: {}", output.name, converted.reason));
        attributes.emplace(output.name, *converted.value);
    }
    return hcl::Value::object(std::move(attributes));
}

}  // namespace
}  // namespace kiln
