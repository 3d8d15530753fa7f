#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace kiln::interpolation {

enum class TokenKind {
    Text,  ///< between actions, with the trimming that `{{-` and `-}}` ask for already done
    ActionStart,
    ActionEnd,
    Identifier,  ///< a function or a keyword
    Field,       ///< `.name`; text is the name
    Variable,    ///< `$name` or `$`; text with the dollar
    Dot,
    String,  ///< text is the content
    Character,
    Number,
    Pipe,
    OpenParen,
    CloseParen,
    Declare,  ///< `:=`
    Assign,   ///< `=`
    Comma,
    End
};

struct Token {
    TokenKind kind = TokenKind::End;
    std::string text;
    std::size_t offset = 0;
    bool space_before = false;
};

/// An error at a byte of the text: `line 1, column 3: message`.
Error error_at(std::string_view text, std::size_t offset, const std::string& message);

/// Splits a `{{ }}` text into tokens; the last is End. Throws Error with the place.
std::vector<Token> tokenize(std::string_view text);

}  // namespace kiln::interpolation
