#pragma once

#include <string>

#include "base/schema.h"

namespace kiln {

/// A Windows account under which commands run as a scheduled task, which gets around the limits of
/// a remote session. `powershell`, `hcp-sbom`, `chef-client` and the puppet provisioners share it.
struct ElevatedOptions {
    std::string user;
    std::string password;
};

Schema<ElevatedOptions> elevated_schema();

}  // namespace kiln
