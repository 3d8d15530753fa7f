#include "post_processor/output_name.h"

#include "engine/late_text.h"

namespace kiln {
namespace fs = std::filesystem;

fs::path render_output_name(const std::string& text, const PrepareContext& prepared,
                            const Setting::Map& fields) {
    Setting::Map all = fields;
    all["BuildName"] = prepared.source_name;
    all["BuilderType"] = prepared.builder_type;
    const std::string name = render_late(text, prepared, all);
    if (name.empty()) throw Error(fmt::format("the output name \"{}\" comes out empty", text));
    return name;
}

void make_parent_directories(const fs::path& file) {
    if (!file.has_parent_path()) return;
    std::error_code failure;
    fs::create_directories(file.parent_path(), failure);
    if (failure) {
        throw Error(fmt::format("Unable to create dir {}", file.parent_path().string()))
            .because(failure.message());
    }
}

void remove_files(const std::vector<fs::path>& files) {
    for (const auto& file : files) {
        std::error_code failure;
        fs::remove_all(file, failure);
        if (failure) {
            throw Error(fmt::format("cannot remove {}", file.string())).because(failure.message());
        }
    }
}

}  // namespace kiln
