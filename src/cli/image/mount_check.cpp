#include "cli/image/mount_check.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/image/text.h"
#include "formats/volume/mount_check.h"

namespace kiln {

namespace {

nlohmann::ordered_json to_json(const formats::MountReport& report);
std::string to_text(const formats::MountReport& report);

}  // namespace

int image_mount_check(const ImageMountCheckOptions& options, const ImageContext& context) {
    const auto source = open_image(options.source, context.cancel);
    const formats::MountReport report = formats::check_mounts(*source, context.cancel);
    context.out << (options.json ? json_text(to_json(report)) : to_text(report));
    return report.mountable() ? 0 : 1;
}

void add_image_mount_check(CLI::App& app, const std::shared_ptr<ImageCommand>& command) {
    auto options = std::make_shared<ImageMountCheckOptions>();
    CLI::App* check = app.add_subcommand(
        "mount-check", "Look whether a guest could mount its file systems, without mounting them");
    check->footer(
        "Looks at the state of each file system, and whether what the fstab on the disk names by\n"
        "UUID, label or logical volume is there. Exit code: 0 when all would mount, else 1.");
    check->add_option("image", options->source.path)->required();
    add_source_flags(*check, options->source);
    add_json_flag(*check, options->json);
    choose_on_call(
        *check, command,
        [options](const ImageContext& context) { return image_mount_check(*options, context); },
        [options] { return image_rules({options->source}); });
}

namespace {

nlohmann::ordered_json to_json(const formats::MountReport& report) {
    nlohmann::ordered_json json = {{"mountable", report.mountable()},
                                   {"parts", nlohmann::ordered_json::array()},
                                   {"problems", report.problems},
                                   {"notes", report.notes}};
    for (const formats::MountReport::Part& part : report.parts) {
        json["parts"].push_back({{"what", part.what},
                                 {"type", part.type},
                                 {"label", part.label},
                                 {"uuid", part.uuid},
                                 {"os", part.os},
                                 {"examined", part.examined},
                                 {"problem", part.problem}});
    }
    return json;
}

std::string to_text(const formats::MountReport& report) {
    std::string text;
    for (const formats::MountReport::Part& part : report.parts) {
        text += fmt::format("{}: {}", printable(part.what), printable(part.type));
        if (!part.label.empty()) text += fmt::format(" \"{}\"", printable(part.label));
        if (!part.os.empty()) text += fmt::format(", {}", printable(part.os));
        if (!part.problem.empty()) {
            text += fmt::format(": {}", printable(part.problem));
        } else if (part.examined) {
            text += ": clean";
        }
        text += "\n";
    }
    if (report.parts.empty()) text += "No file system is on the disk that kiln knows.\n";
    for (const std::string& problem : report.problems) text += printable(problem) + "\n";
    for (const std::string& note : report.notes) text += "Note: " + printable(note) + "\n";
    return text;
}

}  // namespace
}  // namespace kiln
