#include "template/component_body.h"

#include "template/body_settings.h"

namespace kiln {

Setting::Map ComponentBody::evaluate(const SchemaInfo& schema, const BodyContext& context,
                                     Diagnostics& diagnostics) const {
    return impl_->evaluate(schema, context, diagnostics);
}

void ComponentBody::complete(InterpolateContext& context) const {
    impl_->complete(context);
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

namespace {

class HclBody : public ComponentBody::Impl {
  public:
    HclBody(std::shared_ptr<const TemplateScope> scope, hcl::Body body, bool has_build_values)
        : scope_(std::move(scope)), body_(std::move(body)), has_build_values_(has_build_values) {}

    Setting::Map evaluate(const SchemaInfo& schema, const BodyContext& context,
                          Diagnostics& diagnostics) const override {
        const hcl::EvalScope scope = scope_->inside_source(context, has_build_values_);
        const hcl::Body expanded =
            hcl::expand_dynamic_blocks(body_, scope, nested_blocks(schema), diagnostics);
        scope_->report_unavailable(body_, diagnostics);
        return body_settings(expanded, schema, scope, diagnostics);
    }

  private:
    std::shared_ptr<const TemplateScope> scope_;
    hcl::Body body_;
    bool has_build_values_;
};

}  // namespace

ComponentBody make_component_body(std::shared_ptr<const TemplateScope> scope, hcl::Body body,
                                  bool has_build_values) {
    return ComponentBody(
        std::make_shared<HclBody>(std::move(scope), std::move(body), has_build_values));
}

}  // namespace kiln
