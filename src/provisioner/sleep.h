#pragma once

#include "engine/component.h"

namespace kiln {

struct SleepOptions {
    Duration duration{0};
};

Schema<SleepOptions> sleep_schema();

/// Waits for a fixed time; cancelling ends the wait.
class SleepProvisioner : public ComponentWith<Provisioner, SleepOptions> {
  public:
    using ComponentWith::ComponentWith;
    void provision(BuildContext& context, Communicator& communicator,
                   const Setting::Map& data) override;
};

}  // namespace kiln
