#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/event.h"

namespace spdlog {
class logger;
}

namespace kiln::render {

/// Writes each build's events to a log file of its own in `directory`, with times. The file is
/// made at the build's first event. Thread-safe.
class BuildLog : public EventSink {
  public:
    explicit BuildLog(std::filesystem::path directory);
    ~BuildLog() override;
    void emit(const Event& event) override;

  private:
    spdlog::logger* logger_for(const std::string& build);

    std::filesystem::path directory_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<spdlog::logger>> loggers_;
};

}  // namespace kiln::render
