#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "formats/file/input_file.h"
#include "formats/vhdx/vhdx_layout.h"

namespace kiln::formats::vhdx {

/// The header: which log belongs to the file, and what identifies its content.
struct Header {
    std::uint64_t sequence = 0;
    Guid file_write;
    Guid data_write;  ///< changes with the disk's content: what a child's parent locator remembers
    Guid log;         ///< null: nothing is waiting in the log
    std::uint16_t log_version = 0;
    std::uint16_t version = 1;
    std::uint32_t log_length = 0;
    std::uint64_t log_offset = 0;

    std::vector<std::byte> encode() const;
};

/// One of the two places where a header, or a region table, stands.
template <typename T>
struct Copy {
    std::optional<T> content;
    std::string problem;  ///< why there is none: "its checksum is wrong"
};

/// Whether the file begins with the file type identifier.
bool has_file_identifier(const InputFile& file);
/// The first 64 KiB of a new file.
std::vector<std::byte> encode_file_identifier(std::u16string_view creator);
/// Who made the file, for people; control characters are left out.
std::string read_creator(const InputFile& file);

std::array<Copy<Header>, 2> read_headers(const InputFile& file);
/// The one that counts. Throws Error when there is none, or its version is not known, or the log is
/// not where a log can be.
Header current_header(const InputFile& file, const std::array<Copy<Header>, 2>& headers);

}  // namespace kiln::formats::vhdx
