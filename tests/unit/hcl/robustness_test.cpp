#include <random>

#include <gtest/gtest.h>

#include "hcl/eval/body.h"
#include "hcl/eval/dynamic.h"
#include "hcl/eval/references.h"
#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

/// Does with the text all that is done with a template: nothing may crash, hang or throw.
void exercise(const std::string& text) {
    SourceMap sources;
    Diagnostics diagnostics;
    const Body body = parse_file(text, "test", &sources, diagnostics);
    const EvalScope scope = testing::scope_with(
        {{"x", Value::unknown_of(Type::string())}, {"y", Value::tuple({Value::number(1)})}});
    const Body expanded =
        expand_dynamic_blocks(body, scope, NestedBlockSchema::anything(), diagnostics);
    references(expanded);
    for (const auto& [name, attribute] : expanded.attributes) {
        print_for_console(evaluate(*attribute.expression, scope, diagnostics));
    }
    for (const Diagnostic& item : diagnostics) format_diagnostic(item, sources, false);
}

TEST(Robustness, DamagedTemplatesGiveDiagnosticsAndNoCrash) {
    const std::string seed =
        "a = \"x ${y[0] + 1} %{ if true ~}y%{ else }z%{ endif }\" # c\n"
        "b \"l\" m {\n  c = [for k, v in y : \"${k}\" => v... if v != null]\n}\n"
        "d = <<-E\n    ${~ x ~}\n  t\n  E\n"
        "e = {for k in [1, 2] : k => y.*.0}\n"
        "dynamic \"q\" {\n  for_each = y\n  content {\n    z = q.value\n  }\n}\n"
        "f = true ? {p = 1} : {q = \"\\u00e9\"}\n"
        "g = format(\"%5.2f|%s\", 1.5, jsonencode([1, {k = null}]))[0] || !false\n";
    std::mt19937 random(20240501);
    const std::string pieces = "\"${}[]()%<>=~!?:.,*#/\\\n\r\t 019aex-_\xc3\xff";
    for (int round = 0; round < 3000; ++round) {
        std::string text = seed;
        for (unsigned i = 0; i < 1 + random() % 6; ++i) {
            const std::size_t at = random() % text.size();
            switch (random() % 4) {
                case 0:
                    text[at] = pieces[random() % pieces.size()];
                    break;
                case 1:
                    text.insert(at, 1, pieces[random() % pieces.size()]);
                    break;
                case 2:
                    text.erase(at, 1 + random() % 9);
                    break;
                default:
                    text.insert(at, text.substr(random() % text.size(), random() % 30));
                    break;
            }
            if (text.empty()) text = " ";
        }
        ASSERT_NO_THROW(exercise(text)) << text;
    }
}

TEST(Robustness, EveryBeginningOfATemplateIsRead) {
    const std::string text =
        "source \"a\" {\n  x = \"${f(1, [2, {a = <<E\nq %{ for z in [] }${z}%{ endfor "
        "}\nE\n}])}\"\n"
        "  /* c */ y = a::b.c[*].d[\"\\n\"].0 ? 1e5 : -2\n}\n";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        ASSERT_NO_THROW(exercise(text.substr(0, length))) << length;
    }
}

}  // namespace
}  // namespace kiln::hcl
