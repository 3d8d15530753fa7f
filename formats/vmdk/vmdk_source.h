#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "formats/file/input_file.h"
#include "formats/source.h"
#include "formats/vmdk/extent_files.h"
#include "formats/vmdk/vmdk_descriptor.h"

namespace kiln::formats {

/// What a file of this format is, by its first bytes.
enum class VmdkKind { None, Descriptor, Hosted, VmfsSparse, SeSparse };
VmdkKind vmdk_kind(const InputFile& file);

/// The text of a descriptor that is a file of its own.
VmdkDescriptor read_vmdk_descriptor(const InputFile& file);

/// A VMDK as a guest sees it: its extents one behind the other, over a parent disk if it is a
/// snapshot.
class VmdkSource : public Source {
  public:
    /// A disk in one sparse file, or a single extent of a larger disk when the descriptor is that
    /// of none.
    VmdkSource(std::unique_ptr<Source> whole, VmdkDescriptor descriptor);
    /// A disk whose extents are in other files. `open_files` false: its extents read as holes.
    VmdkSource(const InputFile& file, VmdkDescriptor descriptor, const OpenOptions& options,
               bool open_files);

    /// Where no sparse extent says anything, the parent shows.
    void set_parent(std::unique_ptr<Source> parent) { parent_ = std::move(parent); }
    const VmdkDescriptor& descriptor() const { return descriptor_; }
    /// Null for a disk whose extents are in other files.
    const Source* whole() const { return whole_.get(); }
    /// Whether it is a snapshot whose parent could show anywhere.
    bool needs_parent() const;

    std::uint64_t virtual_size() const override { return size_; }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    SourceInfo info() const override;

  private:
    enum class Content { Zeros, Closed, Flat, Sparse };
    struct Part {
        std::uint64_t start = 0;
        std::uint64_t size = 0;
        Content content = Content::Zeros;
        std::size_t number = 0;  // of the extent line
    };
    const Part& part_at(std::uint64_t offset) const;
    std::shared_ptr<const Source> source_of(const Part& part) const;
    Extent part_extent(const Part& part, std::uint64_t offset, std::uint64_t limit) const;
    void read_part(const Part& part, std::uint64_t offset, std::span<std::byte> out) const;

    VmdkDescriptor descriptor_;
    std::vector<Part> parts_;  // none is empty
    std::uint64_t size_ = 0;
    std::shared_ptr<const Source> whole_;  // null: `files_` has the extents
    mutable std::unique_ptr<ExtentFiles> files_;
    std::unique_ptr<Source> parent_;
};

/// Opens a disk with its extents and its parents, as far as the options allow. The extent files
/// that a descriptor names are references: they need `allow_backing`. With `ignore_backing` and
/// without `allow_backing` they are not opened, and the disk is one large hole with its
/// descriptor's facts. Parents must have the content ID that the child remembers.
std::unique_ptr<VmdkSource> open_vmdk_disk(const InputFile& file, const OpenOptions& options);
std::unique_ptr<Source> open_vmdk(InputFile file, const OpenOptions& options);

}  // namespace kiln::formats
