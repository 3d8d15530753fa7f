#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace kiln::secret_store {

struct AwsCredentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;  ///< of temporary credentials; else empty
};

/// A request to be signed. The path stands as it is sent; there is no query.
struct AwsRequest {
    std::string method;
    std::string path = "/";
    std::string body;
    /// By lower-case name; `host` must be among them.
    std::map<std::string, std::string> headers;
};

/// The header lines to send: those of the request, the time, the session token and the signature
/// (AWS Signature Version 4). The host's own line is left to the HTTP library.
std::vector<std::string> sign_aws_request(AwsRequest request, const AwsCredentials& credentials,
                                          const std::string& region, const std::string& service,
                                          std::chrono::system_clock::time_point now);

}  // namespace kiln::secret_store
