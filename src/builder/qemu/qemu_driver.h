#pragma once

#include "base/port.h"
#include "builder/qemu/qemu_disks.h"
#include "builder/qemu/qemu_options.h"
#include "builder/vm/vm_driver.h"
#include "engine/component.h"
#include "machine/qemu/qemu_command.h"

namespace kiln {

/// What QEMU adds to the VM recipe: disks by qemu-img, the guest's definition, sealing.
class QemuDriver : public VmDriver {
  public:
    QemuDriver(const QemuOptions& options, const InterpolateContext& interpolation)
        : options_(options), interpolation_(interpolation), disks_(options) {}

    void create_disks(const GuestPlan& plan, BuildContext& context) override;
    std::unique_ptr<Machine> make_machine(const GuestPlan& plan, BuildContext& context) override;
    std::string host_address_for_guest() const override;
    SealedDisks seal(const GuestPlan& plan, BuildContext& context) override;

    /// What runs the guest, known once the machine is made.
    const std::string& accelerator() const { return accelerator_; }

  private:
    qemu::QemuDefinition definition(const GuestPlan& plan, BuildContext& context);
    void define_disks(qemu::QemuDefinition& definition, const GuestPlan& plan) const;
    void define_network(qemu::QemuDefinition& definition, const GuestPlan& plan) const;
    void define_firmware(qemu::QemuDefinition& definition, const GuestPlan& plan) const;
    void define_console(qemu::QemuDefinition& definition, const GuestPlan& plan,
                        BuildContext& context);
    std::string choose_accelerator(BuildContext& context) const;
    std::vector<qemu::QemuArgumentRow> rendered_arguments(const GuestPlan& plan) const;

    const QemuOptions& options_;
    const InterpolateContext& interpolation_;
    QemuDisks disks_;
    std::string accelerator_;
    std::optional<PortLease> vnc_port_;
};

}  // namespace kiln
