#pragma once

#include <string>

#include "secret_store/secret_store.h"

namespace kiln::secret_store {

/// The variable, or an empty text when it is not set.
std::string variable(const SecretStoreOptions& options, const char* name);
/// `1`, `true` and the like are true, `0`, `false` and the like false, nothing gives `otherwise`.
/// Throws Error for what is neither.
bool flag(const SecretStoreOptions& options, const char* name, bool otherwise);

// One file each: vault.cpp, consul.cpp, aws_secrets.cpp.
std::string ask_vault(const SecretStoreOptions& options, const std::string& path,
                      const std::string& key);
std::string ask_consul(const SecretStoreOptions& options, const std::string& key);
/// The text of the secret.
std::string ask_aws(const SecretStoreOptions& options, const std::string& name);
/// One value of a JSON secret.
std::string value_of_aws_secret(const std::string& name, const std::string& secret,
                                const std::string& key);

}  // namespace kiln::secret_store
