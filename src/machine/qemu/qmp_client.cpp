#include "machine/qemu/qmp_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace kiln::qemu {
namespace {

using json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t events_limit = 10'000;

UniqueFd try_connect(const std::filesystem::path& path, int& why);
bool wait_until_ready(int fd, short events, const CancelToken& cancel, Clock::time_point deadline);
std::string version_in(const json& greeting);
std::string text_of(const json& object, const char* key);

}  // namespace

QmpError::QmpError(std::string command, std::string error_class, const std::string& description)
    : Error(Error(fmt::format("QEMU refused {}", command)).because(description)),
      error_class_(std::move(error_class)) {}

QmpClient::QmpClient(UniqueFd socket, const CancelToken& cancel, Duration limit)
    : socket_(std::move(socket)) {
    const int flags = fcntl(socket_.get(), F_GETFL);
    if (flags < 0 || fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
        throw system_error("cannot use QEMU's control socket", errno);
    }
    const auto deadline = Clock::now() + limit;
    json greeting = next_message(cancel, deadline, "its greeting");
    while (!greeting.contains("QMP")) greeting = next_message(cancel, deadline, "its greeting");
    version_ = version_in(greeting);
    execute("qmp_capabilities", json::object(), cancel,
            std::max<Duration>(deadline - Clock::now(), std::chrono::milliseconds(1)));
}

QmpClient QmpClient::connect(const std::filesystem::path& path, const CancelToken& cancel,
                             Duration limit, const std::function<void()>& give_up) {
    const auto deadline = Clock::now() + limit;
    while (true) {
        cancel.throw_if_cancelled();
        int why = 0;
        UniqueFd socket = try_connect(path, why);
        if (socket) {
            return QmpClient(std::move(socket), cancel,
                             std::max<Duration>(deadline - Clock::now(), std::chrono::seconds(1)));
        }
        give_up();
        if (Clock::now() >= deadline) {
            throw system_error(
                fmt::format("cannot connect to QEMU's control socket {}", path.string()), why);
        }
        cancel.wait_for(std::chrono::milliseconds(5));
    }
}

json QmpClient::execute(std::string_view command, json arguments, const CancelToken& cancel,
                        Duration limit) {
    const auto deadline = Clock::now() + limit;
    const std::string id = fmt::format("kiln-{}", next_id_++);
    json message = {{"execute", command}, {"id", id}};
    if (!arguments.empty()) message["arguments"] = std::move(arguments);
    send(message, cancel, deadline);
    while (true) {
        json answer = next_message(cancel, deadline, command);
        const bool is_error = answer.contains("error");
        if (!is_error && !answer.contains("return")) continue;
        // An answer to a command that was given up earlier has that command's id. QEMU leaves the
        // id out of its answer only when it could not read the command at all.
        if (answer.contains("id") && answer["id"] != id) continue;
        if (!is_error) return std::move(answer["return"]);
        throw QmpError(std::string(command), text_of(answer["error"], "class"),
                       text_of(answer["error"], "desc"));
    }
}

std::deque<QmpEvent> QmpClient::take_events() {
    try {
        while (socket_ && read_some()) {
        }
    } catch (const Error&) {
        // The connection is gone; what came before it went is still told.
    }
    while (const auto message = buffered_message()) {
        if (message->contains("event")) keep_event(*message);
    }
    return std::exchange(events_, {});
}

void QmpClient::send(const json& message, const CancelToken& cancel, TimePoint deadline) {
    if (!socket_) throw Error("the connection to QEMU is lost");
    // Text that is no UTF-8 (a path) must not end in an exception of the JSON library.
    const std::string line = message.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    std::string_view rest = line;
    while (!rest.empty()) {
        const ssize_t count = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) lose_connection(std::strerror(errno));
        if (!wait_until_ready(socket_.get(), POLLOUT, cancel, deadline)) {
            // Half a command is on its way, so that nothing more can be sent.
            lose_connection("QEMU does not take commands any more");
        }
    }
}

// The next message that is no event.
json QmpClient::next_message(const CancelToken& cancel, TimePoint deadline,
                             std::string_view waiting_for) {
    while (true) {
        while (auto message = buffered_message()) {
            if (!message->contains("event")) return std::move(*message);
            keep_event(*message);
        }
        if (!socket_) throw Error("the connection to QEMU is lost");
        if (read_some()) continue;
        if (!wait_until_ready(socket_.get(), POLLIN, cancel, deadline)) {
            throw Error(fmt::format("QEMU did not answer {} in time", waiting_for))
                .with_hint("The host may be overloaded, or QEMU may hang.");
        }
    }
}

// The next line of the buffer that is a JSON object.
std::optional<json> QmpClient::buffered_message() {
    while (true) {
        const std::size_t end = buffer_.find('\n', scanned_);
        if (end == std::string::npos) {
            scanned_ = buffer_.size();
            return std::nullopt;
        }
        const std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        scanned_ = 0;
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        json message = json::parse(line, nullptr, false);
        if (message.is_object()) return message;
        ++dropped_lines_;
    }
}

// Takes what stands in the socket; false when there is nothing.
bool QmpClient::read_some() {
    std::array<char, 65536> block;
    const ssize_t count = recv(socket_.get(), block.data(), block.size(), 0);
    if (count > 0) {
        buffer_.append(block.data(), static_cast<std::size_t>(count));
        if (buffer_.size() > line_limit && buffer_.find('\n', scanned_) == std::string::npos) {
            lose_connection(fmt::format("QEMU sent a line of more than {} bytes", line_limit));
        }
        return true;
    }
    if (count == 0) lose_connection("QEMU closed it");
    if (errno == EINTR) return true;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
    lose_connection(std::strerror(errno));
}

void QmpClient::keep_event(const json& message) {
    QmpEvent event{text_of(message, "event"), message.value("data", json::object())};
    if (!event.data.is_object()) event.data = json::object();
    events_.push_back(std::move(event));
    if (events_.size() > events_limit) events_.pop_front();
}

void QmpClient::lose_connection(const std::string& why) {
    socket_.reset();
    throw Error("the connection to QEMU is lost").because(why);
}

namespace {

UniqueFd try_connect(const std::filesystem::path& path, int& why) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = path.string();
    if (name.size() >= sizeof address.sun_path) {
        throw Error(fmt::format("the path of the socket {} is too long", name))
            .with_hint(fmt::format("It may have {} bytes; choose a shorter directory.",
                                   sizeof address.sun_path - 1));
    }
    std::memcpy(address.sun_path, name.data(), name.size());
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) throw system_error("cannot create a socket", errno);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        return socket;
    }
    why = errno;
    return {};
}

// False when the deadline passes first.
bool wait_until_ready(int fd, short events, const CancelToken& cancel, Clock::time_point deadline) {
    while (true) {
        cancel.throw_if_cancelled();
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (rest.count() <= 0) return false;
        std::array<pollfd, 2> waiting = {{{fd, events, 0}, {cancel.fd(), POLLIN, 0}}};
        const auto timeout = static_cast<int>(std::min<std::int64_t>(rest.count(), 60'000));
        ::poll(waiting.data(), waiting.size(), timeout);
        if (waiting[0].revents != 0) return true;
    }
}

std::string version_in(const json& greeting) {
    std::string version;
    for (const char* part : {"major", "minor", "micro"}) {
        const json::json_pointer place(std::string("/QMP/version/qemu/") + part);
        if (!greeting.contains(place) || !greeting[place].is_number_integer()) return "";
        if (!version.empty()) version += '.';
        version += std::to_string(greeting[place].get<int>());
    }
    return version;
}

std::string text_of(const json& object, const char* key) {
    if (!object.is_object()) return "";
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace
}  // namespace kiln::qemu
