#pragma once

#include "local_shell/local_shell_options.h"

namespace kiln {

/// `shell-local` between other provisioners: runs scripts beside the guest, not in it.
class ShellLocalProvisioner : public ComponentWith<Provisioner, LocalShellOptions> {
  public:
    using ComponentWith::ComponentWith;
    void provision(BuildContext& context, Communicator& communicator,
                   const Setting::Map& data) override;

  protected:
    void complete(LocalShellOptions& options, const PrepareContext& context,
                  Problems& problems) override;
};

}  // namespace kiln
