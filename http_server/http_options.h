#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"

namespace kiln::http {

/// The server's options as a template gives them (spec/components.md, section 2.1); the builders'
/// schemas fill this. Empty strings: not set.
struct HttpOptions {
    std::string directory;
    std::map<std::string, std::string> content;
    int port_min = 8000;
    int port_max = 9000;
    std::string bind_address;
    std::string interface;
    std::string network_protocol;

    /// Without a source no server is started, and the guest is told port 0.
    bool wanted() const { return !directory.empty() || !content.empty(); }
};

/// Everything that is wrong with the options, all at once. Does not look at the file system: the
/// directory must exist only when the build runs.
std::vector<Error> validate(const HttpOptions& options);

/// The numeric address to listen on: `bind_address` (a host name such as `localhost` is looked up),
/// or the address of `interface`, or all addresses of the protocol's family. Throws Error when
/// there is none. Expects options that `validate` accepts.
std::string listen_address(const HttpOptions& options);

}  // namespace kiln::http
