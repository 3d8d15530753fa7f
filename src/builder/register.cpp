#include "builder/register.h"

#include "builder/file_builder.h"
#include "builder/hyperv/hyperv_builders.h"
#include "builder/libvirt/libvirt_options.h"
#include "builder/null_builder.h"
#include "builder/parallels/parallels_builders.h"
#include "builder/qemu/qemu_builder.h"
#include "builder/vagrant/vagrant_builder.h"
#include "builder/virtualbox/virtualbox_options.h"
#include "builder/vmware/vmware_builders.h"
#include "builder/vsphere/vsphere_builders.h"

namespace kiln {

void register_builders(Registry& registry) {
    registry.add_builder("file", component_factory<Builder, FileBuilder>(file_builder_schema));
    registry.add_builder("null", component_factory<Builder, NullBuilder>(null_builder_schema));
    registry.add_builder("qemu", component_factory<Builder, QemuBuilder>(qemu_schema));
    add_hyperv_builders(registry);
    add_libvirt_builder(registry);
    add_parallels_builders(registry);
    add_vagrant_builder(registry);
    add_virtualbox_builders(registry);
    add_vmware_builders(registry);
    add_vsphere_builders(registry);
}

}  // namespace kiln
