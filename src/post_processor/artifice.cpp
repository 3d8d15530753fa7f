#include "post_processor/artifice.h"

#include <algorithm>

#include <fmt/ranges.h>
#include <glob.h>

#include "post_processor/output_name.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

std::string listed(const std::vector<fs::path>& files);

}  // namespace

Schema<ArtificeOptions> artifice_schema() {
    return Schema<ArtificeOptions>(
               "artifice",
               "Takes files that other steps made as the artifact, in place of the builder's. "
               "The builder's files stay unless keep_input_artifact is false.")
        .option("files", &ArtificeOptions::files,
                "Paths or patterns (`*`, `?`, `[a-c]`) of the files. A pattern that matches "
                "nothing adds nothing.")
        .required()
        .check([](const ArtificeOptions& options, Problems& problems) {
            if (options.files.empty()) {
                problems.error("files", "No files specified in artifice configuration");
            }
        });
}

PostProcessed ArtificePostProcessor::process(BuildContext& context, const ArtifactPtr& input) {
    if (!input->files.empty()) {
        context.report.say(fmt::format("Discarding files from artifact: {}", listed(input->files)));
    }
    auto result = std::make_shared<Artifact>();
    for (const auto& pattern : options().files) {
        const auto matches = match_files(pattern);
        if (matches.empty()) {
            context.report.error(fmt::format("No file matches {}", pattern));
        }
        result->files.insert(result->files.end(), matches.begin(), matches.end());
    }
    context.report.say(fmt::format("Using these artifact files: {}", listed(result->files)));
    result->builder_id = "packer.post-processor.artifice";
    result->description = fmt::format("Created artifact from files: {}", listed(result->files));
    result->generated_data = input->generated_data;
    result->destroy = [files = result->files] { remove_files(files); };
    return {result, true, false};
}

std::vector<fs::path> match_files(const std::string& pattern) {
    glob_t found{};
    const int result = glob(pattern.c_str(), GLOB_PERIOD | GLOB_NOSORT, nullptr, &found);
    std::vector<fs::path> files;
    for (std::size_t i = 0; result == 0 && i < found.gl_pathc; ++i) {
        const fs::path file = found.gl_pathv[i];
        if (file.filename() != "." && file.filename() != "..") files.push_back(file);
    }
    globfree(&found);
    if (result != 0 && result != GLOB_NOMATCH) {
        throw Error(fmt::format("cannot look for files that match {}", pattern))
            .because(result == GLOB_NOSPACE ? "no memory for it" : "a directory cannot be read");
    }
    std::sort(files.begin(), files.end());
    return files;
}

namespace {

std::string listed(const std::vector<fs::path>& files) {
    std::vector<std::string> names;
    for (const auto& file : files) names.push_back(file.string());
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace
}  // namespace kiln
