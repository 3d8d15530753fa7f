#pragma once

#include <map>
#include <string>

#include "base/cancel.h"
#include "base/error.h"

namespace kiln {

/// One HTTP request whose answer is wanted whole, in memory. The downloads of `src/download` are
/// for files: they resume, go to disk and know GET alone.
struct HttpQuestion {
    std::string url;
    std::string method = "GET";
    std::map<std::string, std::string> headers;
    std::string body;
};

struct HttpAnswer {
    long status = 0;
    /// By canonical name (`Content-Type`); repeated ones joined by `, `. Of the last answer when
    /// there were redirects.
    std::map<std::string, std::string> headers;
    std::string body;
};

/// Asks, following at most 10 redirects; the proxy variables of the environment are honoured.
/// Throws Error when there is no answer, when it stays silent for minutes or is larger than 64 MiB,
/// and Cancelled.
HttpAnswer ask_http(const HttpQuestion& question, const CancelToken& cancel);

/// `content-TYPE` as `Content-Type`.
std::string canonical_header_name(std::string name);

}  // namespace kiln
