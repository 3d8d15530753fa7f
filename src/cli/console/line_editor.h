#pragma once

#include <memory>
#include <optional>
#include <string>

namespace kiln {

/// Reads lines from a terminal with editing and a history (arrow keys, Control-R), by libedit. The
/// history lasts as long as the object: what is tried in a console may be secret. One thread, and
/// one object at a time; the terminal's settings are restored at destruction.
class LineEditor {
  public:
    explicit LineEditor(std::string prompt);
    ~LineEditor();
    LineEditor(const LineEditor&) = delete;
    LineEditor& operator=(const LineEditor&) = delete;

    /// The next line without its end. Nothing at the end of input: Control-D, or Control-C on an
    /// empty line. Control-C on a line that has text clears it.
    std::optional<std::string> read_line();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kiln
