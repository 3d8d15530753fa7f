#include "hcl/eval/body.h"
#include "hcl/eval/evaluate.h"
#include "hcl/json/parser.h"
#include "hcl/value/print.h"
#include "tests/fuzz/harness.h"

namespace {

using namespace kiln;

/// Reads a body by a schema that has blocks with and without labels, and each level below again.
void read(const hcl::Body& body, const hcl::EvalScope& scope, Diagnostics& diagnostics, int depth) {
    static const hcl::BodySchema schema{{{"a", false}, {"b", true}},
                                        {{"build", {}},
                                         {"variable", {"name"}},
                                         {"source", {"type", "name"}},
                                         {"dynamic", {"type"}}}};
    hcl::Body rest;
    const hcl::BodyContent content = hcl::read_body_partially(body, schema, rest, diagnostics);
    for (const auto& [name, attribute] : content.attributes) {
        hcl::print_for_console(hcl::evaluate(*attribute.expression, scope, diagnostics));
    }
    for (const auto& [name, attribute] : hcl::read_attributes(rest, diagnostics)) {
        hcl::print_for_console(hcl::evaluate(*attribute.expression, hcl::EvalScope(), diagnostics));
    }
    if (depth == 0) return;
    for (const hcl::Block& block : content.blocks) read(block.body, scope, diagnostics, depth - 1);
}

}  // namespace

/// JSON syntax: reads arbitrary bytes with a schema and evaluates what it finds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    SourceMap sources;
    Diagnostics diagnostics;
    const hcl::Body body =
        hcl::parse_json_file(fuzz::text_of(data, size), "fuzz.json", &sources, diagnostics);
    hcl::EvalScope scope(fuzz::functions());
    scope.set("v", hcl::Value::string("x"));
    read(body, scope, diagnostics, 4);
    for (const Diagnostic& item : diagnostics) format_diagnostic(item, sources, false);
    return 0;
}
