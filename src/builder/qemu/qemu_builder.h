#pragma once

#include "builder/qemu/qemu_options.h"
#include "engine/component.h"

namespace kiln {

/// `qemu`: builds in a guest under QEMU (spec/qemu-builder.md).
class QemuBuilder : public ComponentWith<Builder, QemuOptions> {
  public:
    using ComponentWith::ComponentWith;
    std::shared_ptr<Artifact> run(BuildContext& context, ProvisionHook& hook) override;

  protected:
    void complete(QemuOptions& options, const PrepareContext& context, Problems& problems) override;
    void find_gaps(const QemuOptions& options, Problems& gaps) const override;
};

}  // namespace kiln
