#include "builder/vm/screen_capture.h"

#include <deque>

#include "base/file.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t serial_lines = 30;

void capture_picture(Machine& machine, BuildContext& context);
void capture_text(Machine& machine, BuildContext& context);
void show_serial_tail(Machine& machine, BuildContext& context);
std::string last_lines(const std::string& text, std::size_t count);

}  // namespace

void capture_screen(Machine& machine, BuildContext& context) {
    for (const auto capture : {capture_text, show_serial_tail, capture_picture}) {
        try {
            capture(machine, context);
        } catch (const std::exception& error) {
            context.report.say(
                fmt::format("(The guest's screen could not be kept: {})", error.what()));
        }
    }
}

namespace {

void capture_text(Machine& machine, BuildContext& context) {
    const auto text = machine.screen().text();
    if (!text) {
        context.report.say("The guest's screen shows graphics; see the picture.");
        return;
    }
    const fs::path path = context.log_file("screen.txt");
    write_file_atomically(path, text->to_string() + "\n");
    context.report.say(fmt::format("The guest's screen shows (kept in {}):\n{}", path.string(),
                                   text->to_string()));
}

void show_serial_tail(Machine& machine, BuildContext& context) {
    const auto path = machine.serial_log();
    if (!path || !fs::exists(*path)) return;
    const std::string tail = last_lines(read_file(*path), serial_lines);
    if (tail.empty()) return;
    context.report.say(
        fmt::format("The end of the guest's serial line (kept in {}):\n{}", path->string(), tail));
}

void capture_picture(Machine& machine, BuildContext& context) {
    const fs::path path = context.log_file("screen.png");
    machine.screen().save_png(path);
    context.report.say(fmt::format("A picture of the guest's screen: {}", path.string()));
}

// Printable text only: what a guest writes must not steer the user's terminal.
std::string last_lines(const std::string& text, std::size_t count) {
    std::deque<std::string> lines(1);
    for (const char c : text) {
        if (c == '\n') {
            lines.emplace_back();
            if (lines.size() > count) lines.pop_front();
        } else if (static_cast<unsigned char>(c) >= ' ' || c == '\t') {
            lines.back() += c;
        }
    }
    if (lines.back().empty()) lines.pop_back();
    std::string out;
    for (const auto& line : lines) out += (out.empty() ? "" : "\n") + line;
    return out;
}

}  // namespace
}  // namespace kiln
