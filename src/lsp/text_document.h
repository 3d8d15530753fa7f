#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace kiln::lsp {

/// A place as the protocol counts: lines and UTF-16 code units, both from 0.
struct Position {
    std::size_t line = 0;
    std::size_t character = 0;

    friend bool operator==(const Position&, const Position&) = default;
};

/// Half-open.
struct Range {
    Position start;
    Position end;

    friend bool operator==(const Range&, const Range&) = default;
};

/// A text that knows its lines. Places outside of it are taken for the nearest inside: behind the
/// end of a line for its end, behind the last line for the end of the text, within a character for
/// its start. Lines end with LF, CRLF or a CR of its own, as the protocol has them.
class TextDocument {
  public:
    explicit TextDocument(std::string text);

    const std::string& text() const { return text_; }
    std::size_t offset(Position position) const;
    Position position(std::size_t offset) const;
    Range range(std::size_t start, std::size_t end) const {
        return {position(start), position(end)};
    }
    Range range(const SourceRange& range) const {
        return this->range(range.start.byte, range.end.byte);
    }
    Range whole() const { return range(0, text_.size()); }

    /// Puts `text` in the place of what the range covers.
    void replace(Range range, std::string_view text);

  private:
    void find_lines();
    /// The line's text without its end.
    std::string_view line(std::size_t index) const;

    std::string text_;
    std::vector<std::size_t> line_starts_;
};

}  // namespace kiln::lsp
