#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::formats {

/// An extent line of a descriptor: a stretch of the disk and where its bytes are.
struct VmdkExtentLine {
    enum class Access { ReadWrite, ReadOnly, None };
    enum class Type { Flat, Vmfs, Sparse, VmfsSparse, SeSparse, Zero };

    Access access = Access::ReadWrite;
    std::uint64_t sectors = 0;
    Type type = Type::Flat;
    std::string file_name;     ///< empty for Zero
    std::uint64_t offset = 0;  ///< in the file, in sectors; of flat extents only

    bool flat() const { return type == Type::Flat || type == Type::Vmfs; }
    bool sparse() const { return !flat() && type != Type::Zero; }

    /// Throws Error for a line that cannot be understood, or a type that needs more than files.
    static VmdkExtentLine parse(std::string_view line);
};

/// The text part of a VMDK (VMware Virtual Disk Format 5.0, "Layout Basics"): in a file of its own,
/// or embedded in a sparse extent.
struct VmdkDescriptor {
    static constexpr std::uint32_t kNoParent = 0xffffffff;
    static constexpr std::size_t kMaxExtents = 4096;
    static constexpr std::uint64_t kMaxSectors = std::uint64_t{1} << 54;  // in bytes: below 2^63

    std::string create_type = "streamOptimized";
    bool has_cid = false;
    std::uint32_t cid = 0;
    std::uint32_t parent_cid = kNoParent;
    std::string parent_hint;                       ///< the parent's path
    std::vector<std::string> extents;              ///< the extent lines
    std::map<std::string, std::string> data_base;  ///< `ddb.` keys without quotes

    bool has_parent() const { return parent_cid != kNoParent; }
    /// The extent lines understood; at most `kMaxExtents`, of `kMaxSectors` in all. Throws Error.
    std::vector<VmdkExtentLine> extent_lines() const;

    /// Takes what it knows and leaves out the rest. Lines are few and short, or it throws Error
    /// that names `file`.
    static VmdkDescriptor parse(std::string_view text, std::string_view file = "the VMDK");
};

/// A descriptor to be written.
struct NewVmdkDescriptor {
    std::string create_type;
    std::uint64_t sectors = 0;
    std::string extent_line;
    std::string adapter_type;
    unsigned hardware_version = 4;

    /// The content ID is not random, so that the same disk gives the same file; and not from the
    /// content, which is not known yet when most descriptors are written.
    std::string to_text() const;
};

/// The descriptor of a new disk in one sparse file. `file_name` stands in the extent line, for
/// people; what cannot stand there is replaced.
std::string embedded_descriptor(std::string_view create_type, std::uint64_t sectors,
                                std::string_view file_name, std::string_view adapter_type,
                                unsigned hardware_version);
std::string stream_optimized_descriptor(std::uint64_t sectors, std::string_view file_name,
                                        std::string_view adapter_type, unsigned hardware_version);

/// Whether a file name can stand in an extent line.
bool fits_in_extent_line(std::string_view file_name);

}  // namespace kiln::formats
