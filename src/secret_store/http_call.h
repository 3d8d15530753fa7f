#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"

namespace kiln::secret_store {

/// How the server proves who it is, and the client too where the store asks for that.
struct TlsOptions {
    std::string ca_file;
    std::string ca_directory;
    std::string client_certificate;
    std::string client_key;
    bool verify = true;
};

/// One request to a store. Header lines are written as `Name: value`.
struct HttpCall {
    std::string method = "GET";
    std::string url;
    std::vector<std::string> headers;
    std::string body;
    /// Connects to this socket instead of to the host of the URL.
    std::string unix_socket;
    /// `name:password` for basic authentication.
    std::string user;
    TlsOptions tls;
};

struct HttpReply {
    long status = 0;
    std::string body;
};

/// Sends one request and takes the answer whole, which may be up to a few megabytes. Redirects are
/// not followed: the request carries a secret that is meant for this server only. Ends after
/// `timeout` at the latest. Throws Error when no answer comes, and Cancelled. Thread-safe.
HttpReply http_call(const HttpCall& call, std::chrono::milliseconds timeout,
                    const CancelToken& cancel);

/// The text with everything but unreserved characters as `%XX`; slashes are kept if wanted.
std::string percent_encode(std::string_view text, std::string_view keep = {});

}  // namespace kiln::secret_store
