#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "formats/bytes/bytes.h"

namespace kiln::fuzz {

/// An image file in memory, of which only what is not zero is kept: an input of a few hundred bytes
/// can be a VHDX of megabytes. As the fuzzer's input it is written so:
///
///     size of the file         8 bytes, little endian, at most kMaxSize
///     runs: offset             8 bytes
///           length             4 bytes
///           that many bytes
///
/// What is torn or lies outside is left out, so that every input is an image. One thread at a time.
class SparseImage {
  public:
    static constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 30;

    static SparseImage parse(std::span<const std::uint8_t> input);
    /// The bytes of a file; holes stay holes.
    static SparseImage load(const std::filesystem::path& path);
    std::vector<std::uint8_t> encode() const;

    std::uint64_t size() const { return size_; }
    void resize(std::uint64_t size);
    /// Zeros where nothing is kept or beyond the end.
    std::vector<std::byte> read(std::uint64_t offset, std::size_t length) const;
    /// Leaves out what lies beyond the end.
    void write(std::uint64_t offset, std::span<const std::byte> bytes);

    /// A number of 1 to 8 bytes.
    std::uint64_t number(std::uint64_t offset, unsigned width, bool big_endian) const;
    void set_number(std::uint64_t offset, unsigned width, bool big_endian, std::uint64_t value);

    void store(const std::filesystem::path& path) const;
    /// As a file without a name, to be opened by `path_of`.
    UniqueFd store_in_memory() const;
    static std::filesystem::path path_of(const UniqueFd& fd);

  private:
    static constexpr std::uint64_t kPage = 512;
    void store(int fd) const;

    std::uint64_t size_ = 0;
    std::map<std::uint64_t, std::vector<std::byte>> pages_;
};

}  // namespace kiln::fuzz
