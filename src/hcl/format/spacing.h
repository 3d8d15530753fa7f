#pragma once

#include "hcl/syntax/token.h"

namespace kiln::hcl {

/// By how much a token changes the depth of brackets: 1, -1 or 0. Template sequences count.
int bracket_change(TokenType type);

/// Whether one space stands between two neighbours within a cell of a line (spec/hcl2.md, 29.3).
/// `before` is the token in front of `left` in the same cell, if there is one: it tells a sign from
/// a subtraction.
bool space_between(const Token* before, const Token& left, const Token& right);

}  // namespace kiln::hcl
