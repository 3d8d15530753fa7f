#include "post_processor/shell_local.h"

#include "local_shell/local_shell.h"

namespace kiln {

PostProcessed ShellLocalPostProcessor::process(BuildContext& context, const ArtifactPtr& input) {
    run_local_shell(options(), prepared(), input->generated_data, context,
                    LocalShellRole::PostProcessor);
    return {input, true, true};
}

void ShellLocalPostProcessor::complete(LocalShellOptions& options, const PrepareContext&,
                                       Problems& problems) {
    complete_local_shell(options, problems);
}

}  // namespace kiln
