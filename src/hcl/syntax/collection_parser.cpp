#include <algorithm>
#include <utility>

#include "hcl/syntax/parser_state.h"

/// Tuples, objects, and the `for` expressions that build them.
namespace kiln::hcl {

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
                     "The file ends inside this list. Close it with \"]\", and check that every "
                     "\"[\" above has its partner.",
                     range(open));
            } else {
                fail("Missing item separator",
                     "Put a comma between this item and the one before it.", range(next),
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
             "The file ends inside this object. Close it with \"}\", and check that every \"{\" "
             "above has its partner.",
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
                 "This key has no value: write \"=\" and a value after it.", range(next), context);
        } else if (next.type == TokenType::Identifier) {
            fail("Missing key/value separator",
                 "Write \"=\" between the key and its value. A key with dots or spaces in it must "
                 "stand in quotes.",
                 range(next), context);
        } else {
            fail("Missing key/value separator", "Write \"=\" between the key and its value.",
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
        fail("Missing attribute separator", "Put a comma or a line break before the next key.",
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
        return invalid("After 'for' comes the name of a variable.");
    }
    loop.value_name = std::string(cursor_.read().text);
    if (cursor_.next_is(TokenType::Comma)) {
        cursor_.read();
        if (!cursor_.next_is(TokenType::Identifier)) {
            return invalid("After the comma comes the name for the value.");
        }
        loop.key_name = std::exchange(loop.value_name, std::string(cursor_.read().text));
    }
    if (!cursor_.next_is_keyword("in")) {
        return invalid("After the names comes 'in' and the collection.");
    }
    cursor_.read();
    loop.collection = parse_expression();
    if (failed()) return give_up();
    if (!cursor_.next_is(TokenType::Colon)) {
        return invalid("After the collection comes a colon and the result.");
    }
    cursor_.read();
    loop.value = parse_expression();
    if (failed()) return give_up();
    if (cursor_.next_is(TokenType::Arrow)) {
        if (!object)
            return invalid(
                "In brackets a for expression makes a list, which has no keys. Leave out \"key "
                "=>\", or use braces.");
        cursor_.read();
        loop.key = std::exchange(loop.value, parse_expression());
        if (failed()) return give_up();
    } else if (object) {
        return invalid(
            "In braces a for expression makes an object: write \"key => value\" after the colon.");
    }
    if (cursor_.next_is(TokenType::Ellipsis)) {
        if (!object) {
            return invalid("Only objects group their values: \"...\" has no place in brackets.");
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
        return invalid(
            "The for expression ends before this. Close it, or remove what is too much.");
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
        fail("Invalid 'for' expression", why, subject, SourceRange::between(range(open), subject));
    }
    cursor_.skip_past(closing);
    return unreadable(range_from(range(open)));
}

}  // namespace kiln::hcl
