// Prints how long templates of 1, 2 and 4 MB take to read, in both syntaxes and in shapes that tend
// to be superlinear: many blocks, one long string, one long list, an error on every line. What
// grows much faster than the text is marked, and the exit code is 1. A reading is the best of
// three, because other work on the machine only ever adds time.
//
// Do not compare the shapes with each other, or these numbers with those of a debug build.
#include <algorithm>
#include <chrono>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "hcl/eval/body.h"
#include "hcl/eval/evaluate.h"
#include "hcl/function/standard.h"
#include "hcl/json/parser.h"
#include "hcl/syntax/parser.h"

namespace {

namespace hcl = kiln::hcl;
using kiln::Diagnostics;
using kiln::SourceMap;

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

/// Pieces up to the wanted size; each gets its number.
std::string repeated(std::size_t size, const std::string& before,
                     const std::function<std::string(std::size_t)>& piece,
                     const std::string& after) {
    std::string text = before;
    for (std::size_t i = 0; text.size() < size; ++i) text += piece(i);
    return text + after;
}

std::string native_blocks(std::size_t size) {
    return repeated(
        size, "",
        [](std::size_t i) {
            return fmt::format(
                "source \"null\" \"s{0}\" {{\n  # number {0}\n  name    = \"n{0}\"\n"
                "  command = [\"a ${{var.x}} b\", upper(\"c\"), {0} + 1]\n"
                "  nested {{\n    text = <<-EOT\n      line %{{ if true }}one%{{ endif }}\n"
                "      two\n    EOT\n  }}\n}}\n\n",
                i);
        },
        "");
}

std::string native_attributes(std::size_t size) {
    return repeated(
        size, "", [](std::size_t i) { return fmt::format("a{} = \"é ${{x.y[{}]}}\"\n", i, i); },
        "");
}

std::string native_string(std::size_t size) {
    return repeated(
        size, "x = \"", [](std::size_t) { return "text with é and \\n, ${1 + 1} then $${x} "; },
        "\"\n");
}

std::string native_heredoc(std::size_t size) {
    return repeated(
        size, "x = <<-E\n", [](std::size_t i) { return fmt::format("    line {} ${{1}}\n", i); },
        "  E\n");
}

std::string native_list(std::size_t size) {
    return repeated(
        size, "x = [\n",
        [](std::size_t i) { return fmt::format("  {{a = {}, b = [1, 2]}},\n", i); }, "]\n");
}

std::string native_comment(std::size_t size) {
    return repeated(
        size, "", [](std::size_t) { return "# a comment and nothing else\n"; }, "");
}

std::string native_errors(std::size_t size) {
    return repeated(
        size, "", [](std::size_t) { return "a = = 1 ] )\n"; }, "");
}

std::string native_unclosed(std::size_t size) {
    return repeated(
        size, "", [](std::size_t) { return "x = \"a ${ \"b\n"; }, "");
}

std::string json_blocks(std::size_t size) {
    return repeated(
        size, "{\"source\": {\"null\": {\"first\": {}",
        [](std::size_t i) {
            return fmt::format(
                ", \"s{0}\": {{\"//\": \"number {0}\", \"name\": \"n{0}\",\n"
                "  \"command\": [\"a ${{var.x}} b\", \"\\u00e9\\n${{upper(\\\"c\\\")}}\", {0}],\n"
                "  \"nested\": [{{\"text\": \"one\"}}, {{\"text\": \"two\"}}]}}\n",
                i);
        },
        "}}}");
}

std::string json_string(std::size_t size) {
    return repeated(
        size, "{\"x\": \"", [](std::size_t) { return "a \\u00e9\\n \\\"q\\\" ${1 + 1} $${x} "; },
        "\"}");
}

std::string json_list(std::size_t size) {
    return repeated(
        size, "{\"x\": [0",
        [](std::size_t i) { return fmt::format(", {{\"a\": {}, \"b\": [1, 2]}}", i); }, "]}");
}

/// Reads the text and all that its bodies hold, as loading a template does.
void walk(const hcl::Body& body, Diagnostics& diagnostics) {
    const hcl::BodySchema schema{{{"x"}, {"name"}, {"command"}, {"text"}},
                                 {{"source", {"type", "name"}}, {"nested", {}}}};
    hcl::Body rest;
    const hcl::BodyContent content = hcl::read_body_partially(body, schema, rest, diagnostics);
    for (const hcl::Block& block : content.blocks) walk(block.body, diagnostics);
}

void read_native(const std::string& text) {
    Diagnostics diagnostics;
    SourceMap sources;
    walk(hcl::parse_file(text, "bench.pkr.hcl", &sources, diagnostics), diagnostics);
}

void read_json(const std::string& text) {
    Diagnostics diagnostics;
    SourceMap sources;
    walk(hcl::parse_json_file(text, "bench.pkr.json", &sources, diagnostics), diagnostics);
}

void evaluate_x(const hcl::Body& body) {
    static const hcl::EvalScope scope(
        std::make_shared<const hcl::FunctionTable>(hcl::standard_functions({})));
    Diagnostics diagnostics;
    const auto content = hcl::read_body(body, {{{"x"}}, {}}, diagnostics);
    hcl::evaluate(*content.find("x")->expression, scope, diagnostics);
}

void evaluate_native(const std::string& text) {
    Diagnostics diagnostics;
    evaluate_x(hcl::parse_file(text, "bench.pkr.hcl", nullptr, diagnostics));
}

void evaluate_json(const std::string& text) {
    Diagnostics diagnostics;
    evaluate_x(hcl::parse_json_file(text, "bench.pkr.json", nullptr, diagnostics));
}

double best_of_three(const std::function<void()>& work) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        best = std::min(best, taken.count());
    }
    return best;
}

struct Shape {
    const char* name;
    std::string (*text)(std::size_t size);
    void (*read)(const std::string& text);
};

}  // namespace

int main() {
    const Shape shapes[] = {
        {"native: many blocks", native_blocks, read_native},
        {"native: many attributes", native_attributes, read_native},
        {"native: one long string", native_string, evaluate_native},
        {"native: one long heredoc", native_heredoc, evaluate_native},
        {"native: one long list", native_list, evaluate_native},
        {"native: comments alone", native_comment, read_native},
        {"native: an error on every line", native_errors, read_native},
        {"native: strings without an end", native_unclosed, read_native},
        {"JSON: many blocks", json_blocks, read_json},
        {"JSON: one long string", json_string, evaluate_json},
        {"JSON: one long list", json_list, evaluate_json},
    };
    // Twice the text may take a little more than twice the time: caches get too small for it.
    constexpr double steepest = 3.0;
    bool linear = true;
    fmt::print("{:<32} {:>9} {:>9} {:>9}\n", "seconds for", "1 MB", "2 MB", "4 MB");
    for (const Shape& shape : shapes) {
        double times[3] = {};
        for (int i = 0; i < 3; ++i) {
            const std::string text = shape.text(kMegabyte << i);
            times[i] = best_of_three([&] { shape.read(text); });
        }
        const bool good = times[2] < steepest * times[1] && times[1] < steepest * times[0];
        linear = linear && good;
        fmt::print("{:<32} {:>9.3f} {:>9.3f} {:>9.3f}{}\n", shape.name, times[0], times[1],
                   times[2], good ? "" : "  not linear");
    }
    return linear ? 0 : 1;
}
