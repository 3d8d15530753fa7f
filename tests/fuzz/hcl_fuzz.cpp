#include <cstddef>
#include <cstdint>
#include <string_view>

#include "hcl/eval/evaluate.h"
#include "hcl/function/standard.h"
#include "hcl/syntax/parser.h"
#include "hcl/value/print.h"

/// Reads arbitrary bytes as a template and evaluates its attributes. Built with KILN_FUZZ.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    static const auto functions =
        std::make_shared<const hcl::FunctionTable>(hcl::standard_functions({}));
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    SourceMap sources;
    Diagnostics diagnostics;
    const hcl::Body body = hcl::parse_file(text, "fuzz", &sources, diagnostics);
    const hcl::EvalScope scope(functions);
    for (const auto& [name, attribute] : body.attributes) {
        hcl::print_for_console(hcl::evaluate(*attribute.expression, scope, diagnostics));
    }
    for (const Diagnostic& item : diagnostics) format_diagnostic(item, sources, false);
    return 0;
}
