#pragma once

#include <memory>

#include "hcl/syntax/tree.h"
#include "template/scope.h"
#include "template/template.h"

namespace kiln {

/// What a ComponentBody holds: the body as written (dynamic blocks not yet expanded) and the names
/// its expressions may use.
class ComponentBody::Impl {
  public:
    std::shared_ptr<const TemplateScope> scope;
    hcl::Body body;
    /// Provisioners and post-processors know `build.*`; sources run before there are such values.
    bool has_build_values = false;
};

ComponentBody make_component_body(std::shared_ptr<const TemplateScope> scope, hcl::Body body,
                                  bool has_build_values);

}  // namespace kiln
