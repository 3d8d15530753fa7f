#include "builder/register.h"

#include "builder/file_builder.h"
#include "builder/null_builder.h"
#include "builder/qemu/qemu_builder.h"

namespace kiln {

void register_builders(Registry& registry) {
    registry.add_builder("file", component_factory<Builder, FileBuilder>(file_builder_schema));
    registry.add_builder("null", component_factory<Builder, NullBuilder>(null_builder_schema));
    registry.add_builder("qemu", component_factory<Builder, QemuBuilder>(qemu_schema));
}

}  // namespace kiln
