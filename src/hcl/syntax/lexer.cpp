#include <array>
#include <optional>

#include <utf8proc.h>

#include "hcl/syntax/text.h"
#include "hcl/syntax/token.h"

namespace kiln::hcl {
namespace {

/// What the scanner is inside of. `Normal` within a template ends at the brace that closes it.
struct Mode {
    enum class Kind { Normal, Quoted, Heredoc, Bare };
    Kind kind = Kind::Normal;
    int braces = 0;
    bool in_template = false;
    std::string_view marker{};
};

class Lexer {
  public:
    Lexer(std::string_view text, SourcePos start, LexMode mode) : text_(text), pos_(start) {
        modes_.push_back({mode == LexMode::Normal ? Mode::Kind::Normal : Mode::Kind::Bare});
    }
    std::vector<Token> run();

  private:
    void scan_normal();
    void scan_comment(bool block);
    bool block_comment_ends();
    void scan_number();
    bool scan_heredoc_start();
    void scan_operator();
    void scan_text();
    void scan_plain_line();
    bool scan_heredoc_end();
    std::size_t text_run_length(bool quoted, bool stop_at_newline) const;
    void open_sequence();
    void close_brace();
    void emit(TokenType type, std::size_t length);

    std::string_view rest() const { return text_.substr(at_); }
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    bool starts_with(std::string_view prefix) const { return rest().starts_with(prefix); }
    std::size_t newline_length(std::size_t ahead = 0) const;

    std::string_view text_;
    std::size_t at_ = 0;
    SourcePos pos_;
    std::vector<Mode> modes_;
    std::vector<Token> tokens_;
    bool no_comment_end_ = false;  ///< behind here no block comment ends
    bool line_start_ = true;       ///< in a heredoc: only literal text so far on this line
};

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The length of the code point at the start of `text`; 0 for bytes that are not UTF-8.
std::size_t decode(std::string_view text, utf8proc_int32_t& code_point);
bool is_id_start(utf8proc_int32_t c);
bool is_id_continue(utf8proc_int32_t c);
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
std::string_view trim_space(std::string_view text);

}  // namespace

std::vector<Token> tokenize(std::string_view text, SourcePos start, LexMode mode) {
    return Lexer(text, start, mode).run();
}

SourcePos advance(SourcePos from, std::string_view text) {
    SourcePos pos = from;
    pos.byte += text.size();
    utf8proc_int32_t previous = 0;
    utf8proc_int32_t state = 0;
    for (std::size_t i = 0; i < text.size();) {
        const unsigned char c = static_cast<unsigned char>(text[i]);
        const bool next_is_ascii =
            i + 1 >= text.size() || static_cast<unsigned char>(text[i + 1]) < 0x80;
        if (c == '\n') {
            ++pos.line;
            pos.column = 1;
            previous = 0;
            ++i;
        } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            ++i;
        } else if (c < 0x80 && next_is_ascii && previous == 0) {
            ++pos.column;
            ++i;
        } else {
            utf8proc_int32_t code_point = 0;
            const std::size_t length = decode(text.substr(i), code_point);
            if (length == 0) {
                ++pos.column;
                previous = 0;
                ++i;
                continue;
            }
            if (previous == 0) state = 0;
            if (previous == 0 || utf8proc_grapheme_break_stateful(previous, code_point, &state)) {
                ++pos.column;
            }
            previous = c < 0x80 && next_is_ascii ? 0 : code_point;
            i += length;
        }
    }
    return pos;
}

std::size_t identifier_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size()) {
        utf8proc_int32_t c = 0;
        const std::size_t step = decode(text.substr(length), c);
        if (step == 0) break;
        if (length == 0 ? !is_id_start(c) && c != '_' : !is_id_continue(c) && c != '-') break;
        length += step;
    }
    return length;
}

void report_invalid_tokens(const std::vector<Token>& tokens, const std::string& filename,
                           Diagnostics& diagnostics) {
    int bitwise = 0;
    int semicolons = 0;
    int backticks = 0;
    int apostrophes = 0;
    bool bad_utf8 = false;
    std::size_t told_line = 0;
    std::vector<const Token*> open_quotes;
    // What else is wrong on the same line is mostly an echo of the first.
    const auto report = [&](const Token& token, std::string summary, std::string detail) {
        if (token.start.line == told_line) return;
        told_line = token.start.line;
        diagnostics.add(
            Diagnostic::error(std::move(summary), std::move(detail), token.range(filename)));
    };
    for (const Token& token : tokens) {
        switch (token.type) {
            case TokenType::OpenQuote:
                open_quotes.push_back(&token);
                break;
            case TokenType::CloseQuote:
                if (!open_quotes.empty()) open_quotes.pop_back();
                break;
            case TokenType::BitAnd:
            case TokenType::BitOr:
            case TokenType::BitXor:
            case TokenType::BitNot: {
                if (bitwise++ >= 4) break;
                std::string hint;
                if (token.type == TokenType::BitAnd) hint = " Did you mean \"&&\"?";
                if (token.type == TokenType::BitOr) hint = " Did you mean \"||\"?";
                if (token.type == TokenType::BitNot) hint = " Did you mean \"!\"?";
                report(token, "Unsupported operator",
                       "The language works on no single bits." + hint);
                break;
            }
            case TokenType::Apostrophe:
                if (apostrophes++ % 2 == 0 && apostrophes <= 3) {
                    report(token, "Invalid character", "Strings stand in double quotes (\").");
                }
                break;
            case TokenType::Backtick:
                if (backticks++ % 2 == 0 && backticks <= 3) {
                    report(token, "Invalid character",
                           "Back-quotes mean nothing here. A text of several lines begins with "
                           "<<EOT and ends at a line with EOT.");
                }
                break;
            case TokenType::Semicolon:
                if (semicolons++ == 0) {
                    report(token, "Invalid character",
                           "Nothing ends with a semicolon: begin a new line, or use a comma within "
                           "a list or object.");
                }
                break;
            case TokenType::BadUtf8:
                if (!bad_utf8) {
                    report(token, "Invalid character encoding",
                           "These bytes are not UTF-8. Save the file in that encoding.");
                }
                bad_utf8 = true;
                break;
            case TokenType::QuotedNewline:
                report(open_quotes.empty() ? token : *open_quotes.back(),
                       "Invalid multi-line string",
                       "The string that begins here is not closed on this line. Quoted strings may "
                       "not be split over multiple lines: write \\n for a newline, or use the "
                       "\"heredoc\" syntax for long texts.");
                // From here on what is text and what is not is turned around.
                return;
            case TokenType::Invalid:
                if (token.text == "\u201c" || token.text == "\u201d") {
                    report(token, "Invalid character",
                           "This is a typographic quote, as word processors and web pages put it. "
                           "Type a straight one (\") in its place.");
                } else {
                    report(token, "Invalid character",
                           "This character has no meaning here. Remove it, or put it in a quoted "
                           "string.");
                }
                break;
            default:
                break;
        }
    }
}

namespace {

std::vector<Token> Lexer::run() {
    if (pos_.byte == 0 && starts_with(kByteOrderMark)) {
        at_ += kByteOrderMark.size();
        pos_.byte += kByteOrderMark.size();
    }
    while (at_ < text_.size()) {
        if (modes_.back().kind == Mode::Kind::Normal) {
            scan_normal();
        } else {
            scan_text();
        }
    }
    emit(TokenType::EndOfFile, 0);
    return std::move(tokens_);
}

void Lexer::emit(TokenType type, std::size_t length) {
    const std::string_view text = text_.substr(at_, length);
    const SourcePos end = advance(pos_, text);
    tokens_.push_back({type, text, pos_, end});
    at_ += length;
    pos_ = end;
}

std::size_t Lexer::newline_length(std::size_t ahead) const {
    if (peek(ahead) == '\n') return 1;
    return peek(ahead) == '\r' && peek(ahead + 1) == '\n' ? 2 : 0;
}

void Lexer::scan_normal() {
    const char c = peek();
    if (c == ' ' || c == '\t') {
        ++at_;
        ++pos_.byte;
        ++pos_.column;
    } else if (const std::size_t newline = newline_length(); newline != 0) {
        emit(TokenType::Newline, newline);
    } else if (c == '#' || starts_with("//")) {
        scan_comment(false);
    } else if (starts_with("/*") && block_comment_ends()) {
        scan_comment(true);
    } else if (is_digit(c)) {
        scan_number();
    } else if (const std::size_t length = identifier_length(rest()); length != 0) {
        emit(TokenType::Identifier, length);
    } else if (c == '"') {
        emit(TokenType::OpenQuote, 1);
        modes_.push_back({Mode::Kind::Quoted});
    } else if (c == '{') {
        ++modes_.back().braces;
        emit(TokenType::OpenBrace, 1);
    } else if (c == '}' || starts_with("~}")) {
        close_brace();
    } else if (!scan_heredoc_start()) {
        scan_operator();
    }
}

/// Looks for the end only until it was missed once, so that many open comments cost no more.
bool Lexer::block_comment_ends() {
    no_comment_end_ = no_comment_end_ || text_.find("*/", at_ + 2) == std::string_view::npos;
    return !no_comment_end_;
}

void Lexer::scan_comment(bool block) {
    if (block) {
        emit(TokenType::Comment, text_.find("*/", at_ + 2) + 2 - at_);
        return;
    }
    const std::size_t newline = text_.find('\n', at_);
    emit(TokenType::Comment, newline == std::string_view::npos ? rest().size() : newline + 1 - at_);
}

void Lexer::scan_number() {
    std::size_t length = 1;
    while (true) {
        const char c = peek(length);
        if (is_digit(c) || c == '.') {
            ++length;
        } else if (c == 'e' || c == 'E') {
            const bool sign = peek(length + 1) == '+' || peek(length + 1) == '-';
            const std::size_t digits = length + (sign ? 2 : 1);
            if (!is_digit(peek(digits))) break;
            length = digits + 1;
        } else {
            break;
        }
    }
    while (text_[at_ + length - 1] == '.') --length;
    emit(TokenType::Number, length);
}

bool Lexer::scan_heredoc_start() {
    if (!starts_with("<<")) return false;
    const std::size_t marker_at = peek(2) == '-' ? 3 : 2;
    const std::size_t marker_length = identifier_length(rest().substr(marker_at));
    if (marker_length == 0) return false;
    const std::size_t newline = newline_length(marker_at + marker_length);
    if (newline == 0) return false;
    const std::string_view marker = rest().substr(marker_at, marker_length);
    emit(TokenType::OpenHeredoc, marker_at + marker_length + newline);
    modes_.push_back({Mode::Kind::Heredoc, 0, false, marker});
    line_start_ = true;
    return true;
}

void Lexer::close_brace() {
    Mode& mode = modes_.back();
    const bool strip = peek() == '~';
    if (mode.in_template && mode.braces == 0) {
        modes_.pop_back();
        line_start_ = false;
        emit(TokenType::TemplateEnd, strip ? 2 : 1);
    } else if (strip) {
        emit(TokenType::BitNot, 1);
    } else {
        if (mode.braces > 0) --mode.braces;
        emit(TokenType::CloseBrace, 1);
    }
}

void Lexer::scan_operator() {
    struct Operator {
        std::string_view text;
        TokenType type;
    };
    static constexpr std::array<Operator, 33> operators = {{
        {"...", TokenType::Ellipsis},  {"::", TokenType::DoubleColon},
        {"==", TokenType::Equal},      {"!=", TokenType::NotEqual},
        {"<=", TokenType::LessEqual},  {">=", TokenType::GreaterEqual},
        {"&&", TokenType::And},        {"||", TokenType::Or},
        {"=>", TokenType::Arrow},      {"+", TokenType::Plus},
        {"-", TokenType::Minus},       {"*", TokenType::Star},
        {"/", TokenType::Slash},       {"%", TokenType::Percent},
        {"!", TokenType::Not},         {"=", TokenType::Assign},
        {"<", TokenType::Less},        {">", TokenType::Greater},
        {"?", TokenType::Question},    {":", TokenType::Colon},
        {".", TokenType::Dot},         {",", TokenType::Comma},
        {"(", TokenType::OpenParen},   {")", TokenType::CloseParen},
        {"[", TokenType::OpenBracket}, {"]", TokenType::CloseBracket},
        {"&", TokenType::BitAnd},      {"|", TokenType::BitOr},
        {"^", TokenType::BitXor},      {"~", TokenType::BitNot},
        {"'", TokenType::Apostrophe},  {"`", TokenType::Backtick},
        {";", TokenType::Semicolon},
    }};
    for (const Operator& known : operators) {
        if (starts_with(known.text)) return emit(known.type, known.text.size());
    }
    utf8proc_int32_t code_point = 0;
    const std::size_t length = decode(rest(), code_point);
    if (length == 0) return emit(TokenType::BadUtf8, 1);
    emit(TokenType::Invalid, length);
}

void Lexer::scan_text() {
    const Mode mode = modes_.back();
    if (mode.kind == Mode::Kind::Heredoc && line_start_ && scan_heredoc_end()) return;
    if (starts_with("${") || starts_with("%{")) return open_sequence();
    if (mode.kind != Mode::Kind::Quoted) return scan_plain_line();
    if (peek() == '"') {
        modes_.pop_back();
        emit(TokenType::CloseQuote, 1);
    } else if (const std::size_t newline = newline_length(); newline != 0) {
        emit(TokenType::QuotedNewline, newline);
    } else if (const std::size_t length = text_run_length(true, true); length != 0) {
        emit(TokenType::QuotedText, length);
    } else {
        emit(TokenType::BadUtf8, 1);
    }
}

void Lexer::scan_plain_line() {
    const std::size_t length = text_run_length(false, true);
    if (length == 0 && newline_length() == 0) return emit(TokenType::BadUtf8, 1);
    const std::size_t newline = newline_length(length);
    emit(TokenType::PlainText, length + newline);
    line_start_ = newline != 0;
}

bool Lexer::scan_heredoc_end() {
    const std::size_t newline = text_.find('\n', at_);
    if (newline == std::string_view::npos) return false;
    std::string_view line = text_.substr(at_, newline - at_);
    if (trim_space(line) != modes_.back().marker) return false;
    if (line.ends_with('\r')) line.remove_suffix(1);
    modes_.pop_back();
    emit(TokenType::CloseHeredoc, line.size());
    return true;
}

/// Bytes of literal text up to a sequence, the end of the quotes, a line end or a byte that is not
/// UTF-8.
std::size_t Lexer::text_run_length(bool quoted, bool stop_at_newline) const {
    std::size_t length = 0;
    while (at_ + length < text_.size()) {
        const char c = peek(length);
        if (quoted && c == '"') break;
        if (stop_at_newline && newline_length(length) != 0) break;
        if (c == '$' || c == '%') {
            if (peek(length + 1) == '{') break;
            // `$${` stands for `${`: taken as a whole, so that it opens nothing.
            length += peek(length + 1) == c && peek(length + 2) == '{' ? 3 : 1;
            continue;
        }
        if (static_cast<unsigned char>(c) < 0x80) {
            const bool escape = quoted && c == '\\' && newline_length(length + 1) == 0 &&
                                (peek(length + 1) == '"' || peek(length + 1) == '\\');
            length += escape ? 2 : 1;
            continue;
        }
        utf8proc_int32_t code_point = 0;
        const std::size_t step = decode(text_.substr(at_ + length), code_point);
        if (step == 0) break;
        length += step;
    }
    return length;
}

void Lexer::open_sequence() {
    const TokenType type = peek() == '$' ? TokenType::Interpolation : TokenType::Control;
    emit(type, peek(2) == '~' ? 3 : 2);
    modes_.push_back({Mode::Kind::Normal, 0, true});
}

std::size_t decode(std::string_view text, utf8proc_int32_t& code_point) {
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &code_point);
    return length <= 0 ? 0 : static_cast<std::size_t>(length);
}

bool is_id_start(utf8proc_int32_t c) {
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c == 0x2E2F) return false;  // a letter that is pattern syntax
    switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_NL:
            return true;
        default:
            return c == 0x1885 || c == 0x1886 || c == 0x2118 || c == 0x212E || c == 0x309B ||
                   c == 0x309C;
    }
}

bool is_id_continue(utf8proc_int32_t c) {
    if (is_id_start(c)) return true;
    if (c < 0x80) return (c >= '0' && c <= '9') || c == '_';
    switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_PC:
            return true;
        default:
            return c == 0xB7 || c == 0x387 || (c >= 0x1369 && c <= 0x1371) || c == 0x19DA;
    }
}

std::string_view trim_space(std::string_view text) {
    constexpr std::string_view space = " \t\r\v\f";
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace
}  // namespace kiln::hcl
