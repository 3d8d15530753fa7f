#include "hcl/syntax/parser.h"

#include "hcl/syntax/parser_state.h"
#include "hcl/syntax/token.h"
#include "hcl/value/print.h"

namespace kiln::hcl {

Body parse_file(std::string_view text, const std::string& filename, SourceMap* sources,
                Diagnostics& diagnostics) {
    const std::vector<Token> tokens = tokenize(text, {}, LexMode::Normal);
    report_invalid_tokens(tokens, filename, diagnostics);
    Body body = Parser(tokens, filename, true, diagnostics).parse_body(TokenType::EndOfFile);
    if (sources != nullptr) {
        sources->add_file(filename, std::string(text));
        for (const Block& block : body.blocks) {
            sources->add_block(filename, {block.range(), block.header()});
        }
    }
    return body;
}

ExpressionPtr parse_expression(std::string_view text, const std::string& filename,
                               Diagnostics& diagnostics, SourcePos start) {
    const std::vector<Token> tokens = tokenize(text, start, LexMode::Normal);
    report_invalid_tokens(tokens, filename, diagnostics);
    return Parser(tokens, filename, false, diagnostics).parse_only_expression();
}

ExpressionPtr parse_template(std::string_view text, const std::string& filename,
                             Diagnostics& diagnostics, SourcePos start) {
    const std::vector<Token> tokens = tokenize(text, start, LexMode::Template);
    report_invalid_tokens(tokens, filename, diagnostics);
    return Parser(tokens, filename, false, diagnostics).parse_only_template();
}

std::optional<Traversal> parse_traversal(std::string_view text, const std::string& filename,
                                         Diagnostics& diagnostics, SourcePos start) {
    const std::vector<Token> tokens = tokenize(text, start, LexMode::Normal);
    report_invalid_tokens(tokens, filename, diagnostics);
    return Parser(tokens, filename, false, diagnostics).parse_only_traversal();
}

bool is_identifier(std::string_view text) {
    return !text.empty() && identifier_length(text) == text.size();
}

}  // namespace kiln::hcl
