#pragma once

#include <filesystem>
#include <vector>

#include "builder/qemu/qemu_options.h"
#include "builder/vm/vm_driver.h"
#include "formats/source.h"

namespace kiln {

/// The disk files of a QEMU build: making them before the guest starts, and sealing the main one
/// after it has gone (spec/qemu-builder.md, sections 8 and 16).
class QemuDisks {
  public:
    explicit QemuDisks(const QemuOptions& options) : options_(options) {}

    /// Creates, copies and resizes. `source` is the disk image with `disk_image`.
    void create(const std::filesystem::path& output_directory, const std::filesystem::path& source,
                BuildContext& context);

    /// The main disk first, then `NAME-1`, `NAME-2` and so on.
    const std::vector<std::filesystem::path>& files() const { return files_; }

    /// Rewrites the main disk compact (and compressed when asked for) and synced, with its SHA-256.
    SealedDisks seal(BuildContext& context);

  private:
    void create_main(const std::filesystem::path& source, BuildContext& context) const;
    void copy_image(const std::filesystem::path& source, BuildContext& context) const;
    void resize_main(BuildContext& context) const;
    void create_empty(const std::filesystem::path& file, const std::string& size,
                      const std::vector<std::string>& backing, BuildContext& context) const;
    std::string convert(const std::filesystem::path& from, const formats::OpenOptions& open,
                        bool compress, std::string_view doing, BuildContext& context) const;
    void convert_with_qemu_img(const std::filesystem::path& disk, BuildContext& context) const;

    const QemuOptions& options_;
    std::vector<std::filesystem::path> files_;
};

}  // namespace kiln
