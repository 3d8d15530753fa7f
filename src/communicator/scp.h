#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "communicator/byte_stream.h"
#include "communicator/communicator.h"
#include "communicator/local_tree.h"

namespace kiln {

/// The scp protocol, spoken with the guest's own `scp` over a channel. A side sends lines
/// (`C<mode> <size> <name>` before a file's bytes, `D<mode> 0 <name>` and `E` around a directory's
/// content) and the other answers each with a zero byte, or with 1 or 2 and an error text.
/// What a guest sends is not trusted: names cannot lead out of the local directory, lines and depth
/// are bounded, a file never gets more bytes than announced.

/// A remote path for the guest's shell: characters that would end the word or start a command are
/// escaped with backslashes, while `~`, `$`, `*`, `?` and brackets keep their meaning. Throws Error
/// for a path with a line break or a NUL byte.
std::string scp_quote(const std::string& path);

/// The guest's command that takes one file into `directory`.
std::string scp_take_file_command(const std::string& directory);
/// The guest's command that takes a tree into `path`. When its content goes in without a directory
/// of its own, `path` has to be a directory already.
std::string scp_take_tree_command(const std::string& path, bool content_only);
/// The guest's command that gives a file, or a tree. A path whose only special characters are
/// spaces stands in double quotes, which Windows guests understand too.
std::string scp_give_command(const std::string& path, bool recursive);

/// Runs one side of a transfer, then sees that the guest's scp ended well. Its own error output and
/// exit status explain a failure; status 127 means that scp is not installed.
void run_scp(ByteStream& stream, const std::function<void()>& transfer);

using ByteSource = std::function<std::string(std::size_t size)>;

/// Sends one file of exactly `size` bytes, read from `source`.
void scp_send_file(ByteStream& stream, const std::string& name, mode_t mode, std::uint64_t size,
                   const ByteSource& source, const TransferProgress& progress);
void scp_send_tree(ByteStream& stream, const LocalTree& tree);

/// Receives one file. The guest offering a directory or several files is an Error.
void scp_receive_file(ByteStream& stream, const std::filesystem::path& local,
                      const TransferProgress& progress);
/// Receives a tree below the directory `local`. Top names must match the last part of
/// `remote_pattern`, as that is what was asked for.
void scp_receive_tree(ByteStream& stream, const std::filesystem::path& local,
                      const std::string& remote_pattern);

}  // namespace kiln
