#pragma once

#include "base/cancel.h"
#include "base/event.h"
#include "base/file.h"
#include "http_server/site.h"

namespace kiln::http {

/// Serves one accepted, non-blocking connection until the client is done, misbehaves, idles, or
/// `stop` is cancelled. Never throws. The library parses requests and prints responses; waiting,
/// limits and deadlines are kiln's own, so that no client can hold the thread:
///   - a request's line and headers: 64 KiB, within 10 s of its first byte
///   - 5 s of silence between requests, 100 requests per connection
///   - 30 s without the client taking a byte of a response
void serve_connection(UniqueFd socket, const Site& site, const Reporter& reporter,
                      const CancelToken& stop) noexcept;

}  // namespace kiln::http
