#pragma once

#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "hcl/value/value.h"

namespace kiln {

/// What a loaded template knows outside of its builds, for the console. Each language of templates
/// has its own. Safe to use from several threads.
class TemplateNames {
  public:
    TemplateNames() = default;
    TemplateNames(const TemplateNames&) = delete;
    TemplateNames& operator=(const TemplateNames&) = delete;
    virtual ~TemplateNames() = default;

    /// See evaluate_expression (template/expression.h).
    virtual hcl::Value evaluate(std::string_view text, const std::string& name,
                                Diagnostics& diagnostics) const = 0;
};

}  // namespace kiln
