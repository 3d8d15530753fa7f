#pragma once

#include <filesystem>

#include "boot/keyboard.h"
#include "boot/screen.h"
#include "machine/qemu/qemu_key_flow.h"
#include "machine/qemu/qmp_execute.h"

namespace kiln::qemu {

/// Presses keys through QMP. Needs no VNC server, and no keymap stands between. A key is
/// sent when the guest has read those before it, as far as that can be seen.
class QmpKeyboard : public boot::Keyboard {
  public:
    explicit QmpKeyboard(QmpExecute execute) : execute_(std::move(execute)), flow_(execute_) {}
    void key_down(boot::KeyCode key) override;
    void key_up(boot::KeyCode key) override;

  private:
    void send(boot::KeyCode key, bool down);

    QmpExecute execute_;
    KeyFlow flow_;
};

/// Looks at the guest's screen through QMP. QEMU writes pictures and memory to files, which go to
/// `directory`, a private one.
class QmpScreen : public boot::Screen {
  public:
    QmpScreen(QmpExecute execute, std::filesystem::path directory)
        : execute_(std::move(execute)), directory_(std::move(directory)) {}

    /// Nothing too where the guest has no screen.
    std::optional<boot::ScreenText> text() override;
    void save_png(const std::filesystem::path& path) override;

  private:
    QmpExecute execute_;
    std::filesystem::path directory_;
};

/// The arguments of `input-send-event` for one key.
nlohmann::json key_event(boot::KeyCode key, bool down);

}  // namespace kiln::qemu
