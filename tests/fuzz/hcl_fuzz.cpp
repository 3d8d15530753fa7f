#include <algorithm>

#include "hcl/eval/dynamic.h"
#include "hcl/eval/evaluate.h"
#include "hcl/eval/references.h"
#include "hcl/format/format.h"
#include "hcl/syntax/parser.h"
#include "hcl/value/print.h"
#include "tests/fuzz/harness.h"

namespace {

using namespace kiln;

void evaluate_all(const hcl::Body& body, const hcl::EvalScope& scope, Diagnostics& diagnostics) {
    for (const auto& [name, attribute] : body.attributes) {
        hcl::print_for_console(hcl::evaluate(*attribute.expression, scope, diagnostics));
    }
    for (const hcl::Block& block : body.blocks) evaluate_all(block.body, scope, diagnostics);
}

std::string without_spaces(std::string_view text) {
    std::string kept;
    std::copy_if(text.begin(), text.end(), std::back_inserter(kept),
                 [](char c) { return c != ' ' && c != '\t'; });
    return kept;
}

void check_format(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) return;
    const std::string once = hcl::format_source(text);
    fuzz::require(without_spaces(once) == without_spaces(text), "only spaces change");
}

/// A text that parses has one canonical form, which parses too.
void check_canonical_form(std::string_view text) {
    const std::string once = hcl::format_source(text);
    fuzz::require(hcl::format_source(once) == once, "formatting again changes nothing");
}

}  // namespace

/// Native syntax: reads, formats and evaluates arbitrary bytes, and prints what is wrong with them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    check_format(text);
    SourceMap sources;
    Diagnostics diagnostics;
    const hcl::Body body = hcl::parse_file(text, "fuzz", &sources, diagnostics);
    if (!diagnostics.has_errors()) check_canonical_form(text);
    hcl::references(body);
    hcl::EvalScope scope(fuzz::functions());
    scope.set("v", hcl::Value::string("x"));
    scope.set("u", hcl::Value::dynamic_unknown());
    scope.set("n", hcl::Value::number(std::int64_t{5}));
    evaluate_all(body, scope, diagnostics);
    for (const Diagnostic& item : diagnostics) format_diagnostic(item, sources, true);
    return 0;
}
