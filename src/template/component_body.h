#pragma once

#include <memory>

#include "hcl/syntax/tree.h"
#include "template/scope.h"
#include "template/template.h"

namespace kiln {

/// What a ComponentBody holds; each language of templates has its own.
class ComponentBody::Impl {
  public:
    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    virtual ~Impl() = default;

    virtual Setting::Map evaluate(const SchemaInfo& schema, const BodyContext& context,
                                  Diagnostics& diagnostics) const = 0;
    virtual void complete(InterpolateContext&) const {}
};

/// The body as written, dynamic blocks not yet expanded. Provisioners and post-processors know
/// `build.*`; sources run before there are such values.
ComponentBody make_component_body(std::shared_ptr<const TemplateScope> scope, hcl::Body body,
                                  bool has_build_values);

}  // namespace kiln
