#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"
#include "secret_store/environment.h"
#include "secret_store/http_call.h"

namespace kiln::secret_store {
namespace {

HttpCall consul_call(const SecretStoreOptions& options, const std::string& key);
std::string consul_token(const SecretStoreOptions& options);
std::optional<std::string> decode_base64(const std::string& text);

}  // namespace

std::string ask_consul(const SecretStoreOptions& options, const std::string& key) {
    const HttpCall call = consul_call(options, key);
    HttpReply reply;
    try {
        reply = http_call(call, options.timeout, options.cancel);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        throw Error(fmt::format("cannot ask Consul for the key {}", key))
            .because(error)
            .with_hint(
                "CONSUL_HTTP_ADDR names the server (without it 127.0.0.1:8500); check that "
                "it runs and can be reached.");
    }
    if (reply.status == 404) {
        throw Error(fmt::format("value does not exist at path (in Consul): {}", key));
    }
    if (reply.status != 200) {
        throw Error(fmt::format("Consul answered with status {} to the question for the key {}",
                                reply.status, key))
            .because(reply.body.substr(0, 200));
    }
    const auto answer = nlohmann::json::parse(reply.body, nullptr, false);
    const bool good = answer.is_array() && answer.size() == 1 && answer[0].is_object() &&
                      answer[0].contains("Value");
    if (!good) throw Error(fmt::format("Consul's answer for the key {} cannot be read", key));
    const auto& value = answer[0]["Value"];
    const auto text = value.is_string() ? decode_base64(value.get<std::string>())
                                        : std::optional<std::string>(std::string());
    if (!text) throw Error(fmt::format("Consul's answer for the key {} cannot be read", key));
    if (text->empty()) throw Error(fmt::format("value is empty at path (in Consul): {}", key));
    return *text;
}

namespace {

HttpCall consul_call(const SecretStoreOptions& options, const std::string& key) {
    std::string address = variable(options, "CONSUL_HTTP_ADDR");
    if (address.empty()) address = "127.0.0.1:8500";
    HttpCall call;
    if (address.starts_with("unix://")) {
        call.unix_socket = address.substr(7);
        address = "http://localhost";
    } else if (address.find("://") == std::string::npos) {
        address = (flag(options, "CONSUL_HTTP_SSL", false) ? "https://" : "http://") + address;
    }
    while (address.ends_with('/')) address.pop_back();
    call.url = fmt::format("{}/v1/kv/{}", address,
                           percent_encode(key.starts_with('/') ? key.substr(1) : key, "/"));
    const std::string name_space = variable(options, "CONSUL_NAMESPACE");
    if (!name_space.empty()) call.url += "?ns=" + percent_encode(name_space);
    const std::string token = consul_token(options);
    if (!token.empty()) call.headers.push_back("X-Consul-Token: " + token);
    call.user = variable(options, "CONSUL_HTTP_AUTH");
    if (const auto colon = call.user.find(':'); colon != std::string::npos) {
        secrets().add(call.user.substr(colon + 1));
    }
    call.tls.ca_file = variable(options, "CONSUL_CACERT");
    call.tls.ca_directory = variable(options, "CONSUL_CAPATH");
    call.tls.client_certificate = variable(options, "CONSUL_CLIENT_CERT");
    call.tls.client_key = variable(options, "CONSUL_CLIENT_KEY");
    call.tls.verify = flag(options, "CONSUL_HTTP_SSL_VERIFY", true);
    return call;
}

std::string consul_token(const SecretStoreOptions& options) {
    std::string token = variable(options, "CONSUL_HTTP_TOKEN");
    const std::string file = variable(options, "CONSUL_HTTP_TOKEN_FILE");
    if (token.empty() && !file.empty()) {
        constexpr std::size_t largest = 64 * 1024;
        token = read_file(file, largest);
        token.erase(token.find_last_not_of(" \t\r\n") + 1);
    }
    secrets().add(token);
    return token;
}

std::optional<std::string> decode_base64(const std::string& text) {
    constexpr std::size_t largest = std::size_t{16} << 20;
    if (text.size() % 4 != 0 || text.size() > largest) return std::nullopt;
    std::string out(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    out.resize(static_cast<std::size_t>(length) - padding);
    return out;
}

}  // namespace
}  // namespace kiln::secret_store
