#include "base/cancel.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include <sys/eventfd.h>
#include <unistd.h>

namespace kiln {

struct CancelToken::State {
    State() : event_fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (event_fd < 0) throw system_error("cannot create an event descriptor", errno);
    }
    ~State() { close(event_fd); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void cancel(const std::string& why) {
        std::vector<std::weak_ptr<State>> to_tell;
        {
            const std::lock_guard lock(mutex);
            if (cancelled) return;
            cancelled = true;
            reason = why;
            to_tell.swap(children);
            // The counter only has to become non-zero; it cannot overflow with one write.
            [[maybe_unused]] const auto written = eventfd_write(event_fd, 1);
        }
        changed.notify_all();
        for (const auto& child : to_tell) {
            if (const auto state = child.lock()) state->cancel(why);
        }
    }

    void adopt(const std::shared_ptr<State>& child) {
        std::string why;
        {
            const std::lock_guard lock(mutex);
            if (!cancelled) {
                std::erase_if(children, [](const auto& known) { return known.expired(); });
                children.push_back(child);
                return;
            }
            why = reason;
        }
        child->cancel(why);
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::weak_ptr<State>> children;
    std::atomic<bool> cancelled = false;
    std::string reason;
    const int event_fd;
};

CancelToken::CancelToken() : state_(std::make_shared<State>()) {}

bool CancelToken::cancelled() const {
    return state_->cancelled;
}

void CancelToken::throw_if_cancelled() const {
    if (cancelled()) throw Cancelled(reason());
}

std::string CancelToken::reason() const {
    const std::lock_guard lock(state_->mutex);
    return state_->reason;
}

bool CancelToken::wait_for(std::chrono::nanoseconds duration) const {
    std::unique_lock lock(state_->mutex);
    return state_->changed.wait_for(lock, duration, [this] { return state_->cancelled.load(); });
}

int CancelToken::fd() const {
    return state_->event_fd;
}

CancelSource::CancelSource() : state_(std::make_shared<CancelToken::State>()) {}

CancelSource::CancelSource(const CancelToken& parent) : CancelSource() {
    parent.state_->adopt(state_);
}

void CancelSource::cancel(std::string reason) {
    state_->cancel(reason);
}

struct Deadline::State {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::atomic<bool> expired = false;
    std::thread thread;
};

Deadline::Deadline(CancelSource source, std::chrono::nanoseconds limit, std::string reason)
    : state_(std::make_shared<State>()) {
    state_->thread = std::thread([state = state_.get(), source, limit, reason]() mutable {
        std::unique_lock lock(state->mutex);
        if (state->changed.wait_for(lock, limit, [state] { return state->done; })) return;
        state->expired = !source.token().cancelled();
        source.cancel(reason);
    });
}

Deadline::~Deadline() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->done = true;
    }
    state_->changed.notify_all();
    state_->thread.join();
}

bool Deadline::expired() const {
    return state_->expired;
}

}  // namespace kiln
