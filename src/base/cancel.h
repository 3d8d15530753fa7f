#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"

namespace kiln {

/// Says that work should stop. Tokens are handed down; whoever holds the CancelSource decides.
/// Copies share one state; all members may be called from any thread.
class CancelToken {
  public:
    /// A token that is never cancelled.
    CancelToken();

    bool cancelled() const;
    /// Throws Cancelled with the reason if the token is cancelled.
    void throw_if_cancelled() const;
    std::string reason() const;
    /// Sleeps for `duration` or until cancelled; true when it was cancelled.
    bool wait_for(std::chrono::nanoseconds duration) const;
    /// A descriptor for poll(2) that becomes readable at cancellation. Owned by the token's state.
    int fd() const;

  private:
    friend class CancelSource;
    struct State;
    explicit CancelToken(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

/// Owns the decision to cancel. A source made from a parent token is cancelled with it, so that a
/// time limit or one build's failure stops its own work and nothing else.
class CancelSource {
  public:
    CancelSource();
    explicit CancelSource(const CancelToken& parent);

    CancelToken token() const { return CancelToken(state_); }
    /// The first call wins; later ones have no effect.
    void cancel(std::string reason);

  private:
    std::shared_ptr<CancelToken::State> state_;
};

/// Cancels `source` when `limit` has passed, unless destroyed before.
class Deadline {
  public:
    Deadline(CancelSource source, std::chrono::nanoseconds limit, std::string reason);
    ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// True when it was this deadline that cancelled the source.
    bool expired() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace kiln
