#include "provisioner/shell_local.h"

#include "local_shell/local_shell.h"

namespace kiln {

void ShellLocalProvisioner::provision(BuildContext& context, Communicator&,
                                      const Setting::Map& data) {
    run_local_shell(options(), prepared(), data, context, LocalShellRole::Provisioner);
}

void ShellLocalProvisioner::complete(LocalShellOptions& options, const PrepareContext&,
                                     Problems& problems) {
    complete_local_shell(options, problems);
}

}  // namespace kiln
