#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace kiln::hcl {

// clang-format off
enum class TokenType {
    OpenBrace, CloseBrace, OpenBracket, CloseBracket, OpenParen, CloseParen,
    OpenQuote, CloseQuote,      ///< the quotes of a template
    OpenHeredoc, CloseHeredoc,  ///< introducer with its line end; the line of the closing marker
    QuotedText, PlainText,      ///< literal text in quotes (escapes as written), in a heredoc or bare
    QuotedNewline,              ///< a line end inside quotes, which is an error
    Interpolation, Control, TemplateEnd,  ///< `${` `%{` `}`, each with its strip marker
    Number, Identifier, Comment, Newline, EndOfFile,
    Plus, Minus, Star, Slash, Percent,
    Not, Assign, Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, And, Or,
    Question, Colon, DoubleColon, Dot, Ellipsis, Comma, Arrow,
    BitAnd, BitOr, BitXor, BitNot, Apostrophe, Backtick, Semicolon,  ///< for better errors only
    Invalid,                    ///< any other character
    BadUtf8,
};
// clang-format on

/// A token and where it stands. `text` is a view into the source text, which must outlive it.
/// Tokens cover all of the text but spaces and tabs between them, so that the source can be put
/// together again from its tokens.
struct Token {
    TokenType type = TokenType::EndOfFile;
    std::string_view text;
    SourcePos start;
    SourcePos end;

    SourceRange range(const std::string& filename) const { return {filename, start, end}; }
};

/// How the text begins: as code, or as a template without quotes.
enum class LexMode { Normal, Template };

/// Cuts the text into tokens, the last of which is the end of the file. Never fails: what is no
/// token becomes one of the error kinds, which `report_invalid_tokens` tells about.
std::vector<Token> tokenize(std::string_view text, SourcePos start, LexMode mode);

/// Reports the characters and operators that the language does not have (spec/hcl2.md, 2.4).
void report_invalid_tokens(const std::vector<Token>& tokens, const std::string& filename,
                           Diagnostics& diagnostics);

/// `from`, moved behind `text`. Columns are grapheme clusters.
SourcePos advance(SourcePos from, std::string_view text);

/// The length in bytes of the identifier that `text` starts with, or 0.
std::size_t identifier_length(std::string_view text);

}  // namespace kiln::hcl
