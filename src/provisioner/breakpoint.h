#pragma once

#include "engine/component.h"

namespace kiln {

struct BreakpointOptions {
    std::string note;
    bool disable = false;
};

Schema<BreakpointOptions> breakpoint_schema();

/// Stops the build until the user presses enter. Throws Error when there is no terminal to ask on.
class BreakpointProvisioner : public ComponentWith<Provisioner, BreakpointOptions> {
  public:
    using ComponentWith::ComponentWith;
    void provision(BuildContext& context, Communicator& communicator,
                   const Setting::Map& data) override;
};

}  // namespace kiln
