#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "communicator/byte_stream.h"

namespace kiln {

struct SftpAttributes {
    std::optional<std::uint64_t> size;
    std::optional<std::uint32_t> mode;  ///< with the file type's bits

    bool is_directory() const;
    bool is_link() const;
    bool is_regular_file() const;
};

struct SftpEntry {
    std::string name;
    SftpAttributes attributes;
};

/// A client of SFTP version 3 over a stream. kiln has its own because libssh 0.10's waits for the
/// answer to each block that it writes, and cannot be cancelled meanwhile; this one keeps two
/// megabytes in flight both ways. Answers are not trusted: every length is checked, answers that
/// nobody waits for are errors. Calls throw Error with the remote path and the server's reason.
class SftpClient {
  public:
    /// Greets the server.
    explicit SftpClient(ByteStream& stream);

    /// What a path names, after following links; nothing when it names nothing.
    std::optional<SftpAttributes> stat(const std::string& path);
    std::string real_path(const std::string& path);
    void make_directory(const std::string& path, mode_t mode);
    void set_mode(const std::string& path, mode_t mode);
    /// The content of a directory without `.` and `..`; links are not followed.
    std::vector<SftpEntry> list(const std::string& path);

    /// Makes or empties a file and writes what `source` gives until it gives nothing.
    using Source = std::function<std::string(std::size_t size)>;
    void write_file(const std::string& path, mode_t mode, const Source& source);
    /// Reads a file; `sink` may get its parts in another order than theirs.
    using Sink = std::function<void(std::uint64_t offset, std::string_view bytes)>;
    void read_file(const std::string& path, const Sink& sink);

  private:
    struct Reply {
        std::uint8_t type = 0;
        std::uint32_t id = 0;
        std::string body;  ///< what follows the id
    };
    struct Download;

    std::uint32_t send(std::uint8_t type, std::string_view body);
    Reply receive();
    Reply call(std::uint8_t type, std::string_view body);
    void call_for_status(std::uint8_t type, std::string_view body, const std::string& what);
    std::string open(std::uint8_t type, std::string_view body, const std::string& what);
    void close(const std::string& handle, const std::string& what);
    void accept_data(Download& download, const Reply& reply);
    std::string receive_packet();

    ByteStream& stream_;
    std::uint32_t next_id_ = 0;
};

}  // namespace kiln
