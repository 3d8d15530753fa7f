#include "post_processor/compress.h"

#include <algorithm>
#include <array>
#include <thread>

#include <fmt/ranges.h>

#include "engine/late_text.h"
#include "post_processor/archive_writer.h"
#include "post_processor/bgzf_writer.h"
#include "post_processor/gzip_writer.h"
#include "post_processor/input_file.h"
#include "post_processor/output_name.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

struct Job {
    CompressionTarget target;
    fs::path output;
    const std::vector<fs::path>& inputs;
    int level;
    unsigned threads;
};

void announce(const Job& job, const Reporter& report);
void refuse_unusable(const Job& job);
void write_compressed(const Job& job, const BuildContext& context, FileWriter& file);
void write_archive(const Job& job, const BuildContext& context, ByteWriter& next);
void write_single(const Job& job, const BuildContext& context, ByteWriter& next);
std::vector<std::string> names_of(const std::vector<fs::path>& files);
unsigned threads_for(Compression compression, int level);

}  // namespace

Schema<CompressOptions> compress_schema() {
    using O = CompressOptions;
    return Schema<O>("compress",
                     "Packs the files into one archive or compressed file. Unless "
                     "keep_input_artifact is true, the files are deleted afterwards.")
        .option("output", &O::output,
                "Path of the result; `{{.BuildName}}` and `{{.BuilderType}}` may stand in it. Its "
                "extension chooses: .zip, .tar, .gz, .lz4, .bgzf, .xz, .bzip2, the last five also "
                "behind .tar. Any other makes a gzip-compressed tar archive. Only an archive can "
                "hold several files.")
        .rendered_late()
        .option("format", &O::format,
                "Chooses like an extension of the output, such as `tar.gz`, without being added to "
                "its name.")
        .option("compression_level", &O::compression_level,
                "From 1 (fast) to 9 (small); 0 leaves it to the algorithm.");
}

void CompressPostProcessor::complete(CompressOptions& options, const PrepareContext&,
                                     Problems& problems) {
    check_late_text("output", options.output, problems);
    const CompressionTarget target = detect_compression(options.output, options.format);
    constexpr std::array<std::string_view, 5> others = {"bz2", "zst", "zstd", "7z", "lzma"};
    if (std::find(others.begin(), others.end(), target.unknown_extension) != others.end()) {
        problems.warning(options.format.empty() ? "output" : "format",
                         fmt::format("compress does not know .{}; it will write a tar archive "
                                     "compressed with gzip.",
                                     target.unknown_extension));
    }
}

PostProcessed CompressPostProcessor::process(BuildContext& context, const ArtifactPtr& input) {
    const CompressionTarget target = detect_compression(options().output, options().format);
    const int level =
        options().compression_level <= 0 ? -1 : std::min(options().compression_level, 9);
    const Job job{target, render_output_name(options().output, prepared()), input->files, level,
                  threads_for(target.compression, level)};
    refuse_unusable(job);
    make_parent_directories(job.output);
    announce(job, context.report);
    FileWriter file(job.output);
    write_compressed(job, context, file);
    context.cancel.throw_if_cancelled();
    file.commit();
    context.report.say(fmt::format("Archive {} completed", job.output.string()));

    auto result = std::make_shared<Artifact>();
    result->builder_id = "packer.post-processor.compress";
    result->description = fmt::format("compressed artifacts in: {}", job.output.string());
    result->files = {job.output};
    result->digests[job.output] = file.sha256_hex();
    result->generated_data = input->generated_data;
    result->destroy = [output = job.output] { remove_files({output}); };
    return {result, false, false};
}

namespace {

void refuse_unusable(const Job& job) {
    if (job.target.archive == Archive::None && job.inputs.size() != 1) {
        throw Error(
            fmt::format("Can only have 1 input file when not using tar/zip. Found {} files: [{}]",
                        job.inputs.size(), fmt::join(names_of(job.inputs), " ")))
            .with_hint("Give the output an extension like .tar.gz or .zip.");
    }
    for (const auto& file : job.inputs) {
        std::error_code ignored;
        if (!fs::equivalent(file, job.output, ignored)) continue;
        throw Error(fmt::format("cannot compress {} into itself", file.string()))
            .with_hint("Choose another `output`.");
    }
}

void announce(const Job& job, const Reporter& report) {
    const std::string_view name = compression_name(job.target.compression);
    const std::string output = job.output.string();
    const Compression compression = job.target.compression;
    if (compression == Compression::Lz4 || compression == Compression::Bzip2) {
        report.say(fmt::format(
            "Using {} compression with 1 core for {} (library does not support MT)", name, output));
    } else if (compression != Compression::None) {
        report.say(
            fmt::format("Using {} compression with {} cores for {}", name, job.threads, output));
    }
    switch (job.target.archive) {
        case Archive::Tar:
            return report.say(fmt::format("Tarring {} with {}", output, name));
        case Archive::Zip:
            return report.say(fmt::format("Zipping {}", output));
        case Archive::None:
            return report.say(fmt::format("Archiving {} with {}", job.inputs[0].string(), name));
    }
}

void write_compressed(const Job& job, const BuildContext& context, FileWriter& file) {
    const auto write_into = [&](ByteWriter& next) {
        if (job.target.archive == Archive::None)
            write_single(job, context, next);
        else
            write_archive(job, context, next);
    };
    if (job.target.compression == Compression::Gzip) {
        GzipWriter gzip(file, job.level, job.threads);
        write_into(gzip);
    } else if (job.target.compression == Compression::Bgzf) {
        BgzfWriter bgzf(file, job.level, job.threads);
        write_into(bgzf);
    } else if (job.target.compression != Compression::None) {
        FilterWriter filter(file, job.target.compression, job.level, job.threads);
        write_into(filter);
    } else {
        write_into(file);
    }
}

void write_archive(const Job& job, const BuildContext& context, ByteWriter& next) {
    ArchiveWriter archive(next, {job.target.archive, Compression::None, {}}, job.level, 1);
    for (const auto& path : job.inputs) {
        InputFile input(path, context, "compressing");
        archive.begin_file(
            job.target.archive == Archive::Tar ? path.filename().string() : path.generic_string(),
            input.status());
        input.read([&](std::string_view bytes) { archive.write(bytes); });
    }
    archive.finish();
}

void write_single(const Job& job, const BuildContext& context, ByteWriter& next) {
    InputFile input(job.inputs[0], context, "compressing");
    input.read([&](std::string_view bytes) { next.write(bytes); });
    next.finish();
}

std::vector<std::string> names_of(const std::vector<fs::path>& files) {
    std::vector<std::string> names;
    for (const auto& file : files) names.push_back(file.string());
    return names;
}

// One where the library has no threads. xz takes up to 1.2 GiB for each at its highest levels.
unsigned threads_for(Compression compression, int level) {
    const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
    switch (compression) {
        case Compression::Gzip:
        case Compression::Bgzf:
            return cores;
        case Compression::Xz:
            return std::min(cores, level > 7 ? 2U : 8U);
        case Compression::None:
        case Compression::Lz4:
        case Compression::Bzip2:
            break;
    }
    return 1;
}

}  // namespace
}  // namespace kiln
