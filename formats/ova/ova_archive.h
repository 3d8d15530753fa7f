#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "formats/file/output_file.h"
#include "formats/ova/ova_writer.h"
#include "formats/ova/tar.h"
#include "formats/vmdk/stream_optimized_writer.h"

namespace kiln::formats {

/// An OVA under construction: the layout with its reserved places, and one disk at a time behind
/// them. Used by the sinks of ova_writer.h. One thread at a time.
class OvaArchive {
  public:
    OvaArchive(std::filesystem::path path, OvfMachine machine, const OvaOptions& options);

    const std::filesystem::path& path() const { return path_; }
    const OvaOptions& options() const { return options_; }

    /// Creates the file and reserves the place of the descriptor and the manifest for disks of
    /// these sizes.
    void begin(const std::vector<std::uint64_t>& disk_sizes);
    /// The disks, in their order: begin, batches, end.
    void begin_disk();
    void append(const EncodedBatch& batch, const std::shared_ptr<const void>& keep_alive);
    OutputMember end_disk(const CancelToken& cancel);
    /// Writes descriptor, manifest and the archive's end.
    OutputResult finish(const CancelToken& cancel);
    void sync() { file_->sync(); }
    void commit(Sync sync) { file_->commit(sync); }

  private:
    std::string manifest(const std::string& descriptor_digest) const;
    std::string padded_descriptor() const;
    void write_entry(std::uint64_t offset, const TarEntry& entry);
    void append_zeros(std::uint64_t count);

    std::filesystem::path path_;
    std::string name_;
    OvfMachine machine_;
    OvaOptions options_;
    std::optional<OutputFile> file_;
    std::optional<StreamOptimizedWriter> writer_;
    std::vector<OvfDisk> disks_;
    std::vector<std::string> digests_;
    std::uint64_t descriptor_size_ = 0;
    std::uint64_t manifest_offset_ = 0;
    std::uint64_t disk_header_ = 0;
};

}  // namespace kiln::formats
