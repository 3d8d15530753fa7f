#include "post_processor/manifest.h"

#include <cerrno>
#include <ctime>
#include <mutex>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/late_text.h"
#include "post_processor/manifest_document.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

// `<output>.lock`, made exclusively. After three tries kiln goes on without, since a lock that a
// killed process left would otherwise stay for ever; either way the file is gone afterwards.
class LockFile {
  public:
    LockFile(const fs::path& output, const CancelToken& cancel);
    ~LockFile() { unlink(path_.c_str()); }
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;

  private:
    fs::path path_;
};

ManifestEntry entry_of(const ManifestOptions& options, const PrepareContext& prepared,
                       const BuildContext& context, const Artifact& artifact);
ManifestDocument read_manifest(const fs::path& output);
void write_manifest(const fs::path& output, const std::string& text);

}  // namespace

Schema<ManifestOptions> manifest_schema() {
    using O = ManifestOptions;
    return Schema<O>("manifest", "Notes what each build made in a JSON file.")
        .former_name("filename", "It is output now.")
        .option("output", &O::output,
                "Path of the file. Builds are added to what it holds; with -force, what earlier "
                "runs noted is dropped. Its directory must exist.")
        .option("strip_path", &O::strip_path, "Note the files' names without directories.")
        .option("strip_time", &O::strip_time, "Leave the time of the build out.")
        .option("custom_data", &O::custom_data,
                "Further values to note, each rendered once more with the build's values. They "
                "are written as they are, so keep secrets out.");
}

PostProcessed ManifestPostProcessor::process(BuildContext& context, const ArtifactPtr& input) {
    static std::mutex one_at_a_time;
    const ManifestEntry entry = entry_of(options(), prepared(), context, *input);
    const fs::path output = options().output;
    const std::lock_guard turn(one_at_a_time);
    const LockFile lock(output, context.cancel);
    ManifestDocument document = read_manifest(output);
    if (context.run.force && document.last_run_uuid() != entry.run_uuid) document.drop_builds();
    document.add(entry);
    write_manifest(output, document.to_text());
    return {input, true, true};
}

namespace {

LockFile::LockFile(const fs::path& output, const CancelToken& cancel)
    : path_(output.string() + ".lock") {
    for (const int wait : {0, 200, 400}) {
        if (cancel.wait_for(std::chrono::milliseconds(wait))) cancel.throw_if_cancelled();
        const UniqueFd file(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
        if (file || errno != EEXIST) return;
    }
}

ManifestEntry entry_of(const ManifestOptions& options, const PrepareContext& prepared,
                       const BuildContext& context, const Artifact& artifact) {
    ManifestEntry entry;
    entry.name = prepared.source_name;
    entry.builder_type = prepared.builder_type;
    if (!options.strip_time) entry.build_time = std::time(nullptr);
    for (const auto& file : artifact.files) {
        std::error_code failure;
        const auto size = fs::file_size(file, failure);
        entry.files.push_back(
            {options.strip_path ? file.filename().string() : file.string(), failure ? 0 : size});
    }
    entry.artifact_id = artifact.id;
    entry.run_uuid = context.run.run_uuid;
    for (const auto& [name, value] : options.custom_data) {
        entry.custom_data[name] = render_late(value, prepared, artifact.generated_data);
    }
    return entry;
}

ManifestDocument read_manifest(const fs::path& output) {
    std::string text;
    try {
        if (fs::exists(output)) text = read_file(output);
    } catch (const std::exception& error) {
        throw Error(fmt::format("Unable to open {} for reading", output.string())).because(error);
    }
    try {
        return ManifestDocument::parse(text);
    } catch (const Error& error) {
        throw Error(fmt::format("Unable to parse content from {}", output.string()))
            .because(error)
            .with_hint(
                "kiln leaves the file as it is. Mend it, move it away, or choose another "
                "`output`.");
    }
}

void write_manifest(const fs::path& output, const std::string& text) {
    try {
        // A link keeps pointing at the file that is replaced.
        const fs::path target = fs::is_symlink(output) ? fs::canonical(output) : output;
        struct stat status {};
        const bool exists = stat(target.c_str(), &status) == 0;
        AtomicFile file(target, 0664);
        if (exists && fchmod(file.fd(), status.st_mode & 0777) != 0) {
            throw system_error("cannot keep its mode", errno);
        }
        write_all(file.fd(), text, target);
        file.commit();
    } catch (const std::exception& error) {
        throw Error(fmt::format("Unable to write {}", output.string())).because(error);
    }
}

}  // namespace
}  // namespace kiln
