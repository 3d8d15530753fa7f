#pragma once

#include "builder/options/communicator_options.h"
#include "engine/component.h"

namespace kiln {

struct NullOptions {
    CommunicatorOptions communicator;
};

/// `null`: connects to a machine that is there already and provisions it
/// (spec/components.md, section 6).
class NullBuilder : public ComponentWith<Builder, NullOptions> {
  public:
    using ComponentWith::ComponentWith;
    std::shared_ptr<Artifact> run(BuildContext& context, ProvisionHook& hook) override;

  protected:
    void find_gaps(const NullOptions& options, Problems& gaps) const override;
};

Schema<NullOptions> null_builder_schema();

}  // namespace kiln
