#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/file/input_file.h"
#include "formats/source.h"
#include "formats/vmdk/vmdk_descriptor.h"

namespace kiln::formats {

/// Opens the file that an extent line of a descriptor names. A reference like any other
/// (reference.h), and stricter: unless the options name directories, it must be a plain file name,
/// and what it leads to must lie beside the descriptor, links resolved (descriptors that name
/// /etc/shadow as an extent are an old trick). Throws Error when that is not so, or when the file
/// is smaller than the line says. Never null; not for lines of type Zero.
std::unique_ptr<Source> open_extent(const InputFile& descriptor, const VmdkExtentLine& line,
                                    const OpenOptions& options);

/// The extents of a disk that are in files of their own. Any thread. A disk may have thousands, so
/// that only some stay open, those used last; the others are opened again when they are needed.
class ExtentFiles {
  public:
    ExtentFiles(InputFile descriptor, std::vector<VmdkExtentLine> lines,
                const OpenOptions& options);

    const std::vector<VmdkExtentLine>& lines() const { return lines_; }
    /// Of the line with this number, which is not of type Zero.
    std::shared_ptr<const Source> get(std::size_t number);

  private:
    InputFile descriptor_;
    std::vector<VmdkExtentLine> lines_;
    OpenOptions options_;
    std::mutex mutex_;
    std::list<std::pair<std::size_t, std::shared_ptr<const Source>>> open_;  // the last used first
};

}  // namespace kiln::formats
