#include "provisioner/file.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/uuid.h"
#include "engine/build_temp_dir.h"
#include "engine/late_text.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

// One transfer's worth of what both directions need.
struct Transfer {
    BuildContext& context;
    Communicator& communicator;
    std::string destination;
};

// Tells how far one transfer has come; its last event comes however the transfer ends.
class TransferLine {
  public:
    TransferLine(const Reporter& report, std::string label) : report_(report) {
        event_.id = label;
        event_.label = std::move(label);
    }
    TransferLine(const TransferLine&) = delete;
    TransferLine& operator=(const TransferLine&) = delete;
    ~TransferLine() {
        event_.finished = true;
        report_.progress(event_);
    }

    TransferProgress handler() {
        return [this](std::uint64_t done, std::uint64_t total) {
            event_.done = done;
            event_.total = total;
            report_.progress(event_);
        };
    }

  private:
    const Reporter& report_;
    ProgressEvent event_;
};

void check_content(const FileOptions& options, Problems& problems);
void upload(Transfer& transfer, const std::string& source);
void upload_content(Transfer& transfer, const std::string& content);
void download(Transfer& transfer, const std::string& source);
void send_file(Transfer& transfer, const fs::path& source);
bool names_directory(const std::string& source);
bool ends_in_slash(const std::string& path);

}  // namespace

std::vector<std::string> FileOptions::all_sources() const {
    std::vector<std::string> all = sources;
    if (!source.empty()) all.push_back(source);
    return all;
}

Schema<FileOptions> file_schema() {
    using O = FileOptions;
    return Schema<O>("file", "Sends files or directories into the guest, or fetches them.")
        .option("source", &O::source,
                "The file or directory to copy. A directory with a trailing slash stands for what "
                "is in it.")
        .option("sources", &O::sources, "Several of them, copied in this order, before `source`.")
        .option("content", &O::content,
                "Text to send as a file, instead of a source. The guest's file gets mode 0600.")
        .option("destination", &O::destination,
                "Where to copy to. With a trailing slash a file keeps its name below it. The "
                "directory must exist in the guest; kiln makes the local one for downloads.")
        .required()
        .option("direction", &O::direction,
                "`upload` sends into the guest, `download` fetches from it.")
        .one_of({"upload", "download"})
        .option("generated", &O::generated,
                "The source comes into being during the build: do not look for it before.")
        .check(check_content);
}

void FileProvisioner::complete(FileOptions& options, const PrepareContext&, Problems& problems) {
    if (options.generated || options.direction != "upload") return;
    for (const auto& source : options.all_sources()) {
        std::error_code failure;
        const bool exists = fs::exists(source, failure);
        if (exists) continue;
        problems.error(
            source == options.source ? "source" : "sources",
            fmt::format("Bad source '{}': {}. If an earlier step of the build makes it, "
                        "set generated = true.",
                        source, failure ? failure.message() : "No such file or directory"));
    }
}

void FileProvisioner::provision(BuildContext& context, Communicator& communicator,
                                const Setting::Map& data) {
    Transfer transfer{context, communicator, render_late(options().destination, prepared(), data)};
    if (!options().content.empty()) return upload_content(transfer, options().content);
    for (const auto& configured : options().all_sources()) {
        const std::string source = render_late(configured, prepared(), data);
        if (options().direction == "upload")
            upload(transfer, source);
        else
            download(transfer, source);
    }
}

namespace {

void check_content(const FileOptions& options, Problems& problems) {
    if (options.destination.empty()) {
        problems.error("destination", "Destination must be specified.");
    }
    if (options.content.empty()) return;
    if (!options.all_sources().empty()) {
        problems.error("content", "source(s) conflicts with content.");
    }
    if (options.direction != "upload") {
        problems.error("content", "content can only be uploaded; a download needs a source.");
    }
}

void upload(Transfer& transfer, const std::string& source) {
    transfer.context.report.say(fmt::format("Uploading {} => {}", source, transfer.destination));
    try {
        if (fs::is_directory(source)) {
            transfer.communicator.upload_directory(source, transfer.destination,
                                                   transfer.context.cancel);
        } else {
            send_file(transfer, source);
        }
    } catch (const Cancelled&) {
        throw;
    } catch (const std::exception& error) {
        throw Error("Upload failed").because(error);
    }
}

// By way of a file, so that it arrives with mode 0600 like any other file with its mode.
void upload_content(Transfer& transfer, const std::string& content) {
    const BuildTempDir directory(transfer.context);
    const fs::path file = directory.path() / ("pkr-file-content" + random_uuid().substr(0, 8));
    write_all(open_file(file, O_WRONLY | O_CREAT | O_EXCL, 0600).get(), content, file);
    upload(transfer, file.string());
}

void send_file(Transfer& transfer, const fs::path& source) {
    std::string remote = transfer.destination;
    if (ends_in_slash(remote)) remote += source.filename().string();
    TransferLine line(transfer.context.report, fmt::format("uploading {}", source.string()));
    transfer.communicator.upload_file(source, remote, line.handler(), transfer.context.cancel);
}

void download(Transfer& transfer, const std::string& source) {
    if (source.empty()) throw Error("Download failed").because("the source has no name");
    const std::string& destination = transfer.destination;
    fs::path local = destination;
    if (ends_in_slash(destination) && !ends_in_slash(source) && source.back() != '*') {
        local /= source.substr(source.rfind('/') + 1);
    }
    transfer.context.report.say(fmt::format("Downloading {} => {}", source, local.string()));
    try {
        const fs::path parent = ends_in_slash(destination) ? fs::path(destination)
                                                           : fs::path(destination).parent_path();
        if (!parent.empty()) fs::create_directories(parent);
        if (names_directory(source)) {
            transfer.communicator.download_directory(source, local, transfer.context.cancel);
        } else {
            TransferLine line(transfer.context.report, fmt::format("downloading {}", source));
            transfer.communicator.download_file(source, local, line.handler(),
                                                transfer.context.cancel);
        }
    } catch (const Cancelled&) {
        throw;
    } catch (const std::exception& error) {
        throw Error("Download failed").because(error);
    }
}

bool names_directory(const std::string& source) {
    return ends_in_slash(source) || source.find_first_of("*?[") != std::string::npos;
}

bool ends_in_slash(const std::string& path) {
    return !path.empty() && path.back() == '/';
}

}  // namespace
}  // namespace kiln
