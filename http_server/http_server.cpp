#include "http_server/http_server.h"

#include <array>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/cancel.h"
#include "base/port.h"
#include "http_server/connection.h"
#include "http_server/site.h"

namespace kiln::http {
namespace {

/// Also the number of connections served at a time; others wait in the kernel's queue.
constexpr int worker_count = 32;

std::unique_ptr<Site> make_site(HttpServerConfig& config);

}  // namespace

/// Every worker accepts from the same listening socket and serves what it accepted.
struct HttpServer::Impl {
    Impl(std::unique_ptr<Site> the_site, PortLease the_lease, const Reporter& the_reporter)
        : site(std::move(the_site)), lease(std::move(the_lease)), reporter(the_reporter) {}
    ~Impl() {
        stop.cancel("the HTTP server ends");
        workers.clear();
    }

    void work() const;
    UniqueFd accept_client(int stop_fd) const;

    std::unique_ptr<Site> site;
    PortLease lease;
    Reporter reporter;
    CancelSource stop;
    std::vector<std::jthread> workers;
};

std::unique_ptr<HttpServer> HttpServer::start(HttpServerConfig config, const Reporter& reporter) {
    auto site = make_site(config);
    PortLease lease = lease_port(config.address, config.port_min, config.port_max,
                                 config.lock_directory, "the HTTP server");
    // Several workers wait for one connection: those who come late must not block in accept.
    const int flags = fcntl(lease.socket(), F_GETFL);
    if (flags < 0 || fcntl(lease.socket(), F_SETFL, flags | O_NONBLOCK) != 0) {
        throw system_error("cannot set up the HTTP server's socket", errno);
    }
    auto impl = std::make_unique<Impl>(std::move(site), std::move(lease), reporter);
    for (int i = 0; i < worker_count; ++i) {
        impl->workers.emplace_back([state = impl.get()] { state->work(); });
    }
    reporter.say(fmt::format("Starting HTTP server on port {}", impl->lease.port()));
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const {
    return impl_->lease.port();
}

void HttpServer::Impl::work() const {
    const CancelToken token = stop.token();
    const int stop_fd = token.fd();
    while (!token.cancelled()) {
        UniqueFd client = accept_client(stop_fd);
        if (client) {
            serve_connection(std::move(client), *site, reporter, token);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            token.wait_for(std::chrono::milliseconds(100));
        }
    }
}

UniqueFd HttpServer::Impl::accept_client(int stop_fd) const {
    std::array<pollfd, 2> fds{{{lease.socket(), POLLIN, 0}, {stop_fd, POLLIN, 0}}};
    poll(fds.data(), fds.size(), -1);
    if (fds[1].revents != 0) {
        errno = ECANCELED;
        return {};
    }
    UniqueFd client(accept4(lease.socket(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client) {
        const int on = 1;
        setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return client;
}

namespace {

std::unique_ptr<Site> make_site(HttpServerConfig& config) {
    if (config.directory.empty() == config.content.empty()) {
        throw Error("the HTTP server needs either http_directory or http_content");
    }
    if (!config.directory.empty()) return make_directory_site(config.directory);
    return make_content_site(std::move(config.content));
}

}  // namespace
}  // namespace kiln::http
