#pragma once

#include "communicator/communicator.h"
#include "engine/component.h"
#include "local_shell/script_options.h"

namespace kiln {

/// The options of `shell` (spec/components.md, sections 3.1 and 3.2).
struct ShellOptions {
    ScriptOptions script;
    bool binary = false;
    std::string execute_command;
    std::string inline_shebang;
    std::string remote_folder = "/tmp";
    std::string remote_file;
    std::string remote_path;
    bool use_env_var_file = false;
    Duration start_retry_timeout = std::chrono::minutes(5);
    bool skip_clean = false;
    bool expect_disconnect = false;
    Duration pause_after{0};
};

Schema<ShellOptions> shell_schema();

/// Uploads scripts into the guest and runs them there. A script may reboot the guest: the next
/// upload is tried again until `start_retry_timeout` has passed, while the communicator reconnects.
class ShellProvisioner : public ComponentWith<Provisioner, ShellOptions> {
  public:
    using ComponentWith::ComponentWith;
    void provision(BuildContext& context, Communicator& communicator,
                   const Setting::Map& data) override;

  protected:
    void complete(ShellOptions& options, const PrepareContext& context,
                  Problems& problems) override;
};

/// A text script as a POSIX guest wants it: lines end in LF alone, the last one too.
std::string to_unix_lines(std::string_view text);

}  // namespace kiln
