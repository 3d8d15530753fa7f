#include "communicator/none.h"

namespace kiln {
namespace {

[[noreturn]] void refuse(std::string_view operation) {
    throw Error(fmt::format("{} is not implemented when communicator = 'none'", operation))
        .with_hint(
            "Set communicator = \"ssh\" to reach the guest, or remove what sends or fetches "
            "files.");
}

}  // namespace

int NoneCommunicator::run(const std::string&, const OutputHandlers&, const CancelToken& cancel) {
    cancel.throw_if_cancelled();
    return 0;
}

void NoneCommunicator::upload_file(const std::filesystem::path&, const std::string&,
                                   const TransferProgress&, const CancelToken&) {
    refuse("Upload");
}

void NoneCommunicator::upload_bytes(std::string_view, const std::string&, const CancelToken&) {
    refuse("Upload");
}

void NoneCommunicator::upload_directory(const std::string&, const std::string&,
                                        const CancelToken&) {
    refuse("UploadDir");
}

void NoneCommunicator::download_file(const std::string&, const std::filesystem::path&,
                                     const TransferProgress&, const CancelToken&) {
    refuse("Download");
}

void NoneCommunicator::download_directory(const std::string&, const std::filesystem::path&,
                                          const CancelToken&) {
    refuse("DownloadDir");
}

}  // namespace kiln
