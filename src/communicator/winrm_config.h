#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/error.h"

namespace kiln {

/// How a WinRM communicator reaches and enters a Windows guest, as the template's options say it
/// (spec/components.md, 1.3); each member names its option. Plain data: the schema that fills it
/// stands with the options.
struct WinRmConfig {
    std::string host;                             ///< winrm_host; empty: the builder knows it
    std::optional<int> port;                      ///< winrm_port
    std::string username;                         ///< winrm_username
    std::string password;                         ///< winrm_password
    Duration timeout = std::chrono::minutes(30);  ///< winrm_timeout
    bool use_ssl = false;                         ///< winrm_use_ssl
    bool insecure = false;                        ///< winrm_insecure: certificates are not checked
    std::optional<bool> use_ntlm;                 ///< winrm_use_ntlm
    bool no_proxy = false;                        ///< winrm_no_proxy

    /// The port that was given, or the protocol's.
    int effective_port() const { return port.value_or(use_ssl ? 5986 : 5985); }
};

/// Everything that is wrong with a configuration, before anything is connected.
std::vector<Error> winrm_config_errors(const WinRmConfig& config);

}  // namespace kiln
