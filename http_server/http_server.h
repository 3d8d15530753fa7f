#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/event.h"

namespace kiln::http {

/// What the embedded server serves and where it listens. Exactly one of `directory` and `content`
/// is set; a build with neither starts no server.
struct HttpServerConfig {
    std::filesystem::path directory;             ///< http_directory
    std::map<std::string, std::string> content;  ///< http_content: path -> text
    int port_min = 8000;
    int port_max = 9000;
    /// A numeric address; `listen_address` (http_options.h) makes one from the options.
    std::string address = "0.0.0.0";
    /// Where the port locks lie that other kiln runs respect: `<cache>/port`.
    std::filesystem::path lock_directory;
};

/// Serves a guest its answer files over HTTP, from start until destruction.
///
/// GET and HEAD only; ranges, conditional requests, `index.html`, listings. Nothing outside the
/// served directory is reachable, by dots, by encodings or by symbolic links, and a hostile guest
/// can hold no more than a fixed number of threads, a bounded request and a bounded time. Every
/// request that was answered is told as an HttpAccessEvent, from a thread of the server's own:
/// the reporter's sink must outlive the server.
class HttpServer {
  public:
    /// Leases a port, listens, and says `Starting HTTP server on port N`. Throws Error when the
    /// directory cannot be opened, a content key does not begin with `/`, or no port is free.
    static std::unique_ptr<HttpServer> start(HttpServerConfig config, const Reporter& reporter);

    /// Stops at once (well under half a second), cutting connections that are still open.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::uint16_t port() const;

  private:
    struct Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace kiln::http
