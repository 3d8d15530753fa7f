#include "cli/image/compare.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "formats/inspect.h"

namespace kiln {

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
        if (!result.identical) json["first_difference"] = result.first_difference;
        context.out << json.dump(2) << '\n';
        return result.identical ? 0 : 1;
    }
    if (!result.same_size) {
        context.out << fmt::format("The disks have {} and {} bytes.\n", first->virtual_size(),
                                   second->virtual_size());
    }
    context.out << (result.identical ? "The disks are identical.\n"
                                     : fmt::format("The disks differ first at offset {}.\n",
                                                   result.first_difference));
    return result.identical ? 0 : 1;
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

}  // namespace kiln
