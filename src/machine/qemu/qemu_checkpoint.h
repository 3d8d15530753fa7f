#pragma once

#include <string>

#include "base/cancel.h"
#include "machine/qemu/qmp_execute.h"

namespace kiln::qemu {

/// Keeps a running guest's memory, devices and disks under `name` inside its QCOW2 disks, in place
/// of an older checkpoint of that name. The guest stands still meanwhile. Throws Error when a
/// writable disk cannot hold snapshots.
void save_checkpoint(const QmpExecute& execute, const std::string& name, const CancelToken& cancel);

/// Takes the guest back to a checkpoint. It runs on from there.
void load_checkpoint(const QmpExecute& execute, const std::string& name, const CancelToken& cancel);

}  // namespace kiln::qemu
