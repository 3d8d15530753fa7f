#include "formats/file_system/xfs_files.h"

#include <algorithm>

#include "formats/bytes/bytes.h"
#include "formats/file_system/path_walk.h"

namespace kiln::formats {

namespace {

[[noreturn]] void unreadable(const XfsInode& directory);
std::string_view text_at(std::span<const std::byte> bytes, std::size_t at, std::size_t length);

}  // namespace

std::optional<XfsInode> XfsFiles::find(std::string_view path, WorkBudget& budget) const {
    struct Names {
        XfsInode root() const { return files.inodes_.read(files.super_.root_inode, budget); }
        std::optional<XfsInode> child(const XfsInode& directory, std::string_view name) const {
            const auto number = files.lookup(directory, name, budget);
            if (!number) return std::nullopt;
            return files.inodes_.read(*number, budget);
        }
        std::optional<std::string> target(const XfsInode& link) const {
            return files.inodes_.target(link, budget);
        }
        const XfsFiles& files;
        WorkBudget& budget;
    };
    const Names names{*this, budget};
    return walk_path(path, names);
}

void XfsFiles::for_each_entry(const XfsInode& directory, WorkBudget& budget,
                              const Visit& visit) const {
    if (directory.form == XfsInode::Form::Local) {
        visit_short(directory, visit);
    } else {
        visit_blocks(directory, budget, visit);
    }
}

std::optional<std::uint64_t> XfsFiles::lookup(const XfsInode& directory, std::string_view name,
                                              WorkBudget& budget) const {
    std::optional<std::uint64_t> found;
    for_each_entry(directory, budget, [&](const Entry& entry) {
        if (entry.name == name) found = entry.inode;
        return !found;
    });
    return found;
}

// Within the inode: a count of names, one of numbers that need 64 bits, the parent's number, and
// names, each with its length, its place in a block to be, itself, its type and its number.
void XfsFiles::visit_short(const XfsInode& directory, const Visit& visit) const {
    constexpr std::size_t kCounts = 2;
    if (directory.size > directory.fork.size() || directory.size < kCounts) unreadable(directory);
    const auto bytes = std::span<const std::byte>(directory.fork).first(directory.size);
    const auto count = std::to_integer<unsigned>(bytes[0]);
    const bool wide = std::to_integer<unsigned>(bytes[1]) != 0;
    const std::size_t number_size = wide ? 8 : 4;
    const auto number_at = [&](std::size_t at) -> std::uint64_t {
        if (!fits(at, number_size, bytes.size())) unreadable(directory);
        return wide ? load_be<std::uint64_t>(bytes, at) : load_be<std::uint32_t>(bytes, at);
    };
    if (!visit({directory.number, "."}) || !visit({number_at(kCounts), ".."})) return;
    std::size_t at = kCounts + number_size;
    for (unsigned i = 0; i < count; ++i) {
        constexpr std::size_t kBeforeName = 3;
        if (!fits(at, kBeforeName, bytes.size())) unreadable(directory);
        const std::size_t length = std::to_integer<std::size_t>(bytes[at]);
        const std::size_t name = at + kBeforeName;
        const std::size_t number = name + length + (super_.types_in_directories ? 1 : 0);
        if (length == 0) unreadable(directory);
        const std::uint64_t inode = number_at(number);
        if (!visit({inode, text_at(bytes, name, length)})) return;
        at = number + number_size;
    }
}

// A block of a directory may be several of the file system, which need not lie together.
void XfsFiles::visit_blocks(const XfsInode& directory, WorkBudget& budget,
                            const Visit& visit) const {
    constexpr std::uint64_t kNamesEnd = std::uint64_t{32} << 30;  // the index begins here
    const std::uint64_t end = kNamesEnd / super_.block_size;
    const std::uint64_t whole = super_.directory_block_size / super_.block_size;
    std::vector<std::byte> block(super_.directory_block_size);
    std::uint64_t due = 0;  // what comes next, if `block` is not whole
    inodes_.for_each_run(directory, budget, [&](const XfsInodes::Run& run) {
        if (run.logical >= end) return false;
        if (!run.written || run.count > end - run.logical) unreadable(directory);
        for (std::uint64_t i = 0; i < run.count;) {
            const std::uint64_t logical = run.logical + i;
            const std::uint64_t within = logical % whole;
            if (within == 0 ? due % whole != 0 : logical != due) unreadable(directory);
            const std::uint64_t count = std::min(whole - within, run.count - i);
            inodes_.read_blocks(
                run, i,
                std::span(block).subspan(within * super_.block_size, count * super_.block_size),
                budget);
            i += count;
            due = logical + count;
            if (due % whole == 0 && visit_block(directory, block, visit)) return false;
        }
        return true;
    });
}

// Tells whether `visit` wants no more.
bool XfsFiles::visit_block(const XfsInode& directory, std::span<const std::byte> block,
                           const Visit& visit) const {
    constexpr std::size_t kAlignment = 8;
    constexpr std::uint16_t kUnused = 0xFFFF;
    constexpr std::size_t kName = 9;  // after a number and a length
    constexpr std::size_t kTag = 2;
    for (auto rest = names_in(directory, block); !rest.empty();) {
        std::size_t length = 0;  // what there is of the block is aligned, too
        if (load_be<std::uint16_t>(rest, 0) == kUnused) {
            length = load_be<std::uint16_t>(rest, 2);
            if (length == 0 || length % kAlignment != 0 || length > rest.size()) {
                unreadable(directory);
            }
        } else {
            if (rest.size() < kName) unreadable(directory);
            const std::size_t name = std::to_integer<std::size_t>(rest[8]);
            length =
                round_up(kName + name + (super_.types_in_directories ? 1 : 0) + kTag, kAlignment);
            if (name == 0 || length > rest.size()) unreadable(directory);
            if (!visit({load_be<std::uint64_t>(rest, 0), text_at(rest, kName, name)})) return true;
        }
        rest = rest.subspan(length);
    }
    return false;
}

std::span<const std::byte> XfsFiles::names_in(const XfsInode& directory,
                                              std::span<const std::byte> block) const {
    constexpr std::uint32_t kOnly = 0x58443242;    // "XD2B": the index is in the same block
    constexpr std::uint32_t kOnlyV5 = 0x58444233;  // "XDB3"
    constexpr std::uint32_t kData = 0x58443244;    // "XD2D"
    constexpr std::uint32_t kDataV5 = 0x58444433;  // "XDD3"
    constexpr std::size_t kChecksum = 4;
    constexpr std::size_t kTail = 8;
    constexpr std::size_t kIndexEntry = 8;
    const auto magic = load_be<std::uint32_t>(block, 0);
    const bool only = magic == (super_.v5 ? kOnlyV5 : kOnly);
    if (!only && magic != (super_.v5 ? kDataV5 : kData)) unreadable(directory);
    if (super_.v5 && (!xfs_checksum_is_right(block, kChecksum) ||
                      load_be<std::uint64_t>(block, 40) != directory.number ||
                      !super_.is_own(block.subspan(24, 16)))) {
        xfs_damaged(fmt::format("the checksum of directory {} is wrong", directory.number));
    }
    const auto names = block.subspan(super_.v5 ? 64 : 16);
    if (!only) return names;
    const std::size_t room = names.size() - kTail;
    const std::size_t index = load_be<std::uint32_t>(block, block.size() - kTail);
    if (index > room / kIndexEntry) unreadable(directory);
    return names.first(room - index * kIndexEntry);
}

namespace {

void unreadable(const XfsInode& directory) {
    xfs_damaged(fmt::format("directory {} cannot be read", directory.number));
}

std::string_view text_at(std::span<const std::byte> bytes, std::size_t at, std::size_t length) {
    const auto text = bytes.subspan(at, length);
    return {reinterpret_cast<const char*>(text.data()), text.size()};
}

}  // namespace
}  // namespace kiln::formats
