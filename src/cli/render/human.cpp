#include "cli/render/human.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "base/duration.h"
#include "base/size.h"

namespace kiln::render {
namespace {

std::string describe_files(const ArtifactSummary& artifact);
std::string describe_phases(const std::vector<PhaseTime>& phases);
std::string seconds(Duration duration);

}  // namespace

void HumanRenderer::emit(const Event& event) {
    const std::lock_guard lock(mutex_);
    std::visit([this](const auto& item) { on(item); }, event);
}

void HumanRenderer::on(const MessageEvent& event) {
    if (event.build.empty()) {
        write_(event.text + "\n");
        return;
    }
    end_announcements();
    say_in_build(event.build, event.text, event.kind == MessageEvent::Kind::Error);
}

void HumanRenderer::on(const HttpAccessEvent& event) {
    say_in_build(
        event.build,
        fmt::format("guest fetched {} {} ({})", event.path, event.status, format_size(event.bytes)),
        false);
}

void HumanRenderer::on(const BuildAnnouncedEvent& event) {
    announced_.push_back(event.build);
    announcing_ = true;
    if (!style_.color) return;
    const std::string text = fmt::format("{}: output will be in this color.", event.build);
    write_((style_.escape_codes ? paint(text, color_of(event.build)) : text) + "\n");
}

void HumanRenderer::on(const BuildStartedEvent&) {
    end_announcements();
}

void HumanRenderer::on(const BuildFinishedEvent& event) {
    const std::string took = format_duration_words(event.elapsed);
    const bool failed = !event.error.empty();
    std::string text =
        failed ? fmt::format("Build '{}' errored after {}: {}", event.build, took, event.error)
               : fmt::format("Build '{}' finished after {}.", event.build, took);
    write_message(event.build, std::move(text), failed);
    finished_.push_back(event);
}

void HumanRenderer::on(const RunFinishedEvent& event) {
    write_summary(event);
}

void HumanRenderer::end_announcements() {
    if (!announcing_) return;
    announcing_ = false;
    if (style_.color) write_("\n");
}

void HumanRenderer::say_in_build(const std::string& build, std::string_view text, bool error) {
    write_message(build, prefix_lines(fmt::format("==> {}:", build), text), error);
}

void HumanRenderer::write_message(const std::string& build, std::string text, bool error) {
    if (style_.timestamps) text = fmt::format("{}: {}", local_timestamp(), text);
    if (style_.color && style_.escape_codes) {
        text = paint(text, error ? error_color : color_of(build));
    }
    write_(text + "\n");
}

void HumanRenderer::write_summary(const RunFinishedEvent& event) {
    std::string out =
        fmt::format("\n==> Wait completed after {}\n", format_duration_words(event.elapsed));
    if (event.cancelled) {
        write_(out + "\nCleanly cancelled builds after being interrupted.\n");
        return;
    }
    const bool any_failed = std::any_of(finished_.begin(), finished_.end(),
                                        [](const auto& build) { return !build.error.empty(); });
    if (any_failed) {
        out += "\n==> Some builds didn't complete successfully and had errors:\n";
        for (const auto& build : finished_) {
            if (!build.error.empty()) out += fmt::format("--> {}: {}\n", build.build, build.error);
        }
    }
    std::string artifacts;
    for (const auto& build : finished_) {
        if (!build.error.empty()) continue;
        for (const auto& artifact : build.artifacts) {
            artifacts += fmt::format("--> {}: {}\n{}", build.build, artifact.description,
                                     describe_files(artifact));
        }
    }
    out += artifacts.empty()
               ? "\n==> Builds finished but no artifacts were created.\n"
               : "\n==> Builds finished. The artifacts of successful builds are:\n" + artifacts;
    for (const auto& build : finished_) {
        if (build.error.empty() && !build.phases.empty()) {
            out += fmt::format("    {} took {}: {}\n", build.build, seconds(build.elapsed),
                               describe_phases(build.phases));
        }
    }
    write_(out);
}

// A post-processor's lines carry the build's name and its own type in brackets.
int HumanRenderer::color_of(const std::string& build) const {
    const std::string name = build.substr(0, build.find(" ("));
    const auto found = std::find(announced_.begin(), announced_.end(), name);
    return build_color(static_cast<std::size_t>(found - announced_.begin()));
}

namespace {

std::string describe_files(const ArtifactSummary& artifact) {
    std::string out;
    for (const auto& file : artifact.files) {
        out += fmt::format("      {} ({})", file.path, format_size(file.size));
        if (!file.sha256.empty()) out += fmt::format(" sha256:{}", file.sha256);
        out += "\n";
    }
    return out;
}

std::string describe_phases(const std::vector<PhaseTime>& phases) {
    std::vector<std::string> parts;
    for (const auto& phase : phases) {
        parts.push_back(fmt::format("{} {}", phase.phase, seconds(phase.elapsed)));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string seconds(Duration duration) {
    return fmt::format("{:.1f} s", std::chrono::duration<double>(duration).count());
}

}  // namespace
}  // namespace kiln::render
