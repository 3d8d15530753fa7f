#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/cancel.h"
#include "base/file.h"
#include "formats/sink.h"

namespace kiln::formats {

/// Where a sink's bytes go: a file under a temporary name until `commit`, or standard output for
/// the path `-`. One thread at a time. Every error names the file; a full disk says so.
class OutputFile {
  public:
    /// Refuses a path that exists and is no regular file, and a directory that does not exist.
    explicit OutputFile(const std::filesystem::path& path);

    /// Whether `write_at`, `set_size`, `allocate` and `sha256` may be used.
    bool seekable() const { return file_.has_value(); }
    const std::string& name() const { return name_; }

    /// Writes behind what `append` wrote before.
    void append(std::span<const std::byte> bytes);
    std::uint64_t position() const { return position_; }
    void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
    /// Extends the file with a hole, or cuts it.
    void set_size(std::uint64_t size);
    void allocate(std::uint64_t size);

    /// Reads the file back for its SHA-256, and for further digests if there are any. Throws
    /// Cancelled.
    std::string sha256(const CancelToken& cancel) const;
    void digest(OutputResult& result, std::span<const DigestType> further,
                const CancelToken& cancel) const;
    std::uint64_t size() const;

    /// Ahead of `commit`, which need not do it then. Nothing may be written afterwards.
    void sync();
    void commit(Sync sync);

  private:
    void write_fully(std::optional<std::uint64_t> offset, std::span<const std::byte> bytes);
    [[noreturn]] void fail(int errno_value) const;

    std::string name_;
    std::optional<AtomicFile> file_;  // nothing: standard output
    std::uint64_t position_ = 0;
};

/// For `Sink::space_needed`: the directory that will hold `path`, or nothing for a pipe.
std::optional<Sink::Space> space_beside(const std::filesystem::path& path, std::uint64_t bytes);

}  // namespace kiln::formats
