#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "formats/engine/converter.h"
#include "formats/outputs.h"
#include "formats/source.h"

namespace kiln::formats {

/// A disk in memory for tests: bytes and the extents to tell of them.
class MemorySource : public Source {
  public:
    explicit MemorySource(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}

    std::uint64_t virtual_size() const override { return bytes_.size(); }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    SourceInfo info() const override { return {}; }

    /// From here on reading throws, as a broken disk does.
    void fail_from(std::uint64_t offset) { fail_from_ = offset; }

  private:
    std::vector<std::byte> bytes_;
    std::uint64_t fail_from_ = ~std::uint64_t{0};
};

/// The same as a stream: fails the test when it is read backwards or by two threads at a time.
class StreamSource : public MemorySource {
  public:
    using MemorySource::MemorySource;
    bool sequential() const override { return true; }
    void read(std::uint64_t offset, std::span<std::byte> out) const override;

  private:
    mutable std::atomic<bool> busy_ = false;
    mutable std::uint64_t position_ = 0;
};

/// The same bytes for the same arguments: text-like, random and zero stretches of odd lengths.
std::vector<std::byte> mixed_disk(std::size_t size, unsigned seed = 1);

/// Writes `source` as `spec` with two threads.
ConvertResult write_image(const Source& source, const OutputSpec& spec, unsigned threads = 2);

std::string read_text(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, std::string_view text);
/// The whole disk of an image.
std::vector<std::byte> read_disk(const Source& source);
/// The names in a directory, sorted.
std::vector<std::string> list_directory(const std::filesystem::path& path);

}  // namespace kiln::formats
