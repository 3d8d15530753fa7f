#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/secret.h"
#include "secret_store/aws_profile.h"
#include "secret_store/aws_signature.h"
#include "secret_store/environment.h"
#include "secret_store/http_call.h"

namespace kiln::secret_store {
namespace {

using Json = nlohmann::json;

std::string endpoint_url(const SecretStoreOptions& options, const std::string& region);
HttpCall secret_call(const SecretStoreOptions& options, const AwsAccess& access,
                     const std::string& name);
Error refusal(const HttpReply& reply, const std::string& name);
std::string text_of(const Json& value, const std::string& name);

}  // namespace

std::string ask_aws(const SecretStoreOptions& options, const std::string& name) {
    const AwsAccess access = find_aws_access(options);
    const HttpCall call = secret_call(options, access, name);
    HttpReply reply;
    try {
        reply = http_call(call, options.timeout, options.cancel);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        throw Error(fmt::format("cannot ask AWS Secrets Manager in {} for {}", access.region, name))
            .because(error);
    }
    if (reply.status != 200) throw refusal(reply, name);
    const Json answer = Json::parse(reply.body, nullptr, false);
    if (!answer.is_object() || !answer.contains("SecretString") ||
        !answer["SecretString"].is_string()) {
        throw Error(fmt::format("the AWS secret {} is no text", name))
            .with_hint("Binary secrets cannot be used in a template.");
    }
    return answer["SecretString"].get<std::string>();
}

std::string value_of_aws_secret(const std::string& name, const std::string& secret,
                                const std::string& key) {
    const Json values = Json::parse(secret, nullptr, false);
    if (!values.is_object()) return secret;
    if (key.empty()) {
        if (values.size() != 1) {
            throw Error(fmt::format("the AWS secret {} has {} values and no key was given", name,
                                    values.size()));
        }
        return text_of(values.begin().value(), name);
    }
    if (!values.contains(key)) {
        throw Error(fmt::format("the AWS secret {} has no key {}", name, key));
    }
    return text_of(values[key], name);
}

namespace {

std::string endpoint_url(const SecretStoreOptions& options, const std::string& region) {
    std::string url = variable(options, "AWS_ENDPOINT_URL_SECRETS_MANAGER");
    if (url.empty()) url = variable(options, "AWS_ENDPOINT_URL");
    if (url.empty()) {
        // The region becomes part of a host name.
        if (region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") !=
            std::string::npos) {
            throw Error(fmt::format("{} is no AWS region", region));
        }
        url = fmt::format("https://secretsmanager.{}.amazonaws.com{}", region,
                          region.starts_with("cn-") ? ".cn" : "");
    }
    while (url.ends_with('/')) url.pop_back();
    return url;
}

HttpCall secret_call(const SecretStoreOptions& options, const AwsAccess& access,
                     const std::string& name) {
    const std::string url = endpoint_url(options, access.region);
    const std::size_t scheme = url.find("://");
    const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
    const std::size_t path = std::min(url.find('/', host), url.size());
    AwsRequest request;
    request.method = "POST";
    request.path = url.substr(path) + "/";
    request.body = Json{{"SecretId", name}, {"VersionStage", "AWSCURRENT"}}.dump();
    request.headers = {{"content-type", "application/x-amz-json-1.1"},
                       {"host", url.substr(host, path - host)},
                       {"x-amz-target", "secretsmanager.GetSecretValue"}};
    HttpCall call;
    call.method = "POST";
    call.url = url + "/";
    call.body = request.body;
    call.tls.ca_file = variable(options, "AWS_CA_BUNDLE");
    call.headers = sign_aws_request(std::move(request), access.credentials, access.region,
                                    "secretsmanager", options.now());
    return call;
}

Error refusal(const HttpReply& reply, const std::string& name) {
    const Json answer = Json::parse(reply.body, nullptr, false);
    const auto member = [&](const char* key) {
        const bool text = answer.is_object() && answer.contains(key) && answer[key].is_string();
        return text ? answer[key].get<std::string>() : std::string();
    };
    // The kind may come with a name space before a hash sign.
    std::string kind = member("__type");
    kind = kind.substr(kind.find('#') + 1);
    std::string message = member("message");
    if (message.empty()) message = member("Message");
    Error error(fmt::format("AWS Secrets Manager answered with status {} to the question for {}",
                            reply.status, name));
    if (kind.empty() && message.empty()) return error;
    return std::move(error).because(kind.empty() || message.empty() ? kind + message
                                                                    : kind + ": " + message);
}

std::string text_of(const Json& value, const std::string& name) {
    if (value.is_string()) return value.get<std::string>();
    // Whole numbers, as they are written.
    if (value.is_number_integer()) return value.dump();
    if (value.is_number()) return fmt::format("{:.0f}", value.get<double>());
    throw Error(fmt::format("a value of the AWS secret {} is neither a text nor a number", name));
}

}  // namespace
}  // namespace kiln::secret_store
