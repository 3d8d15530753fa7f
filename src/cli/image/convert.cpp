#include "cli/image/convert.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/size.h"
#include "cli/image/hash.h"
#include "cli/image/text.h"
#include "formats/engine/converter.h"
#include "formats/volume/thin_source.h"

namespace kiln {

namespace {

const formats::Format& format_of(const ImageTarget& target);
void add_options(const std::string& text, std::map<std::string, std::string>& options);
std::string convert_footer();
SandboxRules convert_rules(const ImageConvertOptions& options);
void take_output(ImageConvertOptions& options, const std::string& text);
void refuse_same_outputs(const std::vector<ImageTarget>& targets);
std::string to_text(const formats::ConvertResult& result);
std::string to_text(const formats::ThinReport& report);
nlohmann::ordered_json to_json(const formats::ThinReport& report);
nlohmann::ordered_json to_json(const formats::ConvertResult& result);

}  // namespace

int image_convert(const ImageConvertOptions& options, const ImageContext& context) {
    const std::optional<formats::Speed> speed = formats::speed_from_name(options.speed);
    if (!speed) {
        throw Error(fmt::format("the speed {} is not known", options.speed))
            .with_hint("Speeds are fast, balanced and small.");
    }
    const std::vector<DigestType> digests = digest_types(options.digests);
    std::vector<std::unique_ptr<formats::Sink>> sinks;
    bool to_pipe = false;
    for (const ImageTarget& target : options.targets) {
        formats::OutputSpec spec = output_spec(target);
        spec.speed = *speed;
        spec.sha256 = options.sha256;
        spec.digests = digests;
        to_pipe = to_pipe || target.path == "-";
        sinks.push_back(formats::make_sink(spec));
    }
    const auto source = open_image(options.source, context.cancel);

    formats::ConvertOptions work;
    work.threads = options.threads;
    work.cancel = context.cancel;
    work.check_space = options.check_space;
    work.sync = options.sync ? Sync::Yes : Sync::No;
    work.progress_label = fmt::format("converting {}", options.source.path.filename().string());
    if (!to_pipe) {
        work.progress = [&](const ProgressEvent& event) { context.events.emit(event); };
    }
    const auto thin = options.thin ? formats::make_thin_source(*source, context.cancel) : nullptr;
    const formats::ConvertResult result = formats::convert(thin ? *thin : *source, sinks, work);
    if (to_pipe) return 0;
    if (options.json) {
        nlohmann::ordered_json json = to_json(result);
        if (thin) json["thin"] = to_json(thin->report());
        context.out << json_text(json);
    } else {
        context.out << (thin ? to_text(thin->report()) : "") + to_text(result);
    }
    return 0;
}

formats::OutputSpec output_spec(const ImageTarget& target) {
    formats::OutputSpec spec;
    spec.path = target.path;
    for (const std::string& text : target.options) add_options(text, spec.options);
    ImageTarget named = target;
    if (const auto format = spec.options.extract("format"); !format.empty()) {
        named.format = format.mapped();
    }
    spec.format = &format_of(named);
    return spec;
}

void add_image_convert(CLI::App& app, const std::shared_ptr<ImageCommand>& command) {
    auto options = std::make_shared<ImageConvertOptions>();
    CLI::App* convert = app.add_subcommand(
        "convert", "Write an image in other formats: one read, any number of outputs");
    convert->footer(convert_footer());
    convert->add_option("source", options->source.path, "an image; - for standard input")
        ->required();
    auto target = std::make_shared<std::string>();
    auto target_format = std::make_shared<std::string>();
    auto outputs = std::make_shared<std::vector<std::string>>();
    convert->add_option("target", *target, "the file to write; - for standard output");
    add_source_flags(*convert, options->source);
    convert->add_option("-O,--to", *target_format, "the format of TARGET (else from its name)");
    convert->add_option("-o,--output", *outputs, "a format's options (key=value,...) or a file")
        ->allow_extra_args(false);
    convert->add_option("--speed", options->speed, "compression: fast, balanced or small")
        ->capture_default_str();
    add_threads_flag(*convert, options->threads);
    convert->add_flag(
        "--thin", options->thin,
        "leave out what the file systems on the disk do not use (deleted files); what "
        "is not clean or not known stays whole, and is named");
    convert->add_flag("--sha256,!--no-sha256", options->sha256,
                      "compute and print each output's SHA-256 (the default)");
    convert
        ->add_option("--digest", options->digests,
                     "a further digest of each output: md5, sha1, sha224, sha384 or sha512 (may be "
                     "repeated)")
        ->allow_extra_args(false);
    convert->add_flag("!--no-space-check", options->check_space,
                      "do not compare the expected size with the free space first");
    convert->add_flag(
        "!--no-sync", options->sync,
        "do not wait until the outputs are on the disk: faster, as qemu-img does, and a "
        "crash of the machine may leave them damaged");
    add_json_flag(*convert, options->json);
    // The words of the command line belong together only once all of them are read.
    const auto gather = [options, target, target_format, outputs] {
        if (!options->targets.empty()) return;
        if (!target->empty()) options->targets.push_back({*target, *target_format, {}});
        for (const std::string& text : *outputs) take_output(*options, text);
        if (options->targets.empty())
            throw Error("no output is named").with_hint("Name a file, or several with -o.");
        refuse_same_outputs(options->targets);
    };
    choose_on_call(
        *convert, command,
        [options, gather](const ImageContext& context) {
            gather();
            return image_convert(*options, context);
        },
        [options, gather] {
            gather();
            return convert_rules(*options);
        });
}

namespace {

const formats::Format& format_of(const ImageTarget& target) {
    if (!target.format.empty()) return formats::format_named(target.format);
    if (const auto* format = formats::format_of_file_name(target.path.filename().string())) {
        return *format;
    }
    throw Error(fmt::format("the name {} does not tell the format to write", target.path.string()))
        .with_hint("Give it with -O FORMAT: qcow2, vmdk, ova, raw and so on.");
}

void add_options(const std::string& text, std::map<std::string, std::string>& options) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const std::string_view item = rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        const std::size_t equals = item.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            throw Error(fmt::format("\"{}\" is not an option of the form key=value", item));
        }
        const std::string key(item.substr(0, equals));
        if (!options.emplace(key, item.substr(equals + 1)).second) {
            throw Error(fmt::format("the option {} is given twice", key));
        }
    }
}

std::string convert_footer() {
    std::string text =
        "Several outputs: -o a.ova -o b.qcow2 -o compression_type=zstd. An -o with key=value\n"
        "belongs to the output before it, or to TARGET. format= gives an output's format where\n"
        "its name does not.\n\nFormats that can be written, with their options:\n";
    for (const formats::Format* format : formats::all_formats()) {
        if (format->make_sink == nullptr) continue;
        text += fmt::format("  {} ({})\n", format->name, format->title);
        std::string_view rest = format->options;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            text += fmt::format("      {}\n", rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return text;
}

SandboxRules convert_rules(const ImageConvertOptions& options) {
    std::vector<std::filesystem::path> outputs;
    for (const ImageTarget& target : options.targets) outputs.push_back(target.path);
    return image_rules({options.source}, outputs);
}

void take_output(ImageConvertOptions& options, const std::string& text) {
    const std::size_t equals = text.find('=');
    const bool is_option = equals != std::string::npos && equals < text.find('/');
    if (!is_option) {
        options.targets.push_back({text, "", {}});
        return;
    }
    if (options.targets.empty()) {
        throw Error(fmt::format("there is no output before -o {} that it could belong to", text));
    }
    options.targets.back().options.push_back(text);
}

// One would replace the other.
void refuse_same_outputs(const std::vector<ImageTarget>& targets) {
    std::set<std::filesystem::path> seen;
    for (const ImageTarget& target : targets) {
        if (seen.insert(std::filesystem::weakly_canonical(target.path)).second) continue;
        throw Error(fmt::format("the output {} is named twice", target.path.string()))
            .with_hint("Give each output a name of its own.");
    }
}

std::string to_text(const formats::ConvertResult& result) {
    std::string text;
    for (const formats::OutputResult& output : result.outputs) {
        text += fmt::format("{}: {}, {} ({} bytes)\n", output.path, output.format,
                            format_size(output.file_size), output.file_size);
        if (!output.sha256.empty()) text += fmt::format("  sha256 {}\n", output.sha256);
        for (const formats::FileDigest& digest : output.digests) {
            text += fmt::format("  {} {}\n", digest_name(digest.type), digest.hex);
        }
        for (const formats::OutputMember& member : output.members) {
            text += fmt::format("  {} ({} bytes)\n", member.name, member.size);
            if (!member.sha256.empty()) text += fmt::format("    sha256 {}\n", member.sha256);
            for (const formats::FileDigest& digest : member.digests) {
                text += fmt::format("    {} {}\n", digest_name(digest.type), digest.hex);
            }
        }
    }
    return text;
}

std::string to_text(const formats::ThinReport& report) {
    std::string text;
    for (const formats::ThinReport::Part& part : report.parts) {
        const std::string what =
            part.content.empty() ? part.what : fmt::format("{} ({})", part.what, part.content);
        text += part.skipped.empty()
                    ? fmt::format("{}: left out {} of {} that nothing uses\n", printable(what),
                                  format_size(part.dropped), format_size(part.size))
                    : fmt::format("{}: kept whole: {}\n", printable(what), printable(part.skipped));
    }
    if (report.shortest != 0) {
        text += fmt::format("Free stretches below {} were kept: there are too many.\n",
                            format_size(report.shortest));
    }
    return text;
}

nlohmann::ordered_json to_json(const formats::ThinReport& report) {
    nlohmann::ordered_json json = {{"dropped", report.dropped},
                                   {"shortest", report.shortest},
                                   {"parts", nlohmann::ordered_json::array()}};
    for (const formats::ThinReport::Part& part : report.parts) {
        json["parts"].push_back({{"what", part.what},
                                 {"content", part.content},
                                 {"size", part.size},
                                 {"dropped", part.dropped},
                                 {"skipped", part.skipped}});
    }
    return json;
}

nlohmann::ordered_json to_json(const formats::ConvertResult& result) {
    nlohmann::ordered_json json = {{"virtual_size", result.virtual_size},
                                   {"data", result.data_bytes},
                                   {"outputs", nlohmann::ordered_json::array()}};
    for (const formats::OutputResult& output : result.outputs) {
        nlohmann::ordered_json item = {
            {"path", output.path}, {"format", output.format}, {"file_size", output.file_size}};
        if (!output.sha256.empty()) item["sha256"] = output.sha256;
        for (const formats::FileDigest& digest : output.digests) {
            item[std::string(digest_name(digest.type))] = digest.hex;
        }
        for (const formats::OutputMember& member : output.members) {
            nlohmann::ordered_json part = {{"name", member.name}, {"size", member.size}};
            if (!member.sha256.empty()) part["sha256"] = member.sha256;
            for (const formats::FileDigest& digest : member.digests) {
                part[std::string(digest_name(digest.type))] = digest.hex;
            }
            item["members"].push_back(std::move(part));
        }
        json["outputs"].push_back(std::move(item));
    }
    return json;
}

}  // namespace
}  // namespace kiln
