#include <algorithm>
#include <array>

#include "hcl/syntax/parser_state.h"

/// Operators, terms and function calls.
namespace kiln::hcl {
namespace {

struct BinaryLevel {
    TokenType token;
    BinaryOperator op;
};
/// From the loosest to the tightest.
const std::array<std::vector<BinaryLevel>, 6>& binary_levels();

}  // namespace

ExpressionPtr Parser::parse_only_expression() {
    ExpressionPtr expression = parse_expression();
    if (!cursor_.next_is(TokenType::EndOfFile)) {
        fail("Extra characters after expression",
             "The expression is complete before this point. Remove what follows it.",
             range(cursor_.peek()));
    }
    return expression;
}

std::optional<Traversal> Parser::parse_only_traversal() {
    const int failures_before = failures_;
    const ExpressionPtr expression = parse_only_expression();
    if (failures_ != failures_before) return std::nullopt;
    if (const auto* reference = expression->as<ScopeTraversal>()) return reference->traversal;
    fail("Invalid reference",
         "A reference is required here: a name, followed by attribute names (\".name\") and "
         "literal keys ([0], [\"key\"]).",
         expression->range);
    return std::nullopt;
}

ExpressionPtr Parser::parse_expression() {
    const Nesting nesting(*this);
    if (!nesting.ok()) return unreadable(range(cursor_.peek()));
    ExpressionPtr condition = parse_binary(0);
    if (!cursor_.next_is(TokenType::Question)) return condition;
    cursor_.read();
    ExpressionPtr if_true = parse_expression();
    if (!cursor_.next_is(TokenType::Colon)) {
        fail("Missing false expression in conditional",
             "A condition needs two results: write \":\" and the value for false.",
             range(cursor_.peek()), range_from(condition->range));
        return unreadable(range_from(condition->range));
    }
    cursor_.read();
    ExpressionPtr if_false = parse_expression();
    const SourceRange whole = SourceRange::between(condition->range, if_false->range);
    return make(Conditional{condition, if_true, if_false}, whole, {condition, if_true, if_false});
}

ExpressionPtr Parser::parse_binary(std::size_t level) {
    if (level == binary_levels().size()) return parse_postfix();
    ExpressionPtr left = parse_binary(level + 1);
    while (true) {
        const TokenType next = cursor_.peek().type;
        const auto& operators = binary_levels()[level];
        const auto found = std::find_if(operators.begin(), operators.end(),
                                        [&](const BinaryLevel& o) { return o.token == next; });
        if (found == operators.end()) return left;
        cursor_.read();
        const ExpressionPtr right = parse_binary(level + 1);
        left = make(Binary{found->op, left, right}, SourceRange::between(left->range, right->range),
                    {left, right});
    }
}

ExpressionPtr Parser::parse_term() {
    const Token token = cursor_.peek();
    switch (token.type) {
        case TokenType::OpenParen:
            return parse_parentheses();
        case TokenType::Number:
            return parse_number();
        case TokenType::Identifier:
            return parse_identifier();
        case TokenType::OpenQuote:
            return parse_quoted_template();
        case TokenType::OpenHeredoc:
            return parse_heredoc();
        case TokenType::OpenBracket:
            return parse_tuple();
        case TokenType::OpenBrace:
            return parse_object();
        case TokenType::Minus:
        case TokenType::Not:
            return parse_unary();
        case TokenType::EndOfFile:
            fail("Missing expression", "The file ends where a value should stand.", range(token));
            break;
        default:
            fail("Invalid expression", "A value should stand here, but no value begins this way.",
                 range(token));
    }
    return unreadable(range(token));
}

ExpressionPtr Parser::parse_number() {
    const Token token = cursor_.read();
    const auto number = Number::parse(token.text);
    if (!number) {
        report("Invalid number literal", "This is no number: write digits, such as 10, 0.5 or 1e3.",
               range(token));
        return unreadable(range(token));
    }
    return make(Literal{Value::number(*number)}, range(token));
}

ExpressionPtr Parser::parse_unary() {
    const Nesting nesting(*this);
    const Token symbol = cursor_.read();
    if (!nesting.ok()) return unreadable(range(symbol));
    const ExpressionPtr operand = parse_postfix();
    const UnaryOperator op =
        symbol.type == TokenType::Minus ? UnaryOperator::Negate : UnaryOperator::Not;
    return make(Unary{op, operand, range(symbol)},
                SourceRange::between(range(symbol), operand->range), {operand});
}

ExpressionPtr Parser::parse_parentheses() {
    const Token open = cursor_.read();
    const ExpressionPtr inner =
        parse_enclosed(open, TokenType::CloseParen, "Unbalanced parentheses",
                       "The parenthesis opened before is not closed here: write \")\".");
    if (!inner) return unreadable(range_from(range(open)));
    return make(Parentheses{inner}, range_from(range(open)), {inner});
}

ExpressionPtr Parser::parse_enclosed(const Token& open, TokenType closing, const char* summary,
                                     const char* detail) {
    const TokenCursor::NewlineGuard newlines(cursor_, false);
    const int failures_before = failures_;
    ExpressionPtr inner = parse_expression();
    if (failures_ == failures_before && !cursor_.next_is(closing)) {
        fail(summary, detail, range(cursor_.peek()),
             SourceRange::between(range(open), range(cursor_.peek())));
    }
    if (failures_ != failures_before) {
        cursor_.skip_past(closing);
        return nullptr;
    }
    cursor_.read();
    return inner;
}

ExpressionPtr Parser::parse_identifier() {
    const Token token = cursor_.read();
    const TokenType next = cursor_.peek().type;
    std::string name(token.text);
    if (next == TokenType::OpenParen || next == TokenType::DoubleColon) {
        SourceRange name_range = range(token);
        while (cursor_.next_is(TokenType::DoubleColon)) {
            cursor_.read();
            if (!cursor_.next_is(TokenType::Identifier)) {
                fail("Missing function name", "Write the name of a function after \"::\".",
                     range(cursor_.peek()),
                     SourceRange::between(name_range, range(cursor_.peek())));
                return unreadable(name_range);
            }
            name += "::" + std::string(cursor_.read().text);
            name_range = range_from(name_range);
        }
        if (!cursor_.next_is(TokenType::OpenParen)) {
            fail("Missing open parenthesis",
                 "A function is called here: write \"(\" and its arguments after the name.",
                 range(cursor_.peek()), SourceRange::between(name_range, range(cursor_.peek())));
            return unreadable(name_range);
        }
        return parse_call(std::move(name), name_range);
    }
    if (name == "true" || name == "false") {
        return make(Literal{Value::boolean(name == "true")}, range(token));
    }
    if (name == "null") return make(Literal{Value()}, range(token));
    return make(ScopeTraversal{{name, range(token), {}}}, range(token));
}

ExpressionPtr Parser::parse_call(std::string name, SourceRange name_range) {
    const Token open = cursor_.read();
    const TokenCursor::NewlineGuard newlines(cursor_, false);
    FunctionCall call;
    call.name = std::move(name);
    call.name_range = name_range;
    call.open_range = range(open);
    int deepest = 0;
    const auto give_up = [&] {
        cursor_.skip_past(TokenType::CloseParen);
        return unreadable(range_from(name_range));
    };
    while (!cursor_.next_is(TokenType::CloseParen)) {
        const int failures_before = failures_;
        if (cursor_.next_is(TokenType::EndOfFile) && !call.arguments.empty()) break;
        call.arguments.push_back(parse_expression());
        if (failures_ != failures_before) return give_up();
        deepest = std::max(deepest, call.arguments.back()->depth);
        const Token next = cursor_.peek();
        if (next.type == TokenType::Comma) {
            cursor_.read();
        } else if (next.type == TokenType::Ellipsis) {
            call.expand_final = true;
            cursor_.read();
            if (!cursor_.next_is(TokenType::CloseParen)) {
                fail("Missing closing parenthesis",
                     "An argument with \"...\" must be the last one: close the call with \")\" "
                     "after it.",
                     range(cursor_.peek()), range_from(name_range));
                return give_up();
            }
        } else if (next.type == TokenType::EndOfFile) {
            break;
        } else if (next.type != TokenType::CloseParen) {
            fail("Missing argument separator", "Put a comma between the arguments of a call.",
                 range(next), SourceRange::between(name_range, range(next)));
            return give_up();
        }
    }
    if (!cursor_.next_is(TokenType::CloseParen)) {
        fail("Unterminated function call",
             "The file ends inside this call. Close it with \")\", and check that every \"(\" "
             "above has its partner.",
             SourceRange::between(name_range, range(open)));
        return give_up();
    }
    call.close_range = range(cursor_.read());
    const SourceRange whole = SourceRange::between(name_range, call.close_range);
    return make_of(std::move(call), whole, deepest);
}

namespace {

const std::array<std::vector<BinaryLevel>, 6>& binary_levels() {
    static const std::array<std::vector<BinaryLevel>, 6> levels = {{
        {{TokenType::Or, BinaryOperator::Or}},
        {{TokenType::And, BinaryOperator::And}},
        {{TokenType::Equal, BinaryOperator::Equal},
         {TokenType::NotEqual, BinaryOperator::NotEqual}},
        {{TokenType::Less, BinaryOperator::Less},
         {TokenType::LessEqual, BinaryOperator::LessEqual},
         {TokenType::Greater, BinaryOperator::Greater},
         {TokenType::GreaterEqual, BinaryOperator::GreaterEqual}},
        {{TokenType::Plus, BinaryOperator::Add}, {TokenType::Minus, BinaryOperator::Subtract}},
        {{TokenType::Star, BinaryOperator::Multiply},
         {TokenType::Slash, BinaryOperator::Divide},
         {TokenType::Percent, BinaryOperator::Modulo}},
    }};
    return levels;
}

}  // namespace
}  // namespace kiln::hcl
