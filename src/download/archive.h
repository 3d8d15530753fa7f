#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/cancel.h"

namespace kiln::download {

/// Told how far work has come; `total` 0 when unknown. Called from the calling thread.
using ProgressFunction = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// The archive suffix at the end of a file name, the longest one (`.tar.gz`), or nothing.
std::string archive_suffix(std::string_view name);
/// Whether kiln unpacks this suffix (with or without its dot): `tar.gz`, `.zst`, ...
bool is_archive_suffix(std::string_view suffix);

/// Unpacks the one file in `archive` to `target`, which appears in one step when it is whole. Zero
/// blocks become holes.
///
/// The archive is hostile: no name in it is used, more than one file, links and devices are
/// refused, and unpacking stops before the file system is full (`reserve` bytes stay free). Throws
/// Error, or Cancelled.
void unpack(const std::filesystem::path& archive, std::string_view suffix,
            const std::filesystem::path& target, const CancelToken& cancel,
            const ProgressFunction& progress = {},
            std::uint64_t reserve = std::uint64_t{256} << 20);

}  // namespace kiln::download
