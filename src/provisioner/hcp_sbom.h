#pragma once

#include <string>
#include <vector>

#include "provisioner/windows/elevated_options.h"

namespace kiln {

/// The options of `hcp-sbom` (spec/components.md, section 3.9).
struct HcpSbomOptions {
    std::string source;
    std::string destination;
    std::string sbom_name;
    bool auto_generate = false;
    std::vector<std::string> scanner_args = {"-o", "cyclonedx-json"};
    std::string scanner_url;
    std::string scanner_checksum;
    std::string scan_path = "/";
    std::string execute_command;
    ElevatedOptions elevated;
};

Schema<HcpSbomOptions> hcp_sbom_schema();

}  // namespace kiln
