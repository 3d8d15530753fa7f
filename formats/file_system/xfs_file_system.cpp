#include "formats/file_system/xfs_file_system.h"

#include <algorithm>

#include "formats/bytes/bytes.h"
#include "formats/file_system/xfs_log.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kNamesBudget = 16 << 20;  // bytes, of directories and inodes

}  // namespace

std::unique_ptr<FileSystem> open_xfs(const Volume& volume) {
    auto super = XfsSuperblock::read(volume);
    if (!super) return nullptr;
    return std::make_unique<XfsFileSystem>(volume, std::move(*super));
}

XfsFileSystem::XfsFileSystem(const Volume& volume, XfsSuperblock super)
    : volume_(volume),
      super_(std::move(super)),
      free_space_(volume_, super_),
      inodes_(volume_, super_),
      files_(super_, inodes_) {
    info_.type = "xfs";
    info_.label = super_.label;
    info_.uuid = super_.uuid;
    info_.size = super_.size();
    info_.used = (super_.blocks - super_.free_blocks) * super_.block_size;
    info_.block_size = super_.block_size;
    info_.untouchable = super_.obstacle;
    info_.unknown = super_.unknown;
    if (info_.size > volume.size()) {
        info_.untouchable = "it is larger than its volume";
    } else if (info_.untouchable.empty() && !xfs_log_is_clean(volume, super_)) {
        info_.untouchable = "its log has not been replayed";
    }
}

// Free space at the end of one group and at the start of the next cannot meet: headers are between.
void XfsFileSystem::for_each_free(const FreeRange& visit) const {
    for (std::uint32_t group = 0; group < super_.groups; ++group) {
        free_space_.for_each(group, [&](std::uint32_t start, std::uint32_t count) {
            visit(super_.offset_in_group(group, start), std::uint64_t{count} * super_.block_size);
        });
    }
}

std::optional<std::string> XfsFileSystem::read_file(std::string_view path, std::size_t limit) const
    try {
    WorkBudget budget(kNamesBudget / super_.block_size + limit / super_.block_size);
    const auto inode = files_.find(path, budget);
    if (!inode || inode->type != XfsInode::kFile || inode->on_realtime || inode->size > limit) {
        return std::nullopt;
    }
    const std::vector<std::byte> bytes = inodes_.content(*inode, limit, budget);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
} catch (const TooMuchWork&) {
    return std::nullopt;
} catch (const Error&) {
    // What is missing may wait in the log, or be meant by a feature that is not known.
    if (info_.untouchable.empty()) throw;
    return std::nullopt;
}

}  // namespace kiln::formats
