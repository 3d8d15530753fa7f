// The steps before power-on: source, output directory, CD, disks, server, port, key.

#include <fcntl.h>

#include "boot/boot_media.h"
#include "builder/vm/steps.h"
#include "download/download.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

constexpr auto loopback = "127.0.0.1";

class DownloadStep : public Step {
  public:
    explicit DownloadStep(VmState& state) : state_(state) {}
    std::string name() const override { return "download"; }

    void run(BuildContext& context) override {
        const auto phase = context.phases.start("download");
        download::DownloadRequest request;
        request.urls = state_.options.iso.urls();
        request.checksum = state_.options.iso.iso_checksum;
        request.target_path = state_.options.iso.iso_target_path;
        request.extension = state_.options.iso.iso_target_extension;
        state_.plan.source = download::fetch(request, {context.run.cache_directory, context.report,
                                                       context.cancel, download::read_timeout()});
    }
    // What was fetched stays in the cache.
    void undo(BuildContext&, bool) override {}

  private:
    VmState& state_;
};

class OutputDirectoryStep : public Step {
  public:
    explicit OutputDirectoryStep(VmState& state) : state_(state) {}
    std::string name() const override { return "output directory"; }

    void run(BuildContext& context) override {
        const fs::path directory = state_.options.output_directory;
        if (fs::exists(directory)) {
            if (!state_.force) {
                throw Error(fmt::format("Output directory exists: {}", directory.string()))
                    .with_hint("Use the force flag to delete it prior to building.");
            }
            context.report.say("Deleting previous output directory...");
            fs::remove_all(directory);
        }
        claim_ = context.record.claim_path(directory, "output directory");
        fs::create_directories(directory);
        made_ = true;
        claim_.made();
        state_.plan.output_directory = fs::absolute(directory).lexically_normal();
        state_.scratch.emplace(context);
        state_.plan.scratch = state_.scratch->path();
    }

    void undo(BuildContext& context, bool failed) override {
        state_.scratch.reset();
        if (made_ && failed) {
            context.report.say("Deleting output directory...");
            fs::remove_all(state_.options.output_directory);
        }
        claim_.done();
    }

    void keep(BuildContext&) override {
        if (state_.scratch) state_.scratch->release();
        claim_.done();
    }

  private:
    VmState& state_;
    bool made_ = false;
    RunRecord::Claim claim_;
};

class CdStep : public Step {
  public:
    explicit CdStep(VmState& state) : state_(state) {}
    std::string name() const override { return "CD"; }

    void run(BuildContext& context) override {
        const MediaOptions& media = state_.options.media;
        if (!media.wants_cd()) return;
        context.report.say("Creating CD disk...");
        const fs::path iso = state_.scratch->path() / "cd.iso";
        boot::make_cd({media.cd_files, media.cd_content, media.cd_label}, iso,
                      state_.scratch->path(), context.cancel);
        state_.plan.cds.push_back(iso);
    }
    // The image goes with the scratch directory.
    void undo(BuildContext&, bool) override {}

  private:
    VmState& state_;
};

class DisksStep : public Step {
  public:
    explicit DisksStep(VmState& state) : state_(state) {}
    std::string name() const override { return "disks"; }
    void run(BuildContext& context) override { state_.driver.create_disks(state_.plan, context); }
    // The disks go with the output directory.
    void undo(BuildContext&, bool) override {}

  private:
    VmState& state_;
};

class HttpServerStep : public Step {
  public:
    explicit HttpServerStep(VmState& state) : state_(state) {}
    std::string name() const override { return "HTTP server"; }

    void run(BuildContext& context) override {
        state_.plan.http_address = state_.driver.host_address_for_guest();
        const http::HttpOptions& options = state_.options.http;
        if (!options.wanted()) return;
        http::HttpServerConfig config;
        config.directory = options.directory;
        config.content = options.content;
        config.port_min = options.port_min;
        config.port_max = options.port_max;
        config.address = http::listen_address(options);
        config.lock_directory = context.run.cache_directory / "port";
        state_.http_server = http::HttpServer::start(std::move(config), context.report);
        state_.plan.http_port = state_.http_server->port();
    }
    void undo(BuildContext&, bool) override { state_.http_server.reset(); }

  private:
    VmState& state_;
};

class HostPortStep : public Step {
  public:
    explicit HostPortStep(VmState& state) : state_(state) {}
    std::string name() const override { return "host port"; }

    void run(BuildContext& context) override {
        if (!state_.options.communicator.uses_ssh() || state_.options.skip_nat_mapping) return;
        state_.ssh_port =
            lease_port(loopback, state_.options.host_port_min, state_.options.host_port_max,
                       context.run.cache_directory / "port", "SSH port forward");
        state_.plan.ssh_host_port = state_.ssh_port->port();
    }
    void undo(BuildContext&, bool) override { state_.ssh_port.reset(); }

  private:
    VmState& state_;
};

class SshKeyStep : public Step {
  public:
    explicit SshKeyStep(VmState& state) : state_(state) {}
    std::string name() const override { return "SSH key"; }

    void run(BuildContext& context) override {
        const CommunicatorOptions& options = state_.options.communicator;
        if (!options.uses_ssh()) return;
        if (!options.ssh.private_key_file.empty()) {
            context.report.say("Using existing SSH private key");
            const auto key = load_private_key_file(options.ssh.private_key_file);
            state_.key_pair = SshKeyPair{"", authorized_key_of(key)};
            return;
        }
        state_.key_pair =
            generate_key_pair(options.temporary_key_pair_type, options.temporary_key_pair_bits);
        if (context.run.debug) save_for_debugging(context);
    }
    void undo(BuildContext&, bool) override { state_.key_pair.reset(); }

  private:
    void save_for_debugging(BuildContext& context) const {
        const fs::path path = context.log_file("key.pem");
        write_file_atomically(path, state_.key_pair->private_key, 0600);
        context.report.say(fmt::format("Saving key for debug purposes: {}", path.string()));
    }

    VmState& state_;
};

}  // namespace

std::unique_ptr<Step> make_download_step(VmState& state) {
    return std::make_unique<DownloadStep>(state);
}
std::unique_ptr<Step> make_output_directory_step(VmState& state) {
    return std::make_unique<OutputDirectoryStep>(state);
}
std::unique_ptr<Step> make_cd_step(VmState& state) {
    return std::make_unique<CdStep>(state);
}
std::unique_ptr<Step> make_disks_step(VmState& state) {
    return std::make_unique<DisksStep>(state);
}
std::unique_ptr<Step> make_http_server_step(VmState& state) {
    return std::make_unique<HttpServerStep>(state);
}
std::unique_ptr<Step> make_host_port_step(VmState& state) {
    return std::make_unique<HostPortStep>(state);
}
std::unique_ptr<Step> make_ssh_key_step(VmState& state) {
    return std::make_unique<SshKeyStep>(state);
}

}  // namespace kiln
