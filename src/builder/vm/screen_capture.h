#pragma once

#include "engine/build_context.h"
#include "machine/machine.h"

namespace kiln {

/// Keeps what the guest shows, for the user who has to find out why it does not come: a PNG picture
/// and the screen's text in the run's log directory, the text in the output too, and the last lines
/// of the serial line. Says where they are. Never throws: it runs while another error is told.
void capture_screen(Machine& machine, BuildContext& context);

}  // namespace kiln
