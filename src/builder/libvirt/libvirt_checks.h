#pragma once

#include "builder/libvirt/libvirt_options.h"

namespace kiln {

/// The rules of the `libvirt` builder's options and blocks (spec/libvirt-vsphere-vagrant.md, A2 to
/// A4).
void check_libvirt(const LibvirtOptions& options, Problems& problems);
void check_libvirt_interface(const LibvirtNetworkInterface& interface, Problems& problems);
void check_libvirt_source(const LibvirtVolumeSource& source, Problems& problems);
void check_libvirt_volume(const LibvirtVolume& volume, Problems& problems);

}  // namespace kiln
