#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include <sys/stat.h>

#include "base/file.h"
#include "engine/build_context.h"

namespace kiln {

/// A file that a post-processor reads from front to back, telling how far it has come. Throws Error
/// when it cannot be read, is no regular file or changes its size meanwhile, Cancelled when told
/// to.
class InputFile {
  public:
    InputFile(std::filesystem::path path, const BuildContext& context, std::string_view doing);
    ~InputFile();
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;

    const struct stat& status() const { return status_; }
    std::uint64_t size() const { return static_cast<std::uint64_t>(status_.st_size); }
    /// Hands on the whole file, a piece at a time.
    void read(const std::function<void(std::string_view)>& take);

  private:
    std::filesystem::path path_;
    const BuildContext& context_;
    UniqueFd file_;
    struct stat status_ {};
    ProgressEvent progress_;
};

}  // namespace kiln
