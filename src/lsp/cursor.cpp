#include "lsp/cursor.h"

#include <algorithm>
#include <span>

#include "hcl/syntax/token.h"

namespace kiln::lsp {
namespace {

using hcl::Token;
using hcl::TokenType;

/// Follows the nesting of the language over a prefix of the tokens.
class Walker {
  public:
    Walker() { frames_.push_back({Frame::Kind::Body, {}, {}, {}}); }

    void take(const Token& token);
    Cursor describe() const;
    /// Within quotes or a heredoc, outside of its sequences.
    bool in_literal() const;
    bool in_heredoc() const { return top().kind == Frame::Kind::Heredoc; }

  private:
    struct Frame {
        enum class Kind { Body, Object, Brackets, Quote, Heredoc, Sequence };
        Kind kind = Kind::Body;
        OpenBlock block;        ///< of a body; the root's has no type
        OpenBlock item;         ///< of a body: the header that is being written
        std::string attribute;  ///< of a body: whose value is being written
    };

    void take_in_body(const Token& token);
    void take_in_value(const Token& token);
    void close(TokenType type);
    const Frame& top() const { return frames_.back(); }
    const Frame& innermost_body() const;
    static bool is_in_value(const Frame& frame) { return !frame.attribute.empty(); }

    std::vector<Frame> frames_;
};

bool ends_line(const Token& token);
std::vector<Token> tokens_of(std::string_view text);
/// The token that `at` is in or right behind, where it has a word; else the one that begins there.
const Token* token_at(std::span<const Token> tokens, std::size_t at);
bool is_word(const Token& token);
bool read_path(std::span<const Token> before, std::vector<std::string>& path);
void read_rest(std::span<const Token> behind, Cursor& cursor);
Cursor look(std::span<const Token> tokens, const Token* word, std::size_t at);

}  // namespace

Cursor find_cursor(std::string_view text, std::size_t at) {
    at = std::min(at, text.size());
    const std::vector<Token> tokens = tokens_of(text);
    const Token* token = token_at(tokens, at);
    return look(tokens, token, at);
}

Cursor find_word(std::string_view text, std::size_t at) {
    at = std::min(at, text.size());
    const std::vector<Token> tokens = tokens_of(text);
    const Token* token = token_at(tokens, at);
    if (token == nullptr || !is_word(*token)) return {};
    return look(tokens, token, token->end.byte);
}

namespace {

Cursor look(std::span<const Token> tokens, const Token* word, std::size_t at) {
    if (word != nullptr && !is_word(*word)) {
        // In the middle of something that has no parts, or in a comment.
        const bool inside = word->start.byte < at && at < word->end.byte;
        const bool in_comment = word->type == TokenType::Comment && word->start.byte < at &&
                                !word->text.ends_with('\n');
        if (inside || in_comment || word->type == TokenType::Number) return {};
        word = nullptr;
    }
    const auto first_behind = std::find_if(tokens.begin(), tokens.end(), [&](const Token& token) {
        return &token == word || token.start.byte >= at || token.type == TokenType::EndOfFile;
    });
    const auto before = tokens.first(static_cast<std::size_t>(first_behind - tokens.begin()));
    Walker walker;
    for (const Token& token : before) walker.take(token);
    if (walker.in_heredoc()) return {};

    Cursor cursor = walker.describe();
    cursor.in_string = walker.in_literal();
    cursor.word_start = cursor.word_end = at;
    if (word != nullptr) {
        cursor.word = word->text;
        cursor.word_start = word->start.byte;
        cursor.word_end = word->end.byte;
        cursor.prefix = word->text.substr(0, at - word->start.byte);
    }
    if (!cursor.in_string) {
        read_rest(tokens.subspan(before.size() + (word == nullptr ? 0 : 1)), cursor);
    }
    if (!cursor.in_string && !read_path(before, cursor.path)) cursor.place = Cursor::Place::Nowhere;
    return cursor;
}

std::vector<Token> tokens_of(std::string_view text) {
    return hcl::tokenize(text, {}, hcl::LexMode::Normal);
}

const Token* token_at(std::span<const Token> tokens, std::size_t at) {
    const Token* found = nullptr;
    for (const Token& token : tokens) {
        if (token.start.byte > at) break;
        if (token.type == TokenType::EndOfFile || token.end.byte < at) continue;
        // Right between two tokens the word wins, and else the one before.
        const bool begins_here = token.start.byte == at && at != token.end.byte;
        if (found == nullptr || (begins_here && is_word(token) && !is_word(*found))) found = &token;
        if (begins_here && found != &token && found->type == TokenType::Newline) found = &token;
    }
    return found;
}

bool is_word(const Token& token) {
    return token.type == TokenType::Identifier || token.type == TokenType::QuotedText;
}

bool ends_line(const Token& token) {
    return token.type == TokenType::Newline ||
           (token.type == TokenType::Comment && token.text.ends_with('\n'));
}

/// Reads the names and dots that the tokens end with. False when something stands before the dot
/// that has no name, like a call or an index.
bool read_path(std::span<const Token> before, std::vector<std::string>& path) {
    while (!before.empty() && before.back().type == TokenType::Dot) {
        if (before.size() < 2 || before[before.size() - 2].type != TokenType::Identifier) {
            return false;
        }
        path.emplace_back(before[before.size() - 2].text);
        before = before.first(before.size() - 2);
    }
    std::reverse(path.begin(), path.end());
    return true;
}

void read_rest(std::span<const Token> behind, Cursor& cursor) {
    cursor.before_assign = !behind.empty() && behind.front().type == TokenType::Assign;
    while (behind.size() >= 2 && behind[0].type == TokenType::Dot &&
           behind[1].type == TokenType::Identifier) {
        cursor.rest.emplace_back(behind[1].text);
        behind = behind.subspan(2);
    }
}

void Walker::take(const Token& token) {
    const Frame& frame = top();
    if (frame.kind == Frame::Kind::Body && !is_in_value(frame)) {
        take_in_body(token);
    } else {
        take_in_value(token);
    }
}

void Walker::take_in_body(const Token& token) {
    Frame& frame = frames_.back();
    if (ends_line(token)) {
        frame.item = {};
        return;
    }
    switch (token.type) {
        case TokenType::Identifier:
            if (frame.item.type.empty()) {
                frame.item.type = token.text;
            } else {
                frame.item.labels.emplace_back(token.text);
            }
            break;
        case TokenType::OpenQuote:
            frames_.push_back({Frame::Kind::Quote, {}, {}, {}});
            break;
        case TokenType::Assign:
            frame.attribute = frame.item.type.empty() ? "?" : frame.item.type;
            break;
        case TokenType::OpenBrace: {
            OpenBlock block = std::exchange(frame.item, {});
            frames_.push_back({Frame::Kind::Body, std::move(block), {}, {}});
            break;
        }
        case TokenType::CloseBrace:
            close(token.type);
            break;
        default:
            break;
    }
}

void Walker::take_in_value(const Token& token) {
    Frame& frame = frames_.back();
    if (frame.kind == Frame::Kind::Body && ends_line(token)) {
        frame.attribute.clear();
        frame.item = {};
        return;
    }
    switch (token.type) {
        case TokenType::OpenBrace:
            frames_.push_back({Frame::Kind::Object, {}, {}, {}});
            break;
        case TokenType::OpenBracket:
        case TokenType::OpenParen:
            frames_.push_back({Frame::Kind::Brackets, {}, {}, {}});
            break;
        case TokenType::OpenQuote:
            frames_.push_back({Frame::Kind::Quote, {}, {}, {}});
            break;
        case TokenType::OpenHeredoc:
            frames_.push_back({Frame::Kind::Heredoc, {}, {}, {}});
            break;
        case TokenType::Interpolation:
        case TokenType::Control:
            frames_.push_back({Frame::Kind::Sequence, {}, {}, {}});
            break;
        case TokenType::QuotedText: {
            // The text of a label, when the quotes stand in a header.
            Frame& around = frames_[frames_.size() < 2 ? 0 : frames_.size() - 2];
            if (frame.kind == Frame::Kind::Quote && around.kind == Frame::Kind::Body &&
                !is_in_value(around)) {
                around.item.labels.emplace_back(token.text);
            }
            break;
        }
        case TokenType::CloseBrace:
        case TokenType::CloseBracket:
        case TokenType::CloseParen:
        case TokenType::CloseQuote:
        case TokenType::CloseHeredoc:
        case TokenType::TemplateEnd:
            close(token.type);
            break;
        default:
            break;
    }
}

/// Takes off everything up to the frame that the token closes; nothing, when none fits. The root
/// stays.
void Walker::close(TokenType type) {
    const auto fits = [&](const Frame& frame) {
        switch (type) {
            case TokenType::CloseBrace:
                return frame.kind == Frame::Kind::Object || frame.kind == Frame::Kind::Body;
            case TokenType::CloseQuote:
                return frame.kind == Frame::Kind::Quote;
            case TokenType::CloseHeredoc:
                return frame.kind == Frame::Kind::Heredoc;
            case TokenType::TemplateEnd:
                return frame.kind == Frame::Kind::Sequence;
            default:
                return frame.kind == Frame::Kind::Brackets;
        }
    };
    const auto found = std::find_if(frames_.rbegin(), frames_.rend() - 1, fits);
    if (found != frames_.rend() - 1) frames_.erase(found.base() - 1, frames_.end());
}

bool Walker::in_literal() const {
    return top().kind == Frame::Kind::Quote || in_heredoc();
}

const Walker::Frame& Walker::innermost_body() const {
    return *std::find_if(frames_.rbegin(), frames_.rend(),
                         [](const Frame& frame) { return frame.kind == Frame::Kind::Body; });
}

Cursor Walker::describe() const {
    Cursor cursor;
    for (const Frame& frame : frames_) {
        if (frame.kind == Frame::Kind::Body && &frame != &frames_.front()) {
            cursor.blocks.push_back(frame.block);
        }
    }
    const Frame& body = innermost_body();
    if (is_in_value(body)) {
        cursor.place = Cursor::Place::Value;
        cursor.attribute = body.attribute;
    } else if (!body.item.type.empty()) {
        cursor.place = Cursor::Place::Label;
        cursor.header = body.item;
    } else if (&body == &top()) {
        cursor.place = Cursor::Place::Item;
    }
    return cursor;
}

}  // namespace
}  // namespace kiln::lsp
