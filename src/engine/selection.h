#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "template/template.h"

namespace kiln {

/// `[build.]type.name`: what -only and -except match and what the output shows.
std::string display_name(const std::string& build, const std::string& type,
                         const std::string& local_name);

/// What one build is called. In a legacy template a builder's name stands for itself, and the
/// output shows its type only where the two differ.
struct BuildNames {
    std::string display;    ///< in the output
    std::string selection;  ///< matched by -only and -except
    std::string component;  ///< matched by `only` and `except` of what works on the build
};
BuildNames build_names(TemplateLanguage language, const std::string& build, const std::string& type,
                       const std::string& local_name);

/// How -only and -except are matched: legacy templates take them as names.
enum class Matching { Patterns, ExactNames };

/// The builds and post-processors that -only and -except choose (spec/cli.md, section 6).
class Selection {
  public:
    Selection(std::vector<std::string> only, std::vector<std::string> except,
              Matching matching = Matching::Patterns);

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
    bool match_any(std::vector<Pattern>& patterns, const std::string& name) const;

    Matching matching_;
    std::vector<Pattern> only_;
    std::vector<Pattern> except_;
};

}  // namespace kiln
