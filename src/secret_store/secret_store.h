#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/cancel.h"

namespace kiln {

/// What the stores need from the outside; the defaults are the process's own.
struct SecretStoreOptions {
    /// An environment variable; nothing when it is not set.
    std::function<std::optional<std::string>(const char* name)> environment;
    /// No question takes longer.
    std::chrono::milliseconds timeout = std::chrono::seconds(30);
    CancelToken cancel;
    std::function<std::chrono::system_clock::time_point()> now = [] {
        return std::chrono::system_clock::now();
    };
};

/// Asks the secret stores that templates may name (spec/functions.md, section 7): HashiCorp Vault,
/// Consul's key/value store and AWS Secrets Manager. Each finds its server and its credentials in
/// the environment variables of its own tools:
///
/// - Vault: VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE; VAULT_CACERT, VAULT_CAPATH,
///   VAULT_CLIENT_CERT, VAULT_CLIENT_KEY, VAULT_SKIP_VERIFY.
/// - Consul: CONSUL_HTTP_ADDR (default 127.0.0.1:8500; also `unix://`), CONSUL_HTTP_TOKEN or
///   CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_AUTH, CONSUL_HTTP_SSL, CONSUL_HTTP_SSL_VERIFY,
///   CONSUL_CACERT, CONSUL_CAPATH, CONSUL_CLIENT_CERT, CONSUL_CLIENT_KEY, CONSUL_NAMESPACE.
/// - AWS: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION or
///   AWS_DEFAULT_REGION; what they do not say is read from the profile AWS_PROFILE (`default`) of
///   AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE (in ~/.aws). AWS_ENDPOINT_URL_SECRETS_MANAGER
///   or AWS_ENDPOINT_URL name another server.
///
/// All that is found, and the credentials too, is registered with secrets() before it is returned.
/// All members throw Error when a variable is not set, the server cannot be reached or refuses, or
/// the secret is not there; they throw Cancelled. Thread-safe.
class SecretStore {
  public:
    explicit SecretStore(SecretStoreOptions options = {});

    /// The value of one key of a secret, from a key/value store of version 1 or 2 (whose path has
    /// `/data/` in it).
    std::string vault(const std::string& path, const std::string& key) const;
    std::string consul_key(const std::string& key) const;
    /// The value of one key of a JSON secret; an empty key asks for the only one. A secret that is
    /// no JSON object is returned whole.
    std::string aws_secret(const std::string& name, const std::string& key) const;
    std::string aws_secret_raw(const std::string& name) const;

  private:
    SecretStoreOptions options_;
};

}  // namespace kiln
