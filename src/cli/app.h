#pragma once

#include <string>
#include <vector>

#include "cli/streams.h"

namespace kiln {

/// Finds the command and runs it. The result is the exit code: 127 for no or an unknown command
/// (spec/cli.md, section 1).
int run_app(int argc, char** argv);

/// The same over the arguments behind the program's name, with streams of the caller's choice.
int run_app(std::vector<std::string> arguments, const Streams& streams);

}  // namespace kiln
