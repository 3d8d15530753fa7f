#include <fmt/format.h>

#include "hcl/syntax/parser_state.h"

namespace kiln::hcl {
namespace {

constexpr const char* kItemRequired = "Argument or block definition required";
constexpr const char* kInvalidBlock = "Invalid block definition";
constexpr const char* kInvalidOneLine = "Invalid single-argument block definition";

bool ends_line(TokenType type) {
    return type == TokenType::Newline || type == TokenType::EndOfFile;
}

}  // namespace

Body Parser::parse_body(TokenType end) {
    const TokenCursor::NewlineGuard newlines(cursor_, true);
    Body body;
    const SourceRange start = range(cursor_.peek());
    body.range = {filename_, start.start, start.start};
    const Nesting nesting(*this);
    while (nesting.ok() && !cursor_.next_is(end) && !cursor_.next_is(TokenType::EndOfFile)) {
        if (cursor_.next_is(TokenType::Newline)) {
            cursor_.read();
            continue;
        }
        const int failures_before = failures_;
        const std::size_t position_before = cursor_.position();
        parse_item(body);
        if (failures_ != failures_before) {
            const bool line_ended = cursor_.position() != position_before &&
                                    cursor_.previous().type == TokenType::Newline;
            if (!line_ended) cursor_.skip_item();
            // A brace too many at the top belongs to nothing: step over it.
            if (end != TokenType::CloseBrace && cursor_.next_is(TokenType::CloseBrace)) {
                cursor_.read();
            }
        }
    }
    body.range = SourceRange::between(body.range, range(cursor_.peek()));
    body.end_range = {filename_, cursor_.peek().start, cursor_.peek().start};
    return body;
}

void Parser::parse_item(Body& body) {
    const Token name = cursor_.peek();
    if (name.type == TokenType::OpenQuote) {
        cursor_.read();
        SourceRange label_range;
        const std::string label = parse_label_text(name, label_range);
        if (cursor_.next_is(TokenType::Assign)) {
            fail("Invalid argument name", "Write the name of an argument without quotes.",
                 label_range);
        } else {
            fail(kItemRequired,
                 "Here an argument (name = value) or a block (type \"label\" { ... }) is expected.",
                 label_range);
        }
        return;
    }
    if (name.type != TokenType::Identifier) {
        fail(kItemRequired,
             at_open_comment() ? "The comment that begins here with /* has no end."
                               : "Here an argument (name = value) or a block (type \"label\" { ... "
                                 "}) is expected.",
             range(name));
        return;
    }
    cursor_.read();
    switch (cursor_.peek().type) {
        case TokenType::Assign:
            parse_attribute(body, name);
            finish_attribute_line();
            break;
        case TokenType::Identifier:
        case TokenType::OpenQuote:
        case TokenType::OpenBrace:
            parse_block(body, name);
            break;
        default:
            fail(kItemRequired,
                 "A name alone says nothing: write name = value for an argument, or name { ... } "
                 "for a block.",
                 range(name));
    }
}

bool Parser::at_open_comment() const {
    const Token& slash = cursor_.peek();
    const Token& star = cursor_.peek_second();
    return slash.type == TokenType::Slash && star.type == TokenType::Star &&
           slash.end.byte == star.start.byte;
}

void Parser::parse_attribute(Body& body, const Token& name) {
    const Token equals = cursor_.read();
    Attribute attribute;
    attribute.name = std::string(name.text);
    attribute.name_range = range(name);
    attribute.equals_range = range(equals);
    attribute.expression = parse_expression();
    attribute.range = SourceRange::between(attribute.name_range, attribute.expression->range);
    const auto [existing, added] = body.attributes.try_emplace(attribute.name, attribute);
    if (!added) {
        report("Attribute redefined",
               fmt::format("\"{}\" is set at {} already. Keep one of the two.", attribute.name,
                           existing->second.name_range.to_string()),
               attribute.name_range);
    }
}

void Parser::finish_attribute_line() {
    if (recovering_ && !ends_line(cursor_.peek().type)) {
        ++failures_;
        return;
    }
    const Token& next = cursor_.peek();
    if (next.type == TokenType::Comma) {
        fail("Unexpected comma after argument",
             "Arguments stand on lines of their own, with no comma behind them. Remove the comma.",
             range(next), range_from(range(next)));
    } else if (!ends_line(next.type)) {
        const char* hint = next.text == "and"  ? " Did you mean the operator &&?"
                           : next.text == "or" ? " Did you mean the operator ||?"
                                               : "";
        fail("Missing newline after argument",
             fmt::format("After its value an argument ends: what follows begins a new line.{}",
                         hint),
             range(next), range_from(range(next)));
    } else {
        cursor_.read();
    }
}

void Parser::parse_block(Body& body, const Token& type) {
    Block block;
    block.type = std::string(type.text);
    block.type_range = range(type);
    block.close_brace_range = block.type_range;
    if (!parse_labels(block)) {
        block.open_brace_range = block.close_brace_range = block.header_range();
        block.body.range = block.body.end_range = block.header_range();
        body.blocks.push_back(std::move(block));
        return;
    }
    const int failures_before = failures_;
    parse_block_body(block);
    const SourceRange whole = block.range();
    body.blocks.push_back(std::move(block));
    if (failures_ != failures_before && !cursor_.next_is(TokenType::Newline)) return;
    const Token& next = cursor_.peek();
    if (!ends_line(next.type)) {
        fail("Missing newline after block definition",
             "A block definition must end with a newline.", range(next),
             SourceRange::between(whole, range(next)));
    } else {
        cursor_.read();
    }
}

/// Reads labels and the opening brace.
bool Parser::parse_labels(Block& block) {
    while (true) {
        const Token token = cursor_.read();
        switch (token.type) {
            case TokenType::OpenBrace:
                block.open_brace_range = range(token);
                return true;
            case TokenType::Identifier:
                block.labels.push_back({std::string(token.text), range(token)});
                break;
            case TokenType::OpenQuote: {
                Label label;
                const int failures_before = failures_;
                label.text = parse_label_text(token, label.range);
                block.labels.push_back(std::move(label));
                if (failures_ != failures_before) return false;
                break;
            }
            case TokenType::Assign:
                fail(kInvalidBlock, "A block has no \"=\" before its brace. Remove it.",
                     range(token), range_from(block.type_range));
                return false;
            case TokenType::Newline:
                fail(
                    kInvalidBlock,
                    fmt::format(
                        "The brace that opens a block stands on the line of its type and labels.{}",
                        block.labels.size() != 1
                            ? std::string()
                            : fmt::format(" To set an argument, write {} = \"{}\".", block.type,
                                          block.labels[0].text)),
                    range(token), range_from(block.type_range));
                return false;
            default:
                fail(kInvalidBlock,
                     "After the type of a block come its labels in quotes and then \"{\".",
                     range(token), range_from(block.type_range));
                return false;
        }
    }
}

void Parser::parse_block_body(Block& block) {
    const TokenType next = cursor_.peek().type;
    const int failures_before = failures_;
    const bool single_line = next != TokenType::Newline && next != TokenType::EndOfFile;
    if (single_line) {
        parse_single_line_body(block);
    } else {
        block.body = parse_body(TokenType::CloseBrace);
    }
    if (single_line && failures_ != failures_before) {
        cursor_.skip_past(TokenType::CloseBrace);
        block.close_brace_range = range(cursor_.previous());
    } else if (cursor_.next_is(TokenType::CloseBrace)) {
        block.close_brace_range = range(cursor_.read());
    } else {
        fail("Unclosed configuration block",
             "The file ends inside this block. Close it with \"}\", and check that every \"{\" "
             "above has its partner.",
             block.open_brace_range);
        // The rest of the file belongs to a block that does not end.
        block.close_brace_range = range(cursor_.peek());
    }
    block.body.range = SourceRange::between(block.open_brace_range, block.close_brace_range);
    block.body.end_range = block.close_brace_range;
}

void Parser::parse_single_line_body(Block& block) {
    if (cursor_.next_is(TokenType::CloseBrace)) return;
    const SourceRange open = block.open_brace_range;
    const Token name = cursor_.read();
    const int failures_before = failures_;
    if (name.type != TokenType::Identifier) {
        fail(kItemRequired,
             "Here an argument (name = value) or a block (type \"label\" { ... }) is expected.",
             range(name), open);
    } else if (!cursor_.next_is(TokenType::Assign)) {
        const TokenType next = cursor_.peek().type;
        if (next == TokenType::OpenBrace || next == TokenType::OpenQuote ||
            next == TokenType::Identifier) {
            fail("Argument definition required",
                 fmt::format("A block on one line holds one argument. For the argument \"{0}\" "
                             "write {0} = and its value; a nested block needs a line of its own.",
                             name.text),
                 range(name), SourceRange::between(open, range(cursor_.peek())));
        } else {
            fail(kItemRequired,
                 "A name alone says nothing: write name = value for an argument, or name { ... } "
                 "for a block.",
                 range(name), open);
        }
    } else {
        parse_attribute(block.body, name);
        const Token& next = cursor_.peek();
        const SourceRange context = SourceRange::between(open, range(next));
        if (next.type == TokenType::CloseBrace || next.type == TokenType::EndOfFile ||
            failures_ != failures_before) {
            return;
        }
        if (next.type == TokenType::Comma) {
            fail(kInvalidOneLine,
                 "A block on one line holds a single argument. Give each argument a line of its "
                 "own.",
                 range(next), context);
        } else if (next.type == TokenType::Newline) {
            fail(kInvalidOneLine,
                 "A block whose argument stands on its first line ends on that line: write \"}\" "
                 "there, or begin a new line after \"{\".",
                 range(next), context);
        } else {
            fail(kInvalidOneLine, "Write \"}\" right after the argument of a block on one line.",
                 range(next), context);
        }
    }
}

/// The text of a quoted label, whose opening quote has been read.
std::string Parser::parse_label_text(const Token& open, SourceRange& label_range) {
    std::string text;
    bool told = false;
    while (true) {
        const Token token = cursor_.peek();
        switch (token.type) {
            case TokenType::CloseQuote:
                cursor_.read();
                label_range = range_from(range(open));
                return text;
            case TokenType::QuotedText:
                cursor_.read();
                text += decode_quoted(token);
                break;
            case TokenType::Interpolation:
            case TokenType::Control: {
                cursor_.read();
                const char symbol = token.text[0];
                if (!told) {
                    fail("Invalid string literal",
                         fmt::format("This text is taken as it stands, without interpolation. For "
                                     "a \"{0}\" that belongs to the text write \"{0}{0}\".",
                                     symbol),
                         range(token), range_from(range(open)));
                }
                told = true;
                cursor_.skip_past(TokenType::TemplateEnd);
                break;
            }
            case TokenType::QuotedNewline:
            case TokenType::BadUtf8:
                // The scanner has told about it.
                cursor_.read();
                ++failures_;
                recovering_ = true;
                break;
            default:
                fail("Unterminated string literal",
                     "The file ends inside this string. Close it with a quote mark.", range(token),
                     SourceRange::between(range(open), range(token)));
                label_range = range_from(range(open));
                return text;
        }
    }
}

}  // namespace kiln::hcl
