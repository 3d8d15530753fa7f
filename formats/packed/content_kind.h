#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace kiln::formats {

/// How many first bytes `content_kind` looks at.
constexpr std::size_t kContentHead = 512;

/// What data are that begin so, in words for a message ("a qcow2 image"); empty when they may be a
/// raw disk.
std::string_view content_kind(std::span<const std::byte> head);

}  // namespace kiln::formats
