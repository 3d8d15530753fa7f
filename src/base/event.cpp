#include "base/event.h"

#include "base/secret.h"

namespace kiln {
namespace {

struct Redact {
    void operator()(MessageEvent& event) const { hide(event.text); }
    void operator()(ProgressEvent& event) const { hide(event.label); }
    void operator()(PhaseEvent& event) const { hide(event.phase); }
    void operator()(HttpAccessEvent& event) const { hide(event.path); }
    void operator()(BuildAnnouncedEvent&) const {}
    void operator()(BuildStartedEvent&) const {}
    void operator()(BuildFinishedEvent& event) const {
        hide(event.error);
        for (auto& artifact : event.artifacts) {
            hide(artifact.id);
            hide(artifact.description);
        }
    }
    void operator()(RunFinishedEvent&) const {}
    void operator()(MachineEvent& event) const {
        for (auto& argument : event.arguments) hide(argument);
    }

    static void hide(std::string& text) { text = secrets().redact(text); }
};

}  // namespace

FanOutSink::FanOutSink(std::vector<std::shared_ptr<EventSink>> sinks) : sinks_(std::move(sinks)) {}

void FanOutSink::emit(const Event& event) {
    for (const auto& sink : sinks_) sink->emit(event);
}

void RedactingSink::emit(const Event& event) {
    Event redacted = event;
    std::visit(Redact{}, redacted);
    next_.emit(redacted);
}

void Reporter::say(std::string_view text) const {
    emit(MessageEvent{build_, MessageEvent::Kind::Say, std::string(text)});
}

void Reporter::error(std::string_view text) const {
    emit(MessageEvent{build_, MessageEvent::Kind::Error, std::string(text)});
}

void Reporter::machine(std::string type, std::vector<std::string> arguments) const {
    emit(MachineEvent{build_, std::move(type), std::move(arguments)});
}

void Reporter::progress(ProgressEvent event) const {
    event.build = build_;
    emit(event);
}

}  // namespace kiln
