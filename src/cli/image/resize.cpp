#include "cli/image/resize.h"

#include <cerrno>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/size.h"
#include "formats/bytes/bytes.h"
#include "formats/core/resized_source.h"
#include "formats/engine/converter.h"
#include "formats/outputs.h"

namespace kiln {

namespace {

constexpr std::uint64_t kSector = 512;

void check_rewrite(const ImageResizeOptions& options, const formats::SourceInfo& info);
void resize_raw(const std::filesystem::path& path, std::uint64_t size);
void rewrite(const ImageResizeOptions& options, const formats::Source& source,
             const formats::SourceInfo& info, std::uint64_t size, const ImageContext& context);

}  // namespace

int image_resize(const ImageResizeOptions& options, const ImageContext& context) {
    const auto source = open_image(options.source, context.cancel);
    const formats::SourceInfo info = source->info();
    const std::uint64_t current = source->virtual_size();
    const std::uint64_t size = resized(options.size, current);
    const std::string name = options.source.path.string();
    if (size < current && !options.shrink) {
        throw Error(fmt::format("{} would lose its last {}", name, format_size(current - size)))
            .with_hint("Shrink the file systems in it first; then say --shrink.");
    }
    if (size == current) {
        context.out << fmt::format("{} has {} bytes already.\n", name, size);
        return 0;
    }
    if (info.format == "raw") {
        resize_raw(options.source.path, size);
    } else {
        check_rewrite(options, info);
        rewrite(options, *source, info, size, context);
    }
    context.out << fmt::format("{}: {} ({} bytes), was {} ({} bytes)\n", name, format_size(size),
                               size, format_size(current), current);
    return 0;
}

std::uint64_t resized(const std::string& text, std::uint64_t current) {
    const bool relative = text.starts_with('+') || text.starts_with('-');
    const auto amount = parse_size(std::string_view(text).substr(relative ? 1 : 0));
    if (!amount) {
        throw Error(fmt::format("\"{}\" is no size", text))
            .with_hint("Sizes are 21474836480, 20G, 512M, or relative: +5G, -1G.");
    }
    std::uint64_t size = *amount;
    if (text.starts_with('+')) size = current + *amount;
    if (text.starts_with('-')) size = current - *amount;
    constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
    const bool out_of_range = (text.starts_with('-') && *amount > current) || size > kMost ||
                              (text.starts_with('+') && *amount > kMost);
    if (out_of_range) {
        throw Error(fmt::format("{} cannot be the size of a disk of {} bytes", text, current));
    }
    return formats::round_up(size, kSector);
}

void add_image_resize(CLI::App& app, const std::shared_ptr<ImageCommand>& command) {
    auto options = std::make_shared<ImageResizeOptions>();
    CLI::App* resize = app.add_subcommand("resize", "Give a disk another size");
    resize->footer(
        "A raw image is changed in place. Other images are written anew, with the options they\n"
        "have, and replaced in one step. Put -- before a negative size: resize IMAGE -- -1G");
    resize->add_option("image", options->source.path)->required();
    resize->add_option("size", options->size, "20G, or relative to its size: +5G, -1G")->required();
    resize->add_flag("--shrink", options->shrink, "allow a smaller size: what lies behind is lost");
    add_source_flags(*resize, options->source);
    add_threads_flag(*resize, options->threads);
    choose_on_call(
        *resize, command,
        [options](const ImageContext& context) { return image_resize(*options, context); },
        [options] { return image_rules({options->source}, {options->source.path}); });
}

namespace {

void check_rewrite(const ImageResizeOptions& options, const formats::SourceInfo& info) {
    const std::string name = options.source.path.string();
    const auto refuse = [&](const std::string& why) {
        throw Error(fmt::format("{} cannot be resized", name))
            .because(why)
            .with_hint("Convert it to an image that stands alone, and resize that one.");
    };
    if (info.writer_options.empty()) {
        refuse(fmt::format("kiln does not write images of its kind ({})", info.format));
    }
    if (!info.snapshots.empty()) refuse("its snapshots would be lost");
    if (!info.backing_name.empty()) refuse("it would no longer share what its backing file holds");
}

void resize_raw(const std::filesystem::path& path, std::uint64_t size) {
    const UniqueFd fd = open_file(path, O_RDWR);
    if (ftruncate(fd.get(), static_cast<off_t>(size)) != 0) {
        throw system_error(fmt::format("cannot resize {}", path.string()), errno);
    }
    if (fsync(fd.get()) != 0) {
        throw system_error(fmt::format("cannot sync {}", path.string()), errno);
    }
}

void rewrite(const ImageResizeOptions& options, const formats::Source& source,
             const formats::SourceInfo& info, std::uint64_t size, const ImageContext& context) {
    formats::OutputSpec spec;
    spec.path = options.source.path;
    spec.format = &formats::format_named(info.format);
    spec.options = info.writer_options;
    spec.sha256 = false;
    std::vector<std::unique_ptr<formats::Sink>> sinks;
    sinks.push_back(formats::make_sink(spec));

    formats::ConvertOptions work;
    work.threads = options.threads;
    work.cancel = context.cancel;
    work.progress_label = fmt::format("resizing {}", options.source.path.filename().string());
    work.progress = [&](const ProgressEvent& event) { context.events.emit(event); };
    formats::convert(*formats::make_resized_source(source, size), sinks, work);
}

}  // namespace
}  // namespace kiln
