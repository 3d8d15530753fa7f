#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

#include "base/cancel.h"
#include "base/event.h"

namespace kiln {

/// Turns SIGINT, SIGTERM and SIGHUP into cancellation: the first cancels and lets the builds clean
/// up, the second ends kiln at once (the guardians end the guests, the next start cleans the rest).
/// Made before any other thread, since threads inherit the blocked signals.
class SignalWatcher {
  public:
    explicit SignalWatcher(CancelSource source);
    ~SignalWatcher();
    SignalWatcher(const SignalWatcher&) = delete;
    SignalWatcher& operator=(const SignalWatcher&) = delete;

    /// Where to say that a signal came; null (as at first): nowhere. The sink must live until the
    /// next call.
    void report_to(EventSink* sink);

  private:
    void watch();
    void say(const std::string& text);

    CancelSource source_;
    std::mutex mutex_;
    EventSink* sink_ = nullptr;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

}  // namespace kiln
