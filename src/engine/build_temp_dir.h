#pragma once

#include <filesystem>
#include <string_view>

#include "base/file.h"
#include "engine/build_context.h"

namespace kiln {

/// A temporary directory of a build: goes with its object, and, when kiln is killed before, with
/// the next start, since the run record knows it.
class BuildTempDir {
  public:
    explicit BuildTempDir(BuildContext& context, std::string_view prefix = "kiln-");

    const std::filesystem::path& path() const { return directory_.path(); }
    /// Lets the directory stay; the user owns it from here on.
    void release();

  private:
    RunRecord::Claim claim_;  // before the directory, so that it outlives it
    TempDir directory_;
};

}  // namespace kiln
