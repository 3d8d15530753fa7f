#include "hcl/syntax/token_cursor.h"

#include <optional>

namespace kiln::hcl {
namespace {

/// The bracket that closes `open`, if it opens something.
std::optional<TokenType> closing_of(TokenType open);
bool is_closing(TokenType type);

}  // namespace

TokenCursor::TokenCursor(const std::vector<Token>& tokens, bool newlines_matter)
    : newlines_matter_(newlines_matter) {
    tokens_.reserve(tokens.size());
    for (const Token& token : tokens) {
        if (token.type != TokenType::Comment) {
            tokens_.push_back(token);
        } else if (token.text.ends_with('\n')) {
            Token newline = token;
            newline.type = TokenType::Newline;
            newline.text = token.text.substr(token.text.size() - 1);
            newline.start = advance(token.start, token.text.substr(0, token.text.size() - 1));
            tokens_.push_back(newline);
        }
    }
}

std::size_t TokenCursor::skip_newlines(std::size_t index) const {
    while (!newlines_matter_ && tokens_[index].type == TokenType::Newline) ++index;
    return index;
}

const Token& TokenCursor::peek_second() const {
    const std::size_t first = next_index();
    if (first + 1 >= tokens_.size()) return tokens_[first];
    return tokens_[skip_newlines(first + 1)];
}

const Token& TokenCursor::read() {
    const std::size_t index = next_index();
    at_ = tokens_[index].type == TokenType::EndOfFile ? index : index + 1;
    return tokens_[index];
}

bool TokenCursor::next_is_keyword(std::string_view keyword) const {
    return peek().type == TokenType::Identifier && peek().text == keyword;
}

void TokenCursor::skip_past(TokenType closing) {
    std::vector<TokenType> open{closing};
    for (; tokens_[at_].type != TokenType::EndOfFile; ++at_) {
        const TokenType type = tokens_[at_].type;
        if (const auto closes = closing_of(type)) {
            open.push_back(*closes);
        } else if (type == open.back()) {
            open.pop_back();
            if (open.empty()) {
                ++at_;
                return;
            }
        } else if (is_closing(type) && open.size() == 1) {
            return;
        }
    }
}

void TokenCursor::skip_item() {
    std::vector<TokenType> open;
    for (; tokens_[at_].type != TokenType::EndOfFile; ++at_) {
        const TokenType type = tokens_[at_].type;
        if (const auto closes = closing_of(type)) {
            open.push_back(*closes);
        } else if (!open.empty() && type == open.back()) {
            open.pop_back();
        } else if (open.empty() && type == TokenType::Newline) {
            ++at_;
            return;
        } else if (open.empty() && type == TokenType::CloseBrace) {
            return;
        }
    }
}

namespace {

std::optional<TokenType> closing_of(TokenType open) {
    switch (open) {
        case TokenType::OpenBrace:
            return TokenType::CloseBrace;
        case TokenType::OpenBracket:
            return TokenType::CloseBracket;
        case TokenType::OpenParen:
            return TokenType::CloseParen;
        case TokenType::OpenQuote:
            return TokenType::CloseQuote;
        case TokenType::OpenHeredoc:
            return TokenType::CloseHeredoc;
        case TokenType::Interpolation:
        case TokenType::Control:
            return TokenType::TemplateEnd;
        default:
            return std::nullopt;
    }
}

bool is_closing(TokenType type) {
    switch (type) {
        case TokenType::CloseBrace:
        case TokenType::CloseBracket:
        case TokenType::CloseParen:
        case TokenType::CloseQuote:
        case TokenType::CloseHeredoc:
        case TokenType::TemplateEnd:
            return true;
        default:
            return false;
    }
}

}  // namespace
}  // namespace kiln::hcl
