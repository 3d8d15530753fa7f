#include "template/component_body.h"

#include "template/body_settings.h"

namespace kiln {

Setting::Map ComponentBody::evaluate(const SchemaInfo& schema, const BodyContext& context,
                                     Diagnostics& diagnostics) const {
    const hcl::EvalScope scope = impl_->scope->inside_source(context, impl_->has_build_values);
    const hcl::Body expanded =
        hcl::expand_dynamic_blocks(impl_->body, scope, nested_blocks(schema), diagnostics);
    return body_settings(expanded, schema, scope, diagnostics);
}

ComponentBody make_component_body(std::shared_ptr<const TemplateScope> scope, hcl::Body body,
                                  bool has_build_values) {
    auto impl = std::make_shared<ComponentBody::Impl>();
    impl->scope = std::move(scope);
    impl->body = std::move(body);
    impl->has_build_values = has_build_values;
    return ComponentBody(std::move(impl));
}

BuildVariables BuildVariables::placeholders(std::string build_name,
                                            const std::vector<std::string>& announced_by_builder) {
    BuildVariables variables;
    variables.build_name = std::move(build_name);
    for (const char* name :
         {"ID", "Host", "Port", "User", "Password", "ConnType", "PackerRunUUID", "PackerHTTPPort",
          "PackerHTTPIP", "PackerHTTPAddr", "SSHPublicKey", "SSHPrivateKey", "WinRMPassword"}) {
        variables.values[name] = "<unknown>";
    }
    for (const auto& name : announced_by_builder) variables.values[name] = "<unknown>";
    return variables;
}

}  // namespace kiln
