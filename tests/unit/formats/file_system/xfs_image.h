#pragma once

#include <string>
#include <utility>
#include <vector>

#include "formats/bytes/checksum.h"
#include "formats/file_system/xfs_files.h"
#include "tests/unit/formats/sparse_disk.h"

namespace kiln::formats {

/// Inodes, directories and trees of XFS, made by hand so that a test can break any byte of them:
/// two allocation groups of 1024 blocks of 4 KiB with inodes of 512 bytes, of either version.
/// Blocks are named by group * 1024 + block, inodes by block * 8 + place.
struct XfsImage {
    static constexpr std::uint64_t kBlock = 4096;
    static constexpr std::uint64_t kBlocks = 2048;
    static constexpr std::uint64_t kRoot = 64;
    static constexpr std::uint16_t kDirectory = 0x41ED;
    static constexpr std::uint16_t kFile = 0x81A4;
    static constexpr std::uint16_t kLink = 0xA1FF;
    enum Format : std::uint8_t { kDevice = 0, kLocal = 1, kList = 2, kTree = 3 };

    explicit XfsImage(bool v5) {
        super.v5 = v5;
        super.block_size = kBlock;
        super.sector_size = 512;
        super.blocks = kBlocks;
        super.group_blocks = 1024;
        super.groups = 2;
        super.group_bits = 10;
        super.root_inode = kRoot;
        super.inode_size = 512;
        super.inodes_per_block_bits = 3;
        super.directory_block_size = kBlock;
        super.types_in_directories = true;
        super.metadata_uuid.fill(std::byte{0x5A});
    }

    SparseDisk disk{kBlocks * kBlock};
    XfsSuperblock super;

    static std::string be(std::uint64_t value, unsigned bytes) {
        std::string text;
        while (bytes-- != 0) text += static_cast<char>(value >> (bytes * 8));
        return text;
    }
    void put(std::uint64_t at, std::uint64_t value, unsigned bytes) {
        disk.write(at, be(value, bytes));
    }
    void put_uuid(std::uint64_t at) { disk.write(at, super.metadata_uuid); }
    void seal(std::uint64_t at, std::uint64_t length, std::uint64_t checksum) {
        if (!super.v5) return;
        disk.put<std::uint32_t>(at + checksum, 0);
        std::vector<std::byte> bytes(length);
        disk.read(at, bytes);
        disk.put(at + checksum, ~crc32c(~0U, bytes));
    }

    static std::uint64_t inode_at(std::uint64_t number) { return number * 512; }
    std::uint64_t fork_at(std::uint64_t number) const {
        return inode_at(number) + (super.v5 ? 176 : 100);
    }
    void seal_inode(std::uint64_t number) { seal(inode_at(number), 512, 100); }
    /// `extents` counts those that `fork` lists.
    void inode(std::uint64_t number, std::uint16_t mode, Format format, std::uint64_t size,
               std::string_view fork, std::uint32_t extents = 0) {
        const std::uint64_t at = inode_at(number);
        disk.write(at, std::string(512, '\0'));
        disk.write(at, "IN");
        put(at + 2, mode, 2);
        put(at + 4, super.v5 ? 3 : 2, 1);
        put(at + 5, format, 1);
        put(at + 56, size, 8);
        put(at + 76, extents, 4);
        if (super.v5) {
            put(at + 152, number, 8);
            put_uuid(at + 160);
        }
        disk.write(fork_at(number), fork);
        seal_inode(number);
    }
    static std::string extent(std::uint64_t logical, std::uint64_t block, std::uint64_t count,
                              bool written = true) {
        return be((written ? 0 : std::uint64_t{1} << 63) | logical << 9 | block >> 43, 8) +
               be(block << 21 | count, 8);
    }
    void listed(std::uint64_t number, std::uint16_t mode, std::uint64_t size,
                const std::vector<std::string>& extents) {
        std::string fork;
        for (const std::string& one : extents) fork += one;
        inode(number, mode, kList, size, fork, static_cast<std::uint32_t>(extents.size()));
    }
    /// A file in one block.
    void file(std::uint64_t number, std::uint64_t block, std::string_view text) {
        listed(number, kFile, text.size(), {extent(0, block, 1)});
        disk.write(block * kBlock, text);
    }
    void link(std::uint64_t number, std::string_view target) {
        inode(number, kLink, kLocal, target.size(), target);
    }
    /// The text of a link in a block of its own.
    void link_text(std::uint64_t block, std::uint64_t owner, std::string_view text,
                   std::uint32_t position = 0) {
        const std::uint64_t at = block * kBlock;
        if (super.v5) {
            disk.write(at, "XSLM");
            put(at + 4, position, 4);
            put(at + 8, text.size(), 4);
            put_uuid(at + 16);
            put(at + 32, owner, 8);
        }
        disk.write(at + (super.v5 ? 56 : 0), text);
        seal(at, kBlock, 12);
    }

    using Names = std::vector<std::pair<std::string, std::uint64_t>>;
    std::string short_names(std::uint64_t parent, const Names& names,
                            unsigned number_size = 4) const {
        std::string text = be(names.size(), 1) + be(number_size == 8 ? 1 : 0, 1);
        text += be(parent, number_size);
        for (const auto& [name, number] : names) {
            text += be(name.size(), 1) + be(0, 2) + name;
            if (super.types_in_directories) text += be(1, 1);
            text += be(number, number_size);
        }
        return text;
    }
    void directory(std::uint64_t number, std::uint64_t parent, const Names& names) {
        const std::string text = short_names(parent, names);
        inode(number, kDirectory, kLocal, text.size(), text);
    }
    std::uint64_t names_at(std::uint64_t block) const {
        return block * kBlock + (super.v5 ? 64 : 16);
    }
    void seal_names(std::uint64_t block) { seal(block * kBlock, super.directory_block_size, 4); }
    /// A block of a directory; `index` entries stand at its end if it is the only one.
    void names(std::uint64_t block, std::uint64_t owner, const Names& names, bool only = true,
               std::uint32_t index = 0) {
        const std::uint64_t start = block * kBlock;
        const std::uint64_t size = super.directory_block_size;
        disk.write(start, std::string(size, '\0'));
        disk.write(start, super.v5 ? (only ? "XDB3" : "XDD3") : (only ? "XD2B" : "XD2D"));
        if (super.v5) {
            put_uuid(start + 24);
            put(start + 40, owner, 8);
        }
        std::uint64_t at = names_at(block);
        for (const auto& [name, number] : names) {
            put(at, number, 8);
            put(at + 8, name.size(), 1);
            disk.write(at + 9, name);
            at += round_up(11 + name.size() + (super.types_in_directories ? 1 : 0), 8);
        }
        const std::uint64_t end = start + size - (only ? 8 + 8 * std::uint64_t{index} : 0);
        if (at < end) {
            put(at, 0xFFFF, 2);
            put(at + 2, end - at, 2);
        }
        if (only) put(start + size - 8, index, 4);
        seal_names(block);
    }

    /// The root of a tree, as it stands in an inode.
    std::string tree_root(unsigned level, const std::vector<std::uint64_t>& children) const {
        const std::size_t most = ((super.v5 ? 336U : 412U) - 4) / 16;
        std::string text = be(level, 2) + be(children.size(), 2) + std::string(most * 8, '\0');
        for (const std::uint64_t child : children) text += be(child, 8);
        return text;
    }
    std::uint64_t records_at(std::uint64_t block) const {
        return block * kBlock + (super.v5 ? 72 : 24);
    }
    void seal_node(std::uint64_t block) { seal(block * kBlock, kBlock, 64); }
    void node(std::uint64_t block, std::uint64_t owner, unsigned level,
              const std::vector<std::string>& extents,
              const std::vector<std::uint64_t>& children = {}) {
        const std::uint64_t at = block * kBlock;
        disk.write(at, super.v5 ? "BMA3" : "BMAP");
        put(at + 4, level, 2);
        put(at + 6, extents.size() + children.size(), 2);
        if (super.v5) {
            put_uuid(at + 40);
            put(at + 56, owner, 8);
        }
        for (std::size_t i = 0; i < extents.size(); ++i) {
            disk.write(records_at(block) + i * 16, extents[i]);
        }
        const std::uint64_t pointers = records_at(block) + (kBlock - (super.v5 ? 72 : 24)) / 16 * 8;
        for (std::size_t i = 0; i < children.size(); ++i) put(pointers + i * 8, children[i], 8);
        seal_node(block);
    }
};

}  // namespace kiln::formats
