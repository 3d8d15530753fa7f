#pragma once

namespace kiln {

/// Finds the command and runs it. The result is the exit code: 127 for no or an unknown command
/// (spec/cli.md, section 1).
int run_app(int argc, char** argv);

}  // namespace kiln
