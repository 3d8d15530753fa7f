#pragma once

#include "cli/streams.h"

namespace kiln {

/// `-autocomplete-install`: lets the user's shells (bash, zsh and fish, as far as the user has
/// start-up files for them) complete kiln's command lines. Says what it changed; running it twice
/// changes nothing. The exit code.
int install_completion(const Streams& streams);

/// `-autocomplete-uninstall`: takes back what `install_completion` did.
int uninstall_completion(const Streams& streams);

}  // namespace kiln
