#include "cli/image/compare.h"

#include <nlohmann/json.hpp>

#include "formats/inspect.h"

namespace kiln {

int image_compare(const ImageCompareOptions& options, const ImageContext& context) {
    const auto first = formats::open_source(options.first.path, open_options(options.first));
    const auto second = formats::open_source(options.second.path, open_options(options.second));
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

}  // namespace kiln
