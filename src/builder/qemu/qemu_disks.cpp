#include "builder/qemu/qemu_disks.h"

#include "base/process.h"
#include "formats/engine/converter.h"
#include "formats/format.h"
#include "formats/qcow2/qcow2_sink.h"
#include "formats/raw/raw_sink.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

void run_qemu_img(std::vector<std::string> arguments, BuildContext& context);
std::vector<std::string> joined(std::initializer_list<std::vector<std::string>> parts);
std::unique_ptr<formats::Sink> make_sink(const QemuOptions& options, const fs::path& path,
                                         bool compress);

}  // namespace

void QemuDisks::create(const fs::path& output_directory, const fs::path& source,
                       BuildContext& context) {
    files_ = {output_directory / options_.vm.vm_name};
    create_main(source, context);
    for (std::size_t i = 0; i < options_.disk_additional_size.size(); ++i) {
        files_.push_back(output_directory / fmt::format("{}-{}", options_.vm.vm_name, i + 1));
        create_empty(files_.back(), options_.disk_additional_size[i], {}, context);
    }
}

SealedDisks QemuDisks::seal(BuildContext& context) {
    SealedDisks sealed;
    sealed.disks = files_;
    const fs::path& main = files_.front();
    if (!options_.converts_disk()) return sealed;
    context.report.say(options_.disk_compression ? "Compressing the disk..."
                                                 : "Compacting the disk...");
    if (!options_.qemu_img_args.convert.empty()) {
        convert_with_qemu_img(main, context);
    } else {
        formats::OpenOptions open;
        open.format = formats::find_format("qcow2");
        // Only this build's own overlay names a backing file, and kiln itself put the name there.
        open.allow_backing = options_.use_backing_file;
        sealed.digests[main] = convert(main, open, options_.disk_compression, "sealing", context);
    }
    return sealed;
}

void QemuDisks::create_main(const fs::path& source, BuildContext& context) const {
    if (!options_.disk_image) {
        create_empty(files_[0], options_.disk_size, {}, context);
        return;
    }
    if (options_.use_backing_file) {
        create_empty(files_[0], options_.disk_size,
                     {"-b", fs::absolute(source).string(), "-F", "qcow2"}, context);
    } else {
        copy_image(source, context);
    }
    if (!options_.skip_resize_disk) resize_main(context);
}

void QemuDisks::create_empty(const fs::path& file, const std::string& size,
                             const std::vector<std::string>& backing, BuildContext& context) const {
    run_qemu_img(joined({{"create", "-q", "-f", options_.format},
                         backing,
                         options_.qemu_img_args.create,
                         {file.string(), size}}),
                 context);
}

// The source's format is read from its own header, once; what is not known by its header is raw.
void QemuDisks::copy_image(const fs::path& source, BuildContext& context) const {
    context.report.say(fmt::format("Copying {}...", source.string()));
    formats::OpenOptions open;
    open.allow_raw = true;
    convert(source, open, false, "copying", context);
}

void QemuDisks::resize_main(BuildContext& context) const {
    run_qemu_img(joined({{"resize", "-q", "-f", options_.format},
                         options_.qemu_img_args.resize,
                         {files_[0].string(), options_.disk_size}}),
                 context);
}

// Writes the main disk anew from an image (which may be the disk itself) and returns its SHA-256.
std::string QemuDisks::convert(const fs::path& from, const formats::OpenOptions& open,
                               bool compress, std::string_view doing, BuildContext& context) const {
    const auto image = formats::open_source(from, open);
    std::vector<std::unique_ptr<formats::Sink>> sinks;
    sinks.push_back(make_sink(options_, files_[0], compress));
    formats::ConvertOptions convert_options;
    convert_options.cancel = context.cancel;
    convert_options.progress = [&](const ProgressEvent& event) { context.report.progress(event); };
    convert_options.progress_label = fmt::format("{} {}", doing, from.filename().string());
    return formats::convert(*image, sinks, convert_options).outputs.at(0).sha256;
}

void QemuDisks::convert_with_qemu_img(const fs::path& disk, BuildContext& context) const {
    fs::path target = disk;
    target += ".convert";
    run_qemu_img(
        joined({options_.disk_compression ? std::vector<std::string>{"convert", "-c"}
                                          : std::vector<std::string>{"convert"},
                options_.qemu_img_args.convert,
                {"-f", options_.format, "-O", options_.format, disk.string(), target.string()}}),
        context);
    fs::rename(target, disk);
}

namespace {

void run_qemu_img(std::vector<std::string> arguments, BuildContext& context) {
    const ProcessSpec spec{"qemu-img", std::move(arguments), {}, {}, {}, {}};
    const ProcessOutput result = run_process(spec, context.cancel);
    if (result.status.success()) return;
    throw Error(fmt::format("{} failed", to_string(spec)))
        .because(result.err.empty() ? result.status.to_string() : result.err);
}

std::vector<std::string> joined(std::initializer_list<std::vector<std::string>> parts) {
    std::vector<std::string> all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

std::unique_ptr<formats::Sink> make_sink(const QemuOptions& options, const fs::path& path,
                                         bool compress) {
    if (options.format == "raw") return formats::make_raw_sink(path);
    formats::Qcow2SinkOptions qcow2;
    if (compress) qcow2.compression = formats::Qcow2SinkOptions::Compression::Zlib;
    return formats::make_qcow2_sink(path, qcow2);
}

}  // namespace
}  // namespace kiln
