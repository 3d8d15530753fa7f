#include "cli/registry.h"

#include "builder/register.h"
#include "datasource/register.h"
#include "post_processor/register.h"
#include "provisioner/register.h"

namespace kiln {

const Registry& all_components() {
    static const Registry registry = [] {
        Registry all;
        register_builders(all);
        register_data_sources(all);
        register_provisioners(all);
        register_post_processors(all);
        return all;
    }();
    return registry;
}

}  // namespace kiln
