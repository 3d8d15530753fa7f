#pragma once

#include <string>
#include <vector>

#include "hcl/syntax/token.h"

namespace kiln::hcl {

/// Walks over tokens as the grammar sees them: comments are gone (one that ends its line counts as
/// the newline), and newlines are skipped wherever they do not matter (spec/hcl2.md, section 4).
class TokenCursor {
  public:
    explicit TokenCursor(const std::vector<Token>& tokens, bool newlines_matter);

    /// The next token; at the end always the end of the file.
    const Token& peek() const { return tokens_[next_index()]; }
    /// The token after the next one.
    const Token& peek_second() const;
    const Token& read();
    /// The token that was read last.
    const Token& previous() const { return tokens_[at_ == 0 ? 0 : at_ - 1]; }
    /// How many tokens have been read.
    std::size_t position() const { return at_; }
    bool next_is(TokenType type) const { return peek().type == type; }
    bool next_is_keyword(std::string_view keyword) const;

    /// Sets what newlines mean until it goes out of scope.
    class NewlineGuard {
      public:
        NewlineGuard(TokenCursor& cursor, bool newlines_matter)
            : cursor_(cursor), before_(cursor.newlines_matter_) {
            cursor_.newlines_matter_ = newlines_matter;
        }
        ~NewlineGuard() { cursor_.newlines_matter_ = before_; }
        NewlineGuard(const NewlineGuard&) = delete;
        NewlineGuard& operator=(const NewlineGuard&) = delete;

      private:
        TokenCursor& cursor_;
        bool before_;
    };

    /// After an error inside brackets: skips to behind the `closing` one that matches, or to a
    /// bracket that closes something further out.
    void skip_past(TokenType closing);
    /// After an error in a body: skips to behind the newline that ends the item, or to the brace
    /// that closes the body.
    void skip_item();
    void skip_all() { at_ = tokens_.size() - 1; }

  private:
    std::size_t next_index() const { return skip_newlines(at_); }
    std::size_t skip_newlines(std::size_t index) const;

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    bool newlines_matter_;
};

}  // namespace kiln::hcl
