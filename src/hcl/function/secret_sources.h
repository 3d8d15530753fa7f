#pragma once

#include <functional>
#include <string>

namespace kiln::hcl {

/// Where `vault`, `consul_key` and the `aws_secretsmanager` functions get their values: the
/// language itself knows no network. A function without a source fails with a clear error when it
/// is called. Sources throw Error, and must be safe to call from several threads.
struct SecretSources {
    std::function<std::string(const std::string& path, const std::string& key)> vault;
    std::function<std::string(const std::string& key)> consul_key;
    /// An empty key asks for the only value of the secret.
    std::function<std::string(const std::string& name, const std::string& key)> aws_secret;
    /// The whole text of the secret.
    std::function<std::string(const std::string& name)> aws_secret_raw;
};

}  // namespace kiln::hcl
