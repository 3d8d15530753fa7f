#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kiln {

/// What happened, told from below to whoever listens. An event is a small struct of plain data, so
/// that a room at the bottom can tell what it does without knowing the renderers. `build` is the
/// build's display name, or empty for what belongs to no build. Texts are whole messages without a
/// trailing newline; they may hold several lines.

/// A message of a build (or, with an empty `build`, of the run).
struct MessageEvent {
    enum class Kind { Say, Error };
    std::string build;
    Kind kind = Kind::Say;
    std::string text;
};

/// How far something that takes long has come. `total` 0: not known. The last event of one `id`
/// has `finished` set; renderers that draw nothing live ignore all but that.
struct ProgressEvent {
    enum class Unit { Bytes, Items };
    std::string build;
    std::string id;     ///< tells several at a time apart
    std::string label;  ///< what is being done: "converting disk.qcow2"
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    Unit unit = Unit::Bytes;
    bool finished = false;
};

/// A phase of a build began or ended: "boot", "install", "provision" and so on.
struct PhaseEvent {
    std::string build;
    std::string phase;
    bool finished = false;
    std::chrono::nanoseconds elapsed{0};  ///< of the finished phase
};

/// The guest asked the embedded HTTP server for something.
struct HttpAccessEvent {
    std::string build;
    std::string client;
    std::string method;
    std::string path;
    int status = 0;
    std::uint64_t bytes = 0;
};

/// A build was chosen to run; renderers give it its colour in this order.
struct BuildAnnouncedEvent {
    std::string build;
};

struct BuildStartedEvent {
    std::string build;
};

/// One thing a build made, as the summary and machine-readable output list it.
struct ArtifactSummary {
    struct File {
        std::string path;
        std::uint64_t size = 0;
        std::string sha256;  ///< empty when it was not computed
    };
    std::string builder_id;
    std::string id;
    std::string description;
    std::vector<File> files;
};

struct PhaseTime {
    std::string phase;
    std::chrono::nanoseconds elapsed{0};
};

struct BuildFinishedEvent {
    std::string build;
    std::chrono::nanoseconds elapsed{0};
    std::string error;  ///< empty when it succeeded
    bool cancelled = false;
    std::vector<ArtifactSummary> artifacts;
    std::vector<PhaseTime> phases;
};

/// All builds are done.
struct RunFinishedEvent {
    std::chrono::nanoseconds elapsed{0};
    bool cancelled = false;
};

/// A machine-readable line of its own type (spec/cli.md, section 7).
struct MachineEvent {
    std::string build;
    std::string type;
    std::vector<std::string> arguments;
};

using Event =
    std::variant<MessageEvent, ProgressEvent, PhaseEvent, HttpAccessEvent, BuildAnnouncedEvent,
                 BuildStartedEvent, BuildFinishedEvent, RunFinishedEvent, MachineEvent>;

/// Takes events. `emit` may be called from any thread and must not throw.
class EventSink {
  public:
    virtual ~EventSink() = default;
    virtual void emit(const Event& event) = 0;
};

/// Hands each event to several sinks, in their order.
class FanOutSink : public EventSink {
  public:
    explicit FanOutSink(std::vector<std::shared_ptr<EventSink>> sinks);
    void emit(const Event& event) override;

  private:
    std::vector<std::shared_ptr<EventSink>> sinks_;
};

/// Replaces every registered secret in an event's texts before the next sink sees it.
class RedactingSink : public EventSink {
  public:
    explicit RedactingSink(EventSink& next) : next_(next) {}
    void emit(const Event& event) override;

  private:
    EventSink& next_;
};

/// Where a component says what it does: a sink with the build's name filled in. Cheap to copy; the
/// sink must outlive it.
class Reporter {
  public:
    Reporter(EventSink& sink, std::string build) : sink_(&sink), build_(std::move(build)) {}

    const std::string& build() const { return build_; }
    EventSink& sink() const { return *sink_; }

    void say(std::string_view text) const;
    void error(std::string_view text) const;
    void machine(std::string type, std::vector<std::string> arguments) const;
    void progress(ProgressEvent event) const;
    void emit(const Event& event) const { sink_->emit(event); }

  private:
    EventSink* sink_;
    std::string build_;
};

/// Drops everything; for tests and tools that show nothing.
class NullSink : public EventSink {
  public:
    void emit(const Event&) override {}
};

}  // namespace kiln
