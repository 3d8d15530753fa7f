#include "cli/image/info.h"

#include <ctime>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/size.h"
#include "cli/image/layout.h"
#include "cli/image/text.h"
#include "formats/inspect.h"

namespace kiln {

namespace {

// What lies on the disk, or why that cannot be said.
struct Layout {
    std::optional<formats::LayoutNode> disk;
    std::string error;
};

Layout layout_of(const ImageInfoOptions& options, const formats::ImageInfo& info,
                 const CancelToken& cancel);
nlohmann::ordered_json to_json(const ImageInfoOptions& options, const formats::ImageInfo& info);
std::string to_text(const ImageInfoOptions& options, const formats::ImageInfo& info);
std::string size_text(std::uint64_t bytes);
std::string utc(std::int64_t unix_seconds);

}  // namespace

int image_info(const ImageInfoOptions& options, const ImageContext& context) {
    const formats::ImageInfo info =
        formats::inspect_image(options.source.path, open_options(options.source), context.cancel);
    const Layout layout = layout_of(options, info, context.cancel);
    if (options.json) {
        nlohmann::ordered_json json = to_json(options, info);
        if (layout.disk) json["layout"] = layout_json(*layout.disk);
        if (!layout.error.empty()) json["layout_error"] = layout.error;
        context.out << json_text(json);
        return 0;
    }
    context.out << to_text(options, info);
    if (layout.disk) context.out << layout_text(*layout.disk);
    if (!layout.error.empty()) {
        context.out << fmt::format("  layout unknown: {}\n", printable(layout.error));
    }
    return 0;
}

void add_image_info(CLI::App& app, const std::shared_ptr<ImageCommand>& command) {
    auto options = std::make_shared<ImageInfoOptions>();
    CLI::App* info = app.add_subcommand("info", "Show what an image is and holds");
    info->add_option("image", options->source.path)->required();
    add_source_flags(*info, options->source);
    add_json_flag(*info, options->json);
    choose_on_call(
        *info, command,
        [options](const ImageContext& context) { return image_info(*options, context); },
        [options] { return image_rules({options->source}); });
}

namespace {

Layout layout_of(const ImageInfoOptions& options, const formats::ImageInfo& info,
                 const CancelToken& cancel) try {
    if (!info.source.backing_name.empty() && !options.source.allow_backing) {
        return {{}, "what is not in this image stands in its backing file (--allow-backing)"};
    }
    const auto source = open_image(options.source, cancel);
    if (source->sequential()) return {{}, "the disk is packed; convert it to look into it"};
    if (source->virtual_size() == 0) return {};
    return {formats::read_layout(*source), ""};
} catch (const Error& error) {
    return {{}, describe(error)};
}

nlohmann::ordered_json to_json(const ImageInfoOptions& options, const formats::ImageInfo& info) {
    const formats::SourceInfo& source = info.source;
    nlohmann::ordered_json json = {{"path", options.source.path.string()},
                                   {"format", source.format},
                                   {"virtual_size", source.virtual_size},
                                   {"file_size", info.file_size},
                                   {"allocated", info.allocated},
                                   {"data", info.data_bytes},
                                   {"zero", info.zero_bytes},
                                   {"hole", info.hole_bytes}};
    if (source.cluster_size != 0) json["cluster_size"] = source.cluster_size;
    if (!source.compression.empty()) json["compression"] = source.compression;
    if (!source.backing_name.empty()) {
        json["backing"] = {{"name", source.backing_name}, {"format", source.backing_format}};
    }
    json["features"] = source.features;
    json["snapshots"] = nlohmann::ordered_json::array();
    for (const formats::SnapshotInfo& snapshot : source.snapshots) {
        json["snapshots"].push_back({{"id", snapshot.id},
                                     {"name", snapshot.name},
                                     {"virtual_size", snapshot.virtual_size},
                                     {"vm_state_size", snapshot.vm_state_size},
                                     {"time", utc(snapshot.unix_seconds)}});
    }
    json["details"] = nlohmann::ordered_json::array();
    for (const auto& [name, value] : source.details) {
        json["details"].push_back({{"name", name}, {"value", value}});
    }
    return json;
}

std::string to_text(const ImageInfoOptions& options, const formats::ImageInfo& info) {
    const formats::SourceInfo& source = info.source;
    std::vector<std::pair<std::string, std::string>> lines = {
        {"format", source.format},
        {"virtual size", size_text(source.virtual_size)},
        {"file size", size_text(info.file_size)},
        {"on disk", size_text(info.allocated)},
        {"data", size_text(info.data_bytes)},
        {"zeros", size_text(info.zero_bytes)},
        {"holes", size_text(info.hole_bytes)},
    };
    if (source.cluster_size != 0) {
        lines.emplace_back("cluster size", size_text(source.cluster_size));
    }
    if (!source.compression.empty()) lines.emplace_back("compression", source.compression);
    if (!source.backing_name.empty()) {
        lines.emplace_back(
            "backing", source.backing_format.empty()
                           ? source.backing_name
                           : fmt::format("{} ({})", source.backing_name, source.backing_format));
    }
    for (const std::string& feature : source.features) lines.emplace_back("feature", feature);
    lines.insert(lines.end(), source.details.begin(), source.details.end());
    for (const formats::SnapshotInfo& snapshot : source.snapshots) {
        lines.emplace_back("snapshot", fmt::format("{} \"{}\", {}, {}", snapshot.id, snapshot.name,
                                                   format_size(snapshot.virtual_size),
                                                   utc(snapshot.unix_seconds)));
    }
    std::size_t width = 0;
    for (const auto& [label, value] : lines) width = std::max(width, label.size());
    std::string text = fmt::format("{}\n", options.source.path.string());
    for (const auto& [label, value] : lines) {
        text += fmt::format("  {:<{}}  {}\n", label, width, printable(value));
    }
    return text;
}

std::string size_text(std::uint64_t bytes) {
    return fmt::format("{} ({} bytes)", format_size(bytes), bytes);
}

std::string utc(std::int64_t unix_seconds) {
    const std::time_t time = unix_seconds;
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    const std::size_t length =
        std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), length};
}

}  // namespace
}  // namespace kiln
