#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/event.h"

namespace kiln::render {

/// Keeps lines at the bottom of a terminal that show what runs now: each build's phase with its
/// elapsed time, and transfers and conversions with rate and time left. Finished lines are written
/// above through `write_above`, so that the log that stays is clean. Thread-safe.
class LiveStatus : public EventSink {
  public:
    /// `fd` is a terminal.
    explicit LiveStatus(int fd);
    ~LiveStatus();

    void emit(const Event& event) override;
    /// Writes whole lines above the status.
    void write_above(std::string_view lines);

  private:
    using Clock = std::chrono::steady_clock;
    struct Phase {
        std::string build;
        std::string name;
        Clock::time_point start;
    };
    struct Transfer {
        ProgressEvent last;
        Clock::time_point start;
    };

    void run();
    void redraw();
    void erase();
    void put(std::string_view text) const;
    std::vector<std::string> status_lines() const;

    const int fd_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stop_ = false;
    std::size_t drawn_ = 0;
    std::vector<Phase> phases_;
    std::map<std::pair<std::string, std::string>, Transfer> transfers_;
    std::thread thread_;
};

/// `label  42% of 1.5 GiB, 120.0 MiB/s, 8 s left`, as far as it is known.
std::string describe_progress(const ProgressEvent& progress, std::chrono::nanoseconds elapsed);

}  // namespace kiln::render
