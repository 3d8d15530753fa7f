#include "communicator/winrm_config.h"

namespace kiln {

std::vector<Error> winrm_config_errors(const WinRmConfig& config) {
    std::vector<Error> errors;
    if (config.username.empty()) errors.push_back(Error("winrm_username must be specified."));
    if (config.effective_port() < 1 || config.effective_port() > 65535) {
        errors.push_back(
            Error(fmt::format("winrm_port is {}, not a port number", config.effective_port()))
                .with_hint("Use a number from 1 to 65535."));
    }
    if (config.timeout < Duration{0}) errors.push_back(Error("winrm_timeout is negative"));
    return errors;
}

}  // namespace kiln
