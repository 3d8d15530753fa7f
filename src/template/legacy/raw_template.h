#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "template/legacy/document.h"

namespace kiln::legacy {

struct RawVariable {
    std::string name;
    std::optional<std::string> default_text;  ///< none: a value must be given
    bool sensitive = false;
    SourceRange range;
};

/// A builder. The options of components are the properties of `node` that the template does not
/// take for itself.
struct RawBuilder {
    std::string type;
    std::string name;  ///< not yet rendered
    SourceRange range;
    const json::Node* node = nullptr;
};

struct RawProvisioner {
    std::string type;
    std::vector<std::string> only;
    std::vector<std::string> except;
    /// Options by the name of the builder that they are for.
    std::vector<const json::Property*> overrides;
    const json::Node* pause_before = nullptr;
    const json::Node* timeout = nullptr;
    const json::Node* max_retries = nullptr;
    SourceRange range;
    const json::Node* node = nullptr;
};

struct RawPostProcessor {
    std::string type;
    std::string name;  ///< its type when it has none
    std::vector<std::string> only;
    std::vector<std::string> except;
    std::optional<bool> keep_input_artifact;
    SourceRange range;
    const json::Node* node = nullptr;  ///< none when only the type is written
};

/// A legacy template as written (spec/template.md, section 11): the form is checked, nothing is
/// rendered. Immutable; owns the text it points into.
struct RawTemplate {
    json::DocumentPtr document;
    std::string description;
    std::string min_packer_version;
    SourceRange min_packer_version_range;
    std::vector<RawVariable> variables;  ///< sorted by name
    /// Names of `sensitive-variables`, also those that are given on the command line alone.
    std::vector<std::string> sensitive;
    std::vector<RawBuilder> builders;
    std::vector<RawProvisioner> provisioners;
    std::optional<RawProvisioner> error_cleanup;
    std::vector<std::vector<RawPostProcessor>> chains;

    const RawVariable* find_variable(const std::string& name) const;
};

/// Reads the parts of a template. Unknown root keys, missing types, names of builders that stand
/// twice, `only`, `except` and `override` of builders that are not there are errors.
RawTemplate read_raw_template(json::DocumentPtr document, Diagnostics& diagnostics);

/// Whether the template takes this property of a component for itself.
bool is_builder_key(std::string_view key);
bool is_provisioner_key(std::string_view key);
bool is_post_processor_key(std::string_view key);

}  // namespace kiln::legacy
