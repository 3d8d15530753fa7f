#include "post_processor/checksum.h"

#include <fcntl.h>
#include <fmt/ranges.h>

#include "base/digest.h"
#include "engine/late_text.h"
#include "post_processor/input_file.h"
#include "post_processor/output_name.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

void check_types(const ChecksumOptions& options, Problems& problems);
std::vector<std::string> digests_of(const fs::path& file, const std::vector<DigestType>& types,
                                    const BuildContext& context);
void append_line(const fs::path& output, const std::string& line);
std::string description_of(const std::vector<fs::path>& files);

}  // namespace

Schema<ChecksumOptions> checksum_schema() {
    using O = ChecksumOptions;
    return Schema<O>("checksum", "Writes checksums of the artifact's files.")
        .option("checksum_types", &O::checksum_types,
                "Which to compute: md5, sha1, sha224, sha256, sha384, sha512.")
        .option("output", &O::output,
                "Path of the checksum file, to which lines of checksum, tab and file name are "
                "added. `{{.BuildName}}`, `{{.BuilderType}}` and `{{.ChecksumType}}` may stand in "
                "it.")
        .rendered_late()
        .check(check_types);
}

void ChecksumPostProcessor::complete(ChecksumOptions& options, const PrepareContext&,
                                     Problems& problems) {
    check_late_text("output", options.output, problems);
}

PostProcessed ChecksumPostProcessor::process(BuildContext& context, const ArtifactPtr& input) {
    std::vector<DigestType> types;
    for (const auto& name : options().checksum_types) types.push_back(*digest_from_name(name));
    std::vector<std::vector<std::string>> digests;
    for (const auto& file : input->files) digests.push_back(digests_of(file, types, context));

    auto result = std::make_shared<Artifact>(*input);
    result->builder_id = "packer.post-processor.checksum";
    result->id.clear();
    for (std::size_t type = 0; type < types.size(); ++type) {
        const std::string name(digest_name(types[type]));
        const fs::path output =
            render_output_name(options().output, prepared(), {{"ChecksumType", name}});
        make_parent_directories(output);
        if (!fs::exists(output)) result->files.push_back(output);
        for (std::size_t file = 0; file < input->files.size(); ++file) {
            const fs::path& path = input->files[file];
            append_line(output,
                        fmt::format("{}\t{}\n", digests[file][type], path.filename().string()));
            if (types[type] == DigestType::Sha256) result->digests[path] = digests[file][type];
        }
    }
    result->description = description_of(result->files);
    result->destroy = [files = result->files] { remove_files(files); };
    return {result, true, true};
}

namespace {

void check_types(const ChecksumOptions& options, Problems& problems) {
    for (const auto& name : options.checksum_types) {
        if (digest_from_name(name)) continue;
        problems.error("checksum_types", fmt::format("Unrecognized checksum type: {}", name));
    }
}

std::vector<std::string> digests_of(const fs::path& file, const std::vector<DigestType>& types,
                                    const BuildContext& context) {
    std::vector<Digester> digesters;
    for (const DigestType type : types) digesters.emplace_back(type);
    InputFile input(file, context, "computing checksums of");
    input.read([&](std::string_view bytes) {
        for (auto& digester : digesters) digester.update(bytes);
    });
    std::vector<std::string> digests;
    for (auto& digester : digesters) digests.push_back(digester.finish_hex());
    return digests;
}

void append_line(const fs::path& output, const std::string& line) {
    const UniqueFd file = open_file(output, O_WRONLY | O_APPEND | O_CREAT, 0644);
    write_all(file.get(), line, output);
}

std::string description_of(const std::vector<fs::path>& files) {
    std::vector<std::string> names;
    for (const auto& file : files) names.push_back(file.string());
    return fmt::format("Created artifact from files: {}", fmt::join(names, ", "));
}

}  // namespace
}  // namespace kiln
