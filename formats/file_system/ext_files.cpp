#include "formats/file_system/ext_files.h"

#include <algorithm>

#include "formats/bytes/bytes.h"
#include "formats/file_system/path_walk.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kLongestLink = 4096;
constexpr unsigned kDeepestPath = 512;

bool for_each_in_block(std::span<const std::byte> block,
                       const std::function<bool(const ExtFiles::Entry&)>& visit);

}  // namespace

std::optional<ExtInode> ExtFiles::find(std::string_view path, WorkBudget& budget) const {
    struct Names {
        ExtInode root() const { return files.inodes_.read(kRoot, budget); }
        std::optional<ExtInode> child(const ExtInode& directory, std::string_view name) const {
            const auto number = files.lookup(directory, name, budget);
            if (!number) return std::nullopt;
            return files.inodes_.read(*number, budget);
        }
        std::optional<std::string> target(const ExtInode& link) const {
            if (link.is_encrypted() || link.size > kLongestLink) return std::nullopt;
            const std::vector<std::byte> bytes = files.inodes_.content(link, kLongestLink, budget);
            return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        }
        const ExtFiles& files;
        WorkBudget& budget;
    };
    const Names names{*this, budget};
    return walk_path(path, names);
}

bool ExtFiles::for_each_entry(const ExtInode& directory, WorkBudget& budget,
                              const std::function<bool(const Entry&)>& visit) const {
    if (directory.is_inline()) {
        constexpr std::size_t kParent = 4;  // an inline directory begins with its parent's number
        constexpr std::size_t kFirst = 60;
        const std::vector<std::byte> bytes = inodes_.content(directory, super_.block_size, budget);
        if (bytes.size() < kParent) return false;
        const std::span<const std::byte> all(bytes);
        const std::size_t first = std::min(bytes.size(), kFirst);
        return !visit({directory.number, "."}) ||
               !visit({load_le<std::uint32_t>(bytes, 0), ".."}) ||
               for_each_in_block(all.subspan(kParent, first - kParent), visit) ||
               for_each_in_block(all.subspan(first), visit);
    }
    std::vector<std::byte> block(super_.block_size);
    bool stopped = false;
    inodes_.for_each_run(directory, budget, [&](const ExtInodes::Run& run) {
        if (run.kind != ExtInodes::Run::Kind::Data) return true;
        for (std::uint64_t i = 0; i < run.count && !stopped; ++i) {
            if ((run.logical + i) * super_.block_size >= directory.size) return false;
            budget.spend();
            inodes_.read_block(run.block + i, block);
            stopped = for_each_in_block(block, visit);
        }
        return !stopped;
    });
    return stopped;
}

std::optional<std::uint32_t> ExtFiles::lookup(const ExtInode& directory, std::string_view name,
                                              WorkBudget& budget) const {
    std::optional<std::uint32_t> found;
    for_each_entry(directory, budget, [&](const Entry& entry) {
        if (entry.name == name) found = entry.inode;
        return !found;
    });
    return found;
}

std::optional<std::string> ExtFiles::path_of(std::uint32_t inode, WorkBudget& budget) const {
    std::string path;
    // A file's name is looked for everywhere; from its directory on, `..` leads upwards.
    auto parent = inode == kRoot ? std::nullopt : parent_of(inode, budget);
    if (inode == kRoot) return "/";
    if (!parent) return std::nullopt;
    path = "/" + parent->second;
    ExtInode directory = std::move(parent->first);
    for (unsigned depth = 0; directory.number != kRoot; ++depth) {
        if (depth == kDeepestPath) return std::nullopt;
        const auto above = lookup(directory, "..", budget);
        if (!above) return std::nullopt;
        ExtInode upper = inodes_.read(*above, budget);
        if (upper.type != ExtInode::kDirectory) return std::nullopt;
        const auto name = name_in(upper, directory.number, budget);
        if (!name) return std::nullopt;
        path = "/" + *name + path;
        directory = std::move(upper);
    }
    return path;
}

std::optional<std::pair<ExtInode, std::string>> ExtFiles::parent_of(std::uint32_t inode,
                                                                    WorkBudget& budget) const {
    std::optional<std::pair<ExtInode, std::string>> found;
    // Linux puts files into the group of their directory where it can.
    const std::uint64_t own = (inode - 1) / super_.inodes_per_group;
    for (std::uint64_t i = 0; i < super_.groups && !found; ++i) {
        const std::uint64_t group = (own + i) % super_.groups;
        inodes_.for_each_in_group(group, budget, [&](const ExtInode& candidate) {
            if (candidate.type != ExtInode::kDirectory || candidate.is_encrypted()) return true;
            if (auto name = name_in(candidate, inode, budget)) {
                found.emplace(candidate, std::move(*name));
            }
            return !found;
        });
    }
    return found;
}

std::optional<std::string> ExtFiles::name_in(const ExtInode& directory, std::uint32_t inode,
                                             WorkBudget& budget) const {
    std::optional<std::string> found;
    for_each_entry(directory, budget, [&](const Entry& entry) {
        if (entry.inode == inode && entry.name != "." && entry.name != "..") {
            found = std::string(entry.name);
        }
        return !found;
    });
    return found;
}

namespace {

bool for_each_in_block(std::span<const std::byte> block,
                       const std::function<bool(const ExtFiles::Entry&)>& visit) {
    constexpr std::size_t kHeader = 8;
    while (block.size() > kHeader) {
        const auto inode = load_le<std::uint32_t>(block, 0);
        std::size_t length = load_le<std::uint16_t>(block, 4);
        // In blocks of 64 KiB an entry may be as long as the block, which 16 bits do not hold.
        if (length == 0xFFFF || (length == 0 && block.size() == 0x10000)) length = 0x10000;
        const std::size_t name_length = std::to_integer<std::size_t>(block[6]);
        if (length < kHeader || length > block.size() || name_length > length - kHeader) {
            throw Error("the ext file system is damaged").because("a directory cannot be read");
        }
        if (inode != 0 && name_length != 0) {
            const auto* name = reinterpret_cast<const char*>(block.data()) + kHeader;
            if (!visit({inode, {name, name_length}})) return true;
        }
        block = block.subspan(length);
    }
    return false;
}

}  // namespace
}  // namespace kiln::formats
