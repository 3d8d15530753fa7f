#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace kiln::formats {

/// Bytes at a place near a file's beginning that tell what it is.
struct Signature {
    std::size_t position = 0;
    std::string_view bytes;
    std::string_view words;  ///< for messages: "a qcow2 image"

    bool matches(std::span<const std::byte> head) const;
};

/// The first one that matches a file's first bytes, in words; empty when none does.
std::string_view find_signature(std::span<const Signature> table, std::span<const std::byte> head);

/// Disks that no format here reads, and that must not be taken for raw ones: "a QED image".
std::string_view unreadable_kind(std::span<const std::byte> head);

}  // namespace kiln::formats
