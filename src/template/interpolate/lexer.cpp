#include "template/interpolate/lexer.h"

#include <algorithm>

#include <fmt/format.h>

#include "template/interpolate/quoted.h"

namespace kiln::interpolation {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kSpaces = " \t\r\n";

bool is_space(char c) {
    return kSpaces.find(c) != std::string_view::npos;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           byte >= 0x80;
}

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        while (at_ < text_.size()) {
            read_text();
            if (at_ < text_.size()) read_action();
        }
        add(TokenKind::End, "", at_);
        return std::move(tokens_);
    }

  private:
    bool starts_with(std::string_view prefix) const {
        return text_.substr(at_).starts_with(prefix);
    }
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    void add(TokenKind kind, std::string text, std::size_t offset) {
        tokens_.push_back({kind, std::move(text), offset, spaced_});
        spaced_ = false;
    }
    [[noreturn]] void fail(std::size_t offset, const std::string& message) const {
        throw error_at(text_, offset, message);
    }

    void read_text() {
        const std::size_t start = at_;
        std::size_t end = text_.find(kOpen, at_);
        if (end == std::string_view::npos) end = text_.size();
        std::string_view text = text_.substr(start, end - start);
        if (trim_next_) {
            const std::size_t first = text.find_first_not_of(kSpaces);
            text.remove_prefix(first == std::string_view::npos ? text.size() : first);
            trim_next_ = false;
        }
        at_ = end;
        if (opens_with_trim()) {
            const std::size_t last = text.find_last_not_of(kSpaces);
            text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
        }
        if (!text.empty()) add(TokenKind::Text, std::string(text), start);
    }

    bool opens_with_trim() const {
        return starts_with("{{-") && at_ + 3 < text_.size() && is_space(text_[at_ + 3]);
    }
    bool closes_with_trim() const {
        return is_space(peek()) && text_.substr(at_ + 1).starts_with("-}}");
    }

    void read_action() {
        const std::size_t start = at_;
        at_ += opens_with_trim() ? 3 : 2;
        if (read_comment(start)) return;
        add(TokenKind::ActionStart, "", start);
        while (true) {
            if (at_ >= text_.size()) fail(start, "the action is not closed: \"}}\" is missing");
            if (closes_with_trim()) {
                at_ += 1;
                trim_next_ = true;
                add(TokenKind::ActionEnd, "", at_);
                at_ += 3;
                return;
            }
            if (is_space(peek())) {
                spaced_ = true;
                ++at_;
                continue;
            }
            if (starts_with(kClose)) {
                add(TokenKind::ActionEnd, "", at_);
                at_ += kClose.size();
                return;
            }
            read_token(start);
        }
    }

    bool read_comment(std::size_t start) {
        std::size_t begin = at_;
        if (opened_with_trim(start)) begin = text_.find_first_not_of(kSpaces, at_);
        if (begin == std::string_view::npos || !text_.substr(begin).starts_with("/*")) return false;
        const std::size_t end = text_.find("*/", begin + 2);
        if (end == std::string_view::npos) fail(begin, "the comment is not closed");
        at_ = end + 2;
        if (closes_with_trim()) {
            trim_next_ = true;
            at_ += 4;
        } else if (starts_with(kClose)) {
            at_ += kClose.size();
        } else {
            fail(begin, "a comment must be all of its action: \"}}\" must follow \"*/\"");
        }
        return true;
    }
    bool opened_with_trim(std::size_t start) const { return at_ == start + 3; }

    void read_token(std::size_t action) {
        const std::size_t start = at_;
        const char c = peek();
        if (c == '"' || c == '\'' || c == '`') {
            read_quoted(c);
        } else if (c == '.' && !is_digit(peek(1))) {
            ++at_;
            std::string name = read_word();
            const TokenKind kind = name.empty() ? TokenKind::Dot : TokenKind::Field;
            add(kind, std::move(name), start);
        } else if (c == '$') {
            ++at_;
            add(TokenKind::Variable, "$" + read_word(), start);
        } else if (is_digit(c) || c == '.' || ((c == '+' || c == '-') && starts_number())) {
            read_number();
        } else if (is_word(c)) {
            add(TokenKind::Identifier, read_word(), start);
        } else {
            read_symbol(action);
        }
    }

    bool starts_number() const {
        return is_digit(peek(1)) || (peek(1) == '.' && is_digit(peek(2)));
    }

    std::string read_word() {
        const std::size_t start = at_;
        while (at_ < text_.size() && is_word(text_[at_])) ++at_;
        return std::string(text_.substr(start, at_ - start));
    }

    void read_number() {
        const std::size_t start = at_;
        if (peek() == '+' || peek() == '-') ++at_;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            const bool after_exponent = at_ > start && (text_[at_ - 1] | 0x20) == 'e';
            if (!is_word(c) && c != '.' && !(after_exponent && (c == '+' || c == '-'))) break;
            ++at_;
        }
        add(TokenKind::Number, std::string(text_.substr(start, at_ - start)), start);
    }

    void read_quoted(char quote) {
        const std::size_t start = at_++;
        while (at_ < text_.size() && text_[at_] != quote) {
            if (quote != '`' && text_[at_] == '\n') break;
            at_ += quote != '`' && text_[at_] == '\\' ? 2 : 1;
        }
        if (at_ >= text_.size() || text_[at_] != quote) {
            fail(start, "the string is not closed");
        }
        const std::string_view content = text_.substr(start + 1, at_ - start - 1);
        ++at_;
        if (quote == '`') {
            std::string raw(content);
            std::erase(raw, '\r');
            add(TokenKind::String, std::move(raw), start);
            return;
        }
        const auto value = unescape(content, quote);
        if (!value) fail(start, "the string has a wrong escape sequence");
        add(quote == '"' ? TokenKind::String : TokenKind::Character, *value, start);
    }

    void read_symbol(std::size_t action) {
        const std::size_t start = at_;
        const char c = text_[at_++];
        switch (c) {
            case '|':
                return add(TokenKind::Pipe, "|", start);
            case '(':
                return add(TokenKind::OpenParen, "(", start);
            case ')':
                return add(TokenKind::CloseParen, ")", start);
            case ',':
                return add(TokenKind::Comma, ",", start);
            case '=':
                return add(TokenKind::Assign, "=", start);
            case ':':
                if (peek() == '=') {
                    ++at_;
                    return add(TokenKind::Declare, ":=", start);
                }
                break;
            default:
                break;
        }
        if (text_.find(kClose, start) == std::string_view::npos) {
            fail(action, "the action is not closed: \"}}\" is missing");
        }
        fail(start, fmt::format("\"{}\" cannot stand here", c));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool trim_next_ = false;
    bool spaced_ = false;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
    return Lexer(text).run();
}

Error error_at(std::string_view text, std::size_t offset, const std::string& message) {
    const std::string_view before = text.substr(0, offset);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t line_start = before.rfind('\n');
    std::size_t column = 1;
    for (const char c : before.substr(line_start == std::string_view::npos ? 0 : line_start + 1)) {
        if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++column;
    }
    return Error(fmt::format("{{{{ }}}} text, line {}, column {}: {}", line, column, message));
}

}  // namespace kiln::interpolation
