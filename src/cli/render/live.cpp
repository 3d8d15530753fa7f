#include "cli/render/live.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/size.h"

namespace kiln::render {
namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(200);

std::size_t terminal_columns(int fd);

}  // namespace

LiveStatus::LiveStatus(int fd) : fd_(fd), thread_([this] { run(); }) {}

LiveStatus::~LiveStatus() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        erase();
    }
    changed_.notify_all();
    thread_.join();
}

void LiveStatus::emit(const Event& event) {
    const std::lock_guard lock(mutex_);
    if (const auto* phase = std::get_if<PhaseEvent>(&event)) {
        std::erase_if(phases_, [&](const Phase& known) {
            return known.build == phase->build && known.name == phase->phase;
        });
        if (!phase->finished) phases_.push_back({phase->build, phase->phase, Clock::now()});
    } else if (const auto* progress = std::get_if<ProgressEvent>(&event)) {
        const auto key = std::pair(progress->build, progress->id);
        if (progress->finished) {
            transfers_.erase(key);
        } else {
            Transfer& transfer =
                transfers_.try_emplace(key, Transfer{{}, Clock::now()}).first->second;
            transfer.last = *progress;
        }
    } else if (const auto* finished = std::get_if<BuildFinishedEvent>(&event)) {
        std::erase_if(phases_, [&](const Phase& known) { return known.build == finished->build; });
        std::erase_if(transfers_,
                      [&](const auto& known) { return known.first.first == finished->build; });
    }
}

void LiveStatus::write_above(std::string_view lines) {
    const std::lock_guard lock(mutex_);
    erase();
    put(lines);
    if (!stop_) redraw();
}

void LiveStatus::run() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, redraw_interval, [this] { return stop_; })) {
        erase();
        redraw();
    }
}

void LiveStatus::redraw() {
    std::string out;
    const std::size_t columns = terminal_columns(fd_);
    for (const auto& line : status_lines()) {
        out += line.substr(0, columns - 1) + "\n";
        ++drawn_;
    }
    put(out);
}

// Goes back to the first status line and clears from there on.
void LiveStatus::erase() {
    if (drawn_ == 0) return;
    put(fmt::format("\x1b[{}A\r\x1b[J", drawn_));
    drawn_ = 0;
}

void LiveStatus::put(std::string_view text) const {
    while (!text.empty()) {
        const ssize_t count = write(fd_, text.data(), text.size());
        if (count <= 0) return;  // the terminal is gone; the build goes on
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::vector<std::string> LiveStatus::status_lines() const {
    std::vector<std::string> lines;
    const auto now = Clock::now();
    for (const auto& phase : phases_) {
        const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(now - phase.start);
        lines.push_back(fmt::format("    {}: {} ({} s)", phase.build, phase.name, elapsed.count()));
    }
    for (const auto& [key, transfer] : transfers_) {
        lines.push_back(fmt::format("    {}: {}", key.first,
                                    describe_progress(transfer.last, now - transfer.start)));
    }
    return lines;
}

std::string describe_progress(const ProgressEvent& progress, std::chrono::nanoseconds elapsed) {
    const double seconds = std::chrono::duration<double>(elapsed).count();
    const double rate = seconds > 0 ? static_cast<double>(progress.done) / seconds : 0;
    const bool bytes = progress.unit == ProgressEvent::Unit::Bytes;
    const auto amount = [bytes](double value) {
        const auto whole = static_cast<std::uint64_t>(value);
        return bytes ? format_size(whole) : std::to_string(whole);
    };
    std::string out = progress.label;
    if (progress.total == 0) {
        out += fmt::format("  {}", amount(static_cast<double>(progress.done)));
    } else {
        out += fmt::format("  {}% of {}",
                           std::min<std::uint64_t>(100, progress.done * 100 / progress.total),
                           amount(static_cast<double>(progress.total)));
    }
    if (rate < 1) return out;
    out += fmt::format(", {}/s", amount(rate));
    if (progress.total > progress.done) {
        out += fmt::format(", {:.0f} s left",
                           static_cast<double>(progress.total - progress.done) / rate);
    }
    return out;
}

namespace {

std::size_t terminal_columns(int fd) {
    winsize size{};
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) return 80;
    return size.ws_col;
}

}  // namespace
}  // namespace kiln::render
