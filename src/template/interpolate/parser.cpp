#include "template/interpolate/parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/suggest.h"
#include "template/interpolate/functions.h"
#include "template/interpolate/lexer.h"
#include "template/interpolate/quoted.h"

namespace kiln::interpolation {
namespace {

constexpr int kDeepest = 200;

bool is_keyword(std::string_view word) {
    constexpr std::array<std::string_view, 10> words = {
        "if", "else", "end", "range", "with", "define", "template", "block", "break", "continue"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text), tokens_(tokenize(text)) {}

    std::vector<Node> run() {
        std::vector<Node> nodes = parse_list();
        if (current().kind != TokenKind::End) {
            fail(current(), fmt::format("\"{}\" without an \"if\", \"range\" or \"with\" before it",
                                        next_keyword()));
        }
        return nodes;
    }

  private:
    const Token& current() const { return tokens_[at_]; }
    Token take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
    bool at(TokenKind kind) const { return current().kind == kind; }
    [[noreturn]] void fail(const Token& token, const std::string& message) const {
        throw error_at(text_, token.offset, message);
    }

    // The keyword with which the action at hand starts, or nothing.
    std::string_view next_keyword() const {
        if (!at(TokenKind::ActionStart)) return {};
        const Token& word = tokens_[at_ + 1];
        return word.kind == TokenKind::Identifier && is_keyword(word.text) ? word.text
                                                                           : std::string_view();
    }

    // Up to the `else` or `end` that closes the list, which is left in place.
    std::vector<Node> parse_list() {
        std::vector<Node> nodes;
        while (!at(TokenKind::End)) {
            if (at(TokenKind::Text)) {
                Node& node = nodes.emplace_back();
                node.offset = current().offset;
                node.text = take().text;
                continue;
            }
            const std::string_view keyword = next_keyword();
            if (keyword == "else" || keyword == "end") break;
            nodes.push_back(parse_action(keyword));
        }
        return nodes;
    }

    Node parse_action(std::string_view keyword) {
        const Token start = take();
        if (keyword == "if") return parse_control(Node::Kind::If, start);
        if (keyword == "range") return parse_control(Node::Kind::Range, start);
        if (keyword == "with") return parse_control(Node::Kind::With, start);
        Node node;
        node.offset = start.offset;
        if (keyword == "break" || keyword == "continue") {
            const Token word = take();
            if (loops_ == 0) fail(word, fmt::format("\"{}\" outside of a range", word.text));
            node.kind = keyword == "break" ? Node::Kind::Break : Node::Kind::Continue;
            expect_end(word);
            return node;
        }
        if (!keyword.empty()) {
            fail(current(), fmt::format("\"{}\" is not supported", keyword));
        }
        node.kind = Node::Kind::Action;
        node.pipeline = parse_pipeline(TokenKind::ActionEnd, "the action");
        return node;
    }

    // `if`, `range`, `with` from their keyword to their `end`.
    Node parse_control(Node::Kind kind, const Token& start) {
        if (++depth_ > kDeepest) fail(start, "the actions are nested too deeply");
        const std::size_t visible = variables_.size();
        const Token word = take();
        Node node;
        node.kind = kind;
        node.offset = start.offset;
        node.pipeline = parse_pipeline(TokenKind::ActionEnd, word.text);
        const std::size_t own = variables_.size();
        loops_ += kind == Node::Kind::Range ? 1 : 0;
        node.body = parse_list();
        loops_ -= kind == Node::Kind::Range ? 1 : 0;
        variables_.resize(own);
        parse_rest(node, word);
        variables_.resize(visible);
        --depth_;
        return node;
    }

    // `else`, `else if`, `else with` and `end` of a control action.
    void parse_rest(Node& node, const Token& opener) {
        if (at(TokenKind::End)) {
            fail(opener, fmt::format("\"{}\" has no \"end\"", opener.text));
        }
        const Token start = take();
        const Token word = take();
        if (word.text == "end") return expect_end(word);
        const bool chained = node.kind != Node::Kind::Range && at(TokenKind::Identifier) &&
                             current().text == opener.text;
        if (chained) {
            node.otherwise.push_back(parse_control(node.kind, start));
            return;
        }
        expect_end(word);
        node.otherwise = parse_list();
        if (next_keyword() != "end") {
            if (at(TokenKind::End)) {
                fail(opener, fmt::format("\"{}\" has no \"end\"", opener.text));
            }
            fail(current(), "a second \"else\"");
        }
        take();
        expect_end(take());
    }

    void expect_end(const Token& word) {
        if (!at(TokenKind::ActionEnd)) {
            fail(current(), fmt::format("nothing may follow \"{}\"", word.text));
        }
        take();
    }

    Pipeline parse_pipeline(TokenKind closer, const std::string& of) {
        Pipeline pipeline;
        pipeline.offset = current().offset;
        const std::vector<std::string> declared = parse_declaration(pipeline, of);
        while (true) {
            pipeline.commands.push_back(parse_command(of, pipeline.commands.size()));
            if (at(closer)) break;
            if (!at(TokenKind::Pipe)) fail(current(), unexpected(closer));
            take();
        }
        take();
        variables_.insert(variables_.end(), declared.begin(), declared.end());
        return pipeline;
    }

    // `$x :=`, `$x =` and, in a range, `$i, $x :=`. The new names are visible after the pipeline.
    std::vector<std::string> parse_declaration(Pipeline& pipeline, const std::string& of) {
        if (!at(TokenKind::Variable)) return {};
        const TokenKind second = tokens_[at_ + 1].kind;
        const bool pair = second == TokenKind::Comma;
        if (second != TokenKind::Declare && second != TokenKind::Assign && !pair) return {};
        if (pair && of != "range") fail(tokens_[at_ + 1], "only a range may set two variables");
        const std::size_t first = at_;
        pipeline.variables.push_back(take().text);
        if (pair) {
            take();
            if (!at(TokenKind::Variable)) fail(current(), "a variable must follow the comma");
            pipeline.variables.push_back(take().text);
        }
        const Token sign = take();
        if (sign.kind != TokenKind::Declare && sign.kind != TokenKind::Assign) {
            fail(sign, "\":=\" or \"=\" must follow the variables");
        }
        pipeline.assigns = sign.kind == TokenKind::Assign;
        if (!pipeline.assigns) return pipeline.variables;
        for (const auto& name : pipeline.variables) require_variable(name, tokens_[first]);
        return {};
    }

    void require_variable(const std::string& name, const Token& token) const {
        if (name == "$") return;
        if (std::find(variables_.begin(), variables_.end(), name) == variables_.end()) {
            fail(token, fmt::format("the variable {} is not declared here.{}", name,
                                    did_you_mean(name, variables_)));
        }
    }

    static std::string unexpected(TokenKind closer) {
        return closer == TokenKind::CloseParen ? "a \")\" is missing"
                                               : "this cannot stand at this place of an action";
    }

    Command parse_command(const std::string& of, std::size_t stage) {
        Command command;
        const std::size_t start = at_;
        while (true) {
            const bool glued = at_ != start && !current().space_before &&
                               !at(TokenKind::CloseParen) && !at(TokenKind::Pipe) &&
                               !at(TokenKind::ActionEnd);
            auto operand = parse_operand();
            if (!operand) break;
            if (glued) fail(tokens_[at_ - 1], "a space is missing between two words");
            command.operands.push_back(std::move(*operand));
        }
        if (command.operands.empty()) {
            fail(current(), at(TokenKind::ActionEnd) || at(TokenKind::Pipe)
                                ? fmt::format("{} has no value", of)
                                : "this cannot stand at this place of an action");
        }
        check_command(command, tokens_[start], stage);
        return command;
    }

    void check_command(const Command& command, const Token& first, std::size_t stage) const {
        const Operand& head = command.operands.front();
        const bool constant = head.kind == Operand::Kind::Constant ||
                              head.kind == Operand::Kind::Nil ||
                              (head.kind == Operand::Kind::Dot && head.fields.empty());
        if (stage > 0 && constant) fail(first, "only a function can follow \"|\"");
    }

    std::optional<Operand> parse_operand() {
        const Token token = current();
        Operand operand;
        operand.offset = token.offset;
        switch (token.kind) {
            case TokenKind::String:
                operand.kind = Operand::Kind::Constant;
                operand.constant = Value(take().text);
                break;
            case TokenKind::Character:
            case TokenKind::Number:
                operand.kind = Operand::Kind::Constant;
                operand.constant = token.kind == TokenKind::Number ? number(token) : rune(token);
                take();
                break;
            case TokenKind::Dot:
                take();
                break;
            case TokenKind::Field:
                operand.fields.push_back(take().text);
                break;
            case TokenKind::Variable:
                operand.kind = Operand::Kind::Variable;
                operand.name = take().text;
                require_variable(operand.name, token);
                break;
            case TokenKind::Identifier:
                parse_word(operand, take());
                break;
            case TokenKind::OpenParen:
                parse_parentheses(operand);
                break;
            default:
                return std::nullopt;
        }
        parse_fields(operand);
        return operand;
    }

    void parse_word(Operand& operand, const Token& word) {
        if (word.text == "true" || word.text == "false") {
            operand.kind = Operand::Kind::Constant;
            operand.constant = Value(word.text == "true");
        } else if (word.text == "nil") {
            operand.kind = Operand::Kind::Nil;
        } else {
            if (is_keyword(word.text)) {
                fail(word, fmt::format("\"{}\" must be the first word of its action", word.text));
            }
            if (find_function(word.text) == nullptr) {
                fail(word, fmt::format("there is no function \"{}\".{}", word.text,
                                       hint_for_unknown(word)));
            }
            operand.kind = Operand::Kind::Function;
            operand.name = word.text;
        }
    }

    // After a function that takes a name the word is most likely a text without its quotes.
    std::string hint_for_unknown(const Token& word) const {
        const std::string before = at_ >= 2 ? tokens_[at_ - 2].text : std::string();
        for (const char* function : {"user", "env", "build", "isotime", "upper", "lower"}) {
            if (before != function) continue;
            return fmt::format(" Texts stand in quotes: {{{{ {} `{}` }}}}.", before, word.text);
        }
        // So short a name is near to too many others.
        return word.text.size() < 3 ? "" : did_you_mean(word.text, function_names());
    }

    void parse_parentheses(Operand& operand) {
        const Token open = take();
        if (++depth_ > kDeepest) fail(open, "the parentheses are nested too deeply");
        operand.kind = Operand::Kind::Parentheses;
        operand.inner = std::make_shared<const Pipeline>(
            parse_pipeline(TokenKind::CloseParen, "the parentheses"));
        --depth_;
    }

    // `.a.b` right behind an operand.
    void parse_fields(Operand& operand) {
        while (at(TokenKind::Field) && !current().space_before) {
            const bool plain_dot = operand.kind == Operand::Kind::Dot && operand.fields.empty();
            if (operand.kind == Operand::Kind::Constant || operand.kind == Operand::Kind::Nil ||
                plain_dot) {
                fail(current(), "a constant has no fields");
            }
            operand.fields.push_back(take().text);
        }
    }

    Value number(const Token& token) const {
        std::string digits = token.text;
        std::erase(digits, '_');
        std::string_view rest = digits;
        const bool negative = rest.starts_with('-');
        if (negative || rest.starts_with('+')) rest.remove_prefix(1);
        int base = 10;
        if (rest.size() > 1 && rest[0] == '0') {
            const char mark = static_cast<char>(rest[1] | 0x20);
            base = mark == 'x' ? 16 : mark == 'b' ? 2 : mark == 'o' ? 8 : 10;
            if (base != 10) rest.remove_prefix(2);
            const bool octal = base == 10 && rest.find_first_not_of("01234567") == rest.npos;
            if (octal) base = 8;
        }
        const char* end = rest.data() + rest.size();
        std::uint64_t magnitude = 0;
        const auto whole = std::from_chars(rest.data(), end, magnitude, base);
        const std::uint64_t limit = (std::uint64_t{1} << 63) - (negative ? 0 : 1);
        if (whole.ec == std::errc() && whole.ptr == end && magnitude <= limit) {
            return Value(static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude));
        }
        double fraction = 0;
        const auto real = std::from_chars(rest.data(), end, fraction);
        if (base != 10 || real.ec != std::errc() || real.ptr != end) {
            fail(token, fmt::format("\"{}\" is no number", token.text));
        }
        return Value(negative ? -fraction : fraction);
    }

    Value rune(const Token& token) const {
        std::string_view rest = token.text;
        if (rest.empty()) fail(token, "an empty character constant");
        const CodePoint point = take_code_point(rest);
        if (!rest.empty()) fail(token, "a character constant holds one character");
        return Value(static_cast<std::int64_t>(point.value));
    }

    std::string_view text_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
    int loops_ = 0;
    std::vector<std::string> variables_;
};

}  // namespace

std::vector<Node> parse(std::string_view text) {
    return Parser(text).run();
}

}  // namespace kiln::interpolation
