#include "communicator/ssh_probe.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace kiln {
namespace {

using namespace std::chrono_literals;

constexpr auto step_limit = 250ms;
constexpr auto start_interval = 250ms;
constexpr auto young_limit = 750ms;
constexpr auto patient_limit = 30s;
constexpr std::size_t longest_excerpt = 120;
constexpr std::string_view banner_prefix = "SSH-";

struct AddressesFree {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesFree>;

Addresses resolve(const SshTarget& target);
const addrinfo* choose(const Addresses& addresses, unsigned attempt);
void set_options(int socket);

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, longest_excerpt)) {
        const auto byte = static_cast<unsigned char>(c);
        out += byte < 0x20 || byte == 0x7f ? '.' : c;
    }
    if (text.size() > longest_excerpt) out += "...";
    return out;
}

std::string to_string(const SshTarget& target) {
    const bool ipv6 = target.host.find(':') != std::string::npos;
    return fmt::format(fmt::runtime(ipv6 ? "[{}]:{}" : "{}:{}"), target.host, target.port);
}

std::optional<UniqueFd> SshProbe::step(const SshTarget& target, const CancelToken& cancel) {
    if (target != target_) {
        target_ = target;
        attempts_.clear();
        started_ = 0;
    }
    const auto end = Clock::now() + step_limit;
    while (Clock::now() < end) {
        cancel.throw_if_cancelled();
        const auto now = Clock::now();
        drop_overdue(now);
        const bool young = has_young_attempt(now);
        if (!young && now >= next_start_) {
            begin_attempt();
            continue;
        }
        wait_for_events(cancel, young ? end : std::min(end, next_start_));
        if (found_) {
            attempts_.clear();
            return std::exchange(found_, std::nullopt);
        }
    }
    return std::nullopt;
}

void SshProbe::begin_attempt() {
    const auto now = Clock::now();
    next_start_ = now + start_interval;
    const Addresses addresses = resolve(target_);
    if (!addresses) {
        return note(Trouble::Address,
                    fmt::format("the name {} has no address", printable(target_.host)));
    }
    const addrinfo* address = choose(addresses, started_++);
    UniqueFd socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) throw system_error("cannot make a socket", errno);
    set_options(socket.get());
    if (connect(socket.get(), address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS) {
        if (errno == ECONNREFUSED) {
            return note(Trouble::Refused, "it refuses connections (nothing listens there)");
        }
        return note(Trouble::NoAnswer,
                    fmt::format("it cannot be reached ({})", std::strerror(errno)));
    }
    attempts_.push_back({std::move(socket), now, false});
}

bool SshProbe::has_young_attempt(Clock::time_point now) const {
    return !attempts_.empty() && now - attempts_.back().started < young_limit;
}

void SshProbe::wait_for_events(const CancelToken& cancel, Clock::time_point until) {
    std::vector<pollfd> fds = {{cancel.fd(), POLLIN, 0}};
    for (const auto& attempt : attempts_) {
        fds.push_back(
            {attempt.socket.get(), static_cast<short>(attempt.connected ? POLLIN : POLLOUT), 0});
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (poll(fds.data(), fds.size(), static_cast<int>(std::max(left, 0ms).count())) <= 0) return;
    cancel.throw_if_cancelled();
    auto attempt = attempts_.begin();
    for (std::size_t i = 1; i < fds.size() && !found_; ++i) {
        const auto current = attempt++;
        if (fds[i].revents == 0) continue;
        const std::optional<bool> banner = advance(*current);
        if (banner.value_or(false)) found_ = std::move(current->socket);
        if (!banner) attempts_.erase(current);
    }
}

std::optional<bool> SshProbe::advance(Attempt& attempt) {
    if (attempt.connected) return check_banner(attempt);
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(attempt.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == ECONNREFUSED) {
        note(Trouble::Refused, "it refuses connections (nothing listens there)");
        return std::nullopt;
    }
    if (error != 0) {
        note(Trouble::NoAnswer, fmt::format("it cannot be reached ({})", std::strerror(error)));
        return std::nullopt;
    }
    attempt.connected = true;
    return false;
}

std::optional<bool> SshProbe::check_banner(const Attempt& attempt) {
    std::array<char, 256> buffer{};
    const ssize_t got = recv(attempt.socket.get(), buffer.data(), buffer.size(), MSG_PEEK);
    if (got <= 0) {
        note(Trouble::NoBanner, "it accepts connections but closes them without an SSH banner");
        return std::nullopt;
    }
    const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    if (text.starts_with(banner_prefix.substr(0, text.size()))) return true;
    note(Trouble::NotSsh, fmt::format("what answers there is not an SSH server: it begins with "
                                      "\"{}\"",
                                      printable(text.substr(0, text.find_first_of("\r\n")))));
    return std::nullopt;
}

void SshProbe::drop_overdue(Clock::time_point now) {
    for (auto attempt = attempts_.begin(); attempt != attempts_.end();) {
        const auto age = now - attempt->started;
        const bool oldest = attempt == attempts_.begin();
        if (age > young_limit) {
            if (attempt->connected) {
                note(Trouble::NoBanner, "it accepts connections but sends no SSH banner");
            } else {
                note(Trouble::NoAnswer, "it does not answer");
            }
        }
        const bool overdue = oldest ? age > patient_limit : age > young_limit;
        attempt = overdue ? attempts_.erase(attempt) : std::next(attempt);
    }
}

void SshProbe::note(Trouble trouble, std::string text) {
    trouble_ = trouble;
    trouble_text_ = std::move(text);
}

namespace {

Addresses resolve(const SshTarget& target) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_NUMERICSERV;
    addrinfo* list = nullptr;
    const std::string port = std::to_string(target.port);
    if (getaddrinfo(target.host.c_str(), port.c_str(), &wanted, &list) != 0) return nullptr;
    return Addresses(list);
}

/// A name's addresses take turns, so that one that is dead does not hide the others.
const addrinfo* choose(const Addresses& addresses, unsigned attempt) {
    unsigned count = 0;
    for (const addrinfo* i = addresses.get(); i != nullptr; i = i->ai_next) ++count;
    const addrinfo* chosen = addresses.get();
    for (unsigned i = 0; i < attempt % count; ++i) chosen = chosen->ai_next;
    return chosen;
}

void set_options(int socket) {
    const auto set = [socket](int level, int name, int value) {
        setsockopt(socket, level, name, &value, sizeof value);
    };
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 5);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
}

}  // namespace
}  // namespace kiln
