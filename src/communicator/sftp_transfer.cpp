#include "communicator/sftp_transfer.h"

#include <cerrno>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "communicator/ssh_probe.h"

namespace kiln {
namespace {

constexpr mode_t permission_bits = 0777;
constexpr mode_t default_file_mode = 0644;
constexpr mode_t default_directory_mode = 0755;

std::string join(const std::string& directory, const std::string& name);
std::string without_end_slashes(std::string path);
void make_directory_if_missing(SftpClient& client, const std::string& path, mode_t mode);
void write_at(int fd, std::uint64_t offset, std::string_view bytes,
              const std::filesystem::path& path);
void receive_content(SftpClient& client, const std::string& remote, AtomicFile& file,
                     std::uint64_t size, const TransferProgress& progress);

/// Fetches one tree. `real` is the directory's path in the guest without links, by which a link
/// that leads back above itself is noticed.
class TreeReceiver {
  public:
    explicit TreeReceiver(SftpClient& client) : client_(client) {}

    void receive(const std::string& remote, const std::string& real, mode_t mode,
                 const std::filesystem::path& local, int depth);

  private:
    void receive_entry(const SftpEntry& entry, const std::string& remote, const std::string& real,
                       const std::filesystem::path& local, int depth);

    SftpClient& client_;
};

class TreeSender : public TreeVisitor {
  public:
    TreeSender(SftpClient& client, std::string remote)
        : client_(client), directories_{std::move(remote)} {}

    void enter(const std::string& name, mode_t mode) override {
        directories_.push_back(join(directories_.back(), name));
        make_directory_if_missing(client_, directories_.back(), mode);
    }
    void leave() override { directories_.pop_back(); }
    void file(LocalFile& file) override {
        sftp_send_file(client_, file, join(directories_.back(), file.name()), {});
    }

  private:
    SftpClient& client_;
    std::vector<std::string> directories_;
};

}  // namespace

void sftp_send_file(SftpClient& client, LocalFile& file, const std::string& remote,
                    const TransferProgress& progress) {
    std::uint64_t done = 0;
    if (progress) progress(done, file.size());
    client.write_file(remote, file.mode(), [&](std::size_t size) {
        std::string bytes = file.read(size);
        done += bytes.size();
        if (progress && !bytes.empty()) progress(done, file.size());
        return bytes;
    });
    // The guest's umask has cut the mode at open, and a file that was there has kept its own.
    client.set_mode(remote, file.mode());
}

void sftp_send_bytes(SftpClient& client, std::string_view bytes, const std::string& remote) {
    client.write_file(remote, default_file_mode, [&bytes](std::size_t size) {
        const std::string_view part = bytes.substr(0, size);
        bytes.remove_prefix(part.size());
        return std::string(part);
    });
    client.set_mode(remote, default_file_mode);
}

void sftp_send_tree(SftpClient& client, const LocalTree& tree, const std::string& remote) {
    const std::string top = without_end_slashes(remote);
    if (tree.content_only()) {
        make_directory_if_missing(client, top, default_directory_mode);
    } else if (!client.stat(top)) {
        throw Error(fmt::format("cannot send a directory into {}", top))
            .because("the guest has no such directory")
            .with_hint(
                "Make it in the guest before, or let the source end in a slash to send its "
                "content.");
    }
    TreeSender sender(client, top);
    tree.visit(sender);
}

void sftp_receive_file(SftpClient& client, const std::string& remote,
                       const std::filesystem::path& local, const TransferProgress& progress) {
    const auto attributes = client.stat(remote);
    if (attributes && attributes->is_directory()) throw Error("remote file is directory");
    AtomicFile file(local);
    const std::uint64_t size = attributes ? attributes->size.value_or(0) : 0;
    receive_content(client, remote, file, size, progress);
    file.commit();
}

void sftp_receive_tree(SftpClient& client, const std::string& remote,
                       const std::filesystem::path& local) {
    const std::string top = without_end_slashes(remote);
    const auto attributes = client.stat(top);
    if (!attributes) {
        throw Error(fmt::format("cannot fetch {}", top)).because("the guest has no such directory");
    }
    const std::string real = client.real_path(top);
    const std::string named = top.substr(top.rfind('/') + 1);
    const bool needs_name = named.empty() || named == "." || named == "..";
    const std::string name = needs_name ? real.substr(real.rfind('/') + 1) : named;
    SftpEntry entry{name, *attributes};
    TreeReceiver receiver(client);
    if (name.empty()) return receiver.receive(top, real, 0755, local, 0);  // all of /
    check_received_name(name);
    if (!attributes->is_directory()) {
        return sftp_receive_file(client, top, local / name, {});
    }
    const mode_t mode = attributes->mode.value_or(default_directory_mode) & permission_bits;
    receiver.receive(top, real, mode, local / name, 0);
}

namespace {

void TreeReceiver::receive(const std::string& remote, const std::string& real, mode_t mode,
                           const std::filesystem::path& local, int depth) {
    if (depth == deepest_received_tree) throw Error("the guest's tree is too deep");
    make_received_directory(local);
    for (const auto& entry : client_.list(remote)) {
        check_received_name(entry.name);
        receive_entry(entry, remote, real, local, depth);
    }
    // Last, as it may forbid writing.
    chmod(local.c_str(), mode);
}

void TreeReceiver::receive_entry(const SftpEntry& entry, const std::string& remote,
                                 const std::string& real, const std::filesystem::path& local,
                                 int depth) {
    const std::string path = join(remote, entry.name);
    std::string real_entry = join(real, entry.name);
    SftpAttributes attributes = entry.attributes;
    if (attributes.is_link() || !attributes.mode) {
        const auto target = client_.stat(path);
        if (!target) {
            throw Error(fmt::format("cannot fetch {}", printable(path)))
                .because("it is a link to nothing");
        }
        attributes = *target;
        if (attributes.is_directory()) real_entry = client_.real_path(path);
        if (attributes.is_directory() && (real + '/').starts_with(real_entry + '/')) {
            throw Error(fmt::format("cannot fetch {}", printable(path)))
                .because("this link leads back to a directory above it");
        }
    }
    if (attributes.is_directory()) {
        const mode_t mode = attributes.mode.value_or(default_directory_mode) & permission_bits;
        return receive(path, real_entry, mode, local / entry.name, depth + 1);
    }
    if (attributes.mode && !attributes.is_regular_file()) {
        throw Error(fmt::format("cannot fetch {}", printable(path)))
            .because("it is neither a file nor a directory");
    }
    AtomicFile file(local / entry.name);
    receive_content(client_, path, file, 0, {});
    if (attributes.mode) fchmod(file.fd(), *attributes.mode & permission_bits);
    file.commit();
}

void receive_content(SftpClient& client, const std::string& remote, AtomicFile& file,
                     std::uint64_t size, const TransferProgress& progress) {
    std::uint64_t done = 0;
    if (progress) progress(done, size);
    client.read_file(remote, [&](std::uint64_t offset, std::string_view bytes) {
        write_at(file.fd(), offset, bytes, file.path());
        done += bytes.size();
        if (progress) progress(done, std::max(done, size));
    });
}

std::string join(const std::string& directory, const std::string& name) {
    return directory.ends_with('/') ? directory + name : directory + '/' + name;
}

std::string without_end_slashes(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

void make_directory_if_missing(SftpClient& client, const std::string& path, mode_t mode) {
    const auto found = client.stat(path);
    if (found && found->is_directory()) return;
    client.make_directory(path, mode);
    client.set_mode(path, mode);
}

void write_at(int fd, std::uint64_t offset, std::string_view bytes,
              const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw system_error(fmt::format("cannot write {}", path.string()), errno);
        offset += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace
}  // namespace kiln
