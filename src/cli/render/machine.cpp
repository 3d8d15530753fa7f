#include "cli/render/machine.h"

#include <ctime>

#include <fmt/format.h>

#include "base/duration.h"
#include "base/size.h"
#include "cli/render/style.h"

namespace kiln::render {
namespace {

std::string escape(std::string_view text);

}  // namespace

void MachineRenderer::emit(const Event& event) {
    const std::lock_guard lock(mutex_);
    std::visit([this](const auto& item) { on(item); }, event);
}

void MachineRenderer::line(const std::string& target, const std::string& type,
                           const std::vector<std::string>& arguments) {
    std::string out = fmt::format("{},{},{}", std::time(nullptr), target, type);
    for (const auto& argument : arguments) out += "," + escape(argument);
    write_(out + "\n");
}

void MachineRenderer::on(const MessageEvent& event) {
    const bool error = event.kind == MessageEvent::Kind::Error;
    const std::string text = event.build.empty()
                                 ? event.text
                                 : prefix_lines(fmt::format("==> {}:", event.build), event.text);
    line(event.build, "ui", {error ? "error" : "say", text});
}

void MachineRenderer::on(const HttpAccessEvent& event) {
    on(MessageEvent{event.build, MessageEvent::Kind::Say,
                    fmt::format("guest fetched {} {} ({})", event.path, event.status,
                                format_size(event.bytes))});
}

void MachineRenderer::on(const BuildFinishedEvent& event) {
    const std::string took = format_duration_words(event.elapsed);
    if (event.error.empty()) {
        line("", "ui", {"say", fmt::format("Build '{}' finished after {}.", event.build, took)});
    } else {
        line("", "ui",
             {"error",
              fmt::format("Build '{}' errored after {}: {}", event.build, took, event.error)});
    }
    finished_.push_back(event);
}

void MachineRenderer::on(const RunFinishedEvent& event) {
    line("", "ui",
         {"say",
          fmt::format("\n==> Wait completed after {}", format_duration_words(event.elapsed))});
    if (event.cancelled) {
        line("", "ui", {"say", "Cleanly cancelled builds after being interrupted."});
        return;
    }
    std::size_t errors = 0;
    for (const auto& build : finished_) errors += build.error.empty() ? 0 : 1;
    if (errors > 0) line("", "error-count", {std::to_string(errors)});
    for (const auto& build : finished_) {
        if (!build.error.empty()) line(build.build, "error", {build.error});
    }
    for (const auto& build : finished_) {
        if (!build.error.empty() || build.artifacts.empty()) continue;
        line(build.build, "artifact-count", {std::to_string(build.artifacts.size())});
        for (std::size_t i = 0; i < build.artifacts.size(); ++i) write_artifact(build, i);
    }
}

void MachineRenderer::on(const MachineEvent& event) {
    line(event.build, event.type, event.arguments);
}

void MachineRenderer::write_artifact(const BuildFinishedEvent& build, std::size_t index) {
    const ArtifactSummary& artifact = build.artifacts[index];
    const std::string number = std::to_string(index);
    const auto say = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), number);
        line(build.build, "artifact", arguments);
    };
    say({"builder-id", artifact.builder_id});
    say({"id", artifact.id});
    say({"string", artifact.description});
    say({"files-count", std::to_string(artifact.files.size())});
    for (std::size_t i = 0; i < artifact.files.size(); ++i) {
        say({"file", std::to_string(i), artifact.files[i].path});
    }
    say({"end"});
}

namespace {

std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ',')
            out += "%!(PACKER_COMMA)";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

}  // namespace
}  // namespace kiln::render
