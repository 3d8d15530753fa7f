#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "communicator/communicator.h"

namespace kiln::test {

/// A guest that keeps what it is given and answers as it was told to.
class FakeCommunicator : public Communicator {
  public:
    struct File {
        std::string content;
        unsigned mode = 0;
    };

    int run(const std::string& command, const OutputHandlers& handlers,
            const CancelToken& cancel) override {
        cancel.throw_if_cancelled();
        log.push_back("run " + command);
        fail_if_told();
        return on_run ? on_run(command, handlers) : 0;
    }
    void upload_file(const std::filesystem::path& local, const std::string& remote,
                     const TransferProgress& progress, const CancelToken&) override {
        log.push_back("file " + remote);
        fail_if_told();
        const auto mode = std::filesystem::status(local).permissions();
        files[remote] = {read_file(local), static_cast<unsigned>(mode)};
        progress(files[remote].content.size(), files[remote].content.size());
    }
    void upload_bytes(std::string_view bytes, const std::string& remote,
                      const CancelToken&) override {
        log.push_back("bytes " + remote);
        fail_if_told();
        files[remote] = {std::string(bytes), 0644};
    }
    void upload_directory(const std::string& local, const std::string& remote,
                          const CancelToken&) override {
        log.push_back("directory " + local + " " + remote);
    }
    void download_file(const std::string& remote, const std::filesystem::path& local,
                       const TransferProgress& progress, const CancelToken&) override {
        log.push_back("fetch " + remote + " " + local.string());
        fail_if_told();
        write_file_atomically(local, "fetched");
        progress(7, 7);
    }
    void download_directory(const std::string& remote, const std::filesystem::path& local,
                            const CancelToken&) override {
        log.push_back("fetch-directory " + remote + " " + local.string());
    }

    std::vector<std::string> log;
    std::map<std::string, File> files;
    std::function<int(const std::string&, const OutputHandlers&)> on_run;
    /// How many of the next calls fail, as when the guest reboots.
    int failures = 0;

  private:
    void fail_if_told() {
        if (failures > 0 && failures-- > 0) throw Error("connection refused");
    }
};

}  // namespace kiln::test
