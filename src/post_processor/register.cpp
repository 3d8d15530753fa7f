#include "post_processor/register.h"

#include "post_processor/artifice.h"
#include "post_processor/checksum.h"
#include "post_processor/compress.h"
#include "post_processor/declared.h"
#include "post_processor/manifest.h"
#include "post_processor/ova.h"
#include "post_processor/shell_local.h"

namespace kiln {

void register_post_processors(Registry& registry) {
    registry.add_post_processor(
        "artifice", component_factory<PostProcessor, ArtificePostProcessor>(artifice_schema));
    registry.add_post_processor(
        "checksum", component_factory<PostProcessor, ChecksumPostProcessor>(checksum_schema));
    registry.add_post_processor(
        "compress", component_factory<PostProcessor, CompressPostProcessor>(compress_schema));
    registry.add_post_processor(
        "manifest", component_factory<PostProcessor, ManifestPostProcessor>(manifest_schema));
    registry.add_post_processor("ova",
                                component_factory<PostProcessor, OvaPostProcessor>(ova_schema));
    registry.add_post_processor(
        "shell-local",
        component_factory<PostProcessor, ShellLocalPostProcessor>(local_shell_schema));
    add_provenance_post_processor(registry);
    add_vagrant_post_processors(registry);
    add_vsphere_post_processors(registry);
    add_docker_post_processors(registry);
    add_amazon_post_processors(registry);
    add_google_post_processors(registry);
    add_digitalocean_post_processors(registry);
}

}  // namespace kiln
