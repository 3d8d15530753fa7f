#include "base/error.h"
#include "template/interpolate.h"
#include "tests/fuzz/harness.h"

/// `{{ }}` strings: renders arbitrary bytes, as an HCL template and as a legacy one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    const std::string text(fuzz::text_of(data, size));
    InterpolateContext context;
    context.build_name = "name";
    context.build_type = "type";
    context.version = "1.16.0";
    context.build_values = {{"ID", Setting("id")}};
    context.fields = {{"HTTPIP", Setting("127.0.0.1")},
                      {"List", Setting(Setting::List{Setting("a"), Setting("b")})},
                      {"Map", Setting(Setting::Map{{"k", Setting("v")}})}};
    for (const bool legacy : {false, true}) {
        if (legacy) {
            LegacyFacts facts;
            facts.user = [](const std::string& name) -> std::optional<std::string> {
                return name == "none" ? std::nullopt : std::optional(name);
            };
            facts.in_variables = true;
            context.legacy = std::make_shared<const LegacyFacts>(std::move(facts));
        }
        try {
            interpolate(text, context);
        } catch (const Error&) {
            // What is wrong with a text is told, and nothing more happens.
        }
    }
    return 0;
}
