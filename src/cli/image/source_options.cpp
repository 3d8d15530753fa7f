#include "cli/image/source_options.h"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "base/file.h"
#include "formats/file/spool.h"
#include "formats/format.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

std::string format_help();
fs::path directory_of(const fs::path& path);
bool is_box(const ImageSourceOptions& source);

}  // namespace

void add_source_flags(CLI::App& app, ImageSourceOptions& source) {
    app.add_option("-f,--from", source.format, format_help());
    app.add_option("--disk", source.disk,
                   "which disk of a container that holds several: its name, or its number from 1");
    app.add_flag("--allow-backing", source.allow_backing,
                 "open the backing files, parents and extents that the image names");
    app.add_option("--backing-dir", source.backing_directories,
                   "allow them only below this directory (may be repeated)")
        ->allow_extra_args(false);
}

void add_threads_flag(CLI::App& app, unsigned& threads) {
    app.add_option("--threads", threads, "worker threads; 0: one per processor")
        ->check(CLI::Range(0U, 256U));
}

void add_json_flag(CLI::App& app, bool& json) {
    app.add_flag("--json", json, "print JSON");
}

formats::OpenOptions open_options(const ImageSourceOptions& source) {
    formats::OpenOptions options;
    options.allow_backing = source.allow_backing;
    options.backing_directories = source.backing_directories;
    options.disk = source.disk;
    if (!source.format.empty()) options.format = &formats::format_named(source.format);
    return options;
}

std::unique_ptr<formats::Source> open_image(const ImageSourceOptions& source,
                                            const CancelToken& cancel) {
    formats::OpenOptions options = open_options(source);
    options.cancel = cancel;
    if (source.path == "-") {
        return formats::open_source(formats::spool(STDIN_FILENO, cancel), options);
    }
    return formats::open_source(source.path, options);
}

SandboxRules image_rules(const std::vector<ImageSourceOptions>& sources,
                         const std::vector<fs::path>& outputs) {
    SandboxRules rules;
    for (const ImageSourceOptions& source : sources) {
        rules.readable.push_back(source.path);
        // Where a pipe is kept while it is read, and the disk of a packed box.
        if (source.path == "-" || is_box(source)) rules.writable.push_back(temp_root());
        if (!source.allow_backing) continue;
        // Whoever allows backing files without a word on where has allowed all.
        if (source.backing_directories.empty()) rules.readable.emplace_back("/");
        for (const fs::path& directory : source.backing_directories) {
            rules.readable.push_back(directory);
        }
    }
    for (const fs::path& output : outputs) {
        // A sparse member for a pipe waits in a temporary file.
        rules.writable.push_back(output == "-" ? temp_root() : directory_of(output));
    }
    return rules;
}

void choose_on_call(CLI::App& app, const std::shared_ptr<ImageCommand>& command,
                    ImageCommand::Run run, ImageCommand::Rules rules) {
    app.add_option("--sandbox", command->sandbox,
                   "keep the work in a sandbox: on, off, or auto for where the kernel can")
        ->check(CLI::IsMember({"auto", "on", "off"}))
        ->capture_default_str();
    app.callback(
        [command, run = std::move(run), rules = std::move(rules)] { command->choose(run, rules); });
}

namespace {

std::string format_help() {
    std::string names;
    for (const formats::Format* format : formats::all_formats()) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", format->name);
    }
    return fmt::format(
        "the image's format: {}. Without it the file's magic decides, and its name where it has "
        "none: .raw, .img",
        names);
}

bool is_box(const ImageSourceOptions& source) {
    return source.format == "box" || source.path.extension() == ".box";
}

fs::path directory_of(const fs::path& path) {
    const fs::path directory = path.parent_path();
    return directory.empty() ? fs::path(".") : directory;
}

}  // namespace
}  // namespace kiln
