#pragma once

#include "local_shell/local_shell_options.h"

namespace kiln {

/// `shell-local` after a build: runs scripts and hands the artifact on as it is.
class ShellLocalPostProcessor : public ComponentWith<PostProcessor, LocalShellOptions> {
  public:
    using ComponentWith::ComponentWith;
    PostProcessed process(BuildContext& context, const ArtifactPtr& input) override;

  protected:
    void complete(LocalShellOptions& options, const PrepareContext& context,
                  Problems& problems) override;
};

}  // namespace kiln
