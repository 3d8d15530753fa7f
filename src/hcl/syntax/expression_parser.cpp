#include <array>

#include <fmt/format.h>

#include "hcl/syntax/parser_state.h"

namespace kiln::hcl {
namespace {

/// Levels of nesting that are read. Every level costs a few frames here and in the evaluator, which
/// must fit the stack of a thread.
constexpr int kMaxNesting = 250;
/// Height of an expression tree: long chains (`a && b && …`) are high without being nested.
constexpr int kMaxDepth = 600;

constexpr const char* kInvalidFor = "Invalid 'for' expression";

struct BinaryLevel {
    TokenType token;
    BinaryOperator op;
};
/// From the loosest to the tightest.
const std::array<std::vector<BinaryLevel>, 6>& binary_levels();
bool is_literal_key(const Expression& key);

}  // namespace

ExpressionPtr Parser::parse_only_expression() {
    ExpressionPtr expression = parse_expression();
    if (!cursor_.next_is(TokenType::EndOfFile)) {
        fail("Extra characters after expression",
             "An expression was successfully parsed, but extra characters were found after it.",
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
             "The conditional operator (...?...:...) requires a false expression, delimited by a "
             "colon.",
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

ExpressionPtr Parser::parse_postfix() {
    return parse_steps(parse_term());
}

ExpressionPtr Parser::parse_steps(ExpressionPtr from) {
    while (true) {
        const int failures_before = failures_;
        if (cursor_.next_is(TokenType::Dot)) {
            from = parse_dot(std::move(from));
        } else if (cursor_.next_is(TokenType::OpenBracket)) {
            from = parse_bracket(std::move(from));
        } else {
            return from;
        }
        if (failures_ != failures_before) return from;
    }
}

ExpressionPtr Parser::parse_dot(ExpressionPtr from) {
    const Token dot = cursor_.read();
    const Token next = cursor_.peek();
    const SourceRange step = SourceRange::between(range(dot), range(next));
    if (next.type == TokenType::Identifier) {
        cursor_.read();
        return append_step(from, {std::string(next.text), step});
    }
    if (next.type == TokenType::Number) {
        cursor_.read();
        const auto number = Number::parse(next.text);
        if (next.text.find('.') != std::string_view::npos) {
            std::string proper = "[" + std::string(next.text) + "]";
            for (auto dot_at = proper.find('.'); dot_at != std::string::npos;
                 dot_at = proper.find('.')) {
                proper.replace(dot_at, 1, "][");
            }
            fail("Invalid legacy index syntax",
                 fmt::format("When using the legacy index syntax, chaining two indexes together is "
                             "not permitted. Use the proper index syntax instead, like {}.",
                             proper),
                 range(next), SourceRange::between(from->range, range(next)));
            return from;
        }
        if (!number) {
            fail("Invalid number literal", "Failed to recognize the value of this number literal.",
                 range(next));
            return from;
        }
        return append_step(from, {Value::number(*number), step});
    }
    if (next.type == TokenType::Star) return parse_attribute_splat(std::move(from), dot);
    fail("Invalid attribute name", "An attribute name is required after a dot.", range(next),
         SourceRange::between(from->range, range(next)));
    return from;
}

ExpressionPtr Parser::parse_attribute_splat(ExpressionPtr from, const Token& dot) {
    const Token star = cursor_.read();
    const SourceRange marker = SourceRange::between(range(dot), range(star));
    ExpressionPtr each = make(SplatItem{}, marker);
    while (cursor_.next_is(TokenType::Dot)) {
        if (cursor_.peek_second().type == TokenType::Star) {
            cursor_.read();
            fail("Nested splat expression not allowed",
                 "A splat expression (*) cannot be used inside another attribute-only splat "
                 "expression.",
                 range(cursor_.peek()));
            return from;
        }
        const int failures_before = failures_;
        each = parse_dot(std::move(each));
        if (failures_ != failures_before) return from;
    }
    return make(Splat{from, each, marker}, range_from(from->range), {from, each});
}

ExpressionPtr Parser::parse_bracket(ExpressionPtr from) {
    if (cursor_.peek_second().type == TokenType::Star) return parse_full_splat(std::move(from));
    const Token open = cursor_.read();
    const TokenCursor::NewlineGuard newlines(cursor_, false);
    const int failures_before = failures_;
    const ExpressionPtr key = parse_expression();
    if (failures_ == failures_before && !cursor_.next_is(TokenType::CloseBracket)) {
        fail("Missing close bracket on index",
             "The index operator must end with a closing bracket (\"]\").", range(cursor_.peek()),
             SourceRange::between(range(open), range(cursor_.peek())));
    }
    if (failures_ != failures_before) {
        cursor_.skip_past(TokenType::CloseBracket);
        return from;
    }
    cursor_.read();
    const SourceRange bracket = range_from(range(open));
    if (is_literal_key(*key)) return append_step(from, {key->as<Literal>()->value, bracket});
    return make(Index{from, key, bracket}, range_from(from->range), {from, key});
}

ExpressionPtr Parser::parse_full_splat(ExpressionPtr from) {
    const Token open = cursor_.read();
    {
        const TokenCursor::NewlineGuard newlines(cursor_, false);
        cursor_.read();  // *
        if (!cursor_.next_is(TokenType::CloseBracket)) {
            fail("Missing close bracket on splat index",
                 "The star for a full splat operator must be immediately followed by a closing "
                 "bracket (\"]\").",
                 range(cursor_.peek()), SourceRange::between(range(open), range(cursor_.peek())));
            cursor_.skip_past(TokenType::CloseBracket);
            return from;
        }
        cursor_.read();
    }
    const SourceRange marker = range_from(range(open));
    const Nesting nesting(*this);
    if (!nesting.ok()) return from;
    const ExpressionPtr each = parse_steps(make(SplatItem{}, marker));
    return make(Splat{from, each, marker}, range_from(from->range), {from, each});
}

ExpressionPtr Parser::append_step(const ExpressionPtr& from, TraversalStep step) {
    const SourceRange whole = SourceRange::between(from->range, step.range);
    const auto* reference = from->as<ScopeTraversal>();
    const auto* relative = from->as<RelativeTraversal>();
    const std::size_t length = reference  ? reference->traversal.steps.size()
                               : relative ? relative->steps.size()
                                          : 0;
    if (length >= kMaxDepth) {
        too_deep(whole);
        return from;
    }
    if (reference != nullptr) {
        Traversal traversal = reference->traversal;
        traversal.steps.push_back(std::move(step));
        return make(ScopeTraversal{std::move(traversal)}, whole);
    }
    if (relative != nullptr) {
        RelativeTraversal longer = *relative;
        longer.steps.push_back(std::move(step));
        return make(longer, whole, {longer.source});
    }
    return make(RelativeTraversal{from, {std::move(step)}}, whole, {from});
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
            fail("Missing expression",
                 "Expected the start of an expression, but found the end of the file.",
                 range(token));
            break;
        default:
            fail("Invalid expression",
                 "Expected the start of an expression, but found an invalid expression token.",
                 range(token));
    }
    return unreadable(range(token));
}

ExpressionPtr Parser::parse_number() {
    const Token token = cursor_.read();
    const auto number = Number::parse(token.text);
    if (!number) {
        report("Invalid number literal", "Failed to recognize the value of this number literal.",
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
    const TokenCursor::NewlineGuard newlines(cursor_, false);
    const int failures_before = failures_;
    const ExpressionPtr inner = parse_expression();
    if (failures_ == failures_before && !cursor_.next_is(TokenType::CloseParen)) {
        fail("Unbalanced parentheses",
             "Expected a closing parenthesis to terminate the expression.", range(cursor_.peek()),
             SourceRange::between(range(open), range(cursor_.peek())));
    }
    if (failures_ != failures_before) {
        cursor_.skip_past(TokenType::CloseParen);
        return unreadable(range_from(range(open)));
    }
    cursor_.read();
    return make(Parentheses{inner}, range_from(range(open)), {inner});
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
                fail("Missing function name",
                     "Function scope resolution symbol :: must be followed by a function name in "
                     "this scope.",
                     range(cursor_.peek()),
                     SourceRange::between(name_range, range(cursor_.peek())));
                return unreadable(name_range);
            }
            name += "::" + std::string(cursor_.read().text);
            name_range = range_from(name_range);
        }
        if (!cursor_.next_is(TokenType::OpenParen)) {
            fail("Missing open parenthesis",
                 "Function selector must be followed by an open parenthesis to begin the function "
                 "call.",
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
                     "An expanded function argument (with ...) must be immediately followed by "
                     "closing parentheses.",
                     range(cursor_.peek()), range_from(name_range));
                return give_up();
            }
        } else if (next.type == TokenType::EndOfFile) {
            break;
        } else if (next.type != TokenType::CloseParen) {
            fail("Missing argument separator",
                 "A comma is required to separate each function argument from the next.",
                 range(next), SourceRange::between(name_range, range(next)));
            return give_up();
        }
    }
    if (!cursor_.next_is(TokenType::CloseParen)) {
        fail("Unterminated function call",
             "There is no closing parenthesis for this function call before the end of the file. "
             "This may be caused by incorrect parenthesis nesting elsewhere in this file.",
             SourceRange::between(name_range, range(open)));
        return give_up();
    }
    call.close_range = range(cursor_.read());
    const SourceRange whole = SourceRange::between(name_range, call.close_range);
    return make_of(std::move(call), whole, deepest);
}

ExpressionPtr Parser::parse_tuple() {
    const Token open = cursor_.read();
    const TokenCursor::NewlineGuard newlines(cursor_, false);
    if (cursor_.next_is_keyword("for")) return parse_for(open, false);
    TupleConstructor tuple;
    int deepest = 0;
    while (!cursor_.next_is(TokenType::CloseBracket)) {
        const int failures_before = failures_;
        if (!cursor_.next_is(TokenType::EndOfFile)) {
            tuple.elements.push_back(parse_expression());
            deepest = std::max(deepest, tuple.elements.back()->depth);
        }
        const Token next = cursor_.peek();
        if (failures_ == failures_before) {
            if (next.type == TokenType::CloseBracket) break;
            if (next.type == TokenType::Comma) {
                cursor_.read();
                continue;
            }
            if (next.type == TokenType::EndOfFile) {
                fail("Unterminated tuple constructor expression",
                     "There is no corresponding closing bracket before the end of the file. This "
                     "may be caused by incorrect bracket nesting elsewhere in this file.",
                     range(open));
            } else {
                fail("Missing item separator",
                     "Expected a comma to mark the beginning of the next item.", range(next),
                     SourceRange::between(range(open), range(next)));
            }
        }
        cursor_.skip_past(TokenType::CloseBracket);
        return unreadable(range_from(range(open)));
    }
    cursor_.read();
    return make_of(std::move(tuple), range_from(range(open)), deepest);
}

ExpressionPtr Parser::parse_object() {
    const Token open = cursor_.read();
    {
        const TokenCursor::NewlineGuard newlines(cursor_, false);
        if (cursor_.next_is_keyword("for")) return parse_for(open, true);
    }
    const TokenCursor::NewlineGuard newlines(cursor_, true);
    ObjectConstructor object;
    object.open_range = range(open);
    int deepest = 0;
    while (true) {
        while (cursor_.next_is(TokenType::Newline)) cursor_.read();
        if (cursor_.next_is(TokenType::CloseBrace)) break;
        if (!parse_object_item(object, open)) {
            cursor_.skip_past(TokenType::CloseBrace);
            return unreadable(range_from(range(open)));
        }
        const auto& item = object.items.back();
        deepest = std::max({deepest, item.key->depth, item.value->depth});
    }
    cursor_.read();
    return make_of(std::move(object), range_from(range(open)), deepest);
}

/// Reads `key = value` and what separates it from the next item.
bool Parser::parse_object_item(ObjectConstructor& object, const Token& open) {
    const auto unterminated = [&] {
        fail("Unterminated object constructor expression",
             "There is no corresponding closing brace before the end of the file. This may be "
             "caused by incorrect brace nesting elsewhere in this file.",
             range(open));
        return false;
    };
    const int failures_before = failures_;
    if (cursor_.next_is(TokenType::EndOfFile)) return unterminated();
    ExpressionPtr key = parse_expression();
    if (failures_ != failures_before) return false;
    key = make(ObjectKey{key}, key->range, {key});
    const Token next = cursor_.peek();
    if (next.type == TokenType::EndOfFile) return unterminated();
    if (next.type != TokenType::Assign && next.type != TokenType::Colon) {
        const SourceRange context = SourceRange::between(range(open), range(next));
        if (next.type == TokenType::Newline || next.type == TokenType::Comma) {
            fail("Missing attribute value",
                 "Expected an attribute value, introduced by an equals sign (\"=\").", range(next),
                 context);
        } else if (next.type == TokenType::Identifier) {
            fail("Missing key/value separator",
                 "Expected an equals sign (\"=\") to mark the beginning of the attribute value. If "
                 "you intended to given an attribute name containing periods or spaces, write the "
                 "name in quotes to create a string literal.",
                 range(next), context);
        } else {
            fail("Missing key/value separator",
                 "Expected an equals sign (\"=\") to mark the beginning of the attribute value.",
                 range(next), context);
        }
        return false;
    }
    cursor_.read();
    const ExpressionPtr value = parse_expression();
    if (failures_ != failures_before) return false;
    object.items.push_back({key, value});
    const Token after = cursor_.peek();
    if (after.type == TokenType::CloseBrace) return true;
    if (after.type == TokenType::EndOfFile) return unterminated();
    if (after.type != TokenType::Comma && after.type != TokenType::Newline) {
        fail("Missing attribute separator",
             "Expected a newline or comma to mark the beginning of the next attribute.",
             range(after), SourceRange::between(range(open), range(after)));
        return false;
    }
    cursor_.read();
    return true;
}

ExpressionPtr Parser::parse_for(const Token& open, bool object) {
    const TokenCursor::NewlineGuard newlines(cursor_, false);
    const TokenType closing = object ? TokenType::CloseBrace : TokenType::CloseBracket;
    const auto invalid = [&](const char* why) {
        return invalid_for(open, closing, why, range(cursor_.peek()));
    };
    ForExpression loop;
    loop.open_range = range(open);
    const int failures_before = failures_;
    const auto failed = [&] { return failures_ != failures_before; };
    const auto give_up = [&] { return invalid_for(open, closing, "", range(open)); };
    cursor_.read();  // for
    if (!cursor_.next_is(TokenType::Identifier)) {
        return invalid("For expression requires variable name after 'for'.");
    }
    loop.value_name = std::string(cursor_.read().text);
    if (cursor_.next_is(TokenType::Comma)) {
        cursor_.read();
        if (!cursor_.next_is(TokenType::Identifier)) {
            return invalid("For expression requires value variable name after comma.");
        }
        loop.key_name = std::exchange(loop.value_name, std::string(cursor_.read().text));
    }
    if (!cursor_.next_is_keyword("in")) {
        return invalid("For expression requires the 'in' keyword after its name declarations.");
    }
    cursor_.read();
    loop.collection = parse_expression();
    if (failed()) return give_up();
    if (!cursor_.next_is(TokenType::Colon)) {
        return invalid("For expression requires a colon after the collection expression.");
    }
    cursor_.read();
    loop.value = parse_expression();
    if (failed()) return give_up();
    if (cursor_.next_is(TokenType::Arrow)) {
        if (!object) return invalid("Key expression is not valid when building a tuple.");
        cursor_.read();
        loop.key = std::exchange(loop.value, parse_expression());
        if (failed()) return give_up();
    } else if (object) {
        return invalid("Key expression is required when building an object.");
    }
    if (cursor_.next_is(TokenType::Ellipsis)) {
        if (!object) {
            return invalid("Grouping ellipsis (...) cannot be used when building a tuple.");
        }
        cursor_.read();
        loop.group = true;
    }
    if (cursor_.next_is_keyword("if")) {
        cursor_.read();
        loop.condition = parse_expression();
        if (failed()) return give_up();
    }
    if (!cursor_.next_is(closing)) {
        return invalid("Extra characters after the end of the 'for' expression.");
    }
    cursor_.read();
    const SourceRange whole = range_from(range(open));
    const ExpressionPtr collection = loop.collection;
    const ExpressionPtr key = loop.key;
    const ExpressionPtr value = loop.value;
    const ExpressionPtr condition = loop.condition;
    return make(std::move(loop), whole, {collection, key, value, condition});
}

ExpressionPtr Parser::invalid_for(const Token& open, TokenType closing, const std::string& why,
                                  const SourceRange& subject) {
    if (!why.empty()) {
        fail(kInvalidFor, why, subject, SourceRange::between(range(open), subject));
    }
    cursor_.skip_past(closing);
    return unreadable(range_from(range(open)));
}

ExpressionPtr Parser::make(Expression::Node node, SourceRange node_range,
                           std::initializer_list<ExpressionPtr> children) {
    int deepest = 0;
    for (const ExpressionPtr& child : children) {
        if (child) deepest = std::max(deepest, child->depth);
    }
    return make_of(std::move(node), std::move(node_range), deepest);
}

ExpressionPtr Parser::make_of(Expression::Node node, SourceRange node_range, int deepest_child) {
    if (deepest_child >= kMaxDepth) {
        too_deep(node_range);
        return unreadable(std::move(node_range));
    }
    return std::make_shared<const Expression>(
        Expression{std::move(node), std::move(node_range), deepest_child + 1});
}

ExpressionPtr Parser::unreadable(SourceRange where) {
    return std::make_shared<const Expression>(
        Expression{Literal{Value::dynamic_unknown()}, std::move(where), 1});
}

void Parser::fail(std::string summary, std::string detail, SourceRange subject,
                  std::optional<SourceRange> context) {
    ++failures_;
    if (recovering_) return;
    recovering_ = true;
    report(std::move(summary), std::move(detail), std::move(subject), std::move(context));
}

void Parser::report(std::string summary, std::string detail, SourceRange subject,
                    std::optional<SourceRange> context) {
    diagnostics_.add(Diagnostic::error(std::move(summary), std::move(detail), std::move(subject),
                                       std::move(context)));
}

void Parser::too_deep(const SourceRange& where) {
    if (!told_too_deep_) {
        report("Nesting too deep",
               fmt::format("Expressions and blocks may be nested {} levels deep, and {} operators "
                           "may be chained. Use local values for the parts.",
                           kMaxNesting, kMaxDepth),
               {where.filename, where.start, where.start});
    }
    told_too_deep_ = true;
    recovering_ = true;
    ++failures_;
    cursor_.skip_all();
}

Parser::Nesting::Nesting(Parser& parser) : parser_(parser) {
    ok_ = ++parser_.nesting_ <= kMaxNesting;
    if (!ok_) parser_.too_deep(parser_.range(parser_.cursor_.peek()));
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

bool is_literal_key(const Expression& key) {
    const auto* literal = key.as<Literal>();
    return literal != nullptr && literal->value.is_known();
}

}  // namespace
}  // namespace kiln::hcl
