#include "base/diagnostic.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace kiln {
namespace {

constexpr std::size_t wrap_column = 80;
constexpr std::size_t longest_line = 240;
constexpr const char* ellipsis = "\u2026";

/// False inside of a UTF-8 sequence.
bool starts_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

struct Line {
    std::size_t number;
    std::size_t start;  // byte offset of its first byte
    std::size_t end;    // byte offset just before its line end
};

/// What is shown of a line, and which bytes of that belong to the subject.
struct Excerpt {
    std::string text;
    std::size_t from;
    std::size_t to;
};

std::vector<Line> split_lines(std::string_view text);
bool overlaps(const Line& line, std::size_t start, std::size_t end);
std::string format_place(const Diagnostic& diagnostic, const SourceMap& sources, bool color);
Excerpt make_excerpt(std::string_view text, const Line& line, const SourceRange& subject);
std::string printable(std::string_view text);
std::string underline(const Excerpt& excerpt);
std::string carets(const Excerpt& excerpt);
std::string format_values(const std::vector<std::string>& values);
std::string wrap(std::string_view text);

}  // namespace

std::string format_diagnostic(const Diagnostic& diagnostic, const SourceMap& sources, bool color) {
    const bool is_error = diagnostic.severity == Severity::Error;
    const std::string_view word = is_error ? "Error" : "Warning";
    std::string out = color ? fmt::format("\x1b[{}m{}\x1b[0m: ", is_error ? 31 : 33, word)
                            : fmt::format("{}: ", word);
    out += diagnostic.summary + "\n\n";
    if (diagnostic.subject) out += format_place(diagnostic, sources, color);
    if (!diagnostic.with.empty()) out += format_values(diagnostic.with);
    if (!diagnostic.detail.empty()) out += wrap(diagnostic.detail) + "\n";
    return out;
}

std::string SourceRange::to_string() const {
    if (start.line == end.line) {
        return fmt::format("{}:{},{}-{}", filename, start.line, start.column, end.column);
    }
    return fmt::format("{}:{},{}-{},{}", filename, start.line, start.column, end.line, end.column);
}

SourceRange SourceRange::between(const SourceRange& first, const SourceRange& last) {
    SourceRange range = first;
    if (last.start.byte < range.start.byte) range.start = last.start;
    if (last.end.byte > range.end.byte) range.end = last.end;
    return range;
}

Diagnostic Diagnostic::error(std::string summary, std::string detail,
                             std::optional<SourceRange> subject,
                             std::optional<SourceRange> context) {
    return {Severity::Error,    std::move(summary), std::move(detail),
            std::move(subject), std::move(context), {}};
}

Diagnostic Diagnostic::warning(std::string summary, std::string detail,
                               std::optional<SourceRange> subject,
                               std::optional<SourceRange> context) {
    return {Severity::Warning,  std::move(summary), std::move(detail),
            std::move(subject), std::move(context), {}};
}

void Diagnostics::append(Diagnostics other) {
    std::move(other.items_.begin(), other.items_.end(), std::back_inserter(items_));
}

Diagnostics Diagnostics::in_reading_order() const {
    const auto place = [](const Diagnostic& item) {
        return item.subject ? std::tuple(false, item.subject->filename, item.subject->start.byte)
                            : std::tuple(true, std::string(), std::size_t{0});
    };
    std::vector<Diagnostic> sorted = items_;
    std::ranges::stable_sort(sorted, {}, place);
    Diagnostics ordered;
    std::size_t first_here = 0;
    for (Diagnostic& item : sorted) {
        if (!ordered.empty() && place(ordered.items_.back()) != place(item)) {
            first_here = ordered.size();
        }
        const auto here = ordered.items_.begin() + static_cast<std::ptrdiff_t>(first_here);
        if (std::find(here, ordered.items_.end(), item) == ordered.items_.end()) {
            ordered.add(std::move(item));
        }
    }
    return ordered;
}

bool Diagnostics::has_errors() const {
    return std::any_of(items_.begin(), items_.end(),
                       [](const Diagnostic& item) { return item.severity == Severity::Error; });
}

DiagnosticsError::DiagnosticsError(Diagnostics diagnostics)
    : Error(diagnostics.empty() ? std::string("invalid template") : diagnostics[0].summary),
      diagnostics_(std::move(diagnostics)) {}

void SourceMap::add_file(std::string filename, std::string text) {
    files_[std::move(filename)].text = std::move(text);
}

void SourceMap::add_block(const std::string& filename, Block block) {
    files_[filename].blocks.push_back(std::move(block));
}

const std::string* SourceMap::text(const std::string& filename) const {
    const auto found = files_.find(filename);
    return found == files_.end() ? nullptr : &found->second.text;
}

std::string_view SourceMap::block_at(const std::string& filename, std::size_t byte) const {
    const auto found = files_.find(filename);
    if (found == files_.end()) return {};
    for (const auto& block : found->second.blocks) {
        if (block.range.start.byte <= byte && byte < block.range.end.byte) return block.header;
    }
    return {};
}

namespace {

std::string format_place(const Diagnostic& diagnostic, const SourceMap& sources, bool color) {
    const SourceRange& subject = *diagnostic.subject;
    const std::string* text = sources.text(subject.filename);
    if (text == nullptr) {
        return fmt::format("  on {} line {}:\n  (source code not available)\n\n", subject.filename,
                           subject.start.line);
    }
    std::string out = fmt::format("  on {} line {}", subject.filename, subject.start.line);
    const auto header = sources.block_at(subject.filename, subject.start.byte);
    out += header.empty() ? ":\n" : fmt::format(", in {}:\n", header);

    const SourceRange whole =
        diagnostic.context ? SourceRange::between(subject, *diagnostic.context) : subject;
    const std::size_t start = whole.start.byte;
    const std::size_t end = whole.empty() ? start + 1 : whole.end.byte;
    for (const Line& line : split_lines(*text)) {
        if (line.start == line.end || !overlaps(line, start, end)) continue;
        const Excerpt excerpt = make_excerpt(*text, line, subject);
        out += fmt::format("{:>4}: {}\n", line.number, color ? underline(excerpt) : excerpt.text);
        const bool begins_here = line.start <= subject.start.byte && subject.start.byte <= line.end;
        if (!color && begins_here) out += fmt::format("      {}\n", carets(excerpt));
    }
    return out + "\n";
}

std::vector<Line> split_lines(std::string_view text) {
    std::vector<Line> lines;
    std::size_t start = 0;
    while (start <= text.size()) {
        const std::size_t newline = text.find('\n', start);
        const std::size_t next = newline == std::string_view::npos ? text.size() : newline;
        const bool has_cr = next > start && text[next - 1] == '\r';
        lines.push_back({lines.size() + 1, start, has_cr ? next - 1 : next});
        if (newline == std::string_view::npos) break;
        start = newline + 1;
    }
    return lines;
}

// A line is shown if either of the two ranges contains the other's first byte or its end offset.
bool overlaps(const Line& line, std::size_t start, std::size_t end) {
    const auto contains = [](std::size_t from, std::size_t to, std::size_t offset) {
        return offset == from || (offset >= from && offset < to);
    };
    return contains(line.start, line.end, start) || contains(line.start, line.end, end) ||
           contains(start, end, line.start) || contains(start, end, line.end);
}

// Of an overlong line (a JSON file may be one) what stands around the subject.
Excerpt make_excerpt(std::string_view text, const Line& line, const SourceRange& subject) {
    std::size_t start = line.start;
    std::size_t end = line.end;
    const std::size_t from = std::clamp(subject.start.byte, start, end);
    const std::size_t to = std::clamp(subject.end.byte, from, end);
    const auto within_character = [&](std::size_t at) {
        return at < line.end && !starts_character(text[at]);
    };
    if (end - start > longest_line) {
        start = std::max(start, from - std::min(from, longest_line / 3));
        end = std::min(end, start + longest_line);
        while (within_character(start)) ++start;
        while (within_character(end)) ++end;
    }
    Excerpt excerpt;
    excerpt.text = start > line.start ? ellipsis : "";
    excerpt.text += printable(text.substr(start, from - start));
    excerpt.from = excerpt.text.size();
    const std::size_t shown_to = std::min(to, end);
    excerpt.text += printable(text.substr(from, shown_to - from));
    excerpt.to = excerpt.text.size();
    excerpt.text += printable(text.substr(shown_to, end - shown_to));
    if (end < line.end) excerpt.text += ellipsis;
    return excerpt;
}

// A template is not to write on the terminal by itself: control characters are shown as unknown
// ones.
std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool control = (byte < 0x20 && c != '\t') || byte == 0x7f;
        if (control) {
            out += "\uFFFD";
        } else {
            out += c;
        }
    }
    return out;
}

std::string underline(const Excerpt& excerpt) {
    if (excerpt.from >= excerpt.to) return excerpt.text;
    return fmt::format("{}\x1b[1;4m{}\x1b[0m{}", excerpt.text.substr(0, excerpt.from),
                       excerpt.text.substr(excerpt.from, excerpt.to - excerpt.from),
                       excerpt.text.substr(excerpt.to));
}

// Points at the subject from the line below. Tabs stay tabs, so that the carets stand right
// whatever their width; what goes on in later lines is pointed at in the first alone.
std::string carets(const Excerpt& excerpt) {
    std::string out;
    for (const char c : excerpt.text.substr(0, excerpt.from)) {
        if (starts_character(c)) out += c == '\t' ? '\t' : ' ';
    }
    const auto marked = excerpt.text.substr(excerpt.from, excerpt.to - excerpt.from);
    const auto count = std::count_if(marked.begin(), marked.end(), starts_character);
    return out + std::string(std::max<std::size_t>(static_cast<std::size_t>(count), 1), '^');
}

std::string format_values(const std::vector<std::string>& values) {
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        out += i == 0 ? "with " : "     ";
        out += values[i] + (i + 1 == values.size() ? ".\n" : ",\n");
    }
    return out + "\n";
}

// Greedy wrap at white space; line breaks of the text are kept and an overlong word is not cut.
std::string wrap(std::string_view text) {
    std::string out;
    std::size_t column = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == '\n') {
            out += '\n';
            column = 0;
            ++at;
            continue;
        }
        const std::size_t word_start = text.find_first_not_of(' ', at);
        if (word_start == std::string_view::npos) break;
        if (text[word_start] == '\n') {
            at = word_start;
            continue;
        }
        const std::size_t word_end = std::min(text.find_first_of(" \n", word_start), text.size());
        const auto gap = text.substr(at, word_start - at);
        const auto word = text.substr(word_start, word_end - word_start);
        if (column > 0 && column + gap.size() + word.size() > wrap_column) {
            out += '\n';
            column = 0;
        } else {
            out += gap;
            column += gap.size();
        }
        out += word;
        column += word.size();
        at = word_end;
    }
    return out + "\n";
}

}  // namespace
}  // namespace kiln
