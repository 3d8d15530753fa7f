#pragma once

#include "base/diagnostic.h"
#include "hcl/eval/body.h"
#include "hcl/eval/scope.h"
#include "template/template.h"

namespace kiln {

/// Takes the arguments that every provisioner has (spec/template.md, section 6.3) off the body;
/// what remains belongs to the component.
ProvisionerMeta read_provisioner_meta(const hcl::Body& body, const hcl::EvalScope& scope,
                                      std::string& name, hcl::Body& remainder,
                                      Diagnostics& diagnostics);

/// The same for a post-processor (section 7.1), into the block's members.
void read_post_processor_meta(const hcl::Body& body, const hcl::EvalScope& scope,
                              PostProcessorBlock& block, hcl::Body& remainder,
                              Diagnostics& diagnostics);

}  // namespace kiln
