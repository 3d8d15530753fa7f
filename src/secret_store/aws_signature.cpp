#include "secret_store/aws_signature.h"

#include <array>

#include <fmt/chrono.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/digest.h"
#include "base/error.h"

namespace kiln::secret_store {
namespace {

constexpr const char* kAlgorithm = "AWS4-HMAC-SHA256";

/// The headers that are signed, as the algorithm writes them.
struct CanonicalHeaders {
    std::string lines;
    std::string names;  ///< with semicolons between
};

CanonicalHeaders canonical(const std::map<std::string, std::string>& headers);
/// Every step of the signing key is a MAC of one more part under the step before.
std::string signing_key(const std::string& secret, const std::string& date,
                        const std::string& region, const std::string& service);
std::string hmac(const std::string& key, const std::string& text);
std::string hex(const std::string& bytes);

}  // namespace

std::vector<std::string> sign_aws_request(AwsRequest request, const AwsCredentials& credentials,
                                          const std::string& region, const std::string& service,
                                          std::chrono::system_clock::time_point now) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    const std::string time = fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(seconds));
    const std::string date = time.substr(0, 8);
    request.headers["x-amz-date"] = time;
    if (!credentials.session_token.empty()) {
        request.headers["x-amz-security-token"] = credentials.session_token;
    }
    const CanonicalHeaders headers = canonical(request.headers);
    const std::string canonical_request =
        fmt::format("{}\n{}\n\n{}\n{}\n{}", request.method, request.path, headers.lines,
                    headers.names, digest_hex(DigestType::Sha256, request.body));
    const std::string scope = fmt::format("{}/{}/{}/aws4_request", date, region, service);
    const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, scope,
                                            digest_hex(DigestType::Sha256, canonical_request));
    const std::string key = signing_key(credentials.secret_access_key, date, region, service);

    std::vector<std::string> lines;
    for (const auto& [name, value] : request.headers) {
        if (name != "host") lines.push_back(name + ": " + value);
    }
    lines.push_back(fmt::format(
        "Authorization: {} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
        credentials.access_key_id, scope, headers.names, hex(hmac(key, to_sign))));
    return lines;
}

namespace {

CanonicalHeaders canonical(const std::map<std::string, std::string>& headers) {
    CanonicalHeaders result;
    for (const auto& [name, value] : headers) {
        result.lines += name + ":" + value + "\n";
        if (!result.names.empty()) result.names += ';';
        result.names += name;
    }
    return result;
}

std::string signing_key(const std::string& secret, const std::string& date,
                        const std::string& region, const std::string& service) {
    return hmac(hmac(hmac(hmac("AWS4" + secret, date), region), service), "aws4_request");
}

std::string hmac(const std::string& key, const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned length = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(),
             &length) == nullptr) {
        throw Error("cannot sign a request").because("OpenSSL");
    }
    return {reinterpret_cast<const char*>(bytes.data()), length};
}

std::string hex(const std::string& bytes) {
    std::string out;
    for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
}

}  // namespace
}  // namespace kiln::secret_store
