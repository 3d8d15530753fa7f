#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "secret_store/aws_signature.h"
#include "secret_store/secret_store.h"

namespace kiln::secret_store {

/// Who asks, and where.
struct AwsAccess {
    AwsCredentials credentials;
    std::string region;
};

/// Reads the environment, then the profile's files (secret_store.h says which). The credentials are
/// registered as secrets. Throws Error that says what is missing and where it may be set.
AwsAccess find_aws_access(const SecretStoreOptions& options);

/// The keys and values of one `[section]` of a file of profiles.
std::map<std::string, std::string> read_profile(std::string_view text, std::string_view section);

}  // namespace kiln::secret_store
