#pragma once

#include "engine/registry.h"

/// Provisioners that hand the work to a configuration management program. Their options are known;
/// their runs come later (engine/declared.h).
namespace kiln {

/// `ansible` and `ansible-local`.
void add_ansible_provisioners(Registry& registry);
/// `chef-solo` and `chef-client`.
void add_chef_provisioners(Registry& registry);
/// `puppet-masterless` and `puppet-server`.
void add_puppet_provisioners(Registry& registry);
/// `salt-masterless`.
void add_salt_provisioner(Registry& registry);

}  // namespace kiln
