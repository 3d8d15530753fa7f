#pragma once

#include <map>
#include <memory>
#include <string>

#include "hcl/eval/scope.h"
#include "hcl/function/secret_sources.h"
#include "hcl/syntax/tree.h"
#include "template/template.h"

namespace kiln {

/// The values that a template's expressions may name, as they become known while it is loaded:
/// first `path` and `packer`, then `var`, then `local` and `data` (spec/template.md, section 8).
/// Filled by one thread; afterwards it is only read and may be shared.
class TemplateScope {
  public:
    TemplateScope(const std::string& root_directory, const std::string& version,
                  hcl::SecretSources secrets = {});
    TemplateScope(const TemplateScope&) = delete;
    TemplateScope& operator=(const TemplateScope&) = delete;

    void set_variables(hcl::Value::Entries variables);
    void set_locals(hcl::Value::Entries locals);
    /// By type, then by name.
    void set_data(const std::map<std::string, hcl::Value::Entries>& data);
    /// Labels (`data.t.n`, `local.x`) that cannot be had, with the data that is missing for them.
    void set_unavailable(std::map<std::string, std::string> labels) {
        unavailable_ = std::move(labels);
    }

    /// Tells which references of a body need data that kiln cannot give: one error for each.
    void report_unavailable(const hcl::Body& body, Diagnostics& diagnostics) const;

    /// With path, packer, var, local and data.
    const hcl::EvalScope& names() const { return names_; }

    /// A scope of its own with all but data, as the console has it.
    hcl::EvalScope without_data() const;

    /// A scope below names() for places outside of any source: `source.*` is not known there, and
    /// `build` has its name alone, or nothing where there is no build block.
    hcl::EvalScope outside_sources(const std::string* build_name) const;

    /// A scope below names() inside a source or what works on it. Without `build` values there are
    /// none to be had, as in the body of a source.
    hcl::EvalScope inside_source(const BodyContext& context, bool with_build_values) const;

  private:
    std::shared_ptr<const hcl::FunctionTable> functions_;
    hcl::EvalScope names_;
    std::map<std::string, std::string> unavailable_;
};

}  // namespace kiln
