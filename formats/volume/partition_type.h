#pragma once

#include <string>
#include <string_view>

namespace kiln::formats {

constexpr std::string_view kEfiSystemPartition = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";

/// What a GPT type's GUID (upper case) stands for; the GUID when it is not known.
std::string gpt_type_name(std::string_view guid);
/// What an MBR's partition id stands for; `0x..` when it is not known.
std::string mbr_type_name(unsigned id);

}  // namespace kiln::formats
