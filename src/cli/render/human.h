#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/event.h"
#include "cli/render/style.h"

namespace kiln::render {

/// Where finished lines go; each call gets one or more whole lines with their line ends.
using LineWriter = std::function<void(std::string_view lines)>;

/// Prints events for people, in the peer's line style (spec/cli.md, section 4), with what kiln adds
/// at the end: each artifact's files with size and digest, and the time each phase took.
/// Thread-safe.
class HumanRenderer : public EventSink {
  public:
    HumanRenderer(LineWriter write, Style style) : write_(std::move(write)), style_(style) {}
    void emit(const Event& event) override;

  private:
    void on(const MessageEvent& event);
    void on(const ProgressEvent&) {}
    void on(const PhaseEvent&) {}
    void on(const HttpAccessEvent& event);
    void on(const BuildAnnouncedEvent& event);
    void on(const BuildStartedEvent& event);
    void on(const BuildFinishedEvent& event);
    void on(const RunFinishedEvent& event);
    void on(const MachineEvent&) {}

    void end_announcements();
    void say_in_build(const std::string& build, std::string_view text, bool error);
    /// Writes a message of a build, painted and stamped as a whole.
    void write_message(const std::string& build, std::string text, bool error);
    void write_summary(const RunFinishedEvent& event);
    int color_of(const std::string& build) const;

    LineWriter write_;
    Style style_;
    std::mutex mutex_;
    std::vector<std::string> announced_;
    bool announcing_ = false;
    std::vector<BuildFinishedEvent> finished_;
};

}  // namespace kiln::render
