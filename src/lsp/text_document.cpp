#include "lsp/text_document.h"

#include <algorithm>

#include "hcl/syntax/text.h"

namespace kiln::lsp {
namespace {

/// A character's length in bytes and in UTF-16 code units; bytes that are no UTF-8 stand alone.
struct Character {
    std::size_t bytes = 1;
    std::size_t units = 1;
};
Character first_character(std::string_view text);

}  // namespace

TextDocument::TextDocument(std::string text) : text_(std::move(text)) {
    find_lines();
}

std::size_t TextDocument::offset(Position position) const {
    if (position.line >= line_starts_.size()) return text_.size();
    const std::string_view text = line(position.line);
    std::size_t bytes = 0;
    for (std::size_t units = 0; bytes < text.size();) {
        const Character next = first_character(text.substr(bytes));
        units += next.units;
        if (units > position.character) break;
        bytes += next.bytes;
    }
    return line_starts_[position.line] + bytes;
}

Position TextDocument::position(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const auto index = static_cast<std::size_t>(after - line_starts_.begin()) - 1;
    const std::string_view text = line(index);
    const std::size_t wanted = std::min(offset - line_starts_[index], text.size());
    Position position{index, 0};
    for (std::size_t bytes = 0; bytes < wanted;) {
        const Character next = first_character(text.substr(bytes));
        bytes += next.bytes;
        if (bytes > wanted) break;
        position.character += next.units;
    }
    return position;
}

void TextDocument::replace(Range range, std::string_view text) {
    const std::size_t start = offset(range.start);
    const std::size_t end = std::max(start, offset(range.end));
    text_.replace(start, end - start, text);
    find_lines();
}

void TextDocument::find_lines() {
    line_starts_.assign(1, 0);
    for (std::size_t i = 0; i < text_.size(); ++i) {
        const bool lone_return =
            text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n');
        if (text_[i] == '\n' || lone_return) line_starts_.push_back(i + 1);
    }
}

std::string_view TextDocument::line(std::size_t index) const {
    const std::size_t start = line_starts_[index];
    const std::size_t end =
        index + 1 < line_starts_.size() ? line_starts_[index + 1] : text_.size();
    std::string_view text = std::string_view(text_).substr(start, end - start);
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

namespace {

Character first_character(std::string_view text) {
    char32_t code_point = 0;
    const std::size_t length = hcl::decode_utf8(text, code_point);
    if (length == 0) return {};
    return {length, code_point > 0xFFFF ? std::size_t{2} : std::size_t{1}};
}

}  // namespace
}  // namespace kiln::lsp
