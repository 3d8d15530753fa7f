#include "cli/image/image_command.h"

#include <CLI/CLI.hpp>

#include "cli/image/check.h"
#include "cli/image/compare.h"
#include "cli/image/convert.h"
#include "cli/image/info.h"

namespace kiln {

namespace {

using Command = std::shared_ptr<ImageCommand>;

constexpr const char* kFormatHelp =
    "the image's format: raw, qcow2, vmdk, ova. Without it the file's first bytes decide, and raw "
    "must be given";

void add_info(CLI::App& app, const Command& command);
void add_convert(CLI::App& app, const Command& command);
void add_check(CLI::App& app, const Command& command);
void add_compare(CLI::App& app, const Command& command);
void add_backing_flags(CLI::App& app, ImageSourceOptions& source);
void take_output(ImageConvertOptions& options, const std::string& text);

// The options live as long as the callback that runs them.
template <typename Options>
void on_chosen(CLI::App& app, const Command& command, std::shared_ptr<Options> options,
               int (*run)(const Options&, const ImageContext&)) {
    app.callback([command, options, run] {
        command->choose(
            [options, run](const ImageContext& context) { return run(*options, context); });
    });
}

}  // namespace

std::shared_ptr<const ImageCommand> add_image_commands(CLI::App& app) {
    auto command = std::make_shared<ImageCommand>();
    app.require_subcommand(1);
    add_info(app, command);
    add_convert(app, command);
    add_check(app, command);
    add_compare(app, command);
    return command;
}

namespace {

void add_info(CLI::App& app, const Command& command) {
    auto options = std::make_shared<ImageInfoOptions>();
    CLI::App* info = app.add_subcommand("info", "Show what an image is and holds");
    info->add_option("image", options->source.path)->required();
    info->add_option("-f,--from", options->source.format, kFormatHelp);
    info->add_flag("--json", options->json, "print JSON");
    on_chosen(*info, command, options, &image_info);
}

void add_convert(CLI::App& app, const Command& command) {
    auto options = std::make_shared<ImageConvertOptions>();
    CLI::App* convert = app.add_subcommand(
        "convert", "Write an image in other formats: one read, any number of outputs");
    convert->footer(
        "Several outputs: -o a.ova -o b.qcow2 -o compression_type=zstd. An -o with key=value\n"
        "belongs to the output before it, or to TARGET. `format=` gives an output's format where\n"
        "its name does not.");
    convert->add_option("source", options->source.path)->required();
    auto target = std::make_shared<std::string>();
    auto target_format = std::make_shared<std::string>();
    auto outputs = std::make_shared<std::vector<std::string>>();
    convert->add_option("target", *target, "the file to write; - for standard output");
    convert->add_option("-f,--from", options->source.format, kFormatHelp);
    convert->add_option("-O,--to", *target_format,
                        "the format of TARGET: raw, qcow2, vmdk, ova (else from its name)");
    convert->add_option("-o,--output", *outputs, "a format's options (key=value,...) or a file")
        ->allow_extra_args(false);
    convert->add_option("--speed", options->speed, "compression: fast, balanced or small")
        ->capture_default_str();
    convert->add_option("--threads", options->threads, "worker threads; 0: one per processor")
        ->check(CLI::Range(0U, 256U));
    convert->add_flag("--sha256,!--no-sha256", options->sha256,
                      "compute and print each output's SHA-256 (the default)");
    convert->add_flag("!--no-space-check", options->check_space,
                      "do not compare the expected size with the free space first");
    add_backing_flags(*convert, options->source);
    convert->add_flag("--json", options->json, "print JSON");
    convert->callback([command, options, target, target_format, outputs] {
        if (!target->empty()) options->targets.push_back({*target, *target_format, {}});
        for (const std::string& text : *outputs) take_output(*options, text);
        if (options->targets.empty()) throw CLI::RequiredError("target");
        command->choose(
            [options](const ImageContext& context) { return image_convert(*options, context); });
    });
}

void add_check(CLI::App& app, const Command& command) {
    auto options = std::make_shared<ImageCheckOptions>();
    CLI::App* check = app.add_subcommand("check", "Look for damage in an image's own tables");
    check->footer("Exit code: 0 for a clean image, 1 for damage, leaks or any error.");
    check->add_option("image", options->source.path)->required();
    check->add_option("-f,--from", options->source.format, kFormatHelp);
    check->add_option("--threads", options->threads, "worker threads; 0: one per processor")
        ->check(CLI::Range(0U, 256U));
    check->add_flag("--json", options->json, "print JSON");
    on_chosen(*check, command, options, &image_check);
}

void add_compare(CLI::App& app, const Command& command) {
    auto options = std::make_shared<ImageCompareOptions>();
    CLI::App* compare = app.add_subcommand("compare", "Compare what guests see of two images");
    compare->footer(
        "Exit code: 0 for identical disks, 1 when they differ or for any error (which says so).");
    compare->add_option("first", options->first.path)->required();
    compare->add_option("second", options->second.path)->required();
    compare->add_option("-f,--from", options->first.format, kFormatHelp);
    compare->add_option("-F,--second-from", options->second.format, "the second image's format");
    compare->add_option("--threads", options->threads, "worker threads; 0: one per processor")
        ->check(CLI::Range(0U, 256U));
    add_backing_flags(*compare, options->first);
    compare->add_flag("--json", options->json, "print JSON");
    compare->callback([command, options] {
        options->second.allow_backing = options->first.allow_backing;
        options->second.backing_directories = options->first.backing_directories;
        command->choose(
            [options](const ImageContext& context) { return image_compare(*options, context); });
    });
}

void add_backing_flags(CLI::App& app, ImageSourceOptions& source) {
    app.add_flag("--allow-backing", source.allow_backing,
                 "open the backing files that the image names");
    app.add_option("--backing-dir", source.backing_directories,
                   "allow backing files only below this directory (may be repeated)")
        ->allow_extra_args(false);
}

void take_output(ImageConvertOptions& options, const std::string& text) {
    const std::size_t equals = text.find('=');
    const bool is_option = equals != std::string::npos && equals < text.find('/');
    if (!is_option) {
        options.targets.push_back({text, "", {}});
        return;
    }
    if (options.targets.empty()) {
        throw CLI::ValidationError("-o " + text, "there is no output before it");
    }
    options.targets.back().options.push_back(text);
}

}  // namespace
}  // namespace kiln
