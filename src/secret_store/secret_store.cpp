#include "secret_store/secret_store.h"

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/secret.h"
#include "secret_store/environment.h"

namespace kiln {
namespace {

std::string registered(std::string secret) {
    secrets().add(secret);
    return secret;
}

}  // namespace

SecretStore::SecretStore(SecretStoreOptions options) : options_(std::move(options)) {
    if (options_.environment) return;
    options_.environment = [](const char* name) {
        const char* value = std::getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

std::string SecretStore::vault(const std::string& path, const std::string& key) const {
    return registered(secret_store::ask_vault(options_, path, key));
}

std::string SecretStore::consul_key(const std::string& key) const {
    return registered(secret_store::ask_consul(options_, key));
}

std::string SecretStore::aws_secret(const std::string& name, const std::string& key) const {
    const std::string secret = registered(secret_store::ask_aws(options_, name));
    return registered(secret_store::value_of_aws_secret(name, secret, key));
}

std::string SecretStore::aws_secret_raw(const std::string& name) const {
    return registered(secret_store::ask_aws(options_, name));
}

namespace secret_store {

std::string variable(const SecretStoreOptions& options, const char* name) {
    return options.environment(name).value_or("");
}

bool flag(const SecretStoreOptions& options, const char* name, bool otherwise) {
    std::string text = variable(options, name);
    if (text.empty()) return otherwise;
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (text == "1" || text == "t" || text == "true") return true;
    if (text == "0" || text == "f" || text == "false") return false;
    throw Error(fmt::format("the environment variable {} must be true or false", name));
}

}  // namespace secret_store
}  // namespace kiln
