#include "lsp/server.h"

#include <chrono>
#include <optional>

#include <nlohmann/json.hpp>

#include "lsp/session.h"
#include "lsp/wire.h"

namespace kiln::lsp {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds quiet_time{120};
constexpr milliseconds longest_wait{1000};

/// When to publish: after a moment without messages, but not too long after the first change.
class Pause {
  public:
    /// How long to wait for the next message; none: as long as it takes.
    std::optional<milliseconds> limit(bool pending) {
        if (!pending) {
            since_.reset();
            return std::nullopt;
        }
        if (!since_) since_ = Clock::now();
        const auto left = std::chrono::ceil<milliseconds>(*since_ + longest_wait - Clock::now());
        return std::clamp(left, milliseconds(0), quiet_time);
    }

  private:
    std::optional<Clock::time_point> since_;
};

}  // namespace

int serve(const Registry& registry, const std::string& template_version,
          const Connection& connection, const CancelToken& cancel) {
    MessageReader reader(connection.in, cancel);
    const auto send = [&](const nlohmann::json& message) {
        // Names of files may be any bytes; JSON wants UTF-8.
        using Handler = nlohmann::json::error_handler_t;
        connection.out(frame(message.dump(-1, ' ', false, Handler::replace)));
    };
    Session session(registry, template_version, send, cancel);
    Pause pause;
    while (!session.exit_code()) {
        std::string message;
        switch (reader.read(pause.limit(session.has_pending()), message)) {
            case MessageReader::Status::Message:
                session.handle(message);
                break;
            case MessageReader::Status::Timeout:
                session.publish_pending();
                break;
            case MessageReader::Status::End:
                return 1;
        }
    }
    return *session.exit_code();
}

}  // namespace kiln::lsp
