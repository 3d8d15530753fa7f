#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/cancel.h"
#include "base/file.h"

namespace kiln::download {

/// One request to the faulty server, and the way to answer it with any bytes at all. The
/// connection is closed when the handler returns.
class Exchange {
  public:
    Exchange(int fd, const CancelToken& stop) : fd_(fd), stop_(stop) {}

    std::string method;
    std::string target;
    std::string head;  ///< request line and headers

    /// A header's value, or nothing; `name` in the case that curl sends.
    std::string header(std::string_view name) const;
    /// False when the client has gone.
    bool send(std::string_view bytes) const;
    /// A whole answer, `Content-Length` included, with `headers` as lines that end with CRLF.
    void reply(int status, std::string_view body, std::string_view headers = {}) const;
    /// Serves `content` as an honest server does, with ranges and If-Range.
    void serve(std::string_view content, std::string_view etag) const;
    /// Waits, but not beyond the server's end.
    void sleep(std::chrono::milliseconds time) const { stop_.wait_for(time); }

  private:
    int fd_;
    const CancelToken& stop_;
};

/// A server on loopback whose handler decides every byte. Keeps the requests it has seen.
class FaultyServer {
  public:
    using Handler = std::function<void(const Exchange&)>;
    explicit FaultyServer(Handler handler);
    ~FaultyServer();

    std::string url(std::string_view path) const;
    /// The requests' heads, oldest first.
    std::vector<std::string> requests() const;

  private:
    void accept_loop(const CancelToken& stop);
    void converse(UniqueFd client, const CancelToken& stop);

    Handler handler_;
    UniqueFd listener_;
    std::uint16_t port_ = 0;
    CancelSource stop_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::vector<std::jthread> clients_;
    std::jthread acceptor_;
};

}  // namespace kiln::download
