#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/cancel.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/file.h"

namespace kiln::qemu {

/// Something that QEMU told without being asked: SHUTDOWN, RESET, GUEST_PANICKED and so on.
struct QmpEvent {
    std::string name;
    nlohmann::json data;  ///< an object, maybe empty
};

/// QEMU's own refusal of a command: `CommandNotFound`, `GenericError`, `DeviceNotFound`.
class QmpError : public Error {
  public:
    QmpError(std::string command, std::string error_class, const std::string& description);
    const std::string& error_class() const { return error_class_; }

  private:
    std::string error_class_;
};

/// Speaks QMP, QEMU's control protocol: JSON values over a Unix socket. Commands go out one at a
/// time; events that come between are kept in order. Lines that are no JSON object are dropped
/// (and counted); a line without end is an error, as is the loss of the connection: the client is
/// of no use afterwards. One thread at a time.
class QmpClient {
  public:
    /// How long QEMU may take to answer a command that does no long work.
    static constexpr Duration default_limit = std::chrono::seconds(30);
    /// The longest line that is taken from QEMU.
    static constexpr std::size_t line_limit = std::size_t{8} << 20;

    /// Takes a connected socket, reads the greeting and negotiates capabilities.
    QmpClient(UniqueFd socket, const CancelToken& cancel, Duration limit = default_limit);

    /// Connects to the socket that QEMU makes at `path`, trying again while it is not there yet.
    /// `give_up` is asked between tries and throws when trying on is of no use.
    static QmpClient connect(const std::filesystem::path& path, const CancelToken& cancel,
                             Duration limit, const std::function<void()>& give_up);

    /// Runs a command and returns what it returns. Throws QmpError when QEMU refuses it, Error when
    /// the connection is lost or no answer comes in time, Cancelled.
    nlohmann::json execute(std::string_view command,
                           nlohmann::json arguments = nlohmann::json::object(),
                           const CancelToken& cancel = {}, Duration limit = default_limit);

    /// The events that have come so far, oldest first; they are not given again. Reads what stands
    /// in the socket without waiting. Never throws: a lost connection just brings no more events.
    std::deque<QmpEvent> take_events();

    /// QEMU's version from the greeting: `7.2.22`.
    const std::string& version() const { return version_; }
    /// How many lines were dropped because they were no JSON object.
    std::size_t dropped_lines() const { return dropped_lines_; }

  private:
    using TimePoint = std::chrono::steady_clock::time_point;

    void send(const nlohmann::json& message, const CancelToken& cancel, TimePoint deadline);
    nlohmann::json next_message(const CancelToken& cancel, TimePoint deadline,
                                std::string_view waiting_for);
    std::optional<nlohmann::json> buffered_message();
    bool read_some();
    void keep_event(const nlohmann::json& message);
    [[noreturn]] void lose_connection(const std::string& why);

    UniqueFd socket_;
    std::string buffer_;
    std::size_t scanned_ = 0;  // bytes of buffer_ that hold no line end
    std::deque<QmpEvent> events_;
    std::string version_;
    std::size_t dropped_lines_ = 0;
    std::size_t next_id_ = 1;
};

}  // namespace kiln::qemu
