#pragma once

#include <mutex>
#include <string>

#include "base/event.h"
#include "cli/render/human.h"

namespace kiln::render {

/// Prints events as `time,target,type,arguments` lines for programs (spec/cli.md, section 7).
/// Thread-safe.
class MachineRenderer : public EventSink {
  public:
    explicit MachineRenderer(LineWriter write) : write_(std::move(write)) {}
    void emit(const Event& event) override;

    /// A line of the run itself.
    void line(const std::string& target, const std::string& type,
              const std::vector<std::string>& arguments);

  private:
    void on(const MessageEvent& event);
    void on(const ProgressEvent&) {}
    void on(const PhaseEvent&) {}
    void on(const HttpAccessEvent& event);
    void on(const BuildAnnouncedEvent&) {}
    void on(const BuildStartedEvent&) {}
    void on(const BuildFinishedEvent& event);
    void on(const RunFinishedEvent& event);
    void on(const MachineEvent& event);

    void write_artifact(const BuildFinishedEvent& build, std::size_t index);

    LineWriter write_;
    std::mutex mutex_;
    std::vector<BuildFinishedEvent> finished_;
};

}  // namespace kiln::render
