#include "builder/vsphere/vsphere_builders.h"

#include <algorithm>

#include "builder/vsphere/vsphere_clone.h"
#include "engine/declared.h"

namespace kiln {
namespace {

void check_iso_builder(const VsphereIsoOptions& options, Problems& problems);
void check_usb(const std::vector<std::string>& controllers, Problems& problems);

}  // namespace

void add_vsphere_builders(Registry& registry) {
    const std::string why =
        "kiln does not speak to vSphere. The same guest can be built by a qemu source, and the "
        "post-processor ova makes a file that vSphere imports.";
    registry.add_builder("vsphere-iso", declared_factory<Builder>(vsphere_iso_schema, why));
    registry.add_builder("vsphere-clone", declared_factory<Builder>(vsphere_clone_schema, why));
}

Schema<VsphereIsoOptions> vsphere_iso_schema() {
    using O = VsphereIsoOptions;
    Schema<O> schema("vsphere-iso", "Builds in a new guest of vSphere, from an ISO.");
    schema.include(&O::vsphere, vsphere_schema())
        .include(&O::storage, vsphere_storage_schema())
        .blocks("network_adapters", &O::network_adapters, vsphere_network_adapter_schema(),
                "A network card of the guest.")
        .option("usb_controller", &O::usb_controller, "USB controllers: usb, xhci.")
        .option("vm_version", &O::vm_version, "The hardware version.")
        .default_is("the newest")
        .option("guest_os_type", &O::guest_os_type, "vSphere's name of the guest's system.")
        .default_is("\"otherGuest\"")
        .check(check_iso_builder);
    return schema;
}

namespace {

void check_iso_builder(const VsphereIsoOptions& options, Problems& problems) {
    if (options.storage.storage.empty()) {
        problems.error("storage", "At least one storage block is needed.");
    }
    check_usb(options.usb_controller, problems);
}

void check_usb(const std::vector<std::string>& controllers, Problems& problems) {
    int usb = 0;
    int xhci = 0;
    for (const std::string& controller : controllers) {
        if (controller == "usb" || controller == "1" || controller == "true") {
            ++usb;
        } else if (controller == "xhci") {
            ++xhci;
        } else if (!controller.empty() && controller != "0" && controller != "false") {
            problems.error(
                "usb_controller",
                fmt::format("usb_controller holds \"{}\"; usb and xhci are possible.", controller));
        }
    }
    if (std::max(usb, xhci) > 1) {
        problems.error("usb_controller", "There can be one usb and one xhci controller.");
    }
}

}  // namespace
}  // namespace kiln
