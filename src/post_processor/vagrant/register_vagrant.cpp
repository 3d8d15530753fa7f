#include "engine/declared.h"
#include "post_processor/declared.h"
#include "post_processor/vagrant/vagrant_options.h"

namespace kiln {

void add_vagrant_post_processors(Registry& registry) {
    registry.add_post_processor(
        "vagrant", declared_factory<PostProcessor>(
                       vagrant_schema, "Vagrant boxes come with a later version of kiln."));
    const std::string upload = "Publishing Vagrant boxes comes with a later version of kiln.";
    registry.add_post_processor("vagrant-cloud",
                                declared_factory<PostProcessor>(vagrant_cloud_schema, upload));
    registry.add_post_processor("vagrant-registry",
                                declared_factory<PostProcessor>(vagrant_registry_schema, upload));
}

}  // namespace kiln
