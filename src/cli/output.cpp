#include "cli/output.h"

#include <cstdlib>

#include <unistd.h>

#include "cli/render/build_log.h"
#include "cli/render/human.h"
#include "cli/render/live.h"
#include "cli/render/machine.h"

namespace kiln {
namespace {

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

}  // namespace

/// Hands events to the renderer, the live status and the log files that there are.
class Output::Router : public EventSink {
  public:
    Router(std::unique_ptr<EventSink> renderer, render::LiveStatus* live)
        : renderer_(std::move(renderer)), live_(live) {}

    void emit(const Event& event) override {
        renderer_->emit(event);
        if (live_ != nullptr) live_->emit(event);
        if (log_) log_->emit(event);
    }

    void log_to(const std::filesystem::path& directory) {
        log_ = std::make_unique<render::BuildLog>(directory);
    }

  private:
    std::unique_ptr<EventSink> renderer_;
    render::LiveStatus* live_;
    std::unique_ptr<render::BuildLog> log_;
};

Output::Output(const OutputOptions& options, const Streams& streams)
    : options_(options), redacting_([this, &streams]() -> EventSink& {
          const bool live = options_.live && streams.out_is_terminal &&
                            !options_.machine_readable && !is_set("CI") && !is_set("NO_LIVE");
          if (live) {
              live_ = std::make_unique<render::LiveStatus>(STDOUT_FILENO);
          }
          render::LineWriter write = streams.out;
          if (live_) {
              write = [live = live_.get()](std::string_view lines) { live->write_above(lines); };
          }
          std::unique_ptr<EventSink> renderer;
          if (options_.machine_readable) {
              renderer = std::make_unique<render::MachineRenderer>(write);
          } else {
              const render::Style style{options_.color, !is_set("PACKER_NO_COLOR"),
                                        options_.timestamps};
              renderer = std::make_unique<render::HumanRenderer>(write, style);
          }
          router_ = std::make_unique<Router>(std::move(renderer), live_.get());
          return *router_;
      }()) {}

Output::~Output() = default;

void Output::log_builds_to(const std::filesystem::path& directory) {
    router_->log_to(directory);
}

void Output::say(const std::string& text) {
    sink().emit(MessageEvent{"", MessageEvent::Kind::Say, text});
}

void Output::error(const std::string& text) {
    sink().emit(MessageEvent{"", MessageEvent::Kind::Error, text});
}

void Output::machine(const std::string& type, const std::vector<std::string>& arguments) {
    sink().emit(MachineEvent{"", type, arguments});
}

void Output::show(const Diagnostics& diagnostics, const SourceMap& sources) {
    if (diagnostics.empty()) return;
    std::string text;
    for (const auto& diagnostic : diagnostics.in_reading_order()) {
        text += format_diagnostic(diagnostic, sources, false);
    }
    if (diagnostics.has_errors())
        error(text);
    else
        say(text);
}

}  // namespace kiln
