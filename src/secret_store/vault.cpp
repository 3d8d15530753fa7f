#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/secret.h"
#include "secret_store/environment.h"
#include "secret_store/http_call.h"

namespace kiln::secret_store {
namespace {

using Json = nlohmann::json;

HttpCall vault_call(const SecretStoreOptions& options, const std::string& path);
/// What the server gives as reasons: `{"errors": ["…"]}`.
std::string reasons(const Json& answer);
std::string text_of(const Json& value, const std::string& key);

}  // namespace

std::string ask_vault(const SecretStoreOptions& options, const std::string& path,
                      const std::string& key) {
    const HttpCall call = vault_call(options, path);
    HttpReply reply;
    try {
        reply = http_call(call, options.timeout, options.cancel);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        throw Error(fmt::format("cannot ask Vault for {}", path))
            .because(error)
            .with_hint("VAULT_ADDR names the server; check that it runs and can be reached.");
    }
    const Json answer = Json::parse(reply.body, nullptr, false);
    if (reply.status == 404) {
        throw Error(fmt::format("Vault has no secret at {}", path))
            .with_hint(
                "In a key/value store of version 2 the path has /data/ behind the mount: "
                "secret/data/NAME.");
    }
    if (reply.status != 200) {
        throw Error(
            fmt::format("Vault answered with status {} to the question for {}", reply.status, path))
            .because(reasons(answer));
    }
    if (!answer.is_object() || !answer.contains("data") || !answer["data"].is_object()) {
        throw Error(fmt::format("Vault's answer for {} holds no data", path));
    }
    const Json& data = answer["data"];
    // In version 2 the secret is one level further in.
    const bool version_2 = data.contains("data") && data["data"].is_object();
    const Json& secret = version_2 ? data["data"] : data;
    if (!secret.contains(key)) {
        throw Error(fmt::format("the Vault secret at {} has no key {}", path, key));
    }
    return text_of(secret[key], key);
}

namespace {

HttpCall vault_call(const SecretStoreOptions& options, const std::string& path) {
    const std::string token = variable(options, "VAULT_TOKEN");
    if (token.empty()) {
        throw Error("Must set VAULT_TOKEN env var in order to use vault template function");
    }
    secrets().add(token);
    std::string address = variable(options, "VAULT_ADDR");
    if (address.empty()) {
        throw Error("Must set VAULT_ADDR env var in order to use vault template function")
            .with_hint("It names the server, like https://vault.example.com:8200.");
    }
    while (address.ends_with('/')) address.pop_back();
    HttpCall call;
    call.url = fmt::format("{}/v1/{}", address,
                           percent_encode(path.starts_with('/') ? path.substr(1) : path, "/"));
    call.headers = {"X-Vault-Token: " + token, "X-Vault-Request: true"};
    const std::string name_space = variable(options, "VAULT_NAMESPACE");
    if (!name_space.empty()) call.headers.push_back("X-Vault-Namespace: " + name_space);
    call.tls.ca_file = variable(options, "VAULT_CACERT");
    call.tls.ca_directory = variable(options, "VAULT_CAPATH");
    call.tls.client_certificate = variable(options, "VAULT_CLIENT_CERT");
    call.tls.client_key = variable(options, "VAULT_CLIENT_KEY");
    call.tls.verify = !flag(options, "VAULT_SKIP_VERIFY", false);
    return call;
}

std::string reasons(const Json& answer) {
    std::string text;
    if (answer.is_object() && answer.contains("errors") && answer["errors"].is_array()) {
        for (const Json& reason : answer["errors"]) {
            if (!reason.is_string()) continue;
            if (!text.empty()) text += "; ";
            text += reason.get<std::string>();
        }
    }
    return text.empty() ? "it gave no reason" : text;
}

std::string text_of(const Json& value, const std::string& key) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number() || value.is_boolean()) return value.dump();
    throw Error(fmt::format("the value of {} in the Vault secret is no text", key));
}

}  // namespace
}  // namespace kiln::secret_store
