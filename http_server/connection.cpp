#include "http_server/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kiln::http {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto idle_limit = std::chrono::seconds(5);
constexpr auto request_limit = std::chrono::seconds(10);
constexpr auto write_stall_limit = std::chrono::seconds(30);
constexpr auto drain_limit = milliseconds(300);
constexpr std::size_t request_byte_limit = 64 << 10;
constexpr int requests_per_connection = 100;

/// A client's socket as the library wants it: buffered, with deadlines, and deaf once stopped.
class ClientStream : public httplib::Stream {
  public:
    ClientStream(UniqueFd socket, const CancelToken& stop);

    /// True when a byte of the next request is there.
    bool wait_for_request();
    /// Takes what the client still sends for a moment, so that closing does not reset the
    /// connection before the client has read the response.
    void close_gently();

    bool is_readable() const override { return position_ < filled_; }
    bool is_writable() const override { return !broken_; }
    ssize_t read(char* data, std::size_t size) override;
    ssize_t write(const char* data, std::size_t size) override;
    void get_remote_ip_and_port(std::string& ip, int& port) const override;
    void get_local_ip_and_port(std::string& ip, int& port) const override;
    socket_t socket() const override { return socket_.get(); }

  private:
    bool wait(short events, Clock::time_point deadline) const;
    bool fill(Clock::time_point deadline);

    UniqueFd socket_;
    CancelToken stop_;
    int stop_fd_;
    std::array<char, 4096> buffer_{};
    std::size_t position_ = 0;
    std::size_t filled_ = 0;
    std::size_t request_bytes_ = 0;
    Clock::time_point request_deadline_;
    bool broken_ = false;
};

/// The library's request handling for one connection, answered by a Site.
class Exchange : public httplib::Server {
  public:
    Exchange(ClientStream& stream, const Site& site, const Reporter& reporter);
    /// False when the connection is to be closed.
    bool serve_one(bool last);

  private:
    void prepare(httplib::Request& request);
    void answer(const httplib::Request& request, httplib::Response& response);
    void send(Reply reply, httplib::Response& response);
    void tell(const httplib::Request& request, const httplib::Response& response) const;

    ClientStream& stream_;
    const Site& site_;
    const Reporter& reporter_;
    bool parsed_ = false;
    bool body_follows_ = false;
    std::uint64_t file_bytes_sent_ = 0;
};

void address_of(int socket, int (*get)(int, sockaddr*, socklen_t*), std::string& ip, int& port);
std::string printable(std::string_view text);

}  // namespace

void serve_connection(UniqueFd socket, const Site& site, const Reporter& reporter,
                      const CancelToken& stop) noexcept {
    try {
        ClientStream stream(std::move(socket), stop);
        for (int left = requests_per_connection; left > 0 && stream.wait_for_request(); --left) {
            Exchange exchange(stream, site, reporter);
            if (!exchange.serve_one(left == 1)) break;
        }
        stream.close_gently();
    } catch (...) {
        // One client's trouble (no memory, most likely) ends its own connection and no more.
        return;
    }
}

namespace {

ClientStream::ClientStream(UniqueFd socket, const CancelToken& stop)
    : socket_(std::move(socket)), stop_(stop), stop_fd_(stop.fd()) {}

bool ClientStream::wait_for_request() {
    request_bytes_ = filled_ - position_;
    const bool there = position_ < filled_ || fill(Clock::now() + idle_limit);
    request_deadline_ = Clock::now() + request_limit;
    return there;
}

void ClientStream::close_gently() {
    if (stop_.cancelled() || shutdown(socket_.get(), SHUT_WR) != 0) return;
    request_bytes_ = 0;
    const auto deadline = Clock::now() + drain_limit;
    do {
        position_ = filled_ = 0;
    } while (fill(deadline));
}

ssize_t ClientStream::read(char* data, std::size_t size) {
    if (position_ == filled_ && !fill(request_deadline_)) return 0;
    const std::size_t count = std::min(size, filled_ - position_);
    std::copy_n(buffer_.data() + position_, count, data);
    position_ += count;
    return static_cast<ssize_t>(count);
}

ssize_t ClientStream::write(const char* data, std::size_t size) {
    std::size_t done = 0;
    auto deadline = Clock::now() + write_stall_limit;
    while (done < size && !broken_) {
        const ssize_t sent = ::send(socket_.get(), data + done, size - done, MSG_NOSIGNAL);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
            deadline = Clock::now() + write_stall_limit;
            broken_ = stop_.cancelled();
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            broken_ = !wait(POLLOUT, deadline);
        } else if (errno != EINTR) {
            broken_ = true;
        }
    }
    return broken_ ? -1 : static_cast<ssize_t>(size);
}

void ClientStream::get_remote_ip_and_port(std::string& ip, int& port) const {
    address_of(socket_.get(), &getpeername, ip, port);
}

void ClientStream::get_local_ip_and_port(std::string& ip, int& port) const {
    address_of(socket_.get(), &getsockname, ip, port);
}

bool ClientStream::wait(short events, Clock::time_point deadline) const {
    while (!stop_.cancelled()) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        if (left <= milliseconds(0)) return false;
        std::array<pollfd, 2> fds{{{socket_.get(), events, 0}, {stop_fd_, POLLIN, 0}}};
        const int ready = poll(fds.data(), fds.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) return false;
        if (ready > 0 && fds[0].revents != 0) return true;
    }
    return false;
}

bool ClientStream::fill(Clock::time_point deadline) {
    while (!broken_ && request_bytes_ < request_byte_limit && wait(POLLIN, deadline)) {
        const ssize_t got = recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
        if (got > 0) {
            position_ = 0;
            filled_ = static_cast<std::size_t>(got);
            request_bytes_ += filled_;
            return true;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) return false;
    }
    return false;
}

Exchange::Exchange(ClientStream& stream, const Site& site, const Reporter& reporter)
    : stream_(stream), site_(site), reporter_(reporter) {
    svr_sock_ = stream.socket();  // the library takes "no socket" for "shutting down"
    set_keep_alive_timeout(idle_limit.count());
    set_keep_alive_max_count(requests_per_connection);
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
        answer(request, response);
        return HandlerResponse::Handled;
    });
    set_logger([this](const httplib::Request& request, const httplib::Response& response) {
        tell(request, response);
    });
}

bool Exchange::serve_one(bool last) {
    bool closed = false;
    const bool served = process_request(stream_, last, closed,
                                        [this](httplib::Request& request) { prepare(request); });
    // After a request that could not be read, the next one's beginning is not known either.
    return served && parsed_ && !closed && !body_follows_ && !last;
}

/// Takes from the library what kiln does itself: ranges, and no compression on the way. A body is
/// not read, so the connection ends with this request.
void Exchange::prepare(httplib::Request& request) {
    parsed_ = true;
    request.ranges.clear();
    request.headers.erase("Accept-Encoding");
    request.headers.erase("Expect");
    const std::string length = request.get_header_value("Content-Length");
    body_follows_ = request.has_header("Transfer-Encoding") || (!length.empty() && length != "0");
    if (body_follows_) {
        request.headers.erase("Connection");
        request.set_header("Connection", "close");
    }
}

void Exchange::answer(const httplib::Request& request, httplib::Response& response) {
    Reply reply;
    if (request.method != "GET" && request.method != "HEAD") {
        reply.status = 405;
        reply.text = "Only GET and HEAD are served.";
        reply.headers.emplace_back("Allow", "GET, HEAD");
    } else if (auto path = parse_target(request.target)) {
        const SiteRequest question{std::move(*path), request.get_header_value("Range"),
                                   request.get_header_value("If-Range"),
                                   request.get_header_value("If-None-Match"),
                                   request.get_header_value("If-Modified-Since")};
        reply = site_.answer(question);
    } else {
        reply.status = 400;
        reply.text = "This path is not served.";
    }
    send(std::move(reply), response);
}

void Exchange::send(Reply reply, httplib::Response& response) {
    response.status = reply.status;
    for (const auto& [name, value] : reply.headers) response.set_header(name, value);
    response.set_header("X-Content-Type-Options", "nosniff");
    if (!reply.file) {
        response.set_content(reply.text, reply.type);
        return;
    }
    response.set_content_provider(
        reply.length, reply.type,
        [this, file = reply.file, base = reply.offset](std::size_t offset, std::size_t length,
                                                       httplib::DataSink& sink) {
            std::array<char, 64 << 10> block;
            const ssize_t got = pread(file->get(), block.data(), std::min(length, block.size()),
                                      static_cast<off_t>(base + offset));
            // 0: the file became shorter than was promised; only cutting the connection tells so.
            if (got <= 0) return false;
            if (!sink.write(block.data(), static_cast<std::size_t>(got))) return false;
            file_bytes_sent_ += static_cast<std::uint64_t>(got);
            return true;
        });
}

void Exchange::tell(const httplib::Request& request, const httplib::Response& response) const {
    HttpAccessEvent event;
    event.build = reporter_.build();
    event.client = request.remote_addr;
    event.method = request.method;
    event.path = printable(request.target);
    event.status = response.status;
    if (request.method != "HEAD") event.bytes = response.body.size() + file_bytes_sent_;
    reporter_.emit(event);
}

void address_of(int socket, int (*get)(int, sockaddr*, socklen_t*), std::string& ip, int& port) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    char text[INET6_ADDRSTRLEN] = "";
    if (get(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return;
    if (address.ss_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
        inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
        port = ntohs(v4->sin_port);
    } else if (address.ss_family == AF_INET6) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
        inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
        port = ntohs(v6->sin6_port);
    }
    ip = text;
}

/// A guest's text must not steer the user's terminal, nor fill it.
std::string printable(std::string_view text) {
    constexpr std::size_t limit = 1024;
    std::string out;
    for (const char c : text.substr(0, limit)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f) {
            out += fmt::format("%{:02X}", byte);
        } else {
            out += c;
        }
    }
    if (text.size() > limit) out += "...";
    return out;
}

}  // namespace
}  // namespace kiln::http
