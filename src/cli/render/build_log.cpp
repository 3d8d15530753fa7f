#include "cli/render/build_log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include "base/duration.h"

namespace kiln::render {
namespace {

// The build an event belongs to, and its line; an empty line is not written.
struct Line {
    std::string build;
    spdlog::level::level_enum level = spdlog::level::info;
    std::string text;
};

struct ToLine {
    Line operator()(const MessageEvent& event) const {
        const bool error = event.kind == MessageEvent::Kind::Error;
        return {event.build, error ? spdlog::level::err : spdlog::level::info, event.text};
    }
    Line operator()(const ProgressEvent&) const { return {}; }
    Line operator()(const PhaseEvent& event) const {
        if (!event.finished) return {event.build, spdlog::level::debug, "phase " + event.phase};
        return {event.build, spdlog::level::debug,
                fmt::format("phase {} took {}", event.phase, format_duration(event.elapsed))};
    }
    Line operator()(const HttpAccessEvent& event) const {
        return {event.build, spdlog::level::info,
                fmt::format("http: {} {} {} -> {}, {} bytes", event.client, event.method,
                            event.path, event.status, event.bytes)};
    }
    Line operator()(const BuildAnnouncedEvent&) const { return {}; }
    Line operator()(const BuildStartedEvent& event) const {
        return {event.build, spdlog::level::info, "build started"};
    }
    Line operator()(const BuildFinishedEvent& event) const {
        return {event.build, event.error.empty() ? spdlog::level::info : spdlog::level::err,
                event.error.empty() ? "build finished" : "build failed: " + event.error};
    }
    Line operator()(const RunFinishedEvent&) const { return {}; }
    Line operator()(const MachineEvent&) const { return {}; }
};

// A post-processor's events belong to its build's file.
std::string file_name(const std::string& build) {
    std::string name = build.substr(0, build.find(" ("));
    std::replace(name.begin(), name.end(), '/', '_');
    return name + ".log";
}

}  // namespace

BuildLog::BuildLog(std::filesystem::path directory) : directory_(std::move(directory)) {}

BuildLog::~BuildLog() = default;

void BuildLog::emit(const Event& event) {
    const Line line = std::visit(ToLine{}, event);
    if (line.build.empty() || line.text.empty()) return;
    const std::lock_guard lock(mutex_);
    if (spdlog::logger* logger = logger_for(line.build)) logger->log(line.level, "{}", line.text);
}

// A log that cannot be written must not fail a build: the logger is then null.
spdlog::logger* BuildLog::logger_for(const std::string& build) {
    const std::string name = file_name(build);
    const auto found = loggers_.find(name);
    if (found != loggers_.end()) return found->second.get();
    std::shared_ptr<spdlog::logger> logger;
    try {
        auto sink =
            std::make_shared<spdlog::sinks::basic_file_sink_st>((directory_ / name).string());
        logger = std::make_shared<spdlog::logger>(name, std::move(sink));
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
        logger->set_level(spdlog::level::debug);
        logger->flush_on(spdlog::level::debug);
    } catch (const spdlog::spdlog_ex&) {
        logger = nullptr;
    }
    return (loggers_[name] = std::move(logger)).get();
}

}  // namespace kiln::render
