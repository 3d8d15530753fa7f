#include "faulty_server.h"

#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace kiln::download {

std::string Exchange::header(std::string_view name) const {
    const std::string begin = fmt::format("\r\n{}: ", name);
    const auto at = head.find(begin);
    if (at == std::string::npos) return {};
    const auto value = at + begin.size();
    return head.substr(value, head.find("\r\n", value) - value);
}

bool Exchange::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void Exchange::reply(int status, std::string_view body, std::string_view headers) const {
    send(fmt::format("HTTP/1.1 {} x\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n", status,
                     body.size(), headers));
    if (method != "HEAD") send(body);
}

void Exchange::serve(std::string_view content, std::string_view etag) const {
    const std::string range = header("Range");
    const std::string if_range = header("If-Range");
    const std::string tags = fmt::format("Accept-Ranges: bytes\r\nETag: {}\r\n", etag);
    if (range.empty() || (!if_range.empty() && if_range != etag)) {
        reply(200, content, tags);
        return;
    }
    const std::size_t first = std::stoul(range.substr(range.find('=') + 1));
    if (first >= content.size()) {
        reply(416, "", fmt::format("Content-Range: bytes */{}\r\n", content.size()));
        return;
    }
    reply(206, content.substr(first),
          tags + fmt::format("Content-Range: bytes {}-{}/{}\r\n", first, content.size() - 1,
                             content.size()));
}

FaultyServer::FaultyServer(Handler handler)
    : handler_(std::move(handler)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (bind(listener_.get(), generic, size) != 0 || listen(listener_.get(), 16) != 0 ||
        getsockname(listener_.get(), generic, &size) != 0) {
        throw system_error("the test's server cannot listen", errno);
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this, stop = stop_.token()] { accept_loop(stop); });
}

FaultyServer::~FaultyServer() {
    stop_.cancel("the test ends");
    acceptor_.join();
    clients_.clear();
}

std::string FaultyServer::url(std::string_view path) const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

std::vector<std::string> FaultyServer::requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
}

void FaultyServer::accept_loop(const CancelToken& stop) {
    while (!stop.cancelled()) {
        std::array<pollfd, 2> fds{{{listener_.get(), POLLIN, 0}, {stop.fd(), POLLIN, 0}}};
        poll(fds.data(), fds.size(), -1);
        if (fds[0].revents == 0) continue;
        auto client =
            std::make_shared<UniqueFd>(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!*client) continue;
        clients_.emplace_back([this, client, stop] { converse(std::move(*client), stop); });
    }
}

void FaultyServer::converse(UniqueFd client, const CancelToken& stop) {
    const timeval patience{5, 0};
    setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(client.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    Exchange exchange(client.get(), stop);
    while (exchange.head.find("\r\n\r\n") == std::string::npos) {
        std::array<char, 4096> block;
        const ssize_t got = recv(client.get(), block.data(), block.size(), 0);
        if (got <= 0) return;
        exchange.head.append(block.data(), static_cast<std::size_t>(got));
    }
    {
        const std::scoped_lock lock(mutex_);
        requests_.push_back(exchange.head);
    }
    const auto space = exchange.head.find(' ');
    exchange.method = exchange.head.substr(0, space);
    exchange.target =
        exchange.head.substr(space + 1, exchange.head.find(' ', space + 1) - space - 1);
    handler_(exchange);
}

}  // namespace kiln::download
