#include "hcl/syntax/parser.h"
#include "template/legacy/fix/fix.h"
#include "template/legacy/upgrade/upgrade.h"
#include "template/template.h"
#include "tests/fuzz/harness.h"

namespace {

using namespace kiln;

struct Options {
    std::string text;
    std::vector<std::string> list;
    std::map<std::string, std::string> map;
    int number = 0;
    bool flag = false;
};

std::shared_ptr<const SchemaInfo> find_schema(std::string_view, const std::string&) {
    static const auto schema =
        std::make_shared<const Schema<Options>>(Schema<Options>("any", "Any component.")
                                                    .option("text", &Options::text, "A text.")
                                                    .option("list", &Options::list, "Texts.")
                                                    .option("map", &Options::map, "Texts by name.")
                                                    .option("number", &Options::number, "A number.")
                                                    .option("flag", &Options::flag, "Yes or no."));
    return schema;
}

void evaluate_builds(const Template& tmpl, Diagnostics& diagnostics) {
    const SchemaInfo& schema = *find_schema("", "");
    for (const BuildBlock& build : tmpl.builds) {
        const BodyContext context{"any", "any", BuildVariables::placeholders(build.name, {})};
        for (const SourceUse& use : build.sources) use.body.evaluate(schema, context, diagnostics);
        for (const ProvisionerBlock& block : build.provisioners) {
            block.body.evaluate(schema, context, diagnostics);
        }
    }
}

}  // namespace

/// Legacy JSON templates: loads, mends and upgrades arbitrary bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(fuzz::text_of(data, size));
    SourceMap sources;
    Diagnostics diagnostics;
    TemplateOptions options;
    options.path = "-";
    options.language = TemplateLanguage::Json;
    options.stdin_text = text;
    options.version = "1.16.0";
    options.find_schema = find_schema;
    evaluate_builds(load_template(options, sources, diagnostics, CancelToken()), diagnostics);

    Diagnostics of_fix;
    const std::string mended = fix_template(text, "fuzz.json", sources, of_fix);
    if (!mended.empty()) {
        Diagnostics again;
        fuzz::require(fix_template(mended, "mended.json", sources, again) == mended,
                      "mending again changes nothing");
    }
    Diagnostics of_upgrade;
    const UpgradeResult upgraded =
        upgrade_template(text, "fuzz.json", {true, find_schema}, sources, of_upgrade);
    Diagnostics of_result;
    hcl::parse_file(upgraded.text, "upgraded", &sources, of_result);
    fuzz::require(!upgraded.complete || !of_result.has_errors(), "what was upgraded parses");
    for (const Diagnostic& item : diagnostics) format_diagnostic(item, sources, false);
    return 0;
}
