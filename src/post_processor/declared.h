#pragma once

#include "engine/registry.h"

/// Post-processors whose options are known and whose runs come later, or not at all
/// (engine/declared.h).
namespace kiln {

/// `provenance` (spec/components.md, section 4.6).
void add_provenance_post_processor(Registry& registry);
/// `vagrant`, `vagrant-cloud` and `vagrant-registry`.
void add_vagrant_post_processors(Registry& registry);
/// `vsphere` and `vsphere-template` (spec/libvirt-vsphere-vagrant.md, part B).
void add_vsphere_post_processors(Registry& registry);
/// `docker-import`, `docker-push`, `docker-save` and `docker-tag`.
void add_docker_post_processors(Registry& registry);
/// `amazon-import`.
void add_amazon_post_processors(Registry& registry);
/// `googlecompute-import` and `googlecompute-export`.
void add_google_post_processors(Registry& registry);
/// `digitalocean-import`.
void add_digitalocean_post_processors(Registry& registry);

}  // namespace kiln
