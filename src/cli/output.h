#pragma once

#include <filesystem>
#include <memory>

#include "base/diagnostic.h"
#include "base/event.h"
#include "cli/render/style.h"
#include "cli/streams.h"

namespace kiln {

namespace render {
class BuildLog;
class LiveStatus;
}  // namespace render

struct OutputOptions {
    bool machine_readable = false;
    bool color = true;
    bool timestamps = false;
    bool live = false;  ///< status lines, when the output is a terminal
};

/// All that a command shows, on standard output: the renderer that fits (human, with a live status
/// on a terminal, or machine-readable), behind the redactor. Thread-safe.
class Output {
  public:
    Output(const OutputOptions& options, const Streams& streams);
    ~Output();

    /// Where to send events.
    EventSink& sink() { return redacting_; }
    /// Also writes each build's events to a file of its own.
    void log_builds_to(const std::filesystem::path& directory);

    void say(const std::string& text);
    void error(const std::string& text);
    /// A line for programs; nothing in human output.
    void machine(const std::string& type, const std::vector<std::string>& arguments);
    /// Prints diagnostics in their layout, one after another.
    void show(const Diagnostics& diagnostics, const SourceMap& sources);

  private:
    class Router;

    OutputOptions options_;
    std::unique_ptr<render::LiveStatus> live_;
    std::unique_ptr<Router> router_;
    RedactingSink redacting_;
};

}  // namespace kiln
