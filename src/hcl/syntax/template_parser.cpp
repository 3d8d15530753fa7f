#include <array>

#include <fmt/format.h>

#include "base/suggest.h"
#include "hcl/syntax/parser_state.h"
#include "hcl/syntax/text.h"

namespace kiln::hcl {

/// A piece of a template, before directives are matched with their ends.
struct Parser::TemplatePart {
    enum class Kind { Text, Interpolation, If, Else, EndIf, For, EndFor };
    Kind kind = Kind::Text;
    std::string text;          ///< of Text, escapes decoded
    ExpressionPtr expression;  ///< interpolated value, condition or collection
    std::string key_name;
    std::string value_name;
    bool strip_before = false;
    bool strip_after = false;
    SourceRange range;
};

namespace {

constexpr const char* kUnclosedSequence = "Unclosed template interpolation sequence";
constexpr const char* kInvalidFor = "Invalid 'for' directive";

std::string unterminated_detail(const Token& open) {
    if (open.type != TokenType::OpenHeredoc)
        return "The string has no closing quote. Write one at its end.";
    std::string_view marker = open.text.substr(2);
    if (marker.starts_with('-')) marker.remove_prefix(1);
    marker = marker.substr(0, marker.find_first_of("\r\n"));
    return fmt::format(
        "The text ends at a line that holds {0} and nothing else, but there is none before the end "
        "of the file. What belongs behind the text stands on the line after {0}.",
        marker);
}

}  // namespace

ExpressionPtr Parser::parse_only_template() {
    const Token open = cursor_.peek();
    const SourceRange start{filename_, open.start, open.start};
    std::vector<TemplatePart> parts = read_template_parts(open, TokenType::EndOfFile);
    return build_template(std::move(parts), range_from(start));
}

ExpressionPtr Parser::parse_quoted_template() {
    const Token open = cursor_.read();
    const TokenCursor::NewlineGuard newlines(cursor_, true);
    std::vector<TemplatePart> parts = read_template_parts(open, TokenType::CloseQuote);
    return build_template(std::move(parts), range_from(range(open)));
}

ExpressionPtr Parser::parse_heredoc() {
    const Token open = cursor_.read();
    std::vector<TemplatePart> parts;
    {
        const TokenCursor::NewlineGuard newlines(cursor_, true);
        parts = read_template_parts(open, TokenType::CloseHeredoc);
    }
    if (open.text.starts_with("<<-")) remove_indentation(parts);
    return build_template(std::move(parts), range_from(range(open)));
}

/// Reads to behind the closing token.
std::vector<Parser::TemplatePart> Parser::read_template_parts(const Token& open, TokenType close) {
    std::vector<TemplatePart> parts;
    bool strip_next = false;
    while (!cursor_.next_is(close)) {
        const Token token = cursor_.peek();
        if (token.type == TokenType::EndOfFile) {
            fail("Unterminated template string", unterminated_detail(open), range(open));
            break;
        }
        TemplatePart part;
        switch (token.type) {
            case TokenType::QuotedText:
            case TokenType::PlainText:
                cursor_.read();
                part.text = token.type == TokenType::QuotedText ? decode_quoted(token)
                                                                : decode_plain(token.text);
                part.range = range(token);
                if (strip_next) part.text = trim_start(part.text);
                break;
            case TokenType::Interpolation:
                part = read_interpolation();
                break;
            case TokenType::Control:
                part = read_control();
                break;
            case TokenType::QuotedNewline:
            case TokenType::BadUtf8:
                // The scanner has told about it.
                cursor_.read();
                ++failures_;
                recovering_ = recovering_ || token.type == TokenType::QuotedNewline;
                continue;
            default:
                fail("Invalid template", "This cannot stand in a string.", range(token));
                cursor_.read();
                continue;
        }
        if (part.strip_before && !parts.empty() && parts.back().kind == TemplatePart::Kind::Text) {
            parts.back().text = trim_end(parts.back().text);
        }
        strip_next = part.strip_after;
        parts.push_back(std::move(part));
    }
    cursor_.read();
    return parts;
}

Parser::TemplatePart Parser::read_interpolation() {
    const TokenCursor::NewlineGuard newlines(cursor_, false);
    const Token open = cursor_.read();
    TemplatePart part;
    part.kind = TemplatePart::Kind::Interpolation;
    part.strip_before = open.text.ends_with('~');
    const int failures_before = failures_;
    part.expression = parse_expression();
    const Token next = cursor_.peek();
    if (failures_ == failures_before && next.type != TokenType::TemplateEnd) {
        if (next.type == TokenType::EndOfFile) {
            fail(kUnclosedSequence,
                 "The file ends inside this \"${\". Close it with \"}\", and check the braces "
                 "within it.",
                 range(open));
        } else if (next.type == TokenType::Colon) {
            fail("Extra characters after interpolation expression",
                 "A colon has no meaning here. If a shell or another program is to see this as it "
                 "stands, write \"$${\" in place of \"${\".",
                 range(next), SourceRange::between(range(open), range(next)));
        } else {
            fail("Extra characters after interpolation expression",
                 "The expression is over before this, and \"}\" must follow it. If a shell or "
                 "another program is to see this as it stands, write \"$${\" in place of \"${\".",
                 range(next), SourceRange::between(range(open), range(next)));
        }
    }
    if (failures_ != failures_before) {
        cursor_.skip_past(TokenType::TemplateEnd);
    } else {
        part.strip_after = cursor_.read().text.starts_with('~');
    }
    part.range = range_from(range(open));
    return part;
}

Parser::TemplatePart Parser::read_control() {
    using Kind = TemplatePart::Kind;
    const TokenCursor::NewlineGuard newlines(cursor_, false);
    const Token open = cursor_.read();
    TemplatePart part;
    part.strip_before = open.text.ends_with('~');
    const int failures_before = failures_;
    const Token keyword = cursor_.peek();
    if (keyword.type != TokenType::Identifier) {
        fail("Invalid template directive",
             "A template directive keyword (\"if\", \"for\", etc) is expected at the beginning of "
             "a %{ sequence.",
             range(keyword), SourceRange::between(range(open), range(keyword)));
    } else {
        cursor_.read();
    }
    if (keyword.text == "if") {
        part.kind = Kind::If;
        part.expression = parse_expression();
    } else if (keyword.text == "for") {
        part.kind = Kind::For;
        read_for_directive(part);
    } else if (keyword.text == "else") {
        part.kind = Kind::Else;
    } else if (keyword.text == "endif") {
        part.kind = Kind::EndIf;
    } else if (keyword.text == "endfor") {
        part.kind = Kind::EndFor;
    } else if (failures_ == failures_before) {
        fail("Invalid template control keyword",
             fmt::format("There is no directive \"{}\".{}", keyword.text,
                         did_you_mean(keyword.text, {"if", "for", "else", "endif", "endfor"})),
             range(keyword), SourceRange::between(range(open), range(keyword)));
    }
    if (failures_ == failures_before && !cursor_.next_is(TokenType::TemplateEnd)) {
        fail(fmt::format("Extra characters in {} marker", keyword.text),
             "Close the directive here, with \"}\" or \"~}\".", range(cursor_.peek()),
             SourceRange::between(range(open), range(cursor_.peek())));
    }
    if (failures_ != failures_before) {
        cursor_.skip_past(TokenType::TemplateEnd);
    } else {
        part.strip_after = cursor_.read().text.starts_with('~');
    }
    part.range = range_from(range(open));
    return part;
}

void Parser::read_for_directive(TemplatePart& part) {
    const auto invalid = [&](const char* why) { fail(kInvalidFor, why, range(cursor_.peek())); };
    part.expression = unreadable(range(cursor_.peek()));  // until it is read
    if (!cursor_.next_is(TokenType::Identifier)) {
        return invalid("After 'for' comes the name of a variable.");
    }
    part.value_name = std::string(cursor_.read().text);
    if (cursor_.next_is(TokenType::Comma)) {
        cursor_.read();
        if (!cursor_.next_is(TokenType::Identifier)) {
            return invalid("After the comma comes the name for the value.");
        }
        part.key_name = std::exchange(part.value_name, std::string(cursor_.read().text));
    }
    if (!cursor_.next_is_keyword("in")) {
        return invalid("After the names comes 'in' and the collection.");
    }
    cursor_.read();
    part.expression = parse_expression();
}

/// Takes the indentation that all lines share away (spec/hcl2.md, section 20).
void Parser::remove_indentation(std::vector<TemplatePart>& parts) {
    std::vector<TemplatePart*> line_starts;
    std::optional<std::size_t> smallest;
    bool line_start = true;
    for (TemplatePart& part : parts) {
        const bool is_text = part.kind == TemplatePart::Kind::Text;
        const bool ends_line = is_text && part.text.ends_with('\n');
        if (std::exchange(line_start, ends_line)) {
            const bool blank = ends_line && trim_start(part.text).empty();
            const std::size_t indent = is_text ? leading_space(part.text) : 0;
            if (!blank) smallest = std::min(smallest.value_or(indent), indent);
            if (is_text && !blank) line_starts.push_back(&part);
        }
    }
    for (TemplatePart* part : line_starts) part->text = drop_characters(part->text, *smallest);
}

ExpressionPtr Parser::build_template(std::vector<TemplatePart> parts, const SourceRange& whole) {
    if (parts.size() == 1 && parts[0].kind == TemplatePart::Kind::Interpolation) {
        return make(TemplateWrap{parts[0].expression}, whole, {parts[0].expression});
    }
    std::size_t at = 0;
    ExpressionPtr built = build_parts(parts, at, nullptr, whole);
    while (at < parts.size()) {  // an end or else that belongs to nothing
        unexpected_directive(parts[at], nullptr);
        ++at;
        build_parts(parts, at, nullptr, whole);
    }
    return built;
}

/// Builds parts up to an else or end directive, which is left for the caller.
ExpressionPtr Parser::build_parts(const std::vector<TemplatePart>& parts, std::size_t& at,
                                  const TemplatePart* opener, const SourceRange& whole) {
    using Kind = TemplatePart::Kind;
    Template built;
    std::string text;
    SourceRange text_range = whole;
    int deepest = 1;
    const auto flush_text = [&] {
        if (text.empty()) return;
        built.parts.push_back(make(Literal{Value::string(text)}, text_range));
        text.clear();
    };
    const auto add = [&](ExpressionPtr part) {
        flush_text();
        deepest = std::max(deepest, part->depth);
        built.parts.push_back(std::move(part));
    };
    const Nesting nesting(*this);
    if (!nesting.ok()) at = parts.size();
    for (; at < parts.size(); ++at) {
        const TemplatePart& part = parts[at];
        if (part.kind == Kind::Text) {
            text_range = text.empty() ? part.range : SourceRange::between(text_range, part.range);
            text += part.text;
        } else if (part.kind == Kind::Interpolation) {
            add(part.expression);
        } else if (part.kind == Kind::If) {
            add(build_if(parts, at, whole));
        } else if (part.kind == Kind::For) {
            add(build_for(parts, at, whole));
        } else {
            break;
        }
        if (at >= parts.size()) break;
    }
    if (built.parts.empty()) {
        const SourceRange where = opener == nullptr ? whole : opener->range;
        return make(Literal{Value::string(text)}, text.empty() ? where : text_range);
    }
    flush_text();
    const SourceRange where = opener == nullptr ? whole
                                                : SourceRange::between(built.parts.front()->range,
                                                                       built.parts.back()->range);
    return make_of(std::move(built), where, deepest);
}

/// Builds an if directive; `at` is moved from its opening to its end.
ExpressionPtr Parser::build_if(const std::vector<TemplatePart>& parts, std::size_t& at,
                               const SourceRange& whole) {
    using Kind = TemplatePart::Kind;
    const TemplatePart& opener = parts[at++];
    ExpressionPtr if_true = build_parts(parts, at, &opener, whole);
    ExpressionPtr if_false;
    if (at < parts.size() && parts[at].kind == Kind::Else) {
        const TemplatePart& marker = parts[at++];
        if_false = build_parts(parts, at, &marker, whole);
    } else {
        if_false = make(Literal{Value::string("")}, opener.range);
    }
    if (!expect_end(parts, at, opener)) return unreadable(opener.range);
    const SourceRange range = SourceRange::between(opener.range, parts[at].range);
    return make(Conditional{opener.expression, if_true, if_false}, range,
                {opener.expression, if_true, if_false});
}

ExpressionPtr Parser::build_for(const std::vector<TemplatePart>& parts, std::size_t& at,
                                const SourceRange& whole) {
    const TemplatePart& opener = parts[at++];
    ForExpression loop;
    loop.key_name = opener.key_name;
    loop.value_name = opener.value_name;
    loop.collection = opener.expression;
    loop.value = build_parts(parts, at, &opener, whole);
    loop.open_range = opener.range;
    if (!expect_end(parts, at, opener)) {
        return unreadable(opener.range);
    }
    const SourceRange range = SourceRange::between(opener.range, parts[at].range);
    const ExpressionPtr collection = loop.collection;
    const ExpressionPtr value = loop.value;
    const ExpressionPtr inner = make(std::move(loop), range, {collection, value});
    return make(TemplateJoin{inner}, range, {inner});
}

bool Parser::expect_end(const std::vector<TemplatePart>& parts, std::size_t& at,
                        const TemplatePart& opener) {
    const bool is_if = opener.kind == TemplatePart::Kind::If;
    const auto end = is_if ? TemplatePart::Kind::EndIf : TemplatePart::Kind::EndFor;
    if (at < parts.size() && parts[at].kind == end) return true;
    if (at < parts.size()) {
        unexpected_directive(parts[at], &opener);
    } else {
        fail(
            "Unexpected end of template",
            fmt::format("The {} directive at {} has no {} directive to end it.",
                        is_if ? "if" : "for", opener.range.to_string(), is_if ? "endif" : "endfor"),
            opener.range);
    }
    at = parts.size();
    return false;
}

void Parser::unexpected_directive(const TemplatePart& part, const TemplatePart* opener) {
    using Kind = TemplatePart::Kind;
    const char* keyword = part.kind == Kind::Else    ? "else"
                          : part.kind == Kind::EndIf ? "endif"
                                                     : "endfor";
    fail(fmt::format("Unexpected {} directive", keyword),
         opener == nullptr
             ? std::string("The directives of this template do not match each other.")
             : fmt::format("An {} directive must come before this one, for the {} at {}.",
                           opener->kind == Kind::If ? "endif" : "endfor",
                           opener->kind == Kind::If ? "if" : "for", opener->range.to_string()),
         part.range);
}

/// The text of a quoted token with its escapes decoded. Wrong ones are reported and left out.
std::string Parser::decode_quoted(const Token& token) {
    SourcePos told_at = token.start;
    bool told = false;
    return decode_escapes(
        token.text, [&](std::size_t offset, std::size_t length, const std::string& why) {
            ++failures_;
            // One is enough for a text full of backslashes.
            if (std::exchange(told, true)) return;
            const std::size_t from = told_at.byte - token.start.byte;
            const SourcePos start = advance(told_at, token.text.substr(from, offset - from));
            told_at = advance(start, token.text.substr(offset, length));
            report("Invalid escape sequence", why, {filename_, start, told_at});
        });
}

}  // namespace kiln::hcl
