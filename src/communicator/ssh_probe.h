#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/file.h"

namespace kiln {

/// Where a guest's SSH server should be.
struct SshTarget {
    std::string host;
    int port = 22;

    friend bool operator==(const SshTarget&, const SshTarget&) = default;
};

/// Text from the other side, cut short and with control characters replaced, fit for a message.
std::string printable(std::string_view text);

/// `host:port`, with brackets around an IPv6 address.
std::string to_string(const SshTarget& target);

/// Finds out when an SSH server begins to answer. User-mode networking accepts connections before
/// the guest listens and never answers some of them, while the server of a slow guest may need
/// seconds for its banner. So two connections may be open at a time: the oldest is given patience,
/// and beside it a young one is replaced every 0.75 s, which notices a server within a second of
/// its start. Never more than four connections are begun per second. One thread at a time.
class SshProbe {
  public:
    enum class Trouble { Address, Refused, NoAnswer, NoBanner, NotSsh };

    /// Works towards a connection for at most a quarter of a second. Returns a connected socket on
    /// which the server's banner has arrived and is still unread. Another target than before starts
    /// afresh. Throws Cancelled.
    std::optional<UniqueFd> step(const SshTarget& target, const CancelToken& cancel);

    /// What stood in the way last; nothing before the first attempt came to an end.
    const std::optional<Trouble>& trouble() const { return trouble_; }
    /// The same as a clause about the target: "it refuses connections (nothing listens there)".
    const std::string& trouble_text() const { return trouble_text_; }

  private:
    using Clock = std::chrono::steady_clock;

    struct Attempt {
        UniqueFd socket;
        Clock::time_point started;
        bool connected = false;
    };

    void begin_attempt();
    bool has_young_attempt(Clock::time_point now) const;
    void wait_for_events(const CancelToken& cancel, Clock::time_point until);
    /// True when the banner is there; false keeps the attempt waiting, nothing ends it.
    std::optional<bool> advance(Attempt& attempt);
    std::optional<bool> check_banner(const Attempt& attempt);
    void drop_overdue(Clock::time_point now);
    void note(Trouble trouble, std::string text);

    SshTarget target_;
    std::list<Attempt> attempts_;  // oldest first
    std::optional<UniqueFd> found_;
    Clock::time_point next_start_{};
    unsigned started_ = 0;
    std::optional<Trouble> trouble_;
    std::string trouble_text_;
};

}  // namespace kiln
