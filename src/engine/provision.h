#pragma once

#include <map>
#include <string>

#include "engine/plan.h"

namespace kiln {

/// Runs a build's provisioners when the builder calls for them, with pauses, time limits, retries
/// and `continue_on_error` (spec/template.md, section 6.3). Bodies are evaluated once more with the
/// real values right before each runs.
class Provisioning : public ProvisionHook {
  public:
    Provisioning(PlannedBuild& build, std::string version,
                 const std::map<std::string, std::string>& user_variables)
        : build_(build), version_(std::move(version)), user_variables_(user_variables) {}

    void provision(BuildContext& context, Communicator* communicator,
                   const Setting::Map& data) override;
    void provision_cleanup(BuildContext& context, Communicator* communicator,
                           const Setting::Map& data) override;

  private:
    void run(PlannedProvisioner& provisioner, BuildContext& context, Communicator& communicator,
             const Setting::Map& data);
    void run_with_retries(PlannedProvisioner& provisioner, BuildContext& context,
                          Communicator& communicator, const Setting::Map& data);
    void run_once(PlannedProvisioner& provisioner, BuildContext& context,
                  Communicator& communicator, const Setting::Map& data);

    PlannedBuild& build_;
    std::string version_;
    const std::map<std::string, std::string>& user_variables_;
};

/// Turns diagnostics of a preparation that failed while the build runs into one Error.
Error preparation_error(const Diagnostics& diagnostics);

}  // namespace kiln
