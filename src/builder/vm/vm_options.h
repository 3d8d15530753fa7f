#pragma once

#include <string>

#include "builder/options/communicator_options.h"
#include "builder/options/guest_options.h"
#include "builder/options/iso_options.h"

namespace kiln {

/// The options that every VM builder has, whatever its hypervisor.
struct VmOptions {
    IsoOptions iso;
    http::HttpOptions http;
    BootOptions boot;
    MediaOptions media;
    ShutdownOptions shutdown;
    CommunicatorOptions communicator;
    std::string output_directory;
    std::string vm_name;
    int host_port_min = 2222;
    int host_port_max = 4444;
    bool skip_nat_mapping = false;
};

/// Declares the shared groups and options for a builder whose options hold them in `member`.
Schema<VmOptions> vm_schema();

/// Fills in what depends on the build's name, and checks what needs the file system.
void complete_vm_options(VmOptions& options, const std::string& source_name, bool force,
                         Problems& problems);

}  // namespace kiln
