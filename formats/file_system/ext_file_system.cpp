#include "formats/file_system/ext_file_system.h"

#include <array>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kNamesBudget = 4096;     // blocks, of directories
constexpr std::uint64_t kOwnerBudget = 1 << 17;  // blocks, of 16 inodes each where they are 256
constexpr std::chrono::milliseconds kOwnerTime{5000};

std::string_view name_of_reserved(std::uint32_t inode);

}  // namespace

std::unique_ptr<FileSystem> open_ext(const Volume& volume) {
    auto super = ExtSuperblock::read(volume);
    if (!super) return nullptr;
    return std::make_unique<ExtFileSystem>(volume, std::move(*super));
}

ExtFileSystem::ExtFileSystem(const Volume& volume, ExtSuperblock super)
    : super_(std::move(super)),
      groups_(volume, super_),
      inodes_(volume, super_, groups_),
      files_(super_, inodes_) {
    info_.type = super_.type();
    info_.label = super_.label;
    info_.uuid = super_.uuid;
    info_.size = super_.size();
    info_.used = (super_.blocks - super_.free_blocks) * super_.block_size;
    info_.block_size = super_.block_size;
    info_.untouchable = find_obstacle(volume);
    info_.unknown = super_.unknown_features();
}

void ExtFileSystem::for_each_free(const FreeRange& visit) const {
    groups_.for_each_free([&](std::uint64_t block, std::uint64_t count) {
        visit(block * super_.block_size, count * super_.block_size);
    });
}

std::optional<std::string> ExtFileSystem::read_file(std::string_view path, std::size_t limit) const
    try {
    WorkBudget budget(kNamesBudget + limit / super_.block_size);
    const auto inode = files_.find(path, budget);
    if (!inode || inode->type != ExtInode::kFile || inode->is_encrypted() || inode->size > limit) {
        return std::nullopt;
    }
    const std::vector<std::byte> bytes = inodes_.content(*inode, limit, budget);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
} catch (const TooMuchWork&) {
    return std::nullopt;
}

std::optional<std::string> ExtFileSystem::owner_of(std::uint64_t offset) const try {
    if (offset >= super_.size()) return "[behind the file system]";
    if (offset < ExtSuperblock::kOffset) return "[boot area]";
    const std::uint64_t block = offset / super_.block_size;
    if (const auto metadata = groups_.metadata_at(block)) return fmt::format("[{}]", *metadata);
    if (groups_.is_free(block)) return "[free]";
    WorkBudget budget(kOwnerBudget, kOwnerTime);
    std::optional<std::string> owner;
    const std::uint64_t own = (block - super_.first_data_block) / super_.blocks_per_group;
    for (std::uint64_t i = 0; i < super_.groups && !owner; ++i) {
        const std::uint64_t group = (own + i) % super_.groups;
        inodes_.for_each_in_group(group, budget, [&](const ExtInode& inode) {
            const bool found = inodes_.for_each_run(inode, budget, [&](const ExtInodes::Run& run) {
                return block < run.block || block - run.block >= run.count;
            });
            if (found) owner = name_of(inode, budget);
            return !found;
        });
    }
    return owner;
} catch (const TooMuchWork&) {
    return std::nullopt;
}

std::optional<std::string> ExtFileSystem::name_of(const ExtInode& inode, WorkBudget& budget) const {
    if (const auto reserved = name_of_reserved(inode.number); !reserved.empty()) {
        return std::string(reserved);
    }
    const auto path = files_.path_of(inode.number, budget);
    return path ? *path : fmt::format("[inode {}]", inode.number);
}

std::string ExtFileSystem::find_obstacle(const Volume& volume) const {
    std::string obstacle = super_.untouchable(volume.size());
    if (!obstacle.empty()) return obstacle;
    if ((super_.incompat & ExtSuperblock::kMultiMount) != 0 && multi_mount_in_use()) {
        return "it is in use by a machine (multiple mount protection)";
    }
    if ((super_.compat & ExtSuperblock::kHasJournal) != 0 && journal_in_use()) {
        return "its journal has not been replayed";
    }
    return {};
}

bool ExtFileSystem::multi_mount_in_use() const {
    constexpr std::uint32_t kMagic = 0x004D4D50;
    constexpr std::uint32_t kClean = 0xFF4D4D50;
    std::vector<std::byte> block(super_.block_size);
    inodes_.read_block(super_.multi_mount_block, block);
    return load_le<std::uint32_t>(block, 0) != kMagic || load_le<std::uint32_t>(block, 4) != kClean;
}

// The superblock's flag says so too; a journal that begins somewhere is believed over it.
bool ExtFileSystem::journal_in_use() const {
    constexpr std::uint32_t kMagic = 0xC03B3998;
    constexpr std::size_t kHeader = 1024;
    constexpr std::size_t kStart = 0x1C;
    WorkBudget budget(kNamesBudget);
    const ExtInode inode = inodes_.read(super_.journal_inode, budget);
    const std::vector<std::byte> header = inodes_.content(inode, kHeader, budget);
    if (header.size() < kHeader || load_be<std::uint32_t>(header, 0) != kMagic) {
        throw Error("the ext file system is damaged").because("its journal has no header");
    }
    return load_be<std::uint32_t>(header, kStart) != 0;
}

namespace {

std::string_view name_of_reserved(std::uint32_t inode) {
    switch (inode) {
        case 3:
        case 4:
            return "[quota]";
        case 7:
            return "[reserved group descriptors]";
        case 8:
            return "[journal]";
        default:
            return "";
    }
}

}  // namespace
}  // namespace kiln::formats
