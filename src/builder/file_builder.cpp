#include "builder/file_builder.h"

#include "base/file.h"
#include "communicator/none.h"

namespace kiln {
namespace fs = std::filesystem;

std::shared_ptr<Artifact> FileBuilder::run(BuildContext& context, ProvisionHook& hook) {
    const fs::path target = options().target;
    if (target.has_parent_path()) fs::create_directories(target.parent_path());
    if (options().source.empty()) {
        write_file_atomically(target, options().content, 0600);
    } else {
        const fs::path source = expand_home(options().source);
        context.report.say(fmt::format("Copying {} to {}", source.string(), target.string()));
        std::error_code failure;
        fs::copy_file(source, target, fs::copy_options::overwrite_existing, failure);
        if (failure) {
            throw Error(fmt::format("cannot copy {} to {}", source.string(), target.string()))
                .because(failure.message());
        }
        context.report.say(fmt::format("Copied {} bytes", fs::file_size(target)));
    }
    // Provisioners run against a machine that is not there: every command succeeds.
    NoneCommunicator nowhere;
    hook.provision(context, &nowhere, {});

    auto artifact = std::make_shared<Artifact>();
    artifact->builder_id = "packer.file";
    artifact->id = "File";
    artifact->description = fmt::format("Stored file: {}", target.string());
    artifact->files = {target};
    artifact->destroy = [target] { fs::remove(target); };
    return artifact;
}

Schema<FileBuilderOptions> file_builder_schema() {
    using O = FileBuilderOptions;
    Schema<O> schema("file", "Makes a file, from a text or from another file.");
    schema.option("source", &O::source, "The file to copy.")
        .option("content", &O::content, "The text to write.")
        .option("target", &O::target, "The file to make.")
        .check([](const O& options, Problems& problems) {
            if (options.target.empty()) problems.error("target", "target required");
            if (!options.source.empty() && !options.content.empty()) {
                problems.error("content", "Cannot specify source file AND content");
            }
            if (options.source.empty() && options.content.empty()) {
                problems.warning("content",
                                 "Both source file and contents are blank; target will have no "
                                 "content");
            }
        });
    return schema;
}

}  // namespace kiln
