#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::formats {

/// The text part of a VMDK (VMware Virtual Disk Format 5.0, "Layout Basics").
struct VmdkDescriptor {
    std::string create_type = "streamOptimized";
    std::uint32_t cid = 0;
    std::uint32_t parent_cid = 0xffffffff;         ///< this value: no parent
    std::string parent_hint;                       ///< shown, never opened
    std::vector<std::string> extents;              ///< the extent lines
    std::map<std::string, std::string> data_base;  ///< `ddb.` keys without quotes

    /// Takes what it knows and leaves out the rest; lines are few and short, or it throws Error.
    static VmdkDescriptor parse(std::string_view text);
};

/// The descriptor of a new streamOptimized disk. `file_name` stands in the extent line.
std::string stream_optimized_descriptor(std::uint64_t sectors, std::string_view file_name,
                                        std::string_view adapter_type, unsigned hardware_version);

}  // namespace kiln::formats
