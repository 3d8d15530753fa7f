#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "base/cancel.h"
#include "base/duration.h"
#include "boot/boot_command.h"
#include "boot/keyboard.h"
#include "boot/screen.h"

namespace kiln::boot {

/// Time as the typist sees it, so that tests do not wait.
class TypingClock {
  public:
    virtual ~TypingClock() = default;
    virtual std::chrono::steady_clock::time_point now() = 0;
    /// Throws Cancelled when told to, at once.
    virtual void sleep(Duration duration, const CancelToken& cancel) = 0;
};

/// The clock on the wall. Any thread may use it.
TypingClock& real_clock();

/// The pause after each key event where the template says nothing. It is this short because the
/// QEMU back end holds each key back until the guest has read the one before: measured without KVM
/// at load 16, ISOLINUX and GRUB under UEFI lost no key even without a pause.
constexpr Duration default_key_interval = std::chrono::milliseconds(2);

/// The pause to take: the option `boot_key_interval` when it is more than 0, else the environment's
/// PACKER_KEY_INTERVAL when it can be read (0 is allowed there), else the default.
Duration key_interval(std::optional<Duration> option);

struct TypingOptions {
    Duration key_interval = default_key_interval;
    /// How long a wait for the screen may take when it has no limit of its own.
    Duration wait_limit = std::chrono::minutes(5);
    Duration poll_interval = std::chrono::milliseconds(100);
};

/// Types boot commands into a guest. However `type` ends, no key stays pressed: what the command
/// (or an error, or a cancellation) left down is released. One thread at a time; keyboard, screen
/// and clock must outlive it.
class Typist {
  public:
    Typist(Keyboard& keyboard, Screen& screen, TypingOptions options,
           TypingClock& clock = real_clock());

    /// Types the items in order. Throws what keyboard and screen throw, Cancelled, and Error when a
    /// wait's limit passes, with the rows that the screen shows.
    void type(const std::vector<Item>& items, const CancelToken& cancel);

    /// Waits until the screen shows the pattern; the typist's limit applies when none is given.
    void wait_for(const ScreenPattern& pattern, std::optional<Duration> limit,
                  const CancelToken& cancel);

  private:
    void run(const Wait& item, const CancelToken& cancel);
    void run(const WaitFor& item, const CancelToken& cancel);
    void run(const Character& item, const CancelToken& cancel);
    void run(const SpecialKey& item, const CancelToken& cancel);
    void down(KeyCode key, const CancelToken& cancel);
    void up(KeyCode key, const CancelToken& cancel);
    void release_held_keys();

    Keyboard& keyboard_;
    Screen& screen_;
    TypingOptions options_;
    TypingClock& clock_;
    std::vector<KeyCode> held_;  // in the order they went down
};

}  // namespace kiln::boot
