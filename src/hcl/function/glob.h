#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kiln::hcl {

/// Whether a relative path with `/` matches a pattern: `*` and `?` within a name, `[a-z]` and
/// `[^a-z]`, `**` for any number of folders, `{a,b}` for alternatives.
/// Throws Error for a pattern that is not well formed or has too many alternatives.
class Glob {
  public:
    explicit Glob(std::string_view pattern);
    bool matches(std::string_view path) const;

  private:
    std::vector<std::vector<std::string>> alternatives_;  ///< each cut at `/`
};

}  // namespace kiln::hcl
