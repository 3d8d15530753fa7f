#include "hcl/syntax/parser_state.h"

#include <algorithm>

#include <fmt/format.h>

namespace kiln::hcl {

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
    if (told_on_line(subject)) return;
    report(std::move(summary), std::move(detail), std::move(subject), std::move(context));
}

bool Parser::told_on_line(const SourceRange& subject) const {
    return std::any_of(diagnostics_.begin(), diagnostics_.end(), [&](const Diagnostic& told) {
        return told.severity == Severity::Error && told.subject &&
               told.subject->filename == subject.filename &&
               told.subject->start.line == subject.start.line;
    });
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

}  // namespace kiln::hcl
