#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"

namespace kiln {

/// `[build.]type.name`: what -only and -except match and what the output shows.
std::string display_name(const std::string& build, const std::string& type,
                         const std::string& local_name);

/// The builds and post-processors that -only and -except choose, by glob patterns
/// (spec/cli.md, section 6).
class Selection {
  public:
    Selection(std::vector<std::string> only, std::vector<std::string> except);

    /// Whether the build of this display name is to run. Throws Error for a malformed pattern.
    bool selects(const std::string& build);
    /// Whether -except names this post-processor.
    bool excludes_post_processor(const std::string& name);
    /// Warns of patterns that matched nothing; `names` are all builds there are.
    void report_unmatched(const std::vector<std::string>& names, Diagnostics& diagnostics) const;

  private:
    struct Pattern {
        std::string text;
        bool matched = false;
    };
    static bool match_any(std::vector<Pattern>& patterns, const std::string& name);

    std::vector<Pattern> only_;
    std::vector<Pattern> except_;
};

}  // namespace kiln
