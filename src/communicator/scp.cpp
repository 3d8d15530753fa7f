#include "communicator/scp.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <vector>

#include <fnmatch.h>
#include <sys/stat.h>

#include "base/file.h"
#include "communicator/ssh_probe.h"
#include "communicator/ssh_session.h"

namespace kiln {
namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t chunk_size = 64 * 1024;
constexpr int status_not_found = 127;
constexpr mode_t permission_bits = 0777;
constexpr std::string_view ok("\0", 1);

/// One line from a guest that gives files.
struct Offer {
    char kind = 0;  ///< C, D, E; 0 at the end
    mode_t mode = 0;
    std::uint64_t size = 0;
    std::string name;
};

using ByteSink = std::function<void(std::string_view bytes)>;

void send_one(ByteStream& stream, const std::string& name, mode_t mode, std::uint64_t size,
              const ByteSource& source, const TransferProgress& progress);
std::string read_line(ByteStream& stream);
void expect_ok(ByteStream& stream);
Offer next_offer(ByteStream& stream);
Offer parse_offer(const std::string& line);
void receive_content(ByteStream& stream, const Offer& offer, const ByteSink& sink,
                     const TransferProgress& progress);
void receive_into_directory(ByteStream& stream, const Offer& offer,
                            const std::filesystem::path& directory);
void refuse_word_breakers(const std::string& path);
bool was_asked_for(const std::string& name, const std::string& remote_pattern);

}  // namespace

std::string scp_quote(const std::string& path) {
    refuse_word_breakers(path);
    std::string quoted = path.starts_with('-') ? "./" : "";
    for (const char c : path) {
        if (std::string_view(" \t'\"()&;|<>#`").find(c) != std::string_view::npos) quoted += '\\';
        quoted += c;
    }
    return quoted;
}

std::string scp_take_file_command(const std::string& directory) {
    return "scp -t " + scp_quote(directory);
}

std::string scp_take_tree_command(const std::string& path, bool content_only) {
    return (content_only ? "scp -r -d -t " : "scp -r -t ") + scp_quote(path);
}

std::string scp_give_command(const std::string& path, bool recursive) {
    const std::string command = recursive ? "scp -r -f " : "scp -f ";
    const bool has_space = path.find(' ') != std::string::npos;
    const bool has_other = path.find_first_of("\t'\"()&;|<>#`~$*?[]{}\\") != std::string::npos;
    if (!has_space || has_other) return command + scp_quote(path);
    refuse_word_breakers(path);
    return command + '"' + (path.starts_with('-') ? "./" : "") + path + '"';
}

void run_scp(ByteStream& stream, const std::function<void()>& transfer) {
    std::optional<Error> failure;
    try {
        transfer();
    } catch (const Cancelled&) {
        throw;
    } catch (const ConnectionLost&) {
        throw;
    } catch (const Error& error) {
        failure = error;
    }
    stream.finish();
    const int status = stream.wait_for_exit();
    if (status == status_not_found) {
        throw Error("SCP is not installed in the guest")
            .with_hint(
                "Install the package that has scp (openssh-client), or set "
                "ssh_file_transfer_method = \"sftp\".");
    }
    const std::string printed = printable(stream.error_output());
    if (failure) {
        throw printed.empty() ? std::move(*failure) : std::move(*failure).because(printed);
    }
    if (status == 0) return;
    throw Error(fmt::format("the guest's scp ended with status {}", status))
        .because(printed.empty() ? "it printed no reason" : printed);
}

void scp_send_file(ByteStream& stream, const std::string& name, mode_t mode, std::uint64_t size,
                   const ByteSource& source, const TransferProgress& progress) {
    expect_ok(stream);
    send_one(stream, name, mode, size, source, progress);
}

namespace {

class TreeSender : public TreeVisitor {
  public:
    explicit TreeSender(ByteStream& stream) : stream_(stream) {}

    void enter(const std::string& name, mode_t mode) override {
        refuse_word_breakers(name);
        stream_.write(fmt::format("D{:04o} 0 {}\n", mode, name));
        expect_ok(stream_);
    }
    void leave() override {
        stream_.write("E\n");
        expect_ok(stream_);
    }
    void file(LocalFile& file) override {
        send_one(stream_, file.name(), file.mode(), file.size(),
                 [&file](std::size_t size) { return file.read(size); }, {});
    }

  private:
    ByteStream& stream_;
};

}  // namespace

void scp_send_tree(ByteStream& stream, const LocalTree& tree) {
    expect_ok(stream);
    TreeSender sender(stream);
    tree.visit(sender);
}

void scp_receive_file(ByteStream& stream, const std::filesystem::path& local,
                      const TransferProgress& progress) {
    stream.write(ok);
    const Offer offer = next_offer(stream);
    if (offer.kind == 'D') throw Error("remote file is directory");
    if (offer.kind != 'C') throw Error("the guest sent no file");
    AtomicFile file(local);
    const auto take = [&](std::string_view bytes) { write_all(file.fd(), bytes, local); };
    receive_content(stream, offer, take, progress);
    if (next_offer(stream).kind != 0) throw Error("the remote path names more than one file");
    file.commit();
}

void scp_receive_tree(ByteStream& stream, const std::filesystem::path& local,
                      const std::string& remote_pattern) {
    struct Level {
        std::filesystem::path directory;
        mode_t mode;
    };
    std::vector<Level> levels;
    stream.write(ok);
    for (Offer offer = next_offer(stream); offer.kind != 0; offer = next_offer(stream)) {
        if (offer.kind == 'E') {
            if (levels.empty()) throw Error("the guest ended a directory that it had not begun");
            chmod(levels.back().directory.c_str(), levels.back().mode);
            levels.pop_back();
            stream.write(ok);
            continue;
        }
        check_received_name(offer.name);
        if (levels.empty() && !was_asked_for(offer.name, remote_pattern)) {
            throw Error(fmt::format("the guest sent \"{}\", which was not asked for",
                                    printable(offer.name)));
        }
        const std::filesystem::path directory = levels.empty() ? local : levels.back().directory;
        if (offer.kind == 'C') {
            receive_into_directory(stream, offer, directory);
            continue;
        }
        if (levels.size() == deepest_received_tree) throw Error("the guest's tree is too deep");
        levels.push_back({directory / offer.name, offer.mode});
        make_received_directory(levels.back().directory);
        stream.write(ok);
    }
    if (!levels.empty()) throw Error("the guest ended the transfer too early");
}

namespace {

void send_one(ByteStream& stream, const std::string& name, mode_t mode, std::uint64_t size,
              const ByteSource& source, const TransferProgress& progress) {
    refuse_word_breakers(name);
    stream.write(fmt::format("C{:04o} {} {}\n", mode & permission_bits, size, name));
    expect_ok(stream);
    std::uint64_t done = 0;
    if (progress) progress(done, size);
    while (done < size) {
        const std::string bytes =
            source(static_cast<std::size_t>(std::min<std::uint64_t>(chunk_size, size - done)));
        if (bytes.empty()) {
            throw Error(fmt::format("cannot send {}", name)).because("it became shorter meanwhile");
        }
        stream.write(bytes);
        done += bytes.size();
        if (progress) progress(done, size);
    }
    stream.write(ok);
    expect_ok(stream);
}

std::string read_line(ByteStream& stream) {
    std::string line;
    char c = 0;
    for (;;) {
        if (stream.read({&c, 1}) == 0) {
            if (line.empty()) return line;
            throw Error("the guest ended the transfer too early");
        }
        if (c == '\n') return line;
        line += c;
        if (line.size() > longest_line) throw Error("the guest's scp sent a line without end");
    }
}

void expect_ok(ByteStream& stream) {
    char answer = 0;
    if (stream.read({&answer, 1}) == 0) throw Error("the guest ended the transfer too early");
    if (answer == 0) return;
    if (answer == 1 || answer == 2) throw Error(printable(read_line(stream)));
    throw Error("the guest's scp answered something that is not its protocol")
        .with_hint("A login script that prints something also for commands causes this.");
}

/// The next offer, after refusing times (`T`) and raising errors; kind 0 at the end.
Offer next_offer(ByteStream& stream) {
    for (;;) {
        const std::string line = read_line(stream);
        if (line.empty()) return {};
        if (line[0] == '\1' || line[0] == '\2') throw Error(printable(line.substr(1)));
        if (line[0] != 'T') return parse_offer(line);
        stream.write(ok);
    }
}

Offer parse_offer(const std::string& line) {
    Offer offer;
    offer.kind = line[0];
    if (line == "E") return offer;
    const auto malformed = [&] {
        return Error(fmt::format("the guest's scp sent \"{}\", which is not its protocol",
                                 printable(line)))
            .with_hint("A login script that prints something also for commands causes this.");
    };
    if (offer.kind != 'C' && offer.kind != 'D') throw malformed();
    const char* const end = line.data() + line.size();
    const auto mode = std::from_chars(line.data() + 1, end, offer.mode, 8);
    if (mode.ec != std::errc() || mode.ptr == end || *mode.ptr != ' ') throw malformed();
    const auto size = std::from_chars(mode.ptr + 1, end, offer.size);
    if (size.ec != std::errc() || size.ptr == end || *size.ptr != ' ') throw malformed();
    if (offer.size > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
        throw malformed();
    }
    offer.mode &= permission_bits;
    offer.name.assign(size.ptr + 1, end);
    return offer;
}

void receive_content(ByteStream& stream, const Offer& offer, const ByteSink& sink,
                     const TransferProgress& progress) {
    stream.write(ok);
    std::string buffer(chunk_size, '\0');
    std::uint64_t done = 0;
    if (progress) progress(done, offer.size);
    while (done < offer.size) {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), offer.size - done));
        const std::size_t got = stream.read({buffer.data(), wanted});
        if (got == 0) throw Error("the guest ended the transfer too early");
        sink({buffer.data(), got});
        done += got;
        if (progress) progress(done, offer.size);
    }
    expect_ok(stream);
    stream.write(ok);
}

void receive_into_directory(ByteStream& stream, const Offer& offer,
                            const std::filesystem::path& directory) {
    AtomicFile file(directory / offer.name, offer.mode);
    const auto sink = [&](std::string_view bytes) { write_all(file.fd(), bytes, file.path()); };
    receive_content(stream, offer, sink, {});
    fchmod(file.fd(), offer.mode);
    file.commit();
}

void refuse_word_breakers(const std::string& path) {
    if (path.find_first_of(std::string_view("\n\r\0", 3)) == std::string::npos) return;
    throw Error(fmt::format("cannot transfer \"{}\" with scp", printable(path)))
        .because("its name holds a line break")
        .with_hint("Set ssh_file_transfer_method = \"sftp\".");
}

/// True when a top name of a received tree fits the last part of the requested path.
bool was_asked_for(const std::string& name, const std::string& remote_pattern) {
    std::string pattern = remote_pattern;
    while (pattern.size() > 1 && pattern.ends_with('/')) pattern.pop_back();
    pattern.erase(0, pattern.rfind('/') + 1);
    const bool computed = pattern.find_first_of("$~{\\") != std::string::npos;
    return computed || name == pattern || fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

}  // namespace
}  // namespace kiln
