#include "cli/image/compare.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/image/text.h"
#include "formats/inspect.h"
#include "formats/volume/layout.h"

namespace kiln {

namespace {

std::string owner_of(const formats::Source& first, const formats::Source& second,
                     std::uint64_t offset);

}  // namespace

int image_compare(const ImageCompareOptions& options, const ImageContext& context) {
    const auto first = open_image(options.first, context.cancel);
    const auto second = open_image(options.second, context.cancel);
    formats::ConvertOptions work;
    work.threads = options.threads;
    work.cancel = context.cancel;
    const formats::CompareResult result = formats::compare_images(*first, *second, work);
    if (options.json) {
        nlohmann::ordered_json json = {{"identical", result.identical},
                                       {"same_size", result.same_size}};
        if (!result.identical) {
            json["first_difference"] = result.first_difference;
            json["belongs_to"] = owner_of(*first, *second, result.first_difference);
        }
        context.out << json_text(json);
        return result.identical ? 0 : 1;
    }
    if (!result.same_size) {
        context.out << fmt::format("The disks have {} and {} bytes.\n", first->virtual_size(),
                                   second->virtual_size());
    }
    if (result.identical) {
        context.out << "The disks are identical.\n";
        return 0;
    }
    const std::string owner = owner_of(*first, *second, result.first_difference);
    context.out << fmt::format("The disks differ first at offset {}{}.\n", result.first_difference,
                               owner.empty() ? "" : fmt::format(" ({})", printable(owner)));
    return 1;
}

void add_image_compare(CLI::App& app, const std::shared_ptr<ImageCommand>& command) {
    auto options = std::make_shared<ImageCompareOptions>();
    CLI::App* compare = app.add_subcommand("compare", "Compare what guests see of two images");
    compare->footer(
        "Exit code: 0 for identical disks, 1 when they differ or for any error (which says so).");
    compare->add_option("first", options->first.path)->required();
    compare->add_option("second", options->second.path)->required();
    add_source_flags(*compare, options->first);
    compare->add_option("-F,--second-from", options->second.format, "the second image's format");
    compare->add_option("--second-disk", options->second.disk, "the second image's disk");
    add_threads_flag(*compare, options->threads);
    add_json_flag(*compare, options->json);
    const auto second = [](ImageCompareOptions& both) {
        both.second.allow_backing = both.first.allow_backing;
        both.second.backing_directories = both.first.backing_directories;
    };
    choose_on_call(
        *compare, command,
        [options, second](const ImageContext& context) {
            second(*options);
            return image_compare(*options, context);
        },
        [options, second] {
            second(*options);
            return image_rules({options->first, options->second});
        });
}

namespace {

// By the first disk that can tell: one of them may be damaged just there, or a stream.
std::string owner_of(const formats::Source& first, const formats::Source& second,
                     std::uint64_t offset) {
    for (const formats::Source* disk : {&first, &second}) {
        if (disk->sequential() || offset >= disk->virtual_size()) continue;
        try {
            return formats::describe_offset(*disk, formats::read_layout(*disk), offset);
        } catch (const Error&) {
            continue;  // it was only to help
        }
    }
    return "";
}

}  // namespace
}  // namespace kiln
