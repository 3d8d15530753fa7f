#pragma once

#include <memory>
#include <mutex>

#include "base/process.h"
#include "machine/machine.h"
#include "machine/qemu/qemu_command.h"
#include "machine/qemu/qmp_client.h"

namespace kiln::qemu {

/// A guest under QEMU, controlled through QMP. QEMU is a child that dies with kiln, however kiln
/// ends. Socket, error output and screen pictures live in a private directory that is removed with
/// the object.
class QemuMachine : public Machine {
  public:
    explicit QemuMachine(QemuDefinition definition);
    ~QemuMachine() override;

    void start(const CancelToken& cancel) override;
    boot::Keyboard& keyboard() override;
    boot::Screen& screen() override;
    std::optional<std::filesystem::path> serial_log() const override;
    std::optional<MachineExit> exited() override;
    std::optional<MachineExit> wait_for_exit(const CancelToken& cancel, Duration limit) override;
    void press_power_button() override;
    void power_off() override;
    void release() override;
    void checkpoint(const std::string& name, const CancelToken& cancel) override;
    void restore(const std::string& name, const CancelToken& cancel) override;

    /// The command that `start` runs, for logs. Without kiln's control socket before `start`.
    ProcessSpec command() const;
    /// QEMU's process id while it runs.
    std::optional<pid_t> pid() const;
    /// A QMP command of the caller's own (a VNC password, the guest's network address).
    nlohmann::json execute(std::string_view command, nlohmann::json arguments,
                           const CancelToken& cancel);
    /// QEMU's own control socket; a guest that was released can be reached there.
    std::filesystem::path control_socket() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kiln::qemu
