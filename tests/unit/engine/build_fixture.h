#pragma once

#include <deque>

#include <gtest/gtest.h>

#include "engine/build_context.h"

namespace kiln {

/// Keeps every event.
class CollectingSink : public EventSink {
  public:
    void emit(const Event& event) override {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
    }
    /// All messages, each as `build: text`.
    std::vector<std::string> messages() const {
        std::vector<std::string> out;
        for (const auto& event : events_) {
            if (const auto* message = std::get_if<MessageEvent>(&event)) {
                out.push_back(message->build + ": " + message->text);
            }
        }
        return out;
    }
    bool has_message(std::string_view part) const {
        for (const auto& message : messages()) {
            if (message.find(part) != std::string::npos) return true;
        }
        return false;
    }
    template <class E>
    std::vector<E> of() const {
        std::vector<E> out;
        for (const auto& event : events_) {
            if (const auto* found = std::get_if<E>(&event)) out.push_back(*found);
        }
        return out;
    }

  private:
    std::mutex mutex_;
    std::vector<Event> events_;
};

/// Answers from a list; throws as without a terminal when it is used up.
class ScriptedPrompter : public Prompter {
  public:
    std::string ask(const Reporter&, const std::string& question, const CancelToken&) override {
        questions.push_back(question);
        if (answers.empty()) throw Error("no available tty");
        std::string answer = answers.front();
        answers.pop_front();
        return answer;
    }
    std::deque<std::string> answers;
    std::vector<std::string> questions;
};

/// All that a BuildContext needs, in a directory of its own.
class BuildFixture : public testing::Test {
  protected:
    BuildContext context() {
        return {Reporter(sink, "test.box"),
                cancel.token(),
                "test.box",
                "box",
                "test",
                settings,
                record,
                prompter,
                phases};
    }

    TempDir directory{temp_root()};
    CollectingSink sink;
    CancelSource cancel;
    RunSettings settings;
    RunRecord record{directory.path(), "run"};
    ScriptedPrompter prompter;
    PhaseClock phases{Reporter(sink, "test.box")};
};

}  // namespace kiln
