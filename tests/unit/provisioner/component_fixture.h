#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "engine/component.h"

namespace kiln::test {

/// Keeps what a component told.
class RecordingSink : public EventSink {
  public:
    void emit(const Event& event) override {
        const std::lock_guard lock(mutex_);
        if (const auto* message = std::get_if<MessageEvent>(&event)) {
            (message->kind == MessageEvent::Kind::Say ? said : errors).push_back(message->text);
        }
        if (const auto* step = std::get_if<ProgressEvent>(&event)) progress.push_back(*step);
    }

    std::vector<std::string> said;
    std::vector<std::string> errors;
    std::vector<ProgressEvent> progress;

  private:
    std::mutex mutex_;
};

class RecordingPrompter : public Prompter {
  public:
    std::string ask(const Reporter&, const std::string& question, const CancelToken&) override {
        questions.push_back(question);
        return {};
    }
    std::vector<std::string> questions;
};

/// A component in a build of its own, with a directory to work in.
class ComponentTest : public ::testing::Test {
  protected:
    ComponentTest()
        : directory_(temp_root(), "kiln-test-"),
          record_(directory_.path() / "state", "run"),
          report_(sink_, "qemu.debian"),
          phases_(report_),
          context_{report_, cancel_.token(), "qemu.debian", "debian", "qemu",
                   run_,    record_,         prompter_,     phases_} {
        run_.run_uuid = "0f0f0f0f-1111-2222-3333-444444444444";
        prepared_.source_name = "debian";
        prepared_.builder_type = "qemu";
        prepared_.values_known = true;
        prepared_.interpolation.build_name = "debian";
        prepared_.interpolation.build_type = "qemu";
    }

    std::filesystem::path path(const std::string& name) const { return directory_.path() / name; }
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories(path(name).parent_path());
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }
    std::string read(const std::string& name) const { return read_file(path(name)); }

    /// Makes `values` known as the build's.
    void know(const Setting::Map& values) {
        data_ = values;
        prepared_.interpolation.build_values = {values.begin(), values.end()};
        prepared_.interpolation.fields = values;
    }

    template <class C, class Options>
    std::unique_ptr<C> make(Schema<Options> (*schema)(), const Setting::Map& settings) {
        auto component = std::make_unique<C>(std::make_shared<const Schema<Options>>(schema()));
        Problems problems;
        component->prepare(settings, prepared_, problems);
        problems_.clear();
        for (const auto& problem : problems) problems_.push_back(problem.message);
        return component;
    }

    TempDir directory_;
    RecordingSink sink_;
    RecordingPrompter prompter_;
    CancelSource cancel_;
    RunSettings run_;
    RunRecord record_;
    Reporter report_;
    PhaseClock phases_;
    BuildContext context_;
    PrepareContext prepared_;
    Setting::Map data_;
    std::vector<std::string> problems_;
};

}  // namespace kiln::test
