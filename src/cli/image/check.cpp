#include "cli/image/check.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/image/text.h"
#include "formats/inspect.h"

namespace kiln {

namespace {

std::string to_text(const ImageCheckOptions& options, const formats::CheckReport& report);

}  // namespace

int image_check(const ImageCheckOptions& options, const ImageContext& context) {
    formats::ConvertOptions work;
    work.threads = options.threads;
    work.cancel = context.cancel;
    work.progress_label = fmt::format("checking {}", options.source.path.filename().string());
    work.progress = [&](const ProgressEvent& event) { context.events.emit(event); };
    const formats::CheckReport report =
        formats::check_image(options.source.path, open_options(options.source), work);
    if (options.json) {
        const nlohmann::ordered_json json = {
            {"path", options.source.path.string()}, {"format", report.format},
            {"corruptions", report.corruptions},    {"leaks", report.leaks},
            {"problems", report.problems},          {"notes", report.notes}};
        context.out << json_text(json);
    } else {
        context.out << to_text(options, report);
    }
    return report.clean() ? 0 : 1;
}

void add_image_check(CLI::App& app, const std::shared_ptr<ImageCommand>& command) {
    auto options = std::make_shared<ImageCheckOptions>();
    CLI::App* check = app.add_subcommand("check", "Look for damage in an image's own tables");
    check->footer("Exit code: 0 for a clean image, 1 for damage, leaks or any error.");
    check->add_option("image", options->source.path)->required();
    add_source_flags(*check, options->source);
    add_threads_flag(*check, options->threads);
    add_json_flag(*check, options->json);
    choose_on_call(
        *check, command,
        [options](const ImageContext& context) { return image_check(*options, context); },
        [options] { return image_rules({options->source}); });
}

namespace {

std::string to_text(const ImageCheckOptions& options, const formats::CheckReport& report) {
    std::string text;
    for (const std::string& problem : report.problems) text += problem + "\n";
    const std::uint64_t hidden = report.corruptions + report.leaks - report.problems.size();
    if (hidden != 0) text += fmt::format("... and {} more.\n", hidden);
    for (const std::string& note : report.notes) text += fmt::format("Note: {}\n", note);
    if (report.clean()) {
        return text +
               fmt::format("{} ({}): no errors.\n", options.source.path.string(), report.format);
    }
    return text + fmt::format("{} ({}): {} corruption(s), {} leak(s).\n",
                              options.source.path.string(), report.format, report.corruptions,
                              report.leaks);
}

}  // namespace
}  // namespace kiln
