#pragma once

#include <filesystem>
#include <string>

#include "communicator/communicator.h"
#include "communicator/local_tree.h"
#include "communicator/sftp_client.h"

namespace kiln {

/// Whole files and directories by SFTP; the rules are those of Communicator. Modes are set as they
/// are here, whatever the guest's umask.

void sftp_send_file(SftpClient& client, LocalFile& file, const std::string& remote,
                    const TransferProgress& progress);
void sftp_send_bytes(SftpClient& client, std::string_view bytes, const std::string& remote);
/// Makes the directories that are missing below `remote`'s parent; one that is there keeps its
/// mode.
void sftp_send_tree(SftpClient& client, const LocalTree& tree, const std::string& remote);
void sftp_receive_file(SftpClient& client, const std::string& remote,
                       const std::filesystem::path& local, const TransferProgress& progress);
/// Links in the guest are followed there; here only files and directories are made, below `local`.
void sftp_receive_tree(SftpClient& client, const std::string& remote,
                       const std::filesystem::path& local);

}  // namespace kiln
