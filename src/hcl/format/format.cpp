#include "hcl/format/format.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "hcl/format/spacing.h"
#include "hcl/syntax/text.h"
#include "hcl/syntax/token.h"

namespace kiln::hcl {
namespace {

/// A token that remains the same, and the spaces in front of it, which do not.
struct Piece {
    Token token;
    std::size_t spaces = 0;
};

/// Consecutive pieces of one line; a view into the list of all pieces.
using Cell = std::span<Piece>;

/// What the formatter takes for a line, in up to three cells (spec/hcl2.md, 29.1). A heredoc is
/// part of the line that it starts on.
struct Line {
    Cell lead;
    Cell assign;   ///< `=` and a value that is whole; its `=` is aligned
    Cell comment;  ///< one comment at the end, which is aligned too
};

constexpr std::size_t kIndent = 2;

std::vector<Piece> read_pieces(std::string_view source);
std::vector<Line> cut_lines(std::span<Piece> pieces);
Line cut_cells(Cell line);
int bracket_sum(Cell cell);

void indent(std::vector<Line>& lines);
int depth_change(const Line& line);
void set_spaces(const Line& line);
void set_spaces(Cell cell);

/// The cells that are aligned with those of the lines above and below.
using CellOfLine = Cell Line::*;
void align(std::span<Line> lines, CellOfLine cell);
std::size_t width_before(const Line& line, CellOfLine cell);
std::size_t width(Cell cell);

}  // namespace

std::string format_source(std::string_view source) {
    std::vector<Piece> pieces = read_pieces(source);
    std::vector<Line> lines = cut_lines(pieces);
    for (const Line& line : lines) set_spaces(line);
    indent(lines);
    align(lines, &Line::assign);
    align(lines, &Line::comment);

    std::string text;
    text.reserve(source.size() + source.size() / 4);
    for (const Piece& piece : pieces) {
        text.append(piece.spaces, ' ').append(piece.token.text);
    }
    return text;
}

namespace {

std::vector<Piece> read_pieces(std::string_view source) {
    const std::vector<Token> tokens = tokenize(source, {}, LexMode::Normal);
    std::vector<Piece> pieces;
    pieces.reserve(tokens.size());
    std::size_t end = 0;
    for (const Token& token : tokens) {
        pieces.push_back({token, token.start.byte - end});
        end = token.end.byte;
    }
    return pieces;
}

std::vector<Line> cut_lines(std::span<Piece> pieces) {
    std::vector<Line> lines;
    std::size_t start = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const Token& token = pieces[i].token;
        const bool at_end = token.type == TokenType::EndOfFile;
        const bool ends_line = token.type == TokenType::Newline ||
                               (token.type == TokenType::Comment && token.text.ends_with('\n')) ||
                               at_end;
        if (!ends_line) continue;
        // The end of the file is in no line: the spaces in front of it stay.
        const std::size_t end = at_end ? i : i + 1;
        if (end > start) lines.push_back(cut_cells(pieces.subspan(start, end - start)));
        start = end;
    }
    return lines;
}

Line cut_cells(Cell pieces) {
    Line line{pieces, {}, {}};
    if (pieces.size() > 1 && pieces.back().token.type == TokenType::Comment) {
        line.comment = pieces.last(1);
        line.lead = pieces.first(pieces.size() - 1);
    }
    const auto assign =
        std::find_if(line.lead.begin() + 1, line.lead.end(),
                     [](const Piece& piece) { return piece.token.type == TokenType::Assign; });
    const auto before = static_cast<std::size_t>(assign - line.lead.begin());
    const Cell value = line.lead.subspan(before);
    if (bracket_sum(value) == 0) {
        line.assign = value;
        line.lead = line.lead.first(before);
    }
    return line;
}

int bracket_sum(Cell cell) {
    return std::accumulate(cell.begin(), cell.end(), 0, [](int sum, const Piece& piece) {
        return sum + bracket_change(piece.token.type);
    });
}

void set_spaces(const Line& line) {
    set_spaces(line.lead);
    set_spaces(line.assign);
}

/// The spaces in front of a cell are told by its indentation or its alignment.
void set_spaces(Cell cell) {
    for (std::size_t i = 1; i < cell.size(); ++i) {
        const Token* before = i < 2 ? nullptr : &cell[i - 2].token;
        cell[i].spaces = space_between(before, cell[i - 1].token, cell[i].token) ? 1 : 0;
    }
}

/// A line that opens brackets indents what follows by one step, however many they are.
void indent(std::vector<Line>& lines) {
    std::vector<int> open;  ///< by step of indentation: the brackets that are still to be closed
    for (Line& line : lines) {
        Piece& first = line.lead.front();
        if (first.token.type == TokenType::Newline) {
            first.spaces = 0;
            continue;
        }
        const int change = depth_change(line);
        for (int closed = -change; closed > 0 && !open.empty();) {
            const int taken = std::min(closed, open.back());
            closed -= taken;
            open.back() -= taken;
            if (open.back() == 0) open.pop_back();
        }
        first.spaces = kIndent * open.size();
        if (change > 0) open.push_back(change);
    }
}

/// Brackets behind the start of a heredoc are not counted, unless the value is whole.
int depth_change(const Line& line) {
    const auto heredoc = std::find_if(line.lead.begin(), line.lead.end(), [](const Piece& piece) {
        return piece.token.type == TokenType::OpenHeredoc;
    });
    return bracket_sum({line.lead.begin(), heredoc}) + bracket_sum(line.assign);
}

/// Puts the cells of neighbouring lines below each other, one space behind the longest text that
/// comes before them. A line without such a cell ends the chain.
void align(std::span<Line> lines, CellOfLine cell) {
    for (std::size_t start = 0; start < lines.size();) {
        std::vector<std::size_t> widths;
        while (start + widths.size() < lines.size()) {
            const Line& line = lines[start + widths.size()];
            if ((line.*cell).empty()) break;
            widths.push_back(width_before(line, cell));
        }
        if (widths.empty()) {
            ++start;
            continue;
        }
        const std::size_t longest = *std::max_element(widths.begin(), widths.end());
        for (std::size_t i = 0; i < widths.size(); ++i) {
            (lines[start + i].*cell).front().spaces = longest - widths[i] + 1;
        }
        start += widths.size();
    }
}

std::size_t width_before(const Line& line, CellOfLine cell) {
    return cell == &Line::assign ? width(line.lead) : width(line.lead) + width(line.assign);
}

std::size_t width(Cell cell) {
    return std::accumulate(cell.begin(), cell.end(), std::size_t{0},
                           [](std::size_t sum, const Piece& piece) {
                               return sum + piece.spaces + count_graphemes(piece.token.text);
                           });
}

}  // namespace
}  // namespace kiln::hcl
