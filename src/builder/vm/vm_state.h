#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/port.h"
#include "builder/vm/vm_driver.h"
#include "builder/vm/vm_options.h"
#include "communicator/communicator.h"
#include "communicator/ssh_key.h"
#include "engine/build_temp_dir.h"
#include "engine/component.h"
#include "http_server/http_server.h"

namespace kiln {

/// What the steps of one VM build share: each step fills in its part and takes it back.
struct VmState {
    VmState(const VmOptions& vm_options, const InterpolateContext& context, VmDriver& vm_driver,
            ProvisionHook& provision_hook, bool may_replace_output)
        : options(vm_options),
          interpolation(context),
          driver(vm_driver),
          hook(provision_hook),
          force(may_replace_output) {}

    const VmOptions& options;
    const InterpolateContext& interpolation;
    VmDriver& driver;
    ProvisionHook& hook;
    const bool force;

    GuestPlan plan;
    std::optional<BuildTempDir> scratch;
    std::unique_ptr<http::HttpServer> http_server;
    std::optional<PortLease> ssh_port;
    std::optional<SshKeyPair> key_pair;
    std::unique_ptr<Machine> machine;
    std::unique_ptr<Communicator> communicator;
    SealedDisks sealed;

    /// The values of `build.*` that are known by now (spec/qemu-builder.md, section 14).
    Setting::Map build_values(const std::string& run_uuid) const;
    /// What boot commands and late texts can ask for.
    InterpolateContext late_interpolation() const;
    /// The host and port that SSH connects to.
    std::string ssh_host() const;
    int ssh_connect_port() const;
};

}  // namespace kiln
