#pragma once

#include <string>

#include "machine/qemu/qmp_execute.h"

namespace kiln::qemu {

/// Keeps keys from being lost. A PC's keyboard controller holds 16 bytes and its BIOS 15 keys, and
/// drop what comes on top; on a busy host a boot loader may need longer for a key than any pause
/// that is bearable otherwise (measured: ISOLINUX without KVM, load 20, lost keys at 5 ms). So no
/// more is sent than there is room for: QEMU tells the controller's state and the BIOS's queue
/// without the guest noticing. They are asked only when what was seen last is used up. Guests
/// without such a keyboard are not waited for.
class KeyFlow {
  public:
    explicit KeyFlow(QmpExecute execute) : execute_(std::move(execute)) {}

    /// Returns when there is room for one more key event, or after a second when the guest does not
    /// listen; a guest that does not listen is not waited for again before it does.
    void wait_for_room();

  private:
    bool refill();
    bool controller_is_empty();
    int room_in_bios();
    std::string monitor(const std::string& command);

    QmpExecute execute_;
    bool listens_ = true;
    int room_ = 0;  // events that surely fit
};

}  // namespace kiln::qemu
