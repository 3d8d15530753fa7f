#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/schema.h"
#include "base/setting.h"

namespace kiln {

/// When this process started: what `isotime`, `strftime` and `timestamp` tell, the same for every
/// text of a run.
std::chrono::system_clock::time_point process_start_time();

/// What `{{ }}` strings of legacy JSON templates can ask for beside all others (spec/template.md,
/// section 11).
struct LegacyFacts {
    /// The value of a user variable, or nothing when there is none: then it is empty text.
    std::function<std::optional<std::string>(const std::string& name)> user;
    std::string template_dir;  ///< absolute; empty: the template came from standard input
    /// The text is a variable of the template, where alone `env` and `secret` may be asked.
    bool in_variables = false;
    /// The value behind `vault`, `consul_key`, `aws_secretsmanager` and `aws_secretsmanager_raw`.
    std::function<std::string(const std::string& function,
                              const std::vector<std::string>& arguments)>
        secret;
};

/// What `{{ }}` strings can ask for (spec/template.md, section 9): the functions' facts and the
/// fields (`.HTTPIP`) of the place where the string is rendered.
struct InterpolateContext {
    std::string build_name;  ///< packer_build_name
    std::string build_type;  ///< packer_builder_type
    std::string version;     ///< packer_version
    /// `build "X"`: values by name; a name that is not there is an error.
    std::map<std::string, Setting> build_values;
    /// Fields by name. With `strict_fields` a field that is not there is an error, otherwise it
    /// prints `<no value>`.
    Setting::Map fields;
    bool strict_fields = false;
    std::chrono::system_clock::time_point start_time = process_start_time();
    std::shared_ptr<const LegacyFacts> legacy;  ///< none in an HCL template
};

/// Renders one `{{ }}` string. Throws Error with the place in the string and the reason. A text
/// without `{{` costs one search.
std::string interpolate(const std::string& text, const InterpolateContext& context);

/// Renders every string of the settings (in lists, maps, blocks; map keys too), except the options
/// that the schema marks as rendered late: in those only misspelt fields are told, as warnings.
/// Failures become problems of their option.
void interpolate_settings(Setting::Map& settings, const SchemaInfo& schema,
                          const InterpolateContext& context, Problems& problems);

}  // namespace kiln
