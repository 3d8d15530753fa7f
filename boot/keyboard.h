#pragma once

#include <string_view>

namespace kiln::boot {

/// One physical key of a US keyboard, by its QEMU key code name (`a`, `ret`, `shift`,
/// `bracket_left`): spec/boot-command.md, sections 7 and 8. Back ends translate it to what their
/// hypervisor takes.
using KeyCode = std::string_view;

/// Where key events go. One thread at a time; calls throw Error when the guest cannot take keys.
class Keyboard {
  public:
    virtual ~Keyboard() = default;
    virtual void key_down(KeyCode key) = 0;
    virtual void key_up(KeyCode key) = 0;
};

}  // namespace kiln::boot
