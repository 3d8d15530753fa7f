#include "communicator/sftp_client.h"

#include <algorithm>
#include <set>

#include <sys/stat.h>

#include "base/error.h"
#include "communicator/ssh_probe.h"
#include "communicator/ssh_wire.h"

namespace kiln {
namespace {

// draft-ietf-secsh-filexfer-02
constexpr std::uint8_t init = 1;
constexpr std::uint8_t version = 2;
constexpr std::uint8_t open_file_request = 3;
constexpr std::uint8_t close_request = 4;
constexpr std::uint8_t read_request = 5;
constexpr std::uint8_t write_request = 6;
constexpr std::uint8_t setstat_request = 9;
constexpr std::uint8_t opendir_request = 11;
constexpr std::uint8_t readdir_request = 12;
constexpr std::uint8_t mkdir_request = 14;
constexpr std::uint8_t realpath_request = 16;
constexpr std::uint8_t stat_request = 17;
constexpr std::uint8_t status_reply = 101;
constexpr std::uint8_t handle_reply = 102;
constexpr std::uint8_t data_reply = 103;
constexpr std::uint8_t name_reply = 104;
constexpr std::uint8_t attributes_reply = 105;

constexpr std::uint32_t protocol_version = 3;
constexpr std::uint32_t flag_read = 1;
constexpr std::uint32_t flag_write = 2;
constexpr std::uint32_t flag_create = 8;
constexpr std::uint32_t flag_truncate = 16;
constexpr std::uint32_t has_size = 1;
constexpr std::uint32_t has_owner = 2;
constexpr std::uint32_t has_mode = 4;
constexpr std::uint32_t has_times = 8;
constexpr std::uint32_t has_extensions = 0x80000000;
constexpr std::uint32_t status_ok = 0;
constexpr std::uint32_t status_eof = 1;
constexpr std::uint32_t status_no_such_file = 2;

/// What every server has to take, and how many of them are under way at a time.
constexpr std::uint32_t block_size = 32 * 1024;
constexpr std::size_t most_in_flight = 64;
constexpr std::uint32_t largest_packet = 256 * 1024 + 1024;
constexpr std::uint32_t largest_handle = 256;  // as the draft says
constexpr std::size_t most_entries = 1'000'000;

struct Status {
    std::uint32_t code = 0;
    std::string text;
};

Status read_status(std::string_view body);
std::string status_text(const Status& status);
SftpAttributes read_attributes(WireReader& reader);
std::string mode_attributes(mode_t mode);
[[noreturn]] void fail(const std::string& what, const Status& status);
[[noreturn]] void fail_protocol(const std::string& what);

}  // namespace

bool SftpAttributes::is_directory() const {
    return mode && S_ISDIR(*mode);
}

bool SftpAttributes::is_link() const {
    return mode && S_ISLNK(*mode);
}

bool SftpAttributes::is_regular_file() const {
    return mode && S_ISREG(*mode);
}

SftpClient::SftpClient(ByteStream& stream) : stream_(stream) {
    WireWriter greeting;
    greeting.u8(init).u32(protocol_version);
    stream_.write(WireWriter().string(greeting.bytes()).bytes());
    const std::string packet = receive_packet();
    WireReader reader(packet);
    if (reader.u8() != version || reader.u32() < protocol_version) {
        throw Error("the guest's SFTP server speaks no version that kiln knows")
            .with_hint("Set ssh_file_transfer_method = \"scp\".");
    }
}

std::optional<SftpAttributes> SftpClient::stat(const std::string& path) {
    const Reply reply = call(stat_request, WireWriter().string(path).bytes());
    const std::string what = fmt::format("cannot look at {} in the guest", path);
    if (reply.type == status_reply) {
        const Status status = read_status(reply.body);
        if (status.code == status_no_such_file) return std::nullopt;
        fail(what, status);
    }
    if (reply.type != attributes_reply) fail_protocol(what);
    WireReader reader(reply.body);
    return read_attributes(reader);
}

std::string SftpClient::real_path(const std::string& path) {
    const Reply reply = call(realpath_request, WireWriter().string(path).bytes());
    const std::string what = fmt::format("cannot resolve {} in the guest", path);
    if (reply.type == status_reply) fail(what, read_status(reply.body));
    WireReader reader(reply.body);
    if (reply.type != name_reply || reader.u32() != 1) fail_protocol(what);
    return std::string(reader.string());
}

void SftpClient::make_directory(const std::string& path, mode_t mode) {
    const std::string body = WireWriter().string(path).bytes() + mode_attributes(mode);
    call_for_status(mkdir_request, body,
                    fmt::format("cannot make the directory {} in the guest", path));
}

void SftpClient::set_mode(const std::string& path, mode_t mode) {
    const std::string body = WireWriter().string(path).bytes() + mode_attributes(mode);
    call_for_status(setstat_request, body,
                    fmt::format("cannot set the mode of {} in the guest", path));
}

std::vector<SftpEntry> SftpClient::list(const std::string& path) {
    const std::string what = fmt::format("cannot read the directory {} in the guest", path);
    const std::string handle = open(opendir_request, WireWriter().string(path).bytes(), what);
    std::vector<SftpEntry> entries;
    for (;;) {
        const Reply reply = call(readdir_request, WireWriter().string(handle).bytes());
        if (reply.type == status_reply) {
            const Status status = read_status(reply.body);
            if (status.code != status_eof) fail(what, status);
            break;
        }
        if (reply.type != name_reply) fail_protocol(what);
        WireReader reader(reply.body);
        for (std::uint32_t left = reader.u32(); left > 0; --left) {
            std::string name(reader.string());
            reader.string();  // the same as `ls -l` shows it
            const SftpAttributes attributes = read_attributes(reader);
            if (name == "." || name == "..") continue;
            entries.push_back({std::move(name), attributes});
        }
        if (entries.size() > most_entries) throw Error(what).because("it has too many entries");
    }
    close(handle, what);
    return entries;
}

void SftpClient::write_file(const std::string& path, mode_t mode, const Source& source) {
    const std::string what = fmt::format("cannot write {} in the guest", path);
    WireWriter request;
    request.string(path).u32(flag_write | flag_create | flag_truncate);
    const std::string handle =
        open(open_file_request, request.bytes() + mode_attributes(mode), what);
    std::set<std::uint32_t> waiting;
    std::uint64_t offset = 0;
    bool more = true;
    while (more || !waiting.empty()) {
        if (more && waiting.size() < most_in_flight) {
            const std::string bytes = source(block_size);
            more = !bytes.empty();
            if (!more) continue;
            WireWriter block;
            block.string(handle).u64(offset).string(bytes);
            waiting.insert(send(write_request, block.bytes()));
            offset += bytes.size();
            continue;
        }
        const Reply reply = receive();
        if (reply.type != status_reply || waiting.erase(reply.id) == 0) fail_protocol(what);
        const Status status = read_status(reply.body);
        if (status.code != status_ok) fail(what, status);
    }
    close(handle, what);
}

/// The state of one read_file: which blocks are under way, and where the file ends.
struct SftpClient::Download {
    struct Block {
        std::uint64_t offset;
        std::uint32_t size;
    };

    const std::string& handle;
    const std::string& what;
    const Sink& sink;
    std::map<std::uint32_t, Block> waiting;
    std::uint64_t received_to = 0;          // the end of the furthest bytes
    std::optional<std::uint64_t> end = {};  // the lowest offset at which the file had ended
};

void SftpClient::read_file(const std::string& path, const Sink& sink) {
    const std::string what = fmt::format("cannot read {} in the guest", path);
    WireWriter request;
    request.string(path).u32(flag_read).u32(0);
    const std::string handle = open(open_file_request, request.bytes(), what);
    Download download{handle, what, sink, {}, 0, {}};
    std::uint64_t offset = 0;
    // Small files need one block and its end; the window opens as blocks come in.
    std::size_t window = 2;
    while (!download.end || !download.waiting.empty()) {
        if (!download.end && download.waiting.size() < window) {
            WireWriter block;
            block.string(handle).u64(offset).u32(block_size);
            download.waiting[send(read_request, block.bytes())] = {offset, block_size};
            offset += block_size;
            continue;
        }
        accept_data(download, receive());
        window = std::min(window + 2, most_in_flight);
    }
    if (download.received_to > *download.end) throw Error(what).because("it changes meanwhile");
    close(handle, what);
}

void SftpClient::accept_data(Download& download, const Reply& reply) {
    const auto found = download.waiting.find(reply.id);
    if (found == download.waiting.end()) fail_protocol(download.what);
    const Download::Block block = found->second;
    download.waiting.erase(found);
    if (reply.type == status_reply) {
        const Status status = read_status(reply.body);
        if (status.code != status_eof) fail(download.what, status);
        download.end = std::min(download.end.value_or(block.offset), block.offset);
        return;
    }
    if (reply.type != data_reply) fail_protocol(download.what);
    WireReader reader(reply.body);
    const std::string_view bytes = reader.string();
    if (bytes.empty() || bytes.size() > block.size) fail_protocol(download.what);
    download.sink(block.offset, bytes);
    download.received_to = std::max(download.received_to, block.offset + bytes.size());
    const auto missing = static_cast<std::uint32_t>(block.size - bytes.size());
    if (missing == 0) return;
    const Download::Block rest{block.offset + bytes.size(), missing};
    WireWriter request;
    request.string(download.handle).u64(rest.offset).u32(rest.size);
    download.waiting[send(read_request, request.bytes())] = rest;
}

std::uint32_t SftpClient::send(std::uint8_t type, std::string_view body) {
    const std::uint32_t id = next_id_++;
    WireWriter packet;
    packet.u32(static_cast<std::uint32_t>(body.size() + 5)).u8(type).u32(id);
    stream_.write(packet.bytes() + std::string(body));
    return id;
}

SftpClient::Reply SftpClient::receive() {
    const std::string packet = receive_packet();
    WireReader reader(packet);
    Reply reply;
    reply.type = reader.u8();
    reply.id = reader.u32();
    reply.body = packet.substr(5);
    return reply;
}

std::string SftpClient::receive_packet() {
    std::string length(4, '\0');
    read_exactly(stream_, length);
    const std::uint32_t size = WireReader(length).u32();
    if (size > largest_packet) {
        throw Error("the guest's SFTP server sent a message that is too long")
            .with_hint("A login script that prints something also for commands causes this.");
    }
    std::string packet(size, '\0');
    read_exactly(stream_, packet);
    return packet;
}

SftpClient::Reply SftpClient::call(std::uint8_t type, std::string_view body) {
    const std::uint32_t id = send(type, body);
    Reply reply = receive();
    if (reply.id != id) fail_protocol("SFTP failed");
    return reply;
}

void SftpClient::call_for_status(std::uint8_t type, std::string_view body,
                                 const std::string& what) {
    const Reply reply = call(type, body);
    if (reply.type != status_reply) fail_protocol(what);
    const Status status = read_status(reply.body);
    if (status.code != status_ok) fail(what, status);
}

std::string SftpClient::open(std::uint8_t type, std::string_view body, const std::string& what) {
    const Reply reply = call(type, body);
    if (reply.type == status_reply) fail(what, read_status(reply.body));
    if (reply.type != handle_reply) fail_protocol(what);
    const std::string_view handle = WireReader(reply.body).string();
    if (handle.size() > largest_handle) fail_protocol(what);
    return std::string(handle);
}

void SftpClient::close(const std::string& handle, const std::string& what) {
    call_for_status(close_request, WireWriter().string(handle).bytes(), what);
}

namespace {

Status read_status(std::string_view body) {
    WireReader reader(body);
    Status status;
    status.code = reader.u32();
    // Some servers leave the text out.
    if (body.size() > 4) status.text = printable(reader.string());
    return status;
}

std::string status_text(const Status& status) {
    constexpr std::uint32_t no_such_file = 2;
    constexpr std::uint32_t permission_denied = 3;
    constexpr std::uint32_t failure = 4;
    if (status.code == no_such_file) return "no such file or directory";
    if (status.code == permission_denied) return "permission denied";
    if (status.code == failure && (status.text.empty() || status.text == "Failure")) {
        return "the guest's SFTP server gives no reason (a directory in a file's place, a full "
               "disk?)";
    }
    return status.text.empty() ? fmt::format("SFTP status {}", status.code) : status.text;
}

SftpAttributes read_attributes(WireReader& reader) {
    SftpAttributes attributes;
    const std::uint32_t flags = reader.u32();
    if ((flags & has_size) != 0) attributes.size = reader.u64();
    if ((flags & has_owner) != 0) reader.u64();
    if ((flags & has_mode) != 0) attributes.mode = reader.u32();
    if ((flags & has_times) != 0) reader.u64();
    if ((flags & has_extensions) != 0) {
        for (std::uint32_t left = reader.u32(); left > 0; --left) {
            reader.string();
            reader.string();
        }
    }
    return attributes;
}

std::string mode_attributes(mode_t mode) {
    return WireWriter().u32(has_mode).u32(static_cast<std::uint32_t>(mode)).bytes();
}

void fail(const std::string& what, const Status& status) {
    throw Error(what).because(status_text(status));
}

void fail_protocol(const std::string& what) {
    throw Error(what).because("the guest's SFTP server breaks its protocol");
}

}  // namespace
}  // namespace kiln
