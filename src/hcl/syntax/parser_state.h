#pragma once

#include <string>
#include <vector>

#include "hcl/syntax/token_cursor.h"
#include "hcl/syntax/tree.h"

namespace kiln::hcl {

/// The recursive descent behind parser.h. What all its parts share stands in parser_state.cpp; each
/// family of rules has a source of its own, named below.
/// After the first syntax error it skips to the end of what it was reading and reads on quietly:
/// later "unexpected token" errors would mostly be echoes of the first.
class Parser {
  public:
    Parser(const std::vector<Token>& tokens, std::string filename, bool newlines_matter,
           Diagnostics& diagnostics)
        : cursor_(tokens, newlines_matter),
          filename_(std::move(filename)),
          diagnostics_(diagnostics) {}

    Body parse_body(TokenType end);
    ExpressionPtr parse_only_expression();
    ExpressionPtr parse_only_template();
    std::optional<Traversal> parse_only_traversal();

  private:
    struct TemplatePart;
    class Nesting;

    /// Levels of nesting that are read. Every level costs a few frames here and in the evaluator,
    /// which must fit the stack of a thread.
    static constexpr int kMaxNesting = 250;
    /// Height of an expression tree: long chains (`a && b && …`) are high without being nested.
    static constexpr int kMaxDepth = 600;

    // body_parser.cpp: attributes and blocks
    void parse_item(Body& body);
    void parse_attribute(Body& body, const Token& name);
    void finish_attribute_line();
    /// Whether a comment that does not end begins with the next two tokens.
    bool at_open_comment() const;
    void parse_block(Body& body, const Token& type);
    bool parse_labels(Block& block);
    void parse_block_body(Block& block);
    void parse_single_line_body(Block& block);
    std::string parse_label_text(const Token& open, SourceRange& range);

    // expression_parser.cpp: operators, terms, function calls
    ExpressionPtr parse_expression();
    ExpressionPtr parse_binary(std::size_t level);
    ExpressionPtr parse_term();
    ExpressionPtr parse_number();
    ExpressionPtr parse_unary();
    ExpressionPtr parse_parentheses();
    /// An expression behind `open` and the token that closes it; null after an error.
    ExpressionPtr parse_enclosed(const Token& open, TokenType closing, const char* summary,
                                 const char* detail);
    ExpressionPtr parse_identifier();
    ExpressionPtr parse_call(std::string name, SourceRange name_range);

    // postfix_parser.cpp: what stands behind a term
    ExpressionPtr parse_postfix();
    ExpressionPtr parse_steps(ExpressionPtr from);
    ExpressionPtr parse_dot(ExpressionPtr from);
    ExpressionPtr parse_attribute_splat(ExpressionPtr from, const Token& dot);
    ExpressionPtr parse_bracket(ExpressionPtr from);
    ExpressionPtr parse_full_splat(ExpressionPtr from);
    ExpressionPtr append_step(const ExpressionPtr& from, TraversalStep step);

    // collection_parser.cpp: tuples, objects, `for`
    ExpressionPtr parse_tuple();
    ExpressionPtr parse_object();
    bool parse_object_item(ObjectConstructor& object, const Token& open);
    ExpressionPtr parse_for(const Token& open, bool object);
    ExpressionPtr invalid_for(const Token& open, TokenType closing, const std::string& why,
                              const SourceRange& subject);

    // template_parser.cpp: strings and heredocs
    ExpressionPtr parse_quoted_template();
    ExpressionPtr parse_heredoc();
    std::vector<TemplatePart> read_template_parts(const Token& open, TokenType close);
    TemplatePart read_interpolation();
    TemplatePart read_control();
    void read_for_directive(TemplatePart& part);
    ExpressionPtr build_template(std::vector<TemplatePart> parts, const SourceRange& range);
    ExpressionPtr build_parts(const std::vector<TemplatePart>& parts, std::size_t& at,
                              const TemplatePart* opener, const SourceRange& range);
    ExpressionPtr build_if(const std::vector<TemplatePart>& parts, std::size_t& at,
                           const SourceRange& range);
    ExpressionPtr build_for(const std::vector<TemplatePart>& parts, std::size_t& at,
                            const SourceRange& range);
    static void remove_indentation(std::vector<TemplatePart>& parts);
    bool expect_end(const std::vector<TemplatePart>& parts, std::size_t& at,
                    const TemplatePart& opener);
    void unexpected_directive(const TemplatePart& part, const TemplatePart* opener);
    std::string decode_quoted(const Token& token);

    // parser_state.cpp
    SourceRange range(const Token& token) const { return token.range(filename_); }
    SourceRange range_from(const SourceRange& first) const {
        return SourceRange::between(first, range(cursor_.previous()));
    }
    /// A node whose depth is one more than the deepest of `children`.
    ExpressionPtr make(Expression::Node node, SourceRange range,
                       std::initializer_list<ExpressionPtr> children = {});
    ExpressionPtr make_of(Expression::Node node, SourceRange range, int deepest_child);
    /// Stands for an expression that could not be read.
    ExpressionPtr unreadable(SourceRange range);
    /// Reports a syntax error, unless one was reported before.
    void fail(std::string summary, std::string detail, SourceRange subject,
              std::optional<SourceRange> context = {});
    void report(std::string summary, std::string detail, SourceRange subject,
                std::optional<SourceRange> context = {});
    void too_deep(const SourceRange& where);
    /// Whether an error on the same line has been told, by the scanner for example.
    bool told_on_line(const SourceRange& subject) const;

    TokenCursor cursor_;
    std::string filename_;
    Diagnostics& diagnostics_;
    bool recovering_ = false;
    int failures_ = 0;  ///< syntax errors so far, told or not
    int nesting_ = 0;
    bool told_too_deep_ = false;
};

/// Counts a level of recursion. When it is one too many (`!nesting.ok()`) the error is reported and
/// the rest of the source skipped.
class Parser::Nesting {
  public:
    explicit Nesting(Parser& parser);
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    bool ok() const { return ok_; }

  private:
    Parser& parser_;
    bool ok_;
};

}  // namespace kiln::hcl
