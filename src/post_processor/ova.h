#pragma once

#include "engine/component.h"
#include "formats/ova/ovf.h"
#include "formats/source.h"

namespace kiln {

struct OvaPostOptions {
    std::string output = "{{.BuildName}}.ova";
    std::string vm_name;
    std::string annotation;
    std::optional<int> cpus;
    std::optional<int> memory;
    std::string guest_os_type = "linux";
    int hardware_version = 13;
    std::string disk_adapter = "lsilogic";
    std::string disk_format;
    std::string network_adapter = "vmxnet3";
    std::string network_name = "VM Network";
    std::string firmware;
    std::string speed = "balanced";
};

Schema<OvaPostOptions> ova_schema();

/// Turns an artifact's disks into an OVA that VMware, VirtualBox and virt-v2v import. Reads each
/// disk once; the input artifact is kept unless keep_input_artifact says otherwise, since an OVA is
/// one more form of an image and not its replacement.
class OvaPostProcessor : public ComponentWith<PostProcessor, OvaPostOptions> {
  public:
    using ComponentWith::ComponentWith;
    PostProcessed process(BuildContext& context, const ArtifactPtr& input) override;

  protected:
    void complete(OvaPostOptions& options, const PrepareContext& context,
                  Problems& problems) override;
};

/// The machine to describe: the options, and what the builder announced (`cpus`, `memory`,
/// `firmware`) where they are silent. For tests.
formats::OvfMachine ova_machine(const OvaPostOptions& options, const Artifact& input,
                                const std::filesystem::path& output);

/// A disk image of the artifact and how to open it.
struct OvaDisk {
    std::filesystem::path path;
    formats::OpenOptions how;
};

/// The disks that the builder announced (`diskPaths`, `diskType`), or else the files that are named
/// as disks are, or else as packed disks are (.gz, .box), or else begin as an image of any format
/// does. Throws Error when there is none. For tests.
std::vector<OvaDisk> ova_disks(const OvaPostOptions& options, const Artifact& input);

}  // namespace kiln
